"""/api/v1: what the pages show and do, for programs. Described for their writers in docs/api.md."""

from starlette.datastructures import State
from starlette.types import ASGIApp, Receive, Scope, Send


class WhenAsked:
    """The API, made when a program first asks for it: most towns have none, and its shapes take ten megabytes.

    state: of the pages, with the database and settings, which are known once the application has started.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.api: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.api is None:
            from monitor.web.api.app import create_api

            api = create_api()
            api.state = self.state
            self.api = api
        await self.api(scope, receive, send)
