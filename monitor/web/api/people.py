"""/people: who has which duties, and when people are away: everybody notes their own, some also others'."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.exceptions import HTTPException
from pydantic import Field
from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.alerts.given_up import given_up
from monitor.register.absences import add_absence, remove_absence, unattended
from monitor.register.calendar import calendar_of
from monitor.register.duties import PersonOverview, people
from monitor.register.faults import Refused
from monitor.register.models import Absence, Person
from monitor.register.organisation import organisation
from monitor.register.people import absences
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.once import Once, once
from monitor.web.api.problems import DOCUMENTED, refusing
from monitor.web.api.shapes import USUAL, After, Day, In, Limit, NameInPath, Number, Out, Page, paged
from monitor.web.register.people import person_for

router = APIRouter(prefix="/people", tags=["people"], responses=DOCUMENTED)
Reader = Annotated[Caller, scoped(Permission.READ_REGISTER)]
Themselves = Annotated[Caller, scoped(Permission.READ_REGISTER, own=True)]
Noter = Annotated[Caller, scoped(Permission.EDIT_ABSENCES, own=True)]


class PersonOut(Out):
    """As `kanalvakt person list --json`, of the channels that you may see. email, phone: for those who keep the
    register, and one's own; null for others."""

    id: str
    name: str
    roles: list[str]
    responsible_for: list[str]
    deputy_for: list[str]
    manager_of: list[str]
    away_until: date | None
    reachable: bool
    email: str | None = None
    phone: str | None = None


class AbsenceOut(Out):
    number: int
    first: date = Field(alias="from")
    last: date = Field(alias="to")


class UnattendedOut(Out):
    """A channel that nobody is left for, and the first and the last such working day."""

    channel: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")


class NotedOut(AbsenceOut):
    """unattended: what nobody is left for meanwhile; name somebody else."""

    unattended: list[UnattendedOut]


class AbsenceIn(In):
    """Both days are included."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")


@router.get("")
def everybody(known: Reader, after: After = None, limit: Limit = USUAL) -> Page[PersonOut]:
    """Everybody in the register, by id."""
    with known.db.snapshot() as session:
        today = calendar_of(organisation(session)).local_date(datetime.now(UTC))
        page, further = paged(people(session, today, given_up(session)), lambda row: row.id, after, limit)
        return Page(items=[_told(session, known, row) for row in page], next=further)


@router.get("/{person_id}")
def one(known: Themselves, person_id: NameInPath) -> PersonOut:
    """A person's duties; for whoever may read the register, and of oneself."""
    with known.db.snapshot() as session:
        person = person_for(session, known.who, person_id)
        today = calendar_of(organisation(session)).local_date(datetime.now(UTC))
        row = next(each for each in people(session, today, given_up(session)) if each.id == person.id)
        return _told(session, known, row)


@router.get("/{person_id}/absences")
def away(known: Noter, person_id: NameInPath, after: After = None, limit: Limit = USUAL) -> Page[AbsenceOut]:
    """The person's absences, earlier ones too, in the order in which they were noted."""
    with known.db.snapshot() as session:
        person = person_for(session, known.who, person_id, to_edit=True)
        page, further = paged(absences(session, person.id), lambda each: each.id, after, limit)
        return Page(items=[_absence(each) for each in page], next=further)


@router.post("/{person_id}/absences", status_code=201, response_model=NotedOut)
def note(known: Noter, person_id: NameInPath, sent: AbsenceIn, asked: Once) -> Response:
    """The person is away then; others are told instead. Why is not asked."""

    def act(session: Session) -> NotedOut:
        person = person_for(session, known.who, person_id, to_edit=True)
        with refusing(Refused, at="from"):
            made = add_absence(session, person, sent.first, sent.last, known.who.person_id, asked.now)
        calendar, seen = calendar_of(organisation(session)), known.who.channels
        left = [
            UnattendedOut(channel=each.channel.id, first=each.first, last=each.last)
            for each in unattended(session, person, sent.first, sent.last, calendar)
            if each.channel.id in seen
        ]
        return NotedOut(number=made.id, first=made.first_day, last=made.last_day, unattended=left)

    return once(known, asked, act, 201)


@router.delete("/{person_id}/absences/{number}", status_code=204)
def take_back(known: Noter, person_id: NameInPath, number: Number, asked: Once) -> Response:
    """The person is not away then after all."""

    def act(session: Session) -> None:
        person = person_for(session, known.who, person_id, to_edit=True)
        try:
            remove_absence(session, person, number, known.who.person_id, asked.now)
        except Refused:
            raise HTTPException(404) from None

    return once(known, asked, act)


def _told(session: Session, known: Caller, row: PersonOverview) -> PersonOut:
    seen = known.who.channels_for(Permission.READ_REGISTER)
    told = PersonOut.model_validate(row)
    told.responsible_for = [id_ for id_ in row.responsible_for if id_ in seen]
    told.deputy_for = [id_ for id_ in row.deputy_for if id_ in seen]
    if row.id == known.who.person_id or known.who.may(Permission.EDIT_REGISTER):
        person = session.get_one(Person, row.id)
        told.email, told.phone = person.email, person.phone
    return told


def _absence(row: Absence) -> AbsenceOut:
    return AbsenceOut(number=row.id, first=row.first_day, last=row.last_day)
