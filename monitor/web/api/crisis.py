"""/incidents and /messages: what the pages of a crisis do, for programs."""

from typing import Annotated

from fastapi import APIRouter, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.emergency import approving, incidents, sending
from monitor.emergency.beginning import follow
from monitor.emergency.drafting import begin, discard, edit, hinder, promise_anew, submit, take_turn
from monitor.emergency.message_rules import Kind, Obstacle, State
from monitor.emergency.models import Incident, Message
from monitor.emergency.warnings import begun
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.crisis_doing import delivered, done, incident_of, message_of, published
from monitor.web.api.crisis_shapes import (
    Beginning,
    Changing,
    CrisisIncident,
    CrisisMessage,
    Drafting,
    Ending,
    Naming,
    Read,
    Reviewing,
    Sending,
    Staging,
    TakingBack,
)
from monitor.web.api.crisis_told import told_incident, told_message, written
from monitor.web.api.once import Once
from monitor.web.api.problems import DOCUMENTED, Refused, Wrong
from monitor.web.api.shapes import USUAL, After, Limit, Number, Page, read_number, written_cursor

router = APIRouter(tags=["crisis"], responses=DOCUMENTED)
Reader = Annotated[Caller, scoped(Permission.READ_CRISIS)]
Worker = Annotated[Caller, scoped(Permission.WORK_IN_CRISIS)]
Approver = Annotated[Caller, scoped(Permission.APPROVE_CRISIS)]


@router.get("/incidents")
def all_incidents(known: Reader, after: After = None, limit: Limit = USUAL) -> Page[CrisisIncident]:
    """Exercises too, the newest first."""
    before = read_number(after)
    query = select(Incident).order_by(Incident.id.desc()).limit(limit + 1)
    with known.db.snapshot() as session:
        found = session.scalars(query if before is None else query.where(Incident.id < before)).all()
        items = [told_incident(each) for each in found[:limit]]
    return Page(items=items, next=written_cursor(items[-1].id) if len(found) > limit else None)


@router.post("/incidents", status_code=201, response_model=CrisisIncident)
def start(sent: Beginning, known: Worker, asked: Once) -> Response:
    """Begins one. No formal decision is needed; the case number can come later."""
    if sent.sure != sent.mode:
        raise Refused(422, "", [Wrong(at="/sure", detail=sent.mode)])

    def do(session: Session) -> CrisisIncident:
        words = (sent.mode, sent.level, sent.title, sent.decided_by)
        more = {"area": sent.area, "note": sent.case_number}
        made = incidents.start(session, known.who.person_id, *words, asked.now, **more)
        begun(session, str(sent.warning or ""), made)
        return told_incident(made)

    return done(known, asked, do, 201)


@router.get("/incidents/{incident_id}")
def one_incident(incident_id: Number, known: Reader) -> CrisisIncident:
    with known.db.snapshot() as session:
        return told_incident(incident_of(session, incident_id))


@router.put("/incidents/{incident_id}/stage", response_model=CrisisIncident)
def stage(incident_id: Number, sent: Staging, known: Worker, asked: Once) -> Response:
    """What residents are told of where it stands."""

    def do(session: Session) -> CrisisIncident:
        incident = incident_of(session, incident_id)
        incidents.set_stage(session, incident, sent.stage, known.who.person_id, asked.now)
        return told_incident(incident)

    return published(known, done(known, asked, do))


@router.put("/incidents/{incident_id}/title", response_model=CrisisIncident)
def rename(incident_id: Number, sent: Naming, known: Worker, asked: Once) -> Response:
    """What it is called, which residents read."""

    def do(session: Session) -> CrisisIncident:
        incident = incident_of(session, incident_id)
        incidents.rename(session, incident, sent.title, known.who.person_id, asked.now)
        return told_incident(incident)

    return published(known, done(known, asked, do))


@router.post("/incidents/{incident_id}/end", response_model=CrisisIncident)
def end(incident_id: Number, sent: Ending, known: Worker, asked: Once) -> Response:
    """Closes it: channels are read, and people told, as usual again."""

    def do(session: Session) -> CrisisIncident:
        incident = incident_of(session, incident_id)
        incidents.close(session, incident, known.who.person_id, asked.now, sent.why)
        return told_incident(incident)

    return published(known, done(known, asked, do))


@router.get("/incidents/{incident_id}/messages")
def messages(incident_id: Number, known: Reader, after: After = None, limit: Limit = USUAL) -> Page[CrisisMessage]:
    """Of an incident, the newest first."""
    before = read_number(after)
    query = select(Message).where(Message.incident_id == incident_id).order_by(Message.id.desc()).limit(limit + 1)
    with known.db.snapshot() as session:
        incident_of(session, incident_id)
        found = session.scalars(query if before is None else query.where(Message.id < before)).all()
        items = [told_message(session, each, known) for each in found[:limit]]
    return Page(items=items, next=written_cursor(items[-1].id) if len(found) > limit else None)


@router.post("/incidents/{incident_id}/messages", status_code=201, response_model=CrisisMessage)
def draft(incident_id: Number, sent: Drafting, known: Worker, asked: Once) -> Response:
    """Writes a draft. `faults` says what has to be mended before approval can be asked for."""

    def do(session: Session) -> CrisisMessage:
        by, incident = known.who.person_id, incident_of(session, incident_id)
        earlier = message_of(session, sent.earlier) if sent.earlier is not None else None
        if (earlier is not None and earlier.incident_id != incident.id) or (earlier is None) != (sent.kind == "alert"):
            raise Refused(422, "", [Wrong(at="/earlier", detail=sent.kind)])
        message = begin(session, incident, by, asked.now, kind=Kind(sent.kind), earlier=earlier)
        edit(session, message, by, message.revision, written(sent), asked.now)
        return told_message(session, message, known)

    return done(known, asked, do, 201)


@router.get("/messages/{message_id}")
def one_message(message_id: Number, known: Reader) -> CrisisMessage:
    """With the texts as they go out, and where each delivery stands."""
    with known.db.snapshot() as session:
        return told_message(session, message_of(session, message_id), known)


@router.put("/messages/{message_id}", response_model=CrisisMessage)
def change(message_id: Number, sent: Changing, known: Worker, asked: Once) -> Response:
    """What it says from now on. Whoever has approved it has to read it again."""

    def do(session: Session) -> CrisisMessage:
        message = message_of(session, message_id)
        edit(session, message, known.who.person_id, sent.revision, written(sent), asked.now)
        return told_message(session, message, known)

    return done(known, asked, do)


@router.post("/messages/{message_id}/submission", response_model=CrisisMessage)
def ask(message_id: Number, sent: Read, known: Worker, asked: Once) -> Response:
    """Asks somebody else for approval."""

    def do(session: Session) -> CrisisMessage:
        message = message_of(session, message_id)
        submit(session, message, known.who.person_id, sent.revision, asked.now, known.settings)
        return told_message(session, message, known)

    return done(known, asked, do)


@router.post("/messages/{message_id}/following", response_model=CrisisMessage)
def make_update(message_id: Number, known: Worker, asked: Once) -> Response:
    """Makes a crisis message that has not been sent an update of the one that holds (`beside`), to be approved anew;
    nothing happens where none does."""

    def do(session: Session) -> CrisisMessage:
        message = message_of(session, message_id)
        follow(session, message, known.who.person_id, asked.now)
        return told_message(session, message, known)

    return done(known, asked, do)


@router.post("/messages/{message_id}/discarding", response_model=CrisisMessage)
def throw_away(message_id: Number, known: Worker, asked: Once) -> Response:
    """It is not to be sent. It stays to be read."""

    def do(session: Session) -> CrisisMessage:
        message = message_of(session, message_id)
        discard(session, message, known.who.person_id, asked.now)
        return told_message(session, message, known)

    return done(known, asked, do)


@router.post("/messages/{message_id}/approval", response_model=CrisisMessage)
def approve(message_id: Number, sent: Read, known: Approver, asked: Once) -> Response:
    """By somebody who has had no hand in it."""

    def do(session: Session) -> CrisisMessage:
        message = message_of(session, message_id)
        approving.approve(session, message, known.who.person_id, sent.revision, asked.now)
        return told_message(session, message, known)

    return done(known, asked, do)


@router.post("/messages/{message_id}/review", response_model=CrisisMessage)
def review(message_id: Number, sent: Reviewing, known: Approver, asked: Once) -> Response:
    """Of what one person has sent alone: somebody else has gone through it."""

    def do(session: Session) -> CrisisMessage:
        message = message_of(session, message_id)
        approving.review(session, message, known.who.person_id, sent.words, asked.now)
        return told_message(session, message, known)

    return done(known, asked, do)


@router.post("/messages/{message_id}/sending", response_model=CrisisMessage)
def send(message_id: Number, sent: Sending, known: Worker, asked: Once) -> Response:
    """Sends it everywhere. Answers as soon as it cannot be lost any more: read it again to follow its deliveries."""

    def do(session: Session) -> CrisisMessage:
        by, message = known.who.person_id, message_of(session, message_id)
        if session.get_one(Incident, message.incident_id).mode != sent.sure:
            raise Refused(422, "", [Wrong(at="/sure", detail=sent.sure)])
        take_turn(session, message)
        if message.revision != sent.revision:
            hinder(Obstacle.CHANGED)
        if sent.next_update_at is not None:
            promise_anew(session, message, by, sent.next_update_at, asked.now)
        if sent.alone and message.state == State.SUBMITTED:
            approving.do_alone(session, message, by, sent.alone, asked.now, known.settings)
        sending.committed(session, message, by, asked.now, known.settings)
        return told_message(session, message, known)

    return delivered(known, message_id, done(known, asked, do))


@router.post("/messages/{message_id}/taking-back", status_code=201, response_model=CrisisMessage)
def take_back(message_id: Number, sent: TakingBack, known: Worker, asked: Once) -> Response:
    """Says at once, everywhere, that it is not right, or is withdrawn. Nobody has to approve it. Gives the new one."""
    made: list[int] = []

    def do(session: Session) -> CrisisMessage:
        by, kind = known.who.person_id, Kind(sent.kind)
        message = sending.taken_back(session, message_of(session, message_id).id, kind, by, asked.now, known.settings)
        made.append(message.id)
        return told_message(session, message, known)

    answer = done(known, asked, do, 201)
    return delivered(known, made[0], answer) if made else answer
