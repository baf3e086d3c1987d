"""The web application as it is served, but that each answer tells how long it took inside the server."""

import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.web.served import served

TOLD = "server-timing"


class Timed:
    """From the moment at which the request is there until the answer is ready to be sent; waiting in turn included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()

        async def send_timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                took = (time.perf_counter() - began) * 1000
                MutableHeaders(scope=message)[TOLD] = f"app;dur={took:.2f}"
            await send(message)

        await self.app(scope, receive, send_timed)


def timed() -> ASGIApp:
    return Timed(served())
