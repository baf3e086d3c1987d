"""The moment in which somebody is let in: a session, its cookie, and the page that was asked for."""

from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from config.language import _
from monitor.access import accounts, sessions
from monitor.access.device_rules import device
from monitor.access.permission_rules import Permission
from monitor.db import Database
from monitor.register.models import Organisation, Person
from monitor.register.organisation import organisation
from monitor.web import cookies
from monitor.web.login.returning_rules import START, own_path
from monitor.web.visiting import COOKIE

if TYPE_CHECKING:
    from monitor.access.throttling import Throttle

log = structlog.get_logger(__name__)
FIRST_PAGES = (
    (Permission.READ_INBOX, START),
    (Permission.READ_WATCH, "/watch"),
    (Permission.READ_REGISTER, "/channels"),
)
"""Where somebody begins who asked for nothing: the first that is open to that person."""


def let_in(request: Request, session: Session, person: Person, how: str, wished: str | None, now: datetime) -> Response:
    """Begins a session under a new word, ends the one that this browser had, and leads to the page."""
    word = cookies.held(request, COOKIE)
    earlier = sessions.found(session, word, now) if word else None
    if earlier is not None:
        sessions.end(session, earlier.id, person.id, now)
    word = sessions.begin(session, person.id, how, device(request.headers.get("user-agent", "")), now)
    log.info("login", how=how, person=person.id)
    answer = RedirectResponse(_where_to(session, person, wished, now), status_code=303)
    cookies.give(request, answer, COOKIE, word, int(sessions.LONGEST.total_seconds()))
    return answer


def _where_to(session: Session, person: Person, wished: str | None, now: datetime) -> str:
    path = own_path(wished)
    if path != START:
        return path
    granted = accounts.granted(session, person, now)
    return next((address for permission, address in FIRST_PAGES if permission in granted), "/account")


def refused(request: Request, account: str, how: str) -> None:
    """Counts a failed try. What was typed is in no log."""
    throttle_of(request).failed(account, address(request))
    log.warning("login_refused", how=how, address=address(request))


def too_many(request: Request, account: str) -> str | None:
    """What to say to whoever has tried too often; None where a try is free."""
    seconds = throttle_of(request).wait(account, address(request))
    if not seconds:
        return None
    log.warning("login_throttled", address=address(request))
    minutes = -(-seconds // 60)
    return _("Too many tries. Wait {minutes} minutes, and try again.", minutes=minutes)


def address(request: Request) -> str:
    """Where the request comes from, as far as the proxy in front of us says."""
    return request.client.host if request.client else "?"


def owner_of(request: Request) -> Organisation:
    db: Database = request.app.state.db
    with db.snapshot() as session:
        return organisation(session)


def throttle_of(request: Request) -> "Throttle":
    """Of this process; made when somebody first comes in."""
    state = request.app.state
    if not hasattr(state, "throttle"):
        from monitor.access.throttling import throttle  # its library is large

        state.throttle = throttle(state.settings)
    found: Throttle = state.throttle
    return found
