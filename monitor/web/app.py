"""The web application. It answers on loopback names and on that of web.public_url; every page asks who is there, but
for those of monitor.web.open_pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from anyio.to_thread import run_sync
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.exc import OperationalError

from config.language import _, use_language
from config.settings import LOOPBACK, Settings, settings
from monitor.db import Database, database
from monitor.emergency import hub, sending
from monitor.register.organisation import NotSetUp
from monitor.web import accessibility, assets, cookies, demo, for_machines, inbox, pages, repairs
from monitor.web.allowance import Allowance
from monitor.web.api import WhenAsked
from monitor.web.comment import answering
from monitor.web.comment import pages as comment_pages
from monitor.web.database_gone import title_and_remedy
from monitor.web.emergency import board, crisis_templates, incidents, log, messages, preparing, warning_pages
from monitor.web.emergency.crisis_page import CrisisPage
from monitor.web.kept_form import kept
from monitor.web.links import pages as link_pages
from monitor.web.login import account, accounts, entering, own_tokens, passkeys, setup
from monitor.web.login import demo as login_demo
from monitor.web.middleware import (
    COOKIE,
    NoNul,
    OneView,
    OwnForms,
    OwnNames,
    ReadersLanguage,
    SafeHeaders,
    headers_of,
)
from monitor.web.refusals import note_refusal
from monitor.web.register import (
    audit_log,
    channels,
    decision_form,
    decisions,
    people,
    settings_pages,
    template_pages,
    today,
    watch,
    watch_day,
    ways,
    webhooks,
)
from monitor.web.removals import pages as removal_pages
from monitor.web.rendering import page
from monitor.web.reports import pages as report_pages
from monitor.web.reports.wishes import Shelf
from monitor.web.visiting import LOGIN, NotSignedIn, to_login, visitor_or_none

PAGES = (
    *(for_machines, entering, setup, account, own_tokens, passkeys, accounts),
    *(pages, accessibility, today, inbox, comment_pages, answering, removal_pages),
    *(watch_day, watch, link_pages, report_pages, repairs),
    *(channels, decision_form, decisions, people, ways, audit_log, webhooks, settings_pages, template_pages),
    *(warning_pages, preparing, crisis_templates, board, log, messages, incidents),
)
"""Modules with a router each, in every installation."""
DELIVERS_ON = 3.0
"""Seconds, at most, that crisis messages being sent are finished in when the process is asked to end."""


def create_app(settings_: Settings | None = None, db: Database | None = None) -> FastAPI:
    """The application for these settings and this database; those of the process where none are given."""
    chosen = settings_ or settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.db = db or database()
        app.state.settings = chosen
        app.state.machines = for_machines.Told(app.state.db, chosen)
        app.state.reports = Shelf()
        app.state.refusals = Allowance(burst=60, per_second=1)
        yield
        await run_sync(sending.finish, DELIVERS_ON)
        await run_sync(app.state.machines.chain.finish, 0.5)

    app = FastAPI(title="Kanalvakt", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    for room in PAGES:
        _opens(app, room.router)
    if chosen.demo_mails is not None:
        _opens(app, demo.router)
        _opens(app, login_demo.router)
    if chosen.oidc.configured:
        from monitor.web.login import outside  # slow to load, and seldom needed

        _opens(app, outside.router)
    app.mount("/static", assets.served(), name="static")
    app.mount("/api/v1", WhenAsked(app.state), name="api")
    _says_what_is_wrong(app)
    _surrounds(app, chosen)
    return app


def _opens(app: FastAPI, router: APIRouter) -> None:
    """The router's addresses as they are: including it would work them all out anew at the first press of all."""
    app.router.routes.extend(router.routes)


def _says_what_is_wrong(app: FastAPI) -> None:
    """Each with a page of its own."""
    app.add_exception_handler(404, _not_found)
    app.add_exception_handler(403, _not_allowed)
    app.add_exception_handler(405, _not_found)
    app.add_exception_handler(413, _too_large)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(Exception, _broken)
    app.add_exception_handler(NotSignedIn, _not_signed_in)
    app.add_exception_handler(watch.NoMonth, watch.no_month)
    app.add_exception_handler(NotSetUp, _not_set_up)
    app.add_exception_handler(OperationalError, _no_database)


def _surrounds(app: FastAPI, chosen: Settings) -> None:
    """What every request goes through, the last one here first."""
    hook = _hook(app, chosen)
    app.add_middleware(OneView)
    app.add_middleware(NoNul)
    app.add_middleware(ReadersLanguage)
    public = chosen.web.public_url
    app.add_middleware(OwnForms, but=hook, public=public)
    app.add_middleware(OwnNames, names=_hosts(chosen), but=hook)
    https = bool(public and public.startswith("https:"))
    app.add_middleware(SafeHeaders, https=https)
    app.add_middleware(
        CrisisPage, folder=hub.folder(chosen), https=https
    )  # before all else: it stands when all else does not


def _hook(app: FastAPI, chosen: Settings) -> str:
    """The address at which a platform says that something happened; empty where none is set."""
    if not chosen.webhook.configured:
        return ""
    from monitor.web import hooks  # brings the platform's client, which is large

    app.state.hook_allowance = Allowance()
    _opens(app, hooks.router)
    return hooks.PATH


def _hosts(chosen: Settings) -> list[str]:
    """Names we answer to: a page elsewhere cannot reach us through a name of its own (DNS rebinding)."""
    public = urlsplit(chosen.web.public_url).hostname if chosen.web.public_url else None
    return [*sorted(LOOPBACK - {"::1"}), "[::1]", *([public] if public else [])]


async def _not_signed_in(request: Request, error: Exception) -> Response:
    said = _(
        "Nothing of this is saved yet, and all of it is here. Sign in on another page, and send it again from here."
    )
    link = (LOGIN, _("Sign in on a page of its own"))
    return await kept(request, 401, _("You have been signed out"), said, link) or to_login(request, error)


def _not_found(request: Request, _error: Exception) -> HTMLResponse:
    with suppress(NotSetUp, OperationalError):
        visitor_or_none(request)  # so that the page leads on to what is theirs
    return page(
        request,
        "message.html",
        status=404,
        title=_("Page not found"),
        text=_("Check the address, or choose a page in the menu."),
    )


def _not_understood(request: Request, error: Exception) -> HTMLResponse:
    """404 where a part of the address names nothing that could be there; else 422."""
    if isinstance(error, RequestValidationError) and any(each["loc"][0] == "path" for each in error.errors()):
        return _not_found(request, error)
    with suppress(NotSetUp, OperationalError):
        visitor_or_none(request)
    text = _("Go back and try again. If it happens again, tell whoever runs Kanalvakt.")
    return page(request, "message.html", status=422, title=_("That was not understood"), text=text)


def _broken(request: Request, _error: Exception) -> HTMLResponse:
    """The last resort, outside of all that surrounds a request: what went wrong stands in the log, not in the page."""
    with use_language("en" if cookies.held(request, COOKIE) == "en" else "sv"):
        text = _("Nothing has been saved. What went wrong is in the log: tell whoever runs Kanalvakt.")
        answer = page(request, "message.html", status=500, title=_("Something went wrong"), text=text)
    answer.headers.update(headers_of(cookies.over_https(request)))
    return answer


def _not_allowed(request: Request, _error: Exception) -> HTMLResponse:
    note_refusal(request, "permission")
    text = _("Ask the communicator or an administrator if you need it for your work.")
    return page(request, "message.html", status=403, title=_("You may not do that"), text=text)


def _too_large(request: Request, _error: Exception) -> HTMLResponse:
    text = _("Go back and shorten what you wrote.")
    return page(request, "message.html", status=413, title=_("Too much text"), text=text)


def _not_set_up(request: Request, error: Exception) -> HTMLResponse:
    return page(request, "message.html", status=503, title=_("Not set up yet"), text=str(error))


async def _no_database(request: Request, error: Exception) -> HTMLResponse:
    title, text = title_and_remedy(error)
    said = _("Nothing of this is saved yet, and all of it is here. Wait a little, and send it again.")
    if (again := await kept(request, 503, title, f"{said} {text}", None)) is not None:
        return again
    return page(request, "message.html", status=503, title=title, text=text)
