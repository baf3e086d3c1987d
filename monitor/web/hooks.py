"""/hooks/meta: where Meta says that something happened. There only if the settings have a webhook.

The one path that the internet may reach: it shows nothing, and does nothing for whoever cannot sign. Everything else of
the web stays on names of our own.
"""

from datetime import UTC, datetime

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from starlette.concurrency import run_in_threadpool

from config.settings import Settings
from connectors.graph.webhooks import challenge, hinted, is_genuine
from monitor.db import Database
from monitor.watch.hints import Taken, take
from monitor.web.form_body import bounded

PATH = "/hooks/meta"
LARGEST = 5_000_000  # bytes; a thousand changes with long comments take about half of it
LONGEST_CHALLENGE = 200
log = structlog.get_logger(__name__)
router = APIRouter()


@router.get(PATH)
async def verify(request: Request) -> PlainTextResponse:
    """Meta asks whether the address is ours: the challenge, for whoever knows the verify token."""
    if not request.app.state.hook_allowance.take():
        return _too_many()
    token = _chosen(request).webhook.verify_token
    answer = challenge(request.query_params, token.get_secret_value()) if token is not None else None
    if answer is None or len(answer) > LONGEST_CHALLENGE:
        log.warning("webhook_refused", why="verification")
        return PlainTextResponse("", 403)
    return PlainTextResponse(answer)


@router.post(PATH)
async def deliver(request: Request) -> PlainTextResponse:
    """Takes a signed delivery in. 403 for any other, 413 and 429 for too much; Meta tries again by itself."""
    if not request.app.state.hook_allowance.take():
        return _too_many()
    body = await bounded(request, LARGEST)
    if body is None:
        log.warning("webhook_refused", why="size")
        return PlainTextResponse("", 413)
    signature = request.headers.get("X-Hub-Signature-256", "")
    taken = await run_in_threadpool(_take, request.app.state.db, _chosen(request), body, signature)
    if taken is None:
        log.warning("webhook_refused", why="signature")
        return PlainTextResponse("", 403)
    log.info("webhook_taken", again=taken.again, hinted=taken.hinted, hastened=taken.hastened)
    return PlainTextResponse("ok")


def _take(db: Database, chosen: Settings, body: bytes, signature: str) -> Taken | None:
    secret, now = chosen.webhook.app_secret, datetime.now(UTC)
    if secret is None or not is_genuine(body, signature, secret.get_secret_value()):
        return None
    return take(db, body, hinted(body, now), now, chosen)


def _too_many() -> PlainTextResponse:
    return PlainTextResponse("", 429, headers={"Retry-After": "60"})


def _chosen(request: Request) -> Settings:
    chosen: Settings = request.app.state.settings
    return chosen
