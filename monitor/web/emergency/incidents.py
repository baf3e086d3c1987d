"""/crisis: where things stand, and how an incident begins, goes on and ends."""

from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.db.numbered import numbered
from monitor.emergency import incidents
from monitor.emergency.approving import to_review
from monitor.emergency.composing import HUB, channels_of
from monitor.emergency.hub import publish_soon
from monitor.emergency.incident_words import LEVELS, MODES, STAGES, STATES
from monitor.emergency.incidents import GOING_ON
from monitor.emergency.message_words import FATES, KINDS
from monitor.emergency.message_words import STATES as MESSAGE_STATES
from monitor.emergency.models import Incident
from monitor.emergency.own_templates import offered
from monitor.emergency.standing import holds_of, message_state, messages_of, promised_of
from monitor.emergency.stopping import hold_for_a_while, release
from monitor.emergency.warnings import begun
from monitor.register.faults import Refused
from monitor.register.organisation import organisation
from monitor.register.people import named
from monitor.web.emergency.forms import Sent, sent
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/crisis", default_response_class=HTMLResponse)
Reader = Annotated[Visitor, needs(Permission.READ_CRISIS)]
Worker = Annotated[Visitor, needs(Permission.WORK_IN_CRISIS)]
Form = Annotated[Sent, Depends(sent)]
EARLIER = 20


@router.get("")
def overview(request: Request, who: Reader, title: str = "", warning: str = "") -> HTMLResponse:
    """title, warning: of an authority's warning, because of which an incident may begin."""
    return _overview(request, who, Sent({"mode": "", "level": "elevated", "title": title[:120], "warning": warning}))


@router.post("")
def begin(request: Request, who: Worker, form: Form) -> Response:
    """Begins an incident; the word to confirm it is another one for an exercise than for a live one."""
    number = None
    if form["mode"] not in MODES:
        form.faults["mode"] = _("Choose whether it is live or an exercise.")
    elif form.is_confirmed(_(MODES[form["mode"]])):
        words = (form["mode"], form["level"], form["title"], form["decided_by"])
        try:
            with request.app.state.db.transaction() as session:
                made = incidents.start(session, who.person_id, *words, datetime.now(UTC), area=form["area"])
                begun(session, form["warning"], made)
                number = made.id
        except Refused as why:
            form.faults["title"] = str(why)
    if number is not None:
        return RedirectResponse(f"/crisis/{number}", status_code=303)
    return _overview(request, who, form, status=422)


@router.get("/{number}")
def one(request: Request, number: int, who: Reader) -> HTMLResponse:
    return _one(request, number, who, Sent())


@router.post("/{number}")
def act(request: Request, number: int, who: Worker, form: Form) -> Response:
    """What is done to the incident: the stage, its end, its case number; stopping, and going on."""
    now = datetime.now(UTC)
    try:
        with request.app.state.db.transaction() as session:
            _do(session, incident_of(session, number), who.person_id, form, now)
    except Refused as why:
        form.faults[form["act"] or "act"] = str(why)
        return _one(request, number, who, form, status=422)
    publish_soon(request.app.state.db, request.app.state.settings)
    return RedirectResponse(f"/crisis/{number}", status_code=303)


def _do(session: Session, incident: Incident, by: str, form: Sent, now: datetime) -> None:
    match form["act"]:
        case "stage":
            incidents.set_stage(session, incident, form["stage"], by, now)
        case "stable":
            incidents.stable(session, incident, by, now)
        case "close":
            incidents.close(session, incident, by, now, form["why"])
        case "title":
            incidents.rename(session, incident, form["title"], by, now)
        case "case":
            incidents.note_case(session, incident, form["case_number"], by, now)
        case "hold":
            hold_for_a_while(session, incident, form["place"], by, now, form["reason"])
        case "release":
            release(session, incident, form["place"], by, now)
        case _:
            raise HTTPException(404)


def incident_of(session: Session, number: int) -> Incident:
    """Raises HTTPException, 404, for one that is not there."""
    found = numbered(session, Incident, number)
    if found is None:
        raise HTTPException(404)
    return found


def _overview(request: Request, who: Visitor, form: Sent, status: int = 200) -> HTMLResponse:
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        found = session.scalars(select(Incident).order_by(Incident.id.desc()).limit(EARLIER)).all()
        promised = promised_of(session)
        review = to_review(session)
    now_on = [each for each in found if each.state in GOING_ON]
    return page(
        request,
        "emergency/overview.html",
        status=status,
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        going_on=now_on,
        earlier=[each for each in found if each.state not in GOING_ON],
        promised=promised,
        review=review,
        form=form,
        works=who.may(Permission.WORK_IN_CRISIS),
        words_it=who.may(Permission.WORD_CRISIS),
        **words(),
    )


def _one(request: Request, number: int, who: Visitor, form: Sent, status: int = 200) -> HTMLResponse:
    now = datetime.now(UTC)
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        incident = incident_of(session, number)
        shown: dict[str, Any] = {
            "incident": incident,
            "messages": messages_of(session, incident.id),
            "holds": holds_of(session, now, incident.mode),
            "names": named(session),
            "place_names": place_names(session),
            "wordings": offered(session),
        }
    promised = next((each.message for each in shown["messages"] if each.message.state == "committed"), None)
    return page(
        request,
        "emergency/incident.html",
        status=status,
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        now=now,
        form=form,
        promised=promised,
        late=promised is not None and promised.next_update_at is not None and promised.next_update_at <= now,
        works=who.may(Permission.WORK_IN_CRISIS),
        goes_on=incident.state in GOING_ON,
        **shown,
        **words(),
    )


def place_names(session: Session) -> dict[str, str]:
    """What can be stopped, in the language in use."""
    return {"": _("Everything"), HUB: _("Crisis page")} | {each.id: each.name for each in channels_of(session)}


def words() -> dict[str, object]:
    """What the pages of a crisis call things."""
    return {
        "modes": MODES,
        "levels": LEVELS,
        "states": STATES,
        "stages": STAGES,
        "kinds": KINDS,
        "message_states": MESSAGE_STATES,
        "message_state": message_state,
        "fates": FATES,
    }
