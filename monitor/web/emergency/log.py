"""/crisis/N/log and what belongs to it: the handover, the situation report, the evaluation."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.emergency import crisis_log, questions
from monitor.emergency.evidence import bundle, bundle_file, note_taken
from monitor.emergency.situation import note_report, report_file, report_pdf
from monitor.register.faults import Refused
from monitor.register.organisation import organisation
from monitor.web.emergency.forms import Sent, sent
from monitor.web.emergency.incidents import incident_of, words
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/crisis", default_response_class=HTMLResponse)
Reader = Annotated[Visitor, needs(Permission.READ_CRISIS)]
Worker = Annotated[Visitor, needs(Permission.WORK_IN_CRISIS)]
Exporter = Annotated[Visitor, needs(Permission.EXPORT)]
Form = Annotated[Sent, Depends(sent)]
LONGEST = 4000  # characters of a line
ASKED = {"handover": questions.HANDOVER, "evaluation": questions.EVALUATION}


@router.get("/{number}/log")
def log(request: Request, number: int, who: Reader) -> HTMLResponse:
    return _log(request, number, who, Sent())


@router.post("/{number}/log")
def add(request: Request, number: int, who: Worker, form: Form) -> Response:
    """Adds a line: kind and text, or the figures of this moment."""
    text, now = form["text"].strip(), datetime.now(UTC)
    if form["kind"] == "report":
        with request.app.state.db.transaction() as session:
            note_report(session, incident_of(session, number), who.person_id, now)
        return RedirectResponse(f"/crisis/{number}/log", status_code=303)
    if not text or len(text) > LONGEST or form["kind"] not in set(crisis_log.BY_HAND):
        form.faults["text"] = _("Write what has happened, in at most {most} characters.", most=LONGEST)
        return _log(request, number, who, form, status=422)
    with request.app.state.db.transaction() as session:
        crisis_log.write(session, incident_of(session, number).id, form["kind"], text, who.person_id, now)
    return RedirectResponse(f"/crisis/{number}/log", status_code=303)


@router.get("/{number}/handover")
def handover(request: Request, number: int, _who: Worker) -> HTMLResponse:
    return _questions(request, number, Sent(), "handover")


@router.post("/{number}/handover")
def hand_over(request: Request, number: int, who: Worker, form: Form) -> Response:
    return _answered(request, number, who, form, "handover", leads_to="log")


@router.get("/{number}/evaluation")
def evaluation(request: Request, number: int, _who: Reader) -> HTMLResponse:
    with request.app.state.db.snapshot() as session:
        kept = incident_of(session, number).evaluation
    return _questions(request, number, Sent(dict(kept)), "evaluation")


@router.post("/{number}/evaluation")
def evaluate(request: Request, number: int, who: Worker, form: Form) -> Response:
    return _answered(request, number, who, form, "evaluation", leads_to="evaluation")


@router.get("/{number}/report.pdf")
def report(request: Request, number: int, _who: Reader) -> Response:
    """The situation as it stands, on paper."""
    with request.app.state.db.snapshot() as session:
        incident = incident_of(session, number)
        made = report_pdf(session, incident, datetime.now(UTC))
    name = f'inline; filename="{report_file(incident)}"'
    return Response(made, media_type="application/pdf", headers={"Content-Disposition": name})


@router.get("/{number}/evidence.zip")
def evidence(request: Request, number: int, who: Exporter) -> Response:
    """Everything about the incident, with residents' words on the channels that whoever asks may export."""
    with request.app.state.db.snapshot() as session:
        incident = incident_of(session, number)
        made = bundle(session, incident, who.channels_for(Permission.EXPORT), request.app.state.settings)
    with request.app.state.db.transaction() as session:
        note_taken(session, incident, made, who.person_id, datetime.now(UTC))
    name = f'attachment; filename="{bundle_file(incident)}"'
    return Response(made, media_type="application/zip", headers={"Content-Disposition": name})


def _log(request: Request, number: int, who: Visitor, form: Sent, status: int = 200) -> HTMLResponse:
    with request.app.state.db.snapshot() as session:
        owner, incident = organisation(session), incident_of(session, number)
        lines = crisis_log.lines(session, incident.id)
    return page(
        request,
        "emergency/log.html",
        status=status,
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        incident=incident,
        lines=lines,
        form=form,
        line_kinds=crisis_log.KINDS,
        by_hand=[(str(kind), _(crisis_log.KINDS[kind])) for kind in crisis_log.BY_HAND],
        works=who.may(Permission.WORK_IN_CRISIS),
        exports=who.may(Permission.EXPORT),
        **words(),
    )


def _answered(request: Request, number: int, who: Visitor, form: Sent, which: str, *, leads_to: str) -> Response:
    keep = questions.hand_over if which == "handover" else questions.evaluate
    try:
        with request.app.state.db.transaction() as session:
            keep(session, incident_of(session, number), form.values, who.person_id, datetime.now(UTC))
    except Refused as why:
        form.faults[next(iter(ASKED[which]))] = str(why)
        return _questions(request, number, form, which, status=422)
    return RedirectResponse(f"/crisis/{number}/{leads_to}", status_code=303)


def _questions(request: Request, number: int, form: Sent, which: str, status: int = 200) -> HTMLResponse:
    with request.app.state.db.snapshot() as session:
        owner, incident = organisation(session), incident_of(session, number)
    return page(
        request,
        f"emergency/{which}.html",
        status=status,
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        incident=incident,
        questions=ASKED[which],
        form=form,
        writes=which == "handover" or incident.state in questions.AFTER,
        **words(),
    )
