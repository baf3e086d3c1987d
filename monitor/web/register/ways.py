"""/people/{person}/ways: how a person is reached. One tries one's own ways; whoever keeps the register also others',
and puts a way into use again. Addresses of chats and web hooks are secrets, and no page shows them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from config.language import _
from config.settings import Settings
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.alerts.route_test import NAMES
from monitor.alerts.trials import Trial, try_ways
from monitor.register import routes
from monitor.register.models import Person
from monitor.register.organisation import organisation
from monitor.web.rendering import page
from monitor.web.visiting import Myself, needs

router = APIRouter(prefix="/people", default_response_class=HTMLResponse)
Editor = Annotated[Visitor, needs(Permission.EDIT_REGISTER)]


@dataclass(frozen=True, slots=True)
class Shown:
    """One way. label: in the language in use. usable: has an address and a gateway, and is not out of use."""

    name: str
    label: str
    usable: bool
    worked_at: datetime | None = None
    disabled_at: datetime | None = None
    reason: str | None = None


@router.get("/{person_id}/ways")
def ways(request: Request, person_id: str, who: Myself, done: Annotated[str, Query()] = "") -> HTMLResponse:
    with request.app.state.db.snapshot() as session:
        person = reached(session, who, person_id)
    return _page(request, who, person, done=_("The way is in use again.") if done == "enabled" else "")


@router.post("/{person_id}/ways/try")
def try_all(request: Request, person_id: str, who: Myself) -> HTMLResponse:
    """Sends a test on each of the person's ways, and says what came of it."""
    state = request.app.state
    with state.db.snapshot() as session:
        person = reached(session, who, person_id)
    return _page(request, who, person, trials=try_ways(state.db, person, datetime.now(UTC), state.settings))


@router.post("/{person_id}/ways/{name}/enable")
def enable(request: Request, person_id: str, name: str, who: Editor) -> Response:
    """Uses a way again that was taken out of use."""
    with request.app.state.db.transaction() as session:
        person = reached(session, who, person_id)
        if name not in routes.NAMES:
            raise HTTPException(404)
        routes.enable(session, person.id, name, who.person_id, datetime.now(UTC))
    return RedirectResponse(f"/people/{person_id}/ways?done=enabled", status_code=303)


def reached(session: Session, who: Visitor, person_id: str) -> Person:
    """404 where there is no such person, or where the visitor may not know how that person is reached."""
    person = session.get(Person, person_id)
    looks = person_id == who.person_id or who.may(Permission.EDIT_REGISTER)
    if person is None or person.retired or not looks:
        raise HTTPException(404)
    return person


def _page(
    request: Request, who: Visitor, person: Person, *, done: str = "", trials: list[Trial] | None = None
) -> HTMLResponse:
    with request.app.state.db.snapshot() as session:
        owner, shown = organisation(session), shown_ways(session, person, request.app.state.settings)
    return page(
        request,
        "register/ways.html",
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        person=person,
        ways=shown,
        trials=trials or [],
        tried=trials is not None,
        names={name: _(label) for name, label in NAMES.items()},
        enables=who.may(Permission.EDIT_REGISTER),
        done=done,
    )


def shown_ways(session: Session, person: Person, settings: Settings) -> list[Shown]:
    """In the order in which they are used."""
    rows = routes.routes_of(session, person.id)
    usable = routes.usable(session, person, sms=settings.sms_url is not None)
    found = []
    for name in dict.fromkeys([*person.routes, *sorted(rows)]):
        row = rows.get(name)
        told = (row.worked_at, row.disabled_at, row.reason) if row is not None else (None, None, None)
        found.append(Shown(name, _(NAMES.get(name, name)), name in usable, *told))
    return found
