"""One person's session on instagram.com: instaloader made quiet, never sleeping, and sent where the settings say.

Sessions are kept for the life of the process, because what they know saves requests: the login, the tokens of the web
app's start page (secrets: they never leave memory) and how often was asked lately. The first reading in a new process
therefore costs one request more, with user name and password three more.
"""

import threading
import time
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote, unquote

import requests
from instaloader import InstaloaderContext, RateController, instaloadercontext

from config.settings import INSTAGRAM_API_URL, INSTAGRAM_URL, InstagramQueries, Settings
from connectors.base import Credential
from connectors.errors import AuthExpired, ConnectorError, CredentialMissing, UnexpectedAnswer
from connectors.loopback import adapter_for, trusted_certificates

TODAY = InstagramQueries()
"""The names by which our code and instaloader 4.16 ask; the settings may know newer ones."""
TIMEOUT = 30.0
"""Seconds to connect, and between two pieces of an answer."""
TOKENS_LAST = 12 * 3600.0
"""Seconds after which the tokens of the start page are fetched anew; how long Instagram takes them is not known."""


class TooSoon(Exception):
    """Instaloader would sleep for so many seconds before the next request."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} s")
        self.seconds = seconds


class TooMuch(Exception):
    """The reading has used up its allowance."""


class Traffic:
    """The requests of one reading. sent: how many. last: the answer to the latest; None if none came whole."""

    def __init__(self, settings: Settings, keep_alive: Callable[[], None], allowance: int | None) -> None:
        self.sent = 0
        self.last: requests.Response | None = None
        self._keep_alive = keep_alive
        self._allowance = allowance
        self._settings = settings

    def route(self, session: requests.Session) -> None:
        """Sends the session's requests where the settings say."""
        session.verify = trusted_certificates()
        session.mount(f"{INSTAGRAM_URL}/", adapter_for(self._settings.instagram_url, INSTAGRAM_URL))
        session.mount(f"{INSTAGRAM_API_URL}/", adapter_for(self._settings.instagram_api_url, INSTAGRAM_API_URL))

    def begin(self) -> None:
        """Raises TooMuch where the reading may not ask any more."""
        if self._allowance is not None and self.sent >= self._allowance:
            raise TooMuch
        self._keep_alive()
        self.sent += 1
        self.last = None


_traffic: ContextVar[Traffic | None] = ContextVar("instagram_traffic", default=None)


class _Requests(requests.Session):
    """What instaloader makes for almost every call. Without a reading under way in this context: like any other."""

    def __init__(self) -> None:
        super().__init__()
        if (traffic := _traffic.get()) is not None:
            traffic.route(self)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        traffic = _traffic.get()
        if traffic is None:
            return super().send(request, **options)
        traffic.begin()
        traffic.last = super().send(request, **options)
        return traffic.last


def _give_instaloader_our_requests() -> None:
    """Only instaloader's own view of the module; everybody else in the process keeps the real one."""
    ours = types.ModuleType("requests_for_instaloader")
    ours.__dict__.update(requests.__dict__)
    ours.__dict__["Session"] = _Requests
    instaloadercontext.__dict__["requests"] = ours


_give_instaloader_our_requests()


class _Patience(RateController):
    """Instaloader's own reckoning of how much is too much; but a worker is never kept waiting."""

    def sleep(self, secs: float) -> None:
        raise TooSoon(secs)


class _Context(InstaloaderContext):
    """Quiet, and asks by the names that Instagram has for things today."""

    queries: Mapping[str, str] = {}
    """Name in instaloader and in our code -> name in the settings."""

    def graphql_query(self, query_hash: str, *arguments: Any, **more: Any) -> dict[str, Any]:
        return super().graphql_query(self.queries.get(query_hash, query_hash), *arguments, **more)

    def doc_id_graphql_query(self, doc_id: str, *arguments: Any, **more: Any) -> dict[str, Any]:
        return super().doc_id_graphql_query(self.queries.get(doc_id, doc_id), *arguments, **more)

    def error(self, msg: object, repeat_at_end: bool = True) -> None:
        """Instaloader prints this on standard error even when told to be quiet. What matters is raised besides."""


class InstagramSession:
    """Logs in when it must and remembers what it learned. Used by one reading at a time."""

    def __init__(self, credential: Credential, settings: Settings) -> None:
        """Raises CredentialMissing when there is neither a session nor user name and password. Makes no call."""
        self._cookie = credential.get("session")
        self._name, self._password = credential.get("username"), credential.get("password")
        if not self._cookie and not (self._name and self._password):
            raise CredentialMissing("the channel has neither a session nor a user name with a password")
        self._settings = settings
        self._lock = threading.Lock()
        self._context: InstaloaderContext | None = None
        self._patience: _Patience | None = None
        self._renewed = time.monotonic()

    @contextmanager
    def in_use(self, keep_alive: Callable[[], None] = lambda: None, allowance: int | None = None) -> Iterator[Traffic]:
        """Waits until no other reading in this process uses the session; then every request is this reading's."""
        with self._lock:
            traffic = Traffic(self._settings, keep_alive, allowance)
            token = _traffic.set(traffic)
            try:
                yield traffic
            finally:
                _traffic.reset(token)

    def context(self) -> InstaloaderContext:
        """Logged in; asks Instagram only the first time, and only with a password. Raises what instaloader raises."""
        if self._context is None:
            self._context = self._log_in(self._new_context())
        elif time.monotonic() - self._renewed > TOKENS_LAST:
            self._forget_tokens(self._context)
        return self._context

    def learn_from(self, error: ConnectorError) -> None:
        """Forgets what may have caused the error, so that the next reading starts with something fresh."""
        if isinstance(error, AuthExpired):
            self._context = None
        elif isinstance(error, UnexpectedAnswer) and self._context is not None:
            self._forget_tokens(self._context)

    def _log_in(self, context: InstaloaderContext) -> InstaloaderContext:
        self._renewed = time.monotonic()
        if not self._cookie:
            context.login(self._name, self._password)
            return context
        value = quote(unquote(self._cookie), safe="")
        user_id = value.split("%3A")[0]
        # Empty, because two of one name would contradict each other: Instagram gives its own with the start page.
        cookies = {"sessionid": value, "ds_user_id": user_id, "csrftoken": ""}
        context.load_session(self._name or user_id, cookies)
        return context

    def _forget_tokens(self, context: InstaloaderContext) -> None:
        """Keeps the login: logging in often is what Instagram distrusts most."""
        self._renewed = time.monotonic()
        self._context = self._new_context()
        self._context.load_session(context.username, context.save_session())

    def _new_context(self) -> InstaloaderContext:
        context = _Context(
            sleep=False,
            quiet=True,
            max_connection_attempts=1,
            request_timeout=TIMEOUT,
            rate_controller=self._one_patience,
            iphone_support=False,
        )
        chosen = self._settings.instagram_queries.model_dump()
        context.queries = {name: chosen[what] for what, name in TODAY.model_dump().items()}
        return context

    def _one_patience(self, context: InstaloaderContext) -> RateController:
        """One for all contexts of the session: Instagram counts the session's requests."""
        self._patience = self._patience or _Patience(context)
        return self._patience


_kept: dict[tuple[object, ...], InstagramSession] = {}
_keeping = threading.Lock()


def session_for(credential: Credential, settings: Settings) -> InstagramSession:
    """The process's one session for this credential and these addresses. Raises CredentialMissing; makes no call."""
    who = tuple(credential.get(name) for name in ("session", "username", "password"))
    key = (*who, settings.instagram_url, settings.instagram_api_url)
    with _keeping:
        if key not in _kept:
            _kept[key] = InstagramSession(credential, settings)
        return _kept[key]
