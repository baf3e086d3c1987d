"""The web application. Read-only so far and without login, so it answers on loopback names only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import OperationalError

from config.language import _
from config.settings import LOOPBACK, Settings, settings
from monitor.db import Database, database
from monitor.register.organisation import NotSetUp
from monitor.web import demo, hooks, pages, tasks, watch_pages
from monitor.web.middleware import OwnNames, ReadersLanguage, SafeHeaders
from monitor.web.rendering import page

STATIC = Path(__file__).parent / "static"


def create_app(settings_: Settings | None = None, db: Database | None = None) -> FastAPI:
    """The application for these settings and this database; those of the process where none are given."""
    chosen = settings_ or settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.db = db or database()
        app.state.settings = chosen
        app.state.hook_allowance = hooks.Allowance()
        yield

    app = FastAPI(title="Kanalvakt", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.include_router(pages.router)
    app.include_router(watch_pages.router)
    app.include_router(tasks.router)
    if chosen.demo_mails is not None:
        app.include_router(demo.router)
    if chosen.webhook.configured:
        app.include_router(hooks.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(404, _not_found)
    app.add_exception_handler(watch_pages.NoMonth, watch_pages.no_month)
    app.add_exception_handler(NotSetUp, _not_set_up)
    app.add_exception_handler(OperationalError, _no_database)
    app.add_middleware(ReadersLanguage)
    app.add_middleware(SafeHeaders)
    app.add_middleware(OwnNames, names=_hosts(chosen), but=hooks.PATH if chosen.webhook.configured else "")
    return app


def _hosts(chosen: Settings) -> list[str]:
    """Names we answer to: a page elsewhere cannot reach us through a name of its own (DNS rebinding)."""
    public = urlsplit(chosen.web.public_url).hostname if chosen.web.public_url else None
    return [*sorted(LOOPBACK - {"::1"}), "[::1]", *([public] if public else [])]


def _not_found(request: Request, _error: Exception) -> HTMLResponse:
    return page(request, "message.html", status=404, title=_("Page not found"), text=_("There is no such page."))


def _not_set_up(request: Request, error: Exception) -> HTMLResponse:
    return page(request, "message.html", status=503, title=_("Not set up yet"), text=str(error))


def _no_database(request: Request, _error: Exception) -> HTMLResponse:
    text = _("The database cannot be reached. Run `kanalvakt doctor` to see what to do.")
    return page(request, "message.html", status=503, title=_("The database cannot be reached"), text=text)
