"""Asking a web server whose address somebody typed: counted, bounded, and never led into a private network unasked.

Where the machine reaches the web through a proxy, names are resolved by the proxy, which is then the one to refuse; an
address that is private as it stands is refused here in any case.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import LocationParseError

from connectors import outward
from connectors.base import ReadPlan
from connectors.blog.errors import failure, refusal
from connectors.loopback import trusted_certificates

TIMEOUT = 30.0
"""Seconds to connect, and between two pieces of an answer."""
LONGEST = 120.0
"""Seconds that one answer may take."""
LARGEST = 10_000_000
"""Bytes of one answer, unpacked."""
MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. url: where it came from in the end."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def memory(self) -> dict[str, str]:
        """What to send along next time, so that the server can say that nothing has changed."""
        names = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}
        return {name: self.headers[told] for name, told in names.items() if told in self.headers}


class Web:
    """The requests of one reading. sent: how many."""

    def __init__(self, plan: ReadPlan, *, inside: bool) -> None:
        """inside: private and loopback addresses are allowed."""
        self.sent = 0
        self._plan = plan
        self._inside = inside
        self._session = requests.Session()
        self._session.verify = trusted_certificates()
        self._session.headers["User-Agent"] = "Kanalvakt"
        self._session.auth = _nobody  # else requests looks for passwords in the user's .netrc
        if not inside:
            for scheme in ("http://", "https://"):
                self._session.mount(scheme, outward.Outward(lambda: failure("private_address", plan.now)))

    @property
    def now(self) -> datetime:
        return self._plan.now

    def get(
        self, url: str, parameters: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Page:
        """The page, redirects followed; its status is 304 or that of a success. Raises ConnectorError otherwise."""
        for _ in range(MOST_REDIRECTS + 1):
            page = self._ask(url, parameters, headers or {})
            target = page.headers.get("Location") if page.status in requests.models.REDIRECT_STATI else None
            if target is None:
                break
            url, parameters = urljoin(page.url, target), None
        else:
            raise failure("redirects", self.now)
        if (error := refusal(page, self.now)) is not None:
            raise error
        if not page.body.strip() and page.status != 304:
            raise failure("empty", self.now)
        return page

    def _ask(self, url: str, parameters: Mapping[str, str] | None, headers: Mapping[str, str]) -> Page:
        self._refuse(url)
        if self._plan.allowance is not None and self.sent >= self._plan.allowance:
            raise failure("allowance", self.now)
        self._plan.keep_alive()
        self.sent += 1
        try:
            with self._session.get(
                url, params=parameters, headers=headers, timeout=TIMEOUT, stream=True, allow_redirects=False
            ) as answer:
                return Page(answer.url, answer.status_code, answer.headers, self._body(answer))
        except (requests.RequestException, LocationParseError) as error:
            shown = f"connection: {type(error).__name__}"
            raise failure("connection", self.now, shown=shown) from None

    def _body(self, answer: requests.Response) -> bytes:
        if answer.is_redirect:
            return b""
        began, parts, size = time.monotonic(), [], 0
        for part in answer.iter_content(65_536):
            parts.append(part)
            size += len(part)
            if size > LARGEST:
                raise failure("too_large", self.now)
            if time.monotonic() - began > LONGEST:
                raise failure("too_slow", self.now)
        return b"".join(parts)

    def _refuse(self, url: str) -> None:
        try:
            address = urlsplit(requests.Request("GET", url).prepare().url or "")
            host = address.hostname
        except (requests.RequestException, ValueError):
            host = None
        if not host or address.scheme not in {"http", "https"}:
            raise failure("address", self.now)
        if not self._inside and (host == "localhost" or host.endswith(".localhost") or outward.is_inside(host)):
            raise failure("private_address", self.now)


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
