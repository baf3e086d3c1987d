"""What surrounds every request: names we answer to, the reader's language, and headers that keep pages private."""

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.language import use_language

COOKIE = "language"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",  # what residents wrote stays out of caches on shared machines
}


class OwnNames:
    """Answers under `names` only; on the path `but` under any, for a platform comes by the name of a proxy.

    That path must protect itself and show nothing.
    """

    def __init__(self, app: ASGIApp, names: list[str], but: str) -> None:
        self.app, self.but = app, but
        self.guarded = TrustedHostMiddleware(app, allowed_hosts=names, www_redirect=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        free = scope["type"] == "http" and scope["path"] == self.but
        await (self.app if free else self.guarded)(scope, receive, send)


class ReadersLanguage:
    """Speaks the language that the reader chose, Swedish first, for all of one request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        english = scope["type"] == "http" and Request(scope).cookies.get(COOKIE) == "en"
        with use_language("en" if english else "sv"):
            await self.app(scope, receive, send)


class SafeHeaders:
    """Adds HEADERS to every answer; a page that needs a policy of its own has set it already."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)
