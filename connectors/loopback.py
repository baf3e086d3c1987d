"""Where requests go when a platform's base address is not the real one: loopback, or another https server.

requests builds URLs, cookies and redirects for the real host; these adapters, mounted on it, only change where the
bytes go.
"""

import os
import ssl
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
from urllib3.util.ssl_ import ALPN_PROTOCOLS, create_urllib3_context


class LoopbackAdapter(HTTPAdapter):
    """Leaves URL, cookies and redirects on the real host; sends the bytes to base_url (scheme, host, port).

    For plain http on loopback only: it knows no proxies and no certificates.
    """

    def __init__(self, base_url: str, **options: Any) -> None:
        self.base_url = base_url
        super().__init__(**options)

    def add_headers(self, request: requests.PreparedRequest, **_options: Any) -> None:
        request.headers.setdefault("Host", urlsplit(str(request.url)).netloc)

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,  # noqa: ARG002 - requests' signature
        verify: bool | str | None,  # noqa: ARG002
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002
        cert: Any = None,  # noqa: ARG002
    ) -> Any:
        return self.poolmanager.connection_from_url(self.base_url)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Nothing to verify: the connection is plain."""

    def request_url(self, request: requests.PreparedRequest, proxies: Mapping[str, str] | None) -> str:  # noqa: ARG002
        return str(request.path_url)


class TrustingAdapter(HTTPAdapter):
    """requests' own, but the authorities are loaded once in a process, not for each connection: that takes longer than
    many a request, and holds up whoever waits for a message to be out."""

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        where, how = super().build_connection_pool_key_attributes(request, verify, cert)
        if verify and cert is None:
            return where, {"cert_reqs": "CERT_REQUIRED", "ssl_context": _context(verify)}
        return where, how

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """The context knows the authorities already."""
        if not verify or cert is not None:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]


class RebasedAdapter(TrustingAdapter):
    """Sends the request to another https server, under that server's own name and with its certificate checked."""

    def __init__(self, base_url: str, **options: Any) -> None:
        self.base_url = base_url
        super().__init__(**options)

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        base, asked = urlsplit(self.base_url), urlsplit(str(request.url))
        sent = request.copy()
        sent.url = urlunsplit((base.scheme, base.netloc, base.path.rstrip("/") + asked.path, asked.query, ""))
        return super().send(sent, *args, **options)


def adapter_for(base_url: str, real_url: str) -> HTTPAdapter:
    """What to mount on `real_url` so that its requests reach `base_url`."""
    if base_url == real_url:
        return TrustingAdapter()
    return LoopbackAdapter(base_url) if urlsplit(base_url).scheme == "http" else RebasedAdapter(base_url)


def _context(verify: str | bool) -> ssl.SSLContext:
    """Which trusts that bundle, or folder; True is requests' own choice. A bundle that was changed is read again."""
    bundle = Path(DEFAULT_CA_BUNDLE_PATH if verify is True else str(verify))
    return _trusting(bundle, bundle.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _trusting(bundle: Path, _changed: int) -> ssl.SSLContext:
    context = create_urllib3_context()
    where = {"capath": str(bundle)} if bundle.is_dir() else {"cafile": str(bundle)}
    context.load_verify_locations(**where)
    context.set_alpn_protocols(ALPN_PROTOCOLS)
    # urllib3 tells it anew for each connection, and OpenSSL frees the list that another thread may just be reading
    context.set_alpn_protocols = _settled  # type: ignore[assignment, method-assign]
    return context


def _settled(_protocols: Iterable[str]) -> None:
    """It is told already."""


def trusted_certificates() -> str | bool:
    """The CA bundle to check servers with: True is requests' own choice.

    SSL_CERT_FILE is what everything else on a machine obeys, and what requests alone does not know.
    """
    named = (os.environ.get(each) for each in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"))
    return next(filter(None, named), True)
