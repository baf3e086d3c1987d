"""What machines ask that watch over us: does the process live (/healthz), can it serve (/readyz), how are things going
(/metrics). None of them waits for what hangs.
"""

from hmac import compare_digest
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from config.settings import LOOPBACK, Settings
from monitor.db import Database
from monitor.telemetry.in_time import InTime
from monitor.telemetry.metrics import Metrics
from monitor.telemetry.ready import Parts

SCRAPE = 8.0
"""Seconds; Prometheus gives up after ten."""
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
router = APIRouter()


class Told:
    """What this process tells of itself."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self.parts = Parts(db, settings)
        measured = Metrics(db, settings)
        self.metrics, self.chain = InTime(measured.text, SCRAPE), measured.chain


@router.get("/healthz")
async def alive() -> PlainTextResponse:
    """The process answers; says nothing about the rest."""
    return PlainTextResponse("ok")


@router.get("/readyz")
async def ready(request: Request, exclude: Annotated[list[str] | None, Query()] = None) -> JSONResponse:
    """200 where each part answers that is needed, else 503; which, it says. exclude: what whoever asks can do without:
    pages and crisis messages need no broker."""
    found = await _told(request).parts.look(but=exclude or ())
    return JSONResponse(found.as_json(), 200 if found.ready else 503)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """401 for whoever does not know the token; 403 from elsewhere where there is none; 503 if it takes too long."""
    token = request.app.state.settings.metrics_token
    if token is None and not _is_here(request):
        return PlainTextResponse("Set KANALVAKT_METRICS_TOKEN, and send it.\n", 403)
    if token is not None and not compare_digest(_bearer(request), token.get_secret_value().encode()):
        return PlainTextResponse("", 401, headers={"WWW-Authenticate": "Bearer"})
    text = await _told(request).metrics.ask()
    if text is None:
        return PlainTextResponse("It takes too long.\n", 503)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def _told(request: Request) -> Told:
    told: Told = request.app.state.machines
    return told


def _bearer(request: Request) -> bytes:
    kind, _space, word = request.headers.get("authorization", "").partition(" ")
    return word.strip().encode("latin-1") if kind.lower() == "bearer" else b""


def _is_here(request: Request) -> bool:
    """Does somebody on this machine ask, by its own name, and not through a proxy? Where people come from elsewhere, a
    proxy may hide that, and so a token is needed."""
    asked = urlsplit(f"//{request.headers.get('host', '')}").hostname
    by_proxy = any(name in request.headers for name in FORWARDED)
    public = request.app.state.settings.web.public_url is not None
    client = request.client.host if request.client else ""
    return client in LOOPBACK and asked in LOOPBACK and not by_proxy and not public
