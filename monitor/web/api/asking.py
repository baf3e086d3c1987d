"""Who asks: the token of a request, and what its person and its scopes permit together."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from config.language import _
from config.settings import Settings
from monitor.access import tokens
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor, visitor_of
from monitor.db import Database
from monitor.register.calendar import calendar_of
from monitor.register.models import Person
from monitor.register.organisation import organisation
from monitor.web.api.problems import Refused

BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="A token of My login, or `kanalvakt token add`.")


@dataclass(frozen=True, slots=True)
class Caller:
    """A program at work for somebody. who: that person, with no more than the token's scopes; made for this request."""

    who: Visitor
    token_id: int
    scopes: frozenset[Permission]
    good_until: datetime
    db: Database = field(repr=False)
    settings: Settings = field(repr=False)


def caller(request: Request, said: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)] = None) -> Caller:
    """Raises Refused, 401, where there is no token that holds."""
    db: Database = request.app.state.db
    now = datetime.now(UTC)
    word = said.credentials if said is not None else ""
    with db.snapshot() as session:
        row = tokens.found(session, word, now) if word.startswith(tokens.PREFIX) else None
        if row is None:
            raise Refused(401, _("Send a token that holds: Authorization: Bearer kanalvakt_…"))
        scopes = frozenset(Permission(each) for each in row.scopes if each in tokens.SCOPES)
        request.state.visitor = who = _bounded(session, row.person_id, scopes, now)
        found = Caller(who, row.id, scopes, row.good_until, db, _settings(request))
        stale = tokens.is_stale(row, now)
    if stale:
        with suppress(OperationalError), db.transaction(repeatable=True) as session:  # a full disk can be read
            tokens.used(session, found.token_id, now)
    return found


def _settings(request: Request) -> Settings:
    found: Settings = request.app.state.settings
    return found


def _bounded(session: Session, person_id: str, scopes: frozenset[Permission], now: datetime) -> Visitor:
    today = calendar_of(organisation(session)).local_date(now)
    who = visitor_of(session, session.get_one(Person, person_id), 0, today)
    on = {channel: granted & scopes for channel, granted in who.on.items()}
    return Visitor(who.person_id, who.name, who.roles, 0, on, who.apart & scopes)


Known = Annotated[Caller, Depends(caller)]
"""Whoever has a token."""


def scoped(permission: Permission, *, own: bool = False) -> Any:
    """A dependency: the Caller, who has that permission on some channel at least; 403 for others. What is about one
    channel asks `caller.who.may(permission, channel_id)` as well, and says 404 where the caller does not see it.

    own: what everybody may with regard to themselves, without the permission; the token needs the scope all the same,
    and who else may is for the address itself to ask."""

    def allowed(known: Known) -> Caller:
        if permission not in known.scopes:
            raise Refused(403, _("The token lacks the scope {scope}.", scope=permission), code="scope-missing")
        if not own and not known.who.may(permission):
            raise Refused(403, _("The token's person may not do that."))
        return known

    allowed.permission, allowed.own = permission, own  # type: ignore[attr-defined]  # for the test of every route
    return Depends(allowed)
