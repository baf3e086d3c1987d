"""Meta's Graph API for Facebook and Instagram: facebook-sdk with what it lacks.

A current version, timeouts, repeated reads, app secret proof, usage headers, typed errors, paging with an end, and a
count of what was asked. No exception of it holds a URL: Graph's URLs carry the token.
"""

import hashlib
import hmac
import json
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import facebook
import requests
import structlog
from requests.utils import get_environ_proxies

from config.settings import GRAPH_URL, Settings
from connectors.base import Budget, Credential
from connectors.errors import ConnectorError, CredentialMissing, Unavailable, UnexpectedAnswer
from connectors.graph.errors import USUAL_BLOCK, Interrupted, named_error, throttled
from connectors.loopback import adapter_for, trusted_certificates

Json = dict[str, Any]
_log = structlog.get_logger(__name__)

TIMEOUT = (5.0, 30.0)
"""Seconds to connect, and between two pieces of an answer."""
PAUSES = (0.0, 0.5)
"""Seconds before a read is repeated after the transport failed; one repetition for each."""
TOO_MANY = 429
BUSY = frozenset({502, 503, 504})  # 500 is left out: it often means "ask for less"
PER_SECOND = 20
"""Requests of one app, all its channels together: Meta names no number, but throttles what comes in bursts."""
MOST_PAGES = 1000
"""More pages of one list than this is taken for a fault of the platform and told as an error."""


class GraphClient(facebook.GraphAPI):  # type: ignore[misc]  # facebook-sdk has no types
    """Speaks to Graph with one token, in one thread.

    requests: HTTP requests sent so far, repeated ones included. usage: highest share of the rate budget that Graph
    told so far, in percent. Its methods raise only `connectors.errors`. `now`: the time when it was made; the end of a
    throttling is dated from it and what has passed since. allowance: the request after so many ends in RateLimited.
    """

    def __init__(
        self,
        credential: Credential,
        settings: Settings,
        *,
        now: datetime | None = None,
        keep_alive: Callable[[], None] = lambda: None,
        allowance: int | None = None,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        """Raises CredentialMissing without a token."""
        token = credential.get("token")
        if not token:
            raise CredentialMissing("the channel has no token")
        super().__init__(token, timeout=timeout, session=_session(settings.graph_url))
        self.session.hooks["response"].append(_without_holding(self._look_at))
        if secret := credential.get("app_secret"):
            self.session.params = {"appsecret_proof": proof(token, secret)}
        self.version = f"v{settings.graph_version}"
        self.requests = 0
        self.usage: int | None = None
        self.allowance = allowance
        self._made, self._began = now or datetime.now(UTC), time.monotonic()
        self._app_budget = app_budget(credential).key
        self._keep_alive = keep_alive
        self._roots = tuple(f"{base}/" for base in dict.fromkeys((GRAPH_URL, settings.graph_url)))
        self._regain: int | None = None
        self._status = 0
        self._odd_versions: set[str] = set()

    def __repr__(self) -> str:
        return f"<GraphClient {self.version}>"

    # -- questions

    def get(self, path: str, **arguments: str) -> Json:
        """The answer to GET /{version}/{path}. Repeated twice if the transport fails."""
        return self._read(f"{self.version}/{path}", dict(arguments))

    def pages(self, listing: object) -> Iterator[list[Json]]:
        """The items of a listing that was already fetched, then those of its further pages, to the end.

        A page may be empty and still have a next one. Raises UnexpectedAnswer where the pages go round in a circle or
        never end: what was not read is never silent.
        """
        links: set[str] = set()
        pages: set[tuple[str, ...]] = set()
        while True:
            page = items(listing)
            shown = tuple(str(item.get("id") or item) for item in page)
            if page and shown in pages:  # the address may be a new one every time
                raise UnexpectedAnswer("Graph gives the same page again")
            pages.add(shown)
            yield page
            following = next_page(listing)
            if following is None:
                return
            if following in links or len(links) >= MOST_PAGES:
                raise UnexpectedAnswer("Graph's pages do not come to an end")
            links.add(following)
            listing = self._follow(following)

    def _follow(self, link: str) -> Json:
        """The page behind a `paging.next`, asked for exactly as Graph wrote it."""
        root = next((root for root in self._roots if link.startswith(root)), None)
        if root is None:
            raise UnexpectedAnswer("Graph's next page lies on a host that is not Graph's")
        # A parameter of None is left out: the link has the token already.
        arguments = {name: None for name in ("access_token", "appsecret_proof") if f"{name}=" in link}
        return self._read(link.removeprefix(root), arguments)

    def _read(self, path: str, arguments: Mapping[str, str | None]) -> Json:
        for pause in PAUSES:
            try:
                return self._object(path, arguments)
            except Interrupted:
                time.sleep(pause)
        return self._object(path, arguments)

    def _object(self, path: str, arguments: Mapping[str, str | None]) -> Json:
        answer = self.request(path, dict(arguments))
        if not isinstance(answer, dict):
            raise UnexpectedAnswer("Graph answered something that is no object")
        return answer

    # -- one request

    def request(
        self, path: str, args: Any = None, post_args: Any = None, files: Any = None, method: str | None = None
    ) -> Any:
        """As facebook-sdk's, for everything it does; but any failure is one of `connectors.errors`."""
        if self.allowance is not None and self.requests >= self.allowance:
            raise throttled("allowance", self._made + USUAL_BLOCK)
        self._keep_alive()
        self.requests += 1
        self._status, self._regain = 0, None
        failure: ConnectorError
        try:
            answer = super().request(path, args, post_args, files, method)
        except facebook.GraphAPIError as error:
            failure = self._failure(error.result)
        except (requests.RequestException, OSError) as error:
            failure = Interrupted(f"the connection to Graph failed: {type(error).__name__}", code=self._http)
        except (KeyError, ValueError, TypeError, AttributeError):  # what facebook-sdk does with an odd answer
            failure = self._failure(None)
        else:
            if self._status < 400:
                return answer
            failure = self._failure(None)
        raise failure  # outside the except clauses: the exceptions there hold URLs, and so the token

    def _failure(self, envelope: object) -> ConnectorError:
        error = envelope.get("error") if isinstance(envelope, dict) else None
        if isinstance(error, dict):
            return named_error(error, self._now, self._regain, self._app_budget)
        if self._status == TOO_MANY:
            return throttled(self._http, self._now + USUAL_BLOCK, self._app_budget)
        if self._status in BUSY:
            return Interrupted("Graph or something before it is out of order", code=self._http)
        if self._status >= 500:
            return Unavailable("Graph or something before it is out of order", code=self._http)
        return UnexpectedAnswer("Graph answered something that is not its format", code=self._http)

    @property
    def _now(self) -> datetime:
        """In whole seconds since it was made: a long reading is throttled later than it began."""
        return self._made + timedelta(seconds=int(time.monotonic() - self._began))

    @property
    def _http(self) -> str:
        return f"HTTP {self._status}" if self._status >= 300 else ""

    def _look_at(self, response: requests.Response, *_args: Any, **_options: Any) -> None:
        """Keeps what facebook-sdk throws away: status, usage headers, and the version that really answered."""
        self._status = response.status_code
        answered = response.headers.get("Facebook-Api-Version", self.version)
        if answered != self.version and answered not in self._odd_versions:
            self._odd_versions.add(answered)  # one line for each client, not for each call
            _log.warning("graph_version_not_served", asked=self.version, answered=answered[:10])
        for use in _uses(response.headers):
            shares = [use.get(name) for name in ("call_count", "total_time", "total_cputime")]
            known = [int(share) for share in shares if isinstance(share, int | float)]
            self.usage = max([self.usage or 0, *known])
            regain = use.get("estimated_time_to_regain_access")
            if isinstance(regain, int | float) and regain > 0:
                self._regain = max(self._regain or 0, int(regain))


def app_budget(credential: Credential) -> Budget:
    """The limits of the app, or of the person behind the token where the app is not known.

    Its secret names the app wherever it is there: not every register tells the id too, and all channels of one app have
    to wait together.
    """
    secret, app_id = credential.get("app_secret"), credential.get("app_id")
    app = app_id if app_id and not secret else credential.mark("app_secret" if secret else "token")
    return Budget(f"graph/app/{app}", per_second=PER_SECOND)


def proof(token: str, app_secret: str) -> str:
    """Graph's appsecret_proof: shows that the caller holds the app's secret too."""
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def items(listing: object) -> list[Json]:
    """The items of one page of a listing. Raises UnexpectedAnswer where it is none."""
    found = listing.get("data") if isinstance(listing, dict) else None
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise UnexpectedAnswer("Graph answered something that is no list")
    return found


def next_page(listing: object) -> str | None:
    """The address of the next page, None on the last."""
    paging = listing.get("paging") if isinstance(listing, dict) else None
    following = paging.get("next") if isinstance(paging, dict) else None
    return following if isinstance(following, str) and following else None


def _without_holding(hook: Callable[..., None]) -> Callable[..., None]:
    """Else the session holds whose it is, and their sockets stay open until the garbage is collected."""
    found = weakref.WeakMethod(hook)

    def called(*words: Any, **options: Any) -> None:
        if (there := found()) is not None:
            there(*words, **options)

    return called


def _session(base_url: str) -> requests.Session:
    session = requests.Session()
    session.max_redirects = 0  # Graph never redirects; whoever does would get the token
    session.verify = trusted_certificates()
    session.proxies = get_environ_proxies(GRAPH_URL)
    session.trust_env = False  # else all of the environment is searched twice for each request
    session.mount(f"{GRAPH_URL}/", adapter_for(base_url, GRAPH_URL))
    return session


def _uses(headers: Mapping[str, str]) -> list[Json]:
    """The rate budgets that an answer tells of. Headers that are no JSON tell of none."""
    try:
        app = json.loads(headers.get("X-App-Usage", "{}"))
        business = json.loads(headers.get("X-Business-Use-Case-Usage", "{}"))
    except ValueError:
        return []
    several = list(business.values()) if isinstance(business, dict) else []
    uses = [app, *(use for group in several if isinstance(group, list) for use in group)]
    return [use for use in uses if isinstance(use, dict) and use]
