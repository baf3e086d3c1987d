"""/people: who has which duties; and when people are away: everybody notes their own, some also others'."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.alerts.given_up import given_up
from monitor.register.absences import add_absence, alone_in_words, remove_absence, unattended
from monitor.register.calendar import calendar_of
from monitor.register.duties import ROLES, people
from monitor.register.faults import Refused
from monitor.register.models import Channel, Person
from monitor.register.organisation import organisation
from monitor.register.people import absences
from monitor.web.register.asking import Form, Sent, day_written
from monitor.web.rendering import page
from monitor.web.visiting import needs, visitor

router = APIRouter(prefix="/people", default_response_class=HTMLResponse)
SignedIn = Annotated[Visitor, Depends(visitor)]
DONE = {
    "added": N_("The absence is noted. Others are told instead meanwhile."),
    "removed": N_("The absence is taken back."),
}


@router.get("")
def everybody(request: Request, who: Annotated[Visitor, needs(Permission.READ_REGISTER)]) -> HTMLResponse:
    """Names, roles, channels and who is away; addresses only for whoever keeps the register."""
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        rows = people(session, calendar_of(owner).local_date(datetime.now(UTC)), given_up(session))
        contacts = _contacts(session) if who.may(Permission.EDIT_REGISTER) else None
        names = _channel_names(session, who)
    rows.sort(key=lambda row: row.name.casefold())
    return page(
        request, "register/people.html", organisation=owner, rows=rows, contacts=contacts, channels=names, roles=ROLES
    )


@router.get("/me")
def oneself(who: SignedIn) -> RedirectResponse:
    """To the page of whoever is signed in."""
    return RedirectResponse(f"/people/{who.person_id}", status_code=303)


@router.get("/{person_id}")
def one(request: Request, person_id: str, who: SignedIn, done: Annotated[str, Query()] = "") -> HTMLResponse:
    """A person's duties; the absences too where they are one's own, or one's to note."""
    with request.app.state.db.snapshot() as session:
        return _page(request, session, who, person_for(session, who, person_id), done=done)


@router.post("/{person_id}/absences")
def away(request: Request, person_id: str, who: SignedIn, sent: Form) -> Response:
    """Notes an absence. 422 with what is wrong at the field."""
    typed = {name: sent.text(name) for name in ("first", "last")}
    faults = _faults(typed)
    if not faults:
        try:
            return _noted(request, person_id, who, sent)
        except Refused as why:
            faults["first"] = str(why)
    with request.app.state.db.snapshot() as session:
        person = person_for(session, who, person_id, to_edit=True)
        return _page(request, session, who, person, faults=faults, typed=typed)


@router.post("/{person_id}/absences/{number}/remove")
def back(request: Request, person_id: str, number: int, who: SignedIn) -> Response:
    """Takes an absence back; 409 where there is none any more."""
    try:
        with request.app.state.db.transaction() as session:
            person = person_for(session, who, person_id, to_edit=True)
            remove_absence(session, person, number, who.person_id, datetime.now(UTC))
    except Refused:
        with request.app.state.db.snapshot() as session:
            refusal = _("That absence is not there any more.")
            return _page(request, session, who, person_for(session, who, person_id), refusal=refusal)
    return RedirectResponse(f"/people/{person_id}?done=removed", status_code=303)


def _noted(request: Request, person_id: str, who: Visitor, sent: Sent) -> Response:
    """Raises Refused."""
    first, last = day_written(sent.text("first")), day_written(sent.text("last"))
    assert first is not None  # noqa: S101 - _faults has looked
    assert last is not None  # noqa: S101
    with request.app.state.db.transaction() as session:
        person = person_for(session, who, person_id, to_edit=True)
        add_absence(session, person, first, last, who.person_id, datetime.now(UTC))
    return RedirectResponse(f"/people/{person_id}?done=added", status_code=303)


def _faults(typed: dict[str, str]) -> dict[str, str]:
    faults = {}
    for name, text in typed.items():
        if not text:
            faults[name] = _("Give the first and the last day: they may be the same.")
        elif day_written(text) is None:
            faults[name] = _("{text} is no day: write it as 2026-06-18.", text=text)
    return faults


def may_note(session: Session, who: Visitor, person_id: str) -> bool:
    """One's own absences; with EDIT_ABSENCES those of everybody, or of those with a channel of one's unit."""
    if person_id == who.person_id:
        return True
    theirs = who.channels_for(Permission.EDIT_ABSENCES)
    if not who.may(Permission.EDIT_ABSENCES) or theirs == who.on.keys():
        return who.may(Permission.EDIT_ABSENCES)
    charged = or_(Channel.responsible_id == person_id, Channel.deputy_id == person_id)
    return any(id_ in theirs for id_ in session.scalars(select(Channel.id).where(charged)))


def person_for(session: Session, who: Visitor, person_id: str, *, to_edit: bool = False) -> Person:
    """404 where there is no such person, or where the visitor may not look; 403 where only to look is allowed."""
    person = session.get(Person, person_id)
    looks = person_id == who.person_id or who.may(Permission.READ_REGISTER)
    if person is None or person.retired or not looks:
        raise HTTPException(404)
    if to_edit and not may_note(session, who, person_id):
        raise HTTPException(403)
    return person


def _page(
    request: Request,
    session: Session,
    who: Visitor,
    person: Person,
    *,
    done: str = "",
    refusal: str = "",
    faults: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    return page(
        request,
        "register/person.html",
        status=422 if faults else 409 if refusal else 200,
        **_known(session, who, person),
        done=_(DONE[done]) if done in DONE else "",
        refusal=refusal,
        faults=faults or {},
        typed=typed or {"first": "", "last": ""},
    )


def _known(session: Session, who: Visitor, person: Person) -> dict[str, object]:
    """What the visitor may know of the person; absences that are over are left out."""
    owner = organisation(session)
    calendar = calendar_of(owner)
    today = calendar.local_date(datetime.now(UTC))
    notes, own = may_note(session, who, person.id), person.id == who.person_id
    known = [each for each in absences(session, person.id) if each.last_day >= today] if notes else []
    left = [each for away in known for each in unattended(session, person, away.first_day, away.last_day, calendar)]
    return {
        "organisation": owner,
        "person": person,
        "row": next(each for each in people(session, today, given_up(session)) if each.id == person.id),
        "channels": _channel_names(session, who),
        "roles": ROLES,
        "own": own,
        "contacts": own or who.may(Permission.EDIT_REGISTER),
        "notes": notes,
        "absences": sorted(known, key=lambda each: each.first_day),
        "alone": [alone_in_words(each) for each in left],
    }


def _contacts(session: Session) -> dict[str, tuple[str | None, str | None]]:
    """Mail address and telephone, by the person's id."""
    query = select(Person.id, Person.email, Person.phone).where(~Person.retired)
    return {id_: (email, phone) for id_, email, phone in session.execute(query)}


def _channel_names(session: Session, who: Visitor) -> dict[str, str]:
    """Of the channels that the visitor may know of."""
    seen = who.channels_for(Permission.READ_REGISTER)
    return {id_: name for id_, name in session.execute(select(Channel.id, Channel.name)) if id_ in seen}
