"""The API as an application of its own below the pages: own errors, own description (openapi.json), no cookies.

Whoever asks does it with a token. A browser's session is worth nothing here: no page elsewhere can make one ask.
"""

from functools import cache
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.language import _, use_language
from monitor.web.api import (
    audit,
    channels,
    comment_acts,
    comments,
    crisis,
    crisis_board,
    crisis_steps,
    crisis_templates,
    crisis_warnings,
    decisions,
    me,
    overview,
    people,
    removals,
    reports,
    settings_told,
    templates,
    watch,
    ways,
    webhooks,
)
from monitor.web.api.problems import MEDIA_TYPE, Refused, Wrong, says_what_is_wrong

PARTS = (
    *(me, overview, comments, comment_acts, removals),
    *(channels, decisions, people, watch, reports, audit, settings_told),
    *(templates, ways, webhooks, crisis, crisis_steps, crisis_board, crisis_templates, crisis_warnings),
)
"""Modules with a router each."""
LARGEST = 300_000
"""Bytes of what is sent: the longest text in signs that take twelve each."""
OPEN = {"/openapi.json": "what the API is: the same for everybody, and nothing about anybody"}
"""Addresses that ask for no token, and why they may."""
ABOUT = """What the pages of Kanalvakt show and do, for programs. Times are ISO 8601. Lists come in pages: send what
`next` was as `after`. Each write needs a header Idempotency-Key, and sent again with the same one does nothing more.
Failures are problem details (RFC 9457), in Swedish, or in English where Accept-Language prefers it."""


def create_api() -> FastAPI:
    """Mounted at /api/v1; whoever mounts it gives it the `state` of the pages: db and settings."""
    everywhere = [Depends(only_known)]
    api = FastAPI(
        title="Kanalvakt", version="1", description=ABOUT, docs_url=None, redoc_url=None, dependencies=everywhere
    )
    for part in PARTS:
        api.include_router(part.router)
    says_what_is_wrong(api)
    _describes_problems(api)
    api.add_middleware(Bounded)
    api.add_middleware(AskedLanguage)
    return api


def _describes_problems(api: FastAPI) -> None:
    """In openapi.json a failure is of its own media type alone; the framework would name its usual one beside it."""
    made = api.openapi

    @cache
    def described() -> dict[str, Any]:
        told = made()
        operations = (each for path in told["paths"].values() for each in path.values())
        for answers in (each["responses"] for each in operations):
            for status, answer in answers.items():
                if status >= "400" and "application/json" in answer.get("content", {}):
                    answer["content"] = {MEDIA_TYPE: answer["content"]["application/json"]}
        return told

    api.openapi = described  # type: ignore[method-assign]  # as the framework's manual says


def only_known(request: Request) -> None:
    """A misspelt filter would give more than was asked for: an unknown one is an error. Raises Refused."""
    told = request.app.openapi()["paths"][request.scope["route"].path_format][request.method.lower()]
    known = {each["name"] for each in told.get("parameters", ()) if each["in"] == "query"}
    detail = _("There is no such parameter here.")
    wrong = [Wrong(at=f"query/{name[:60]}", detail=detail) for name in request.query_params if name not in known]
    if wrong:
        raise Refused(422, "", wrong)


class AskedLanguage:
    """Swedish, unless the request prefers English."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wished = Request(scope).headers.get("accept-language", "") if scope["type"] == "http" else ""
        with use_language("en" if wished.strip().lower().startswith("en") else "sv"):
            await self.app(scope, receive, send)


class Bounded:
    """Reads no further than LARGEST, whatever the headers say."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > LARGEST:
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)
