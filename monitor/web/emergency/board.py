"""/crisis/N/board: what residents write during an incident, live, and what the staff do about it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import structlog
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.db import Database
from monitor.db.numbered import numbered
from monitor.emergency import topics
from monitor.emergency.board import KINDS, Wish, board, state_of
from monitor.emergency.hub import publish_hub
from monitor.emergency.incidents import GOING_ON
from monitor.emergency.intake import collect
from monitor.emergency.intake_rules import Kind
from monitor.emergency.models import Topic
from monitor.inbox.faults import Fault
from monitor.register.organisation import organisation
from monitor.web.emergency.board_form import Chosen, chosen
from monitor.web.emergency.incidents import incident_of, words
from monitor.web.emergency.live_board import Full, looks
from monitor.web.rendering import page
from monitor.web.visiting import needs

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/crisis", default_response_class=HTMLResponse)
Reader = Annotated[Visitor, needs(Permission.READ_CRISIS)]
Worker = Annotated[Visitor, needs(Permission.WORK_IN_CRISIS)]
Form = Annotated[Chosen, Depends(chosen)]


@dataclass(frozen=True, slots=True)
class Told:
    """What a press has led to. sent: how many were answered; skipped: how many were not, by the reason in words."""

    sent: int
    left: int
    skipped: dict[str, int]


@router.get("/{number}/board")
def show(request: Request, number: int, who: Reader, kind: str = "", topic: str = "", done: str = "") -> HTMLResponse:
    return _page(request, number, who, _wish(kind, topic, done))


@router.get("/{number}/board/events")
def events(request: Request, number: int, who: Reader) -> Response:
    """Says when something on the board has changed; nothing of what it is. Whoever comes back and has missed nothing
    hears nothing."""
    with request.app.state.db.snapshot() as session:
        incident_of(session, number)
    try:
        heard = request.headers.get("last-event-id", "")
        stream = looks(request.app.state, number, who.channels_for(Permission.READ_INBOX), heard)
    except Full:
        return Response(status_code=503, headers={"Retry-After": "30"})
    return StreamingResponse(stream, media_type="text/event-stream")


@router.post("/{number}/board")
def act(request: Request, number: int, who: Worker, form: Form) -> Response:
    """What is done to the chosen comments."""
    try:
        with request.app.state.db.transaction() as session:
            _act(session, number, who, form)
    except Fault as why:
        return _page(request, number, who, form.wish(), Pressed(fault=str(why), status=422))
    return RedirectResponse(form.back(number), status_code=303)


@router.post("/{number}/topics/{topic_id}")
def of_topic(request: Request, number: int, topic_id: int, who: Worker, form: Form) -> Response:
    """What is done with a topic: its answer, whether residents read it on the crisis page, and answering all of it."""
    db, now, told = request.app.state.db, datetime.now(UTC), None
    try:
        with db.transaction() as session:
            topic = _topic(session, number, topic_id)
            topics.write_answer(session, topic, form["answer"], who.person_id, now)
            if form["act"] in {"show", "hide"}:
                topics.show(session, topic, shown=form["act"] == "show", by=who.person_id, now=now)
            seen = topic.shown_at is not None or form["act"] == "hide"
        if seen:
            _publish(request, now)
        if form["act"] == "answer":
            found = topics.answer_all(db, topic_id, who, now)
            told = Told(found.sent, found.left, found.skipped)
    except Fault as why:
        return _page(request, number, who, Wish(), Pressed(fault=str(why), status=422))
    if told is not None:
        return _page(request, number, who, Wish(), Pressed(told=told))
    return RedirectResponse(f"/crisis/{number}/board#topics", status_code=303)


def _publish(request: Request, now: datetime) -> None:
    """The crisis page as it is from now on. Raises Fault where it cannot be written."""
    try:
        publish_hub(request.app.state.db, request.app.state.settings, now)
    except OSError as error:
        log.error("hub_not_written", error=type(error).__name__)  # noqa: TRY400 - the person who pressed is told
        raise Fault(_("It is saved, but the crisis page could not be written. Tell whoever runs Kanalvakt.")) from None


def _act(session: Session, number: int, who: Visitor, form: Chosen) -> None:
    incident, now = incident_of(session, number), datetime.now(UTC)
    found = topics.intakes(session, incident.id, form.ids, who.channels_for(Permission.READ_INBOX))
    match form["act"]:
        case "gather":
            topics.gather(session, incident, found, form["title"], who.person_id, now)
        case "done" | "open":
            for each in found:
                topics.settle(session, each, done=form["act"] == "done", by=who.person_id, now=now)
        case act if act in set(Kind):
            for each in found:
                topics.sort_anew(session, each, Kind(act), who.person_id, now)
        case _:
            raise Fault(_("Choose what to do with the comments."))


def _topic(session: Session, number: int, topic_id: int) -> Topic:
    """Raises HTTPException, 404, for one that is not of this incident."""
    found = numbered(session, Topic, topic_id)
    if found is None or found.incident_id != number:
        raise HTTPException(404)
    return found


def _wish(kind: str, topic: str, done: str) -> Wish:
    number = int(topic) if topic.isdecimal() and len(topic) < 10 else None
    return Wish(Kind(kind) if kind in set(Kind) else None, number, bool(done))


def _collected(db: Database, number: int) -> None:
    """What has been written since is on the board. Raises HTTPException, 404."""
    with db.snapshot() as session:
        incident_of(session, number)
    collect(db, number, datetime.now(UTC))


@dataclass(frozen=True)
class Pressed:
    """What became of what somebody pressed, and the status of the answer to it."""

    fault: str = ""
    told: Told | None = None
    status: int = 200


def _page(request: Request, number: int, who: Visitor, wish: Wish, pressed: Pressed | None = None) -> HTMLResponse:
    pressed = pressed or Pressed()
    _collected(request.app.state.db, number)
    with request.app.state.db.snapshot() as session:
        owner, incident = organisation(session), incident_of(session, number)
        channels = who.channels_for(Permission.READ_INBOX)
        found, state = board(session, incident, channels, wish), state_of(session, number, channels)
    return page(
        request,
        "emergency/board.html",
        status=pressed.status,
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        incident=incident,
        board=found,
        state=state,
        wish=wish,
        sorts=KINDS,
        fault=pressed.fault,
        told=pressed.told,
        works=who.may(Permission.WORK_IN_CRISIS),
        goes_on=incident.state in GOING_ON,
        **words(),
    )
