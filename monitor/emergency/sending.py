"""The send button: commit, and then deliver here and at once. No broker is needed for it; the worker's sweeper takes
whatever this process does not get done."""

import threading
from datetime import datetime
from time import monotonic

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from config.settings import Settings
from monitor.db import Database
from monitor.emergency.beginning import ask_beside
from monitor.emergency.committing import freeze
from monitor.emergency.composing import what_is_wrong
from monitor.emergency.delivering import ENDING, deliver_all
from monitor.emergency.drafting import Faulty, begin, hinder, in_turn, promise_anew, standing, take_turn
from monitor.emergency.message_rules import AT_ONCE, Kind, State, after, why_not_commit
from monitor.emergency.models import Incident, Message

log = structlog.get_logger(__name__)
_delivers: set[threading.Thread] = set()
"""Threads of this process that deliver."""


def send(db: Database, message_id: int, by: str, now: datetime, settings: Settings) -> None:
    """Freezes the message and begins to deliver it. Returns when it is committed: from then on nothing can lose it.

    Pressed twice it is sent once. Raises Refused where nobody else has approved it, and CannotSend.
    """
    with db.transaction() as session:
        committed(session, in_turn(session, message_id), by, now, settings)
    deliver_soon(db, message_id, settings)


def taken_back(session: Session, earlier_id: int, kind: Kind, by: str, now: datetime, settings: Settings) -> Message:
    """A correction or a withdrawal of what was sent, committed at once, with words that hold for any: nobody is asked
    first. Pressed twice it gives the same one. Raises Refused for what has not been sent, and CannotSend."""
    earlier = session.get_one(Message, earlier_id, with_for_update=True, populate_existing=True)
    follows = (Message.earlier_id == earlier.id, Message.kind == kind, Message.committed_at.is_not(None))
    before = session.scalar(select(Message).where(*follows).limit(1))
    if before is not None:
        return before
    message = begin(session, session.get_one(Incident, earlier.incident_id), by, now, kind=kind, earlier=earlier)
    committed(session, message, by, now, settings)
    return message


def committed(
    session: Session, message: Message, by: str, now: datetime, settings: Settings, *, beside: bool = True
) -> None:
    """The message is frozen with its deliveries, and what it follows is followed. beside: even where another message
    holds and this is no update of it. Raises Faulty for a promise that has passed, and for a correction or a withdrawal
    in somebody's own words, which nobody else has read; and Beside."""
    take_turn(session, message)
    if not beside:
        ask_beside(session, message, now)
    if message.committed_at is None:
        hinder(why_not_commit(standing(message)))
        promise_anew(session, message, by, None, now)
        if in_own_words(message) and (wrong := what_is_wrong(session, message, now, settings)):
            raise Faulty(wrong)
        if _nobody_has_read(message):
            message.break_glass = message.break_glass or _("It takes something back, and needs no approval.")
    freeze(session, message, by, now, settings)
    earlier = session.get(Message, message.earlier_id) if message.earlier_id is not None else None
    fate = after(Kind(message.kind))
    if earlier is not None and fate is not None and earlier.state == State.COMMITTED:
        earlier.state = fate


def in_own_words(message: Message) -> bool:
    """Does it take something back in other words than those that hold for any?"""
    return message.kind in AT_ONCE and message.revision > 0


def _nobody_has_read(message: Message) -> bool:
    """Does it go out though no second person has seen it? Then all are told, and somebody reviews it afterwards."""
    return (in_own_words(message) or message.kind == Kind.CANCEL) and message.state != State.APPROVED


def deliver_soon(db: Database, message_id: int, settings: Settings) -> None:
    """In a thread of this process. Whoever ends the process calls `finish`."""
    name = f"message {message_id}"
    _delivers.difference_update(each for each in tuple(_delivers) if not each.is_alive())
    thread = threading.Thread(target=_deliver, args=(db, message_id, settings), name=name, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # no room for one more; it is committed, and the worker's sweeper begins it within a second
        log.warning("no thread to deliver in", message=message_id)
    else:
        _delivers.add(thread)


def finish(seconds: float) -> None:
    """For a process that is about to end: nothing more is begun, and what is armed may be sent for so long. What is not
    done by then is the sweeper's: it looks on the platform before anything is sent again."""
    ENDING.set()
    until = monotonic() + seconds
    for thread in tuple(_delivers):
        thread.join(max(0.0, until - monotonic()))
    ENDING.clear()  # only one of several applications in this process may end


def _deliver(db: Database, message_id: int, settings: Settings) -> None:
    try:
        deliver_all(db, message_id, settings)
    except Exception as error:  # noqa: BLE001 - the sweeper goes on with it; nobody waits for this thread
        log.warning("delivering stopped here", message=message_id, error=type(error).__name__)
