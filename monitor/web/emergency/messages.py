"""/crisis/N/messages: writing, previewing, approving and sending one; following where it has come; taking it back."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from config.language import _
from config.settings import Settings
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.db import Database
from monitor.db.numbered import numbered
from monitor.emergency import own_templates, sending
from monitor.emergency.approving import approve, do_alone, review
from monitor.emergency.beginning import Beside, follow, opened
from monitor.emergency.by_hand import answer
from monitor.emergency.cards import alt_text, card
from monitor.emergency.drafting import Faulty, discard, edit, in_turn, promise_anew, submit
from monitor.emergency.faults import CannotSend
from monitor.emergency.incident_words import MODES
from monitor.emergency.message_rules import AT_ONCE, BEFORE, Kind, Obstacle, State
from monitor.emergency.message_words import OBSTACLES
from monitor.emergency.models import Delivery, Incident, Message
from monitor.emergency.warming import warm_soon
from monitor.emergency.wording import HOLDING
from monitor.register.faults import Refused
from monitor.register.organisation import organisation
from monitor.web.emergency.forms import Sent, moment_of, of_message
from monitor.web.emergency.incidents import Form, Reader, Worker, incident_of
from monitor.web.emergency.message_view import shown
from monitor.web.rendering import page

router = APIRouter(prefix="/crisis/{number}/messages", default_response_class=HTMLResponse)
APPROVES = frozenset({"approve", "approve_and_send", "review"})
"""What asks for the permission to approve."""
WRITES = frozenset({"save", "submit"})
SENDS = frozenset({"send", "approve_and_send", "alone"})


@router.post("")
def write(request: Request, number: int, who: Worker, form: Form) -> Response:
    """A draft: with no words, with those of a template, or with those of what was sent before. A first statement
    needs none of one's own, and asks for approval at once."""
    db, now = request.app.state.db, datetime.now(UTC)
    try:
        with db.transaction() as session:
            incident = incident_of(session, number)
            message = _begun(session, incident, who.person_id, form, now)
            if form["template"].startswith(f"{HOLDING}.") and message.state == State.DRAFT:
                submit(session, message, who.person_id, message.revision, now, request.app.state.settings)
            made = f"{message.id}?found=1" if message.made_at < now else str(message.id)
    except Refused as why:
        return page(request, "message.html", status=422, title=_("That cannot be done now"), text=str(why))
    return RedirectResponse(f"/crisis/{number}/messages/{made}", status_code=303)


@router.get("/{message_id}")
def one(request: Request, number: int, message_id: int, who: Reader, found: str = "") -> HTMLResponse:
    """found: it was begun before, and a press on another button has led back to it."""
    return _page(request, number, message_id, who, None, found=bool(found))


@router.get("/{message_id}/card.jpg")
def picture(request: Request, number: int, message_id: int, who: Reader) -> Response:  # noqa: ARG001 - asks who
    """The card, as it goes out where a picture is needed."""
    with request.app.state.db.snapshot() as session:
        message = message_of(session, number, message_id)
        exercise = session.get_one(Incident, message.incident_id).mode == "exercise"
    return Response(card(message, exercise), media_type="image/jpeg")


@router.post("/{message_id}")
def act(request: Request, number: int, message_id: int, who: Reader, form: Form) -> Response:
    """What is done to it. Writing and asking keep what was written even where something has to be mended first."""
    _allowed(who, form["act"])
    settings: Settings = request.app.state.settings
    with request.app.state.db.snapshot() as session:
        message_of(session, number, message_id)
        zone = ZoneInfo(organisation(session).timezone)
    try:
        led = _done(request.app.state.db, message_id, who, form, zone, settings) or message_id
    except Faulty as why:
        form.blame(why.faults)
    except Beside as why:
        form.faults["beside"] = str(why)
    except (Refused, CannotSend) as why:
        form.faults["act"] = str(why)
    if form.faults:
        return _page(request, number, message_id, who, form, status=422)
    return RedirectResponse(f"/crisis/{number}/messages/{led}", status_code=303)


def message_of(session: Session, number: int, message_id: int) -> Message:
    """Raises HTTPException, 404, for one that is not there."""
    found = numbered(session, Message, message_id)
    if found is None or found.incident_id != number:
        raise HTTPException(404)
    return found


def _allowed(who: Visitor, act: str) -> None:
    wanted = Permission.APPROVE_CRISIS if act in APPROVES else Permission.WORK_IN_CRISIS
    if not who.may(wanted):
        raise HTTPException(403)
    if act == "approve_and_send" and not who.may(Permission.WORK_IN_CRISIS):
        raise HTTPException(403)


def _begun(session: Session, incident: Incident, by: str, form: Sent, now: datetime) -> Message:
    """Raises HTTPException for a template or an earlier message that is not there, and Refused."""
    if form["earlier"]:
        earlier = message_of(session, incident.id, form.number("earlier"))
        kind = Kind(form["kind"]) if form["kind"] in set(Kind) else Kind.UPDATE
        return opened(session, incident, by, now, kind=kind, earlier=earlier)
    try:
        words = own_templates.named(session, form["template"]) if form["template"] else None
    except KeyError:
        raise HTTPException(404) from None
    return opened(session, incident, by, now, wording=words)


Step = Callable[[Session, Message, datetime], None]


def _done(db: Database, message_id: int, who: Visitor, form: Sent, zone: ZoneInfo, settings: Settings) -> int | None:
    """Gives the id of the message that the act has led to, where it is another one."""
    by, act, now = who.person_id, form["act"], datetime.now(UTC)
    if act in ("correction", "cancel"):
        return _take_back(db, message_id, Kind(act), by, settings)
    if act in WRITES:
        _write(db, message_id, by, form, zone, settings)
        return None
    if act in SENDS and not _means_it(db, message_id, form):
        return None
    steps = _steps(form, by, settings)
    if act not in steps:
        raise HTTPException(404)
    with db.transaction() as session:
        message = in_turn(session, message_id)
        if act in SENDS and form["next_update"]:
            promise_anew(session, message, by, moment_of(form["next_update"], zone), now)
        steps[act](session, message, now)
        if act in SENDS:
            sending.committed(session, message, by, now, settings, beside=bool(form["beside"]))
    if act in SENDS:
        sending.deliver_soon(db, message_id, settings)
    return None


def _steps(form: Sent, by: str, settings: Settings) -> dict[str, Step]:
    """What each button does to the message."""
    revision = form.number("revision")
    return {
        "ask": lambda session, message, at: submit(session, message, by, revision, at, settings),
        "approve": lambda session, message, at: approve(session, message, by, revision, at),
        "approve_and_send": lambda session, message, at: approve(session, message, by, revision, at),
        "alone": lambda session, message, at: do_alone(session, message, by, form["reason"], at, settings),
        "send": lambda _session, message, _at: _unchanged(message, revision),
        "review": lambda session, message, at: review(session, message, by, form["words"], at),
        "follow": lambda session, message, at: follow(session, message, by, at),
        "discard": lambda session, message, at: discard(session, message, by, at),
        "answer": lambda session, message, at: _answer(session, message, by, form, at),
    }


def _take_back(db: Database, earlier_id: int, kind: Kind, by: str, settings: Settings) -> int:
    with db.transaction() as session:
        made = sending.taken_back(session, earlier_id, kind, by, datetime.now(UTC), settings).id
    sending.deliver_soon(db, made, settings)
    return made


def _write(db: Database, message_id: int, by: str, form: Sent, zone: ZoneInfo, settings: Settings) -> None:
    """Keeps what was written; then asks for approval, where that was pressed."""
    revision = form.number("revision")
    with db.transaction() as session:
        message = session.get_one(Message, message_id)
        edit(session, message, by, revision, form.written(zone), datetime.now(UTC))
    form.values["revision"] = str(revision + 1)
    if form["act"] == "submit":
        with db.transaction() as session:
            message = session.get_one(Message, message_id)
            if message.kind not in AT_ONCE:
                submit(session, message, by, revision + 1, datetime.now(UTC), settings)


def _means_it(db: Database, message_id: int, form: Sent) -> bool:
    """The word that is asked for before a live message is another one than before an exercise's."""
    with db.snapshot() as session:
        message = session.get_one(Message, message_id)
        mode = session.get_one(Incident, message.incident_id).mode
        return message.kind in AT_ONCE or form.is_confirmed(_(MODES[mode]))


def _unchanged(message: Message, revision: int) -> None:
    if message.state in BEFORE and revision != message.revision:
        raise Refused(_(OBSTACLES[Obstacle.CHANGED]))


def _answer(session: Session, message: Message, by: str, form: Sent, now: datetime) -> None:
    """What a person saw where no machine could tell, or has published by hand."""
    delivery = session.get(Delivery, form.number("delivery"))
    if delivery is None or delivery.message_id != message.id:
        raise HTTPException(404)
    answer(session, delivery.id, form["seen"], form["url"].strip(), by, now)


def _page(
    request: Request,
    number: int,
    message_id: int,
    who: Visitor,
    form: Sent | None,
    status: int = 200,
    *,
    found: bool = False,
) -> HTMLResponse:
    now = datetime.now(UTC)
    with request.app.state.db.snapshot() as session:
        message = message_of(session, number, message_id)
        values = shown(session, message, who, now, request.app.state.settings)
        zone: ZoneInfo = values["zone"]
        given = form if form is not None and form["act"] in WRITES else of_message(message, values["own"], zone)
        if form is not None:
            given.faults = form.faults
    more: dict[str, Any] = {"form": given, "typed": form or Sent(), "now": now, "found": found}
    exercise = values["incident"].mode == "exercise"
    more["alt_text"] = message.alt_text or alt_text(message, exercise)
    if message.state in BEFORE:
        warm_soon(message, exercise, request.app.state.settings)
    return page(request, "emergency/message.html", status=status, **values, **more)
