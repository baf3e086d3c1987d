"""Who is asking: the session behind a request, and what its person may do. Every page says here what it needs.

Whoever is not signed in is led to the page for it, and back afterwards. Of a channel that somebody may not see is said
that there is no such page.
"""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import OperationalError

from monitor.access import sessions
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor, visitor_of
from monitor.db import Database
from monitor.register.calendar import calendar_of
from monitor.register.organisation import organisation
from monitor.web import cookies
from monitor.web.emergency import banner

COOKIE = "session"
LOGIN = "/login"


class NotSignedIn(Exception):
    """Nobody is signed in on this device."""


def visitor(request: Request) -> Visitor:
    """Who is signed in. Raises NotSignedIn, which leads to the login page."""
    found = visitor_or_none(request)
    if found is None:
        raise NotSignedIn
    return found


def visitor_or_none(request: Request) -> Visitor | None:
    """The same; None where nobody is. Found once for each request."""
    if not hasattr(request.state, "visitor"):
        request.state.visitor = _found(request)
    who: Visitor | None = request.state.visitor
    return who


Myself = Annotated[Visitor, Depends(visitor)]
"""Whoever is signed in: for what is everybody's own."""


def needs(permission: Permission) -> Any:
    """A dependency: who is signed in, and has that permission on some channel at least; 403 for others. A page about
    one channel asks `who.may(permission, channel_id)` as well."""

    def allowed(request: Request) -> Visitor:
        who = visitor(request)
        if not who.may(permission):
            raise HTTPException(403)
        return who

    allowed.permission = permission  # type: ignore[attr-defined]  # read by the test that walks every route
    return Depends(allowed)


def to_login(request: Request, _error: Exception) -> RedirectResponse:
    """To the login page, and from there back to what was asked for, where that was only to be read."""
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    query = f"?next={quote(back, safe='')}" if request.method in {"GET", "HEAD"} and back != "/" else ""
    return RedirectResponse(f"{LOGIN}{query}", status_code=303)


def _found(request: Request) -> Visitor | None:
    word = cookies.held(request, COOKIE)
    if not word:
        return None
    db: Database = request.app.state.db
    now = datetime.now(UTC)
    with db.snapshot() as session:
        found = sessions.found_with_person(session, word, now)
        if found is None:
            return None
        row, person = found
        banner.look(request.app.state, session, now)
        today = calendar_of(organisation(session)).local_date(now)
        who = visitor_of(session, person, row.id, today)
        stale = row.seen_at < now - sessions.SEEN_EVERY
    if stale:
        with suppress(OperationalError), db.transaction(repeatable=True) as session:  # a full disk can be read
            sessions.seen(session, who.session_id, now)
    return who
