"""What surrounds every request: names we answer to, the reader's language, headers that keep pages private, and one
view of the database for all that a page reads."""

from urllib.parse import urlsplit

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.language import use_language
from monitor.db.one_view import one_view
from monitor.web import cookies
from monitor.web.refusals import note_refusal

COOKIE = "language"
AT_ONCE = 16
"""So many pages are made at the same time. Each may hold a connection while it waits for a thread, so there must be
fewer than the connections that we may have; more would only take each other's processor time. Others wait in turn."""
FOR_MACHINES = ("/healthz", "/readyz", "/metrics")
"""They must answer while pages wait for a database that hangs, and under any name: what watches us comes by one of its
own. They say nothing that is not for everybody, or ask for a word."""
ALONE = ("/static/", *FOR_MACHINES)
"""Paths that need no view of the database, or make one of their own."""
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; object-src 'none'; script-src 'self'; connect-src 'self'; "
    "style-src 'self'; img-src 'self' data:; "  # data: the signs that the design system's style sheet carries in itself
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    "Referrer-Policy": "same-origin",  # "no-referrer" would have our own forms come without their origin, like others'
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",  # what residents wrote stays out of caches on shared machines
}


def headers_of(https: bool) -> dict[str, str]:
    """What goes with every answer."""
    return HEADERS | (HTTPS_ONLY if https else {})


class OwnNames:
    """Answers under `names` only; on the path `but` under any, for a platform comes by the name of a proxy, and for
    machines.

    Those paths must protect themselves and show nothing.
    """

    def __init__(self, app: ASGIApp, names: list[str], but: str) -> None:
        self.app, self.but = app, {but, *FOR_MACHINES}
        self.guarded = TrustedHostMiddleware(app, allowed_hosts=names, www_redirect=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        free = scope["type"] == "http" and scope["path"] in self.but
        await (self.app if free else self.guarded)(scope, receive, send)


class OwnForms:
    """Refuses what a page elsewhere makes a browser send to us: 403. Browsers say where their page comes from, old
    ones by `Origin` alone. Whoever is no browser says nothing; what those may do depends on what they know.

    public: the address under which people reach us, where it is another than that of the request.
    """

    def __init__(self, app: ASGIApp, but: str, public: str | None = None) -> None:
        self.app, self.but = app, but
        self.public = urlsplit(public).netloc if public else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        changes = scope["type"] == "http" and scope["method"] not in {"GET", "HEAD"} and scope["path"] != self.but
        if changes and not self._is_ours(Request(scope)):
            note_refusal(Request(scope), "another site")
            await PlainTextResponse("403", status_code=403)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_ours(self, request: Request) -> bool:
        said = request.headers.get("sec-fetch-site")
        if said is not None:
            return said in {"same-origin", "none"}
        origin = request.headers.get("origin")
        return origin is None or origin.partition("://")[2] in {request.headers.get("host"), self.public}


class NoNul:
    """Shows NUL in addresses of pages as ␀: PostgreSQL refuses it, and nothing of ours has it in its name. The API says
    what is wrong instead."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = scope["type"] == "http" and not scope["path"].startswith("/api/")
        if page and ("\0" in scope["path"] or b"%00" in scope["query_string"]):
            query = scope["query_string"].replace(b"%00", b"%E2%90%80")
            scope = {**scope, "path": scope["path"].replace("\0", "␀"), "query_string": query}
        await self.app(scope, receive, send)


class ReadersLanguage:
    """Speaks the language that the reader chose, Swedish first, for all of one request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        english = scope["type"] == "http" and cookies.held(Request(scope), COOKIE) == "en"
        with use_language("en" if english else "sv"):
            await self.app(scope, receive, send)


class SafeHeaders:
    """Adds HEADERS to every answer; a page that needs a policy of its own has set it already.

    https: people reach us by https, and browsers are to use nothing else.
    """

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self.app, self.headers = app, headers_of(https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class OneView:
    """Who asks and what the page shows are read in one snapshot, which ends before anything is sent: a slow reader
    keeps nobody waiting. What may change something reads and writes in transactions of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.places = app, CapacityLimiter(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"} or scope["path"].startswith(ALONE):
            await self.app(scope, receive, send)
            return
        place = object()
        await self.places.acquire_on_behalf_of(place)
        with one_view() as held:

            async def leave() -> None:
                nonlocal place
                if held.view is not None:
                    await run_sync(held.leave)
                if place is not None:
                    self.places.release_on_behalf_of(place)
                    place = None

            async def send_afterwards(message: Message) -> None:
                await leave()
                await send(message)

            try:
                await self.app(scope, receive, send_afterwards)
            finally:
                await leave()
