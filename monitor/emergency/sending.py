"""The send button: commit, and then deliver here and at once. No broker is needed for it; the worker's sweeper takes
whatever this process does not get done."""

import threading
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from config.settings import Settings
from monitor.db import Database
from monitor.emergency.committing import commit
from monitor.emergency.delivering import deliver_all
from monitor.emergency.drafting import begin, hinder, standing
from monitor.emergency.message_rules import AT_ONCE, Kind, State, after, why_not_commit
from monitor.emergency.models import Incident, Message

log = structlog.get_logger(__name__)


def send(db: Database, message_id: int, by: str, now: datetime, settings: Settings) -> None:
    """Freezes the message and begins to deliver it. Returns when it is committed: from then on nothing can lose it.

    Raises Refused where nobody else has approved it, and CannotSend.
    """
    with db.transaction() as session:
        committed(session, session.get_one(Message, message_id), by, now, settings)
    deliver_soon(db, message_id, settings)


def take_back(db: Database, earlier_id: int, kind: Kind, by: str, now: datetime, settings: Settings) -> int:
    """Says at once that what was sent is not right, or is withdrawn; gives the new message's id. Asks nobody first."""
    if kind not in AT_ONCE:
        raise ValueError(kind)
    with db.transaction() as session:
        earlier = session.get_one(Message, earlier_id)
        message = begin(session, session.get_one(Incident, earlier.incident_id), by, now, kind=kind, earlier=earlier)
        committed(session, message, by, now, settings)
        new = message.id
    deliver_soon(db, new, settings)
    return new


def committed(session: Session, message: Message, by: str, now: datetime, settings: Settings) -> None:
    """The message is frozen with its deliveries, and what it follows is followed."""
    hinder(why_not_commit(standing(message)))
    commit(session, message.id, by, now, settings)
    earlier = session.get(Message, message.earlier_id) if message.earlier_id is not None else None
    fate = after(Kind(message.kind))
    if earlier is not None and fate is not None and earlier.state == State.COMMITTED:
        earlier.state = fate


def deliver_soon(db: Database, message_id: int, settings: Settings) -> None:
    """In a thread of this process, which is let finish what it has begun."""
    threading.Thread(target=_deliver, args=(db, message_id, settings), name=f"message {message_id}").start()


def _deliver(db: Database, message_id: int, settings: Settings) -> None:
    try:
        deliver_all(db, message_id, settings)
    except Exception as error:  # noqa: BLE001 - the sweeper goes on with it; nobody waits for this thread
        log.warning("delivering stopped here", message=message_id, error=type(error).__name__)
