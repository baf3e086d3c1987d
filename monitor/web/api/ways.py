"""/people/…/ways: how a person is reached. One tries one's own ways; whoever keeps the register also others', and puts
a way into use again. Where a way leads is a secret, and no answer has it."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.exceptions import HTTPException
from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.alerts.trials import try_ways
from monitor.register import routes
from monitor.register.models import Person
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.once import Once, once
from monitor.web.api.problems import DOCUMENTED
from monitor.web.api.shapes import Moment, NameInPath, Out
from monitor.web.register.ways import reached, shown_ways

router = APIRouter(prefix="/people/{person_id}/ways", tags=["people"], responses=DOCUMENTED)
Themselves = Annotated[Caller, scoped(Permission.READ_REGISTER, own=True)]
Trying = Annotated[Caller, scoped(Permission.EDIT_REGISTER, own=True)]
Editor = Annotated[Caller, scoped(Permission.EDIT_REGISTER)]


class WayOut(Out):
    """name: mail, sms, teams, matrix, mattermost or webhook. usable: it has an address and a gateway, and is not out of
    use. disabled_at: out of use since then, and the reason."""

    name: str
    usable: bool
    worked_at: Moment | None
    disabled_at: Moment | None
    reason: str | None


class WaysOut(Out):
    """In the order in which they are used."""

    person: str
    ways: list[WayOut]


class TriedOut(Out):
    """ok: the other side has taken the test; null where there was nothing to try. detail: why not, in words."""

    name: str
    ok: bool | None
    detail: str
    disabled: bool


class TrialsOut(Out):
    person: str
    trials: list[TriedOut]


@router.get("")
def ways(known: Themselves, person_id: NameInPath) -> WaysOut:
    """How oneself is reached; how others are, for whoever keeps the register."""
    with known.db.snapshot() as session:
        return _told(session, known, reached(session, known.who, person_id))


@router.post("/try")
def try_all(known: Trying, person_id: NameInPath) -> TrialsOut:
    """Sends a test at once on every way, also on those out of use. Asked twice, it is sent twice."""
    with known.db.snapshot() as session:
        person = reached(session, known.who, person_id)
    trials = try_ways(known.db, person, datetime.now(UTC), known.settings)
    tried = [TriedOut(name=each.route, ok=each.ok, detail=each.said or "", disabled=each.disabled) for each in trials]
    return TrialsOut(person=person.id, trials=tried)


@router.post("/{name}/enable", response_model=WaysOut)
def enable(known: Editor, person_id: NameInPath, name: NameInPath, asked: Once) -> Response:
    """Uses a way again that was taken out of use; nothing happens where it is in use."""

    def act(session: Session) -> WaysOut:
        person = reached(session, known.who, person_id)
        if name not in routes.NAMES:
            raise HTTPException(404)
        routes.enable(session, person.id, name, known.who.person_id, asked.now)
        return _told(session, known, person)

    return once(known, asked, act)


def _told(session: Session, known: Caller, person: Person) -> WaysOut:
    found = shown_ways(session, person, known.settings)
    return WaysOut(person=person.id, ways=[WayOut.model_validate(each) for each in found])
