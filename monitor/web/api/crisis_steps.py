"""/incidents, /deliveries: what is done in a crisis beside its messages, as on the pages."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.emergency import by_hand, crisis_log, incidents, questions, stopping
from monitor.emergency.composing import HUB
from monitor.emergency.evidence import bundle, bundle_file, note_taken
from monitor.emergency.models import Incident
from monitor.emergency.situation import note_report, report_file, report_pdf
from monitor.emergency.standing import holds_of
from monitor.register.models import Channel
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.crisis_doing import delivery_of, done, incident_of, published
from monitor.web.api.crisis_shapes import CrisisDelivery, CrisisIncident
from monitor.web.api.crisis_step_shapes import (
    CaseNumber,
    CrisisHold,
    CrisisLine,
    Evaluation,
    Handing,
    Holds,
    LettingGo,
    LogLine,
    Seen,
    Stopping,
)
from monitor.web.api.crisis_told import told_incident
from monitor.web.api.once import Once
from monitor.web.api.problems import DOCUMENTED, Refused, Wrong
from monitor.web.api.shapes import USUAL, After, Limit, Number, Page, paged

router = APIRouter(tags=["crisis"], responses=DOCUMENTED)
Reader = Annotated[Caller, scoped(Permission.READ_CRISIS)]
Worker = Annotated[Caller, scoped(Permission.WORK_IN_CRISIS)]
Exporter = Annotated[Caller, scoped(Permission.EXPORT)]
PDF, ZIP = "application/pdf", "application/zip"


@router.post("/incidents/{incident_id}/stable", response_model=CrisisIncident)
def stable(incident_id: Number, known: Worker, asked: Once) -> Response:
    """It is under control; channels are still read closely."""

    def do(session: Session) -> CrisisIncident:
        incident = incident_of(session, incident_id)
        incidents.stable(session, incident, known.who.person_id, asked.now)
        return told_incident(incident)

    return published(known, done(known, asked, do))


@router.put("/incidents/{incident_id}/case-number", response_model=CrisisIncident)
def number_case(incident_id: Number, sent: CaseNumber, known: Worker, asked: Once) -> Response:
    """The case number, which nobody needs in order to begin."""

    def do(session: Session) -> CrisisIncident:
        incident = incident_of(session, incident_id)
        incidents.note_case(session, incident, sent.case_number, known.who.person_id, asked.now)
        return told_incident(incident)

    return done(known, asked, do)


@router.get("/incidents/{incident_id}/log")
def log(incident_id: Number, known: Reader, after: After = None, limit: Limit = USUAL) -> Page[CrisisLine]:
    """The crisis log, the oldest line first."""
    with known.db.snapshot() as session:
        found = crisis_log.lines(session, incident_of(session, incident_id).id)
    lines, further = paged(found, lambda each: each.id, after, limit)
    return Page(items=[_line(each) for each in lines], next=further)


@router.post("/incidents/{incident_id}/log", status_code=201, response_model=CrisisLine)
def write_log(incident_id: Number, sent: LogLine, known: Worker, asked: Once) -> Response:
    """Adds a line, which nobody can change or take away."""

    def do(session: Session) -> CrisisLine:
        by, incident = known.who, incident_of(session, incident_id)
        row = crisis_log.write(session, incident.id, sent.kind, sent.text, by.person_id, asked.now)
        return CrisisLine(id=row.id, at=row.at, kind=row.kind, text=row.text, by=by.name)

    return done(known, asked, do, 201)


@router.post("/incidents/{incident_id}/handover", status_code=204)
def hand_over(incident_id: Number, sent: Handing, known: Worker, asked: Once) -> Response:
    """The answers go into the log, for whoever takes over."""

    def do(session: Session) -> None:
        incident = incident_of(session, incident_id)
        questions.hand_over(session, incident, sent.model_dump(), known.who.person_id, asked.now)

    return done(known, asked, do)


@router.get("/incidents/{incident_id}/evaluation")
def evaluation(incident_id: Number, known: Reader) -> Evaluation:
    """Empty answers where nobody has evaluated it."""
    with known.db.snapshot() as session:
        return _evaluation(incident_of(session, incident_id))


@router.put("/incidents/{incident_id}/evaluation", response_model=Evaluation)
def evaluate(incident_id: Number, sent: Evaluation, known: Worker, asked: Once) -> Response:
    """What to do better. Of an incident that has been closed."""

    def do(session: Session) -> Evaluation:
        incident = incident_of(session, incident_id)
        questions.evaluate(session, incident, sent.model_dump(), known.who.person_id, asked.now)
        return _evaluation(incident)

    return done(known, asked, do)


@router.get("/incidents/{incident_id}/report.pdf", response_class=Response, responses={200: {"content": {PDF: {}}}})
def report(incident_id: Number, known: Reader) -> Response:
    """The situation as it stands, on paper; no resident's words are in it."""
    with known.db.snapshot() as session:
        incident = incident_of(session, incident_id)
        made, name = report_pdf(session, incident, datetime.now(UTC)), report_file(incident)
    return Response(made, media_type=PDF, headers={"Content-Disposition": f'inline; filename="{name}"'})


@router.post("/incidents/{incident_id}/figures", status_code=204)
def figures(incident_id: Number, known: Worker, asked: Once) -> Response:
    """Writes the board's figures of this moment in the log."""

    def do(session: Session) -> None:
        note_report(session, incident_of(session, incident_id), known.who.person_id, asked.now)

    return done(known, asked, do)


@router.get("/incidents/{incident_id}/evidence.zip", response_class=Response, responses={200: {"content": {ZIP: {}}}})
def evidence(incident_id: Number, known: Exporter) -> Response:
    """Everything about it, with residents' words on the channels that the token's person may export. The audit log
    notes who took it out."""
    with known.db.snapshot() as session:
        incident = incident_of(session, incident_id)
        made = bundle(session, incident, known.who.channels_for(Permission.EXPORT), known.settings)
        name = bundle_file(incident)
    with known.db.transaction() as session:
        note_taken(session, incident, made, known.who.person_id, datetime.now(UTC))
    return Response(made, media_type=ZIP, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/incidents/{incident_id}/holds")
def stopped(incident_id: Number, known: Reader) -> Holds:
    """What is stopped now in incidents of its mode."""
    with known.db.snapshot() as session:
        return _holds(session, incident_of(session, incident_id))


@router.post("/incidents/{incident_id}/holds", status_code=201, response_model=Holds)
def stop(incident_id: Number, sent: Stopping, known: Worker, asked: Once) -> Response:
    """Nothing new goes out there for 30 minutes; then it goes on by itself."""

    def do(session: Session) -> Holds:
        incident, by = incident_of(session, incident_id), known.who.person_id
        _check_place(session, sent.place)
        stopping.hold_for_a_while(session, incident, sent.place, by, asked.now, sent.reason)
        return _holds(session, incident)

    return published(known, done(known, asked, do, 201))


@router.post("/incidents/{incident_id}/release", response_model=Holds)
def let_go(incident_id: Number, sent: LettingGo, known: Worker, asked: Once) -> Response:
    """What was stopped goes on."""

    def do(session: Session) -> Holds:
        incident = incident_of(session, incident_id)
        _check_place(session, sent.place)
        stopping.release(session, incident, sent.place, known.who.person_id, asked.now)
        return _holds(session, incident)

    return published(known, done(known, asked, do))


@router.post("/deliveries/{delivery_id}/answer", response_model=CrisisDelivery)
def answer(delivery_id: Number, sent: Seen, known: Worker, asked: Once) -> Response:
    """What a person saw where no machine can tell, or has published by hand."""

    def do(session: Session) -> CrisisDelivery:
        delivery = delivery_of(session, delivery_id)
        by_hand.answer(session, delivery.id, sent.seen, sent.url.strip(), known.who.person_id, asked.now)
        return CrisisDelivery.model_validate(delivery)

    return done(known, asked, do)


def _line(line: crisis_log.Line) -> CrisisLine:
    return CrisisLine(id=line.id, at=line.at, kind=line.kind, text=line.text, by=line.name)


def _evaluation(incident: Incident) -> Evaluation:
    return Evaluation.model_construct(**{name: incident.evaluation.get(name, "") for name in questions.EVALUATION})


def _holds(session: Session, incident: Incident) -> Holds:
    found = holds_of(session, datetime.now(UTC), incident.mode).values()
    return Holds(items=[CrisisHold.model_validate(each) for each in found])


def _check_place(session: Session, place: str) -> None:
    """Raises Refused, 422: nothing must be thought to be stopped that is not."""
    if place not in ("", HUB) and session.get(Channel, place) is None:
        raise Refused(422, "", [Wrong(at="/place", detail=_("There is no such channel."))])
