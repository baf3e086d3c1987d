"""The way to the YouTube Data API: Google's own client, one connection per reading, all requests counted.

Whatever goes wrong comes out as an error of `connectors.errors`. Google's own exceptions hold addresses with keys, so
none of them is kept, not even as context.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from http.client import HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import google_auth_httplib2
import googleapiclient
import httplib2
from google.auth.exceptions import GoogleAuthError
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document  # type: ignore[attr-defined]
from googleapiclient.errors import HttpError

from config.settings import Settings
from connectors.base import Credential
from connectors.errors import ConnectorError, CredentialMissing, Unavailable, UnexpectedAnswer
from connectors.youtube.errors import from_answer, from_token_endpoint, out_of_allowance

OAUTH = ("client_id", "client_secret", "refresh_token")
RESOURCES = ("channels", "commentThreads", "comments", "playlistItems", "videos")
"""Those that are asked for."""
_DOCUMENT = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents" / "youtube.v3.json"
_NO_CONNECTION = (OSError, HTTPException, httplib2.HttpLib2Error)
_MALFORMED = (TypeError, KeyError, AttributeError, ValueError)
Answer = dict[str, Any]


class Api:
    """One reading's connection, for one thread. Close it.

    timeout: seconds that connecting, or any one read from the connection, may take. requests: HTTP requests sent;
    units: what YouTube charges for them (one each; the token endpoint is free). budget: key of what they count against.
    allowance: so many units may be spent, where somebody counts. signed: OAuth credentials of an earlier connection of
    the same thread, whose access token goes on being used. carrier: the httplib2.Http that it goes over.
    """

    carrier: ClassVar[type[Any]] = httplib2.Http

    def __init__(
        self,
        credential: Credential,
        settings: Settings,
        now: datetime,
        before: Callable[[], None],
        timeout: float,
        *,
        budget: str = "",
        allowance: int | None = None,
        signed: Credentials | None = None,
    ) -> None:
        self._now = now
        self._budget = budget
        self._allowance = allowance
        http = self.carrier(timeout=timeout, ca_certs=_authorities())
        self._line = _Line(http, settings.google_token_url, before)
        self._key: dict[str, str] = {}
        self._credentials = signed or self._sign(credential, settings)
        # a refused access token is seconds old: asking for another would only hide the refusal
        self._http = (
            google_auth_httplib2.AuthorizedHttp(self._credentials, http=self._line, refresh_status_codes=())
            if self._credentials
            else self._line
        )
        self._methods = methods(settings.youtube_url)

    def _sign(self, credential: Credential, settings: Settings) -> Any:
        """OAuth credentials; None with an API key, which goes into each request."""
        if has_oauth(credential):
            return signed(credential, settings)
        if key := credential.get("api_key"):
            self._key = {"key": key}
            return None
        raise missing(credential)

    @property
    def requests(self) -> int:
        return self._line.requests

    @property
    def units(self) -> int:
        return self._line.units

    def granted(self) -> frozenset[str] | None:
        """The scopes that the token was given, as the token endpoint tells; None with a key, or where it tells none.

        Costs nothing. Raises ConnectorError.
        """
        if refused := self._refresh():
            raise refused
        return self._line.granted

    def request(self, method: str, **parameters: object) -> Any:
        """One of Google's client's requests, over this connection, not sent yet. method: as "comments.insert"."""
        resource, _dot, name = method.partition(".")
        made = getattr(self._methods[resource], name)(**parameters)
        made.http = self._http
        return made

    def list(self, resource: str, *, nothing_for: Iterable[str] = (), **parameters: object) -> Answer:
        """One page of a list method; {} where the reason of a refusal is in `nothing_for`. Raises ConnectorError."""
        answer = self._ask(resource, parameters)
        if isinstance(answer, ConnectorError):
            if answer.code in nothing_for:
                return {}
            raise answer
        if answer == "":
            raise Unavailable("YouTube answered nothing", code="empty answer")
        if not isinstance(answer, dict) or not str(answer.get("kind")).endswith("ListResponse"):
            raise UnexpectedAnswer("YouTube answered something that is no list", code=type(answer).__name__)
        return {"items": [], **answer}  # some lists leave it out when there is nothing

    def pages(self, resource: str, *, nothing_for: Iterable[str] = (), **parameters: object) -> Iterator[Answer]:
        """`list`, page by page to the last."""
        token, seen = None, _Seen()
        while page := self.list(resource, nothing_for=nothing_for, pageToken=token, **parameters):
            if seen.already(page):
                raise UnexpectedAnswer("YouTube's pages lead in a circle", code="nextPageToken")
            yield page
            token = page.get("nextPageToken")
            if not token:
                return

    def _ask(self, resource: str, parameters: dict[str, object]) -> object:
        if self._allowance is not None and self.units >= self._allowance:
            return out_of_allowance(self._now, self._budget)
        if refused := self._refresh():
            return refused
        request = self.request(f"{resource}.list", **parameters, **self._key)
        try:
            return request.execute()
        except HttpError as error:
            return from_answer(error.status_code, error.content, self._now, self._budget)
        except GoogleAuthError as error:
            return _refusal(error, self._now)
        except _NO_CONNECTION as error:
            return _no_connection(error)
        except ValueError:
            return Unavailable("YouTube's answer was cut short", code="cut answer")

    def _refresh(self) -> ConnectorError | None:
        """Fetches an access token where one is needed; what stands in the way, if anything does."""
        if self._credentials is None or self._credentials.valid:
            return None
        try:
            self._credentials.refresh(google_auth_httplib2.Request(self._line))
        except GoogleAuthError as error:
            return _refusal(error, self._now)
        except _NO_CONNECTION as error:
            return _no_connection(error)
        except _MALFORMED:  # google-auth takes an answer that is cut short for a mapping
            return from_token_endpoint(None, self._now)
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._line.http.close()


class _Seen:
    """The pages of one list: notices that they lead in a circle. An empty page may have another after it."""

    most_empty = 10

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._empty = 0

    def already(self, page: Answer) -> bool:
        self._empty = 0 if page["items"] else self._empty + 1
        signs = {f"token {page.get('nextPageToken')!r}"} if page.get("nextPageToken") else set()
        signs |= {f"items {hash(repr(page['items']))}"} if page["items"] else set()
        known = bool(signs & self._known) or self._empty > self.most_empty
        self._known |= signs
        return known


class _Line:
    """An httplib2.Http that says so before each request and counts them. It heeds HTTPS_PROXY and NO_PROXY itself."""

    def __init__(self, http: Any, free: str, before: Callable[[], None]) -> None:
        self.http = http
        self.http.follow_redirects = False  # an address with a key in it goes nowhere else
        self._free = free
        self._before = before
        self.requests = 0
        self.units = 0
        self.granted: frozenset[str] | None = None

    def request(self, uri: str, *args: Any, **kwargs: Any) -> Any:
        self._before()
        self.requests += 1
        self.units += uri != self._free
        response, content = self.http.request(uri, *args, **kwargs)
        if uri == self._free:
            self.granted = _scopes(content)
        return response, content


def _scopes(answer: bytes) -> frozenset[str] | None:
    """google-auth throws away what was granted unless it is asked for, and asking for too much is refused."""
    try:
        return frozenset(json.loads(answer)["scope"].split())
    except _MALFORMED:
        return None


def _authorities() -> str | None:
    """The CA bundle to check servers with; None is httplib2's own choice. It heeds its variable at import only, and
    does not know SSL_CERT_FILE, which everything else on a machine obeys."""
    return os.environ.get("HTTPLIB2_CA_CERTS") or os.environ.get("SSL_CERT_FILE")


def signed(credential: Credential, settings: Settings) -> Credentials:
    """Without an access token yet: whoever asks first fetches one."""
    names = {name: credential.get(name) for name in OAUTH}
    return Credentials(None, token_uri=settings.google_token_url, **names)  # type: ignore[no-untyped-call]


def has_oauth(credential: Credential) -> bool:
    return all(credential.get(name) for name in OAUTH)


def missing(credential: Credential) -> CredentialMissing:
    """Which secrets a channel still needs."""
    begun = any(credential.get(name) for name in OAUTH)
    lacks = (
        ", ".join(name for name in OAUTH if not credential.get(name)) if begun else f"api_key, or {', '.join(OAUTH)}"
    )
    return CredentialMissing(f"YouTube needs {lacks}")


@cache
def methods(root: str) -> Mapping[str, Any]:
    """Google's client for an API at that address, by resource.

    It makes its methods, and a description of each, whenever a resource is named, which takes longer than to ask. Made
    here once, they are only read, and threads may share them: each request is given a connection of its own, and
    without one it goes nowhere.
    """
    service = build_from_document(_document(root), http=object())
    return {name: getattr(service, name)() for name in RESOURCES}


def _document(root: str) -> dict[str, Any]:
    """Google's discovery document, for an API at that address. The client writes into it while it makes its methods."""
    document: dict[str, Any] = json.loads(_DOCUMENT.read_text(encoding="utf-8"))
    document["rootUrl"] = document["baseUrl"] = f"{root}/"
    document.pop("mtlsRootUrl", None)
    return document


def _refusal(error: GoogleAuthError, now: datetime) -> ConnectorError:
    """google-auth gives the decoded answer as second argument, or none where there was no answer to decode."""
    return from_token_endpoint(error.args[1] if len(error.args) > 1 else None, now)


def _no_connection(error: BaseException) -> ConnectorError:
    return Unavailable("The connection to YouTube failed", code=type(error).__name__)
