"""What a message has replaced is put back when its time is over: a channel's own text, above which it stood.

How it goes is kept with the delivery, which has what was there before. Asked for again it does no harm: what somebody
else has written meanwhile is left alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from config.language import N_, use_language
from config.settings import Settings
from connectors import EVERY_PLATFORM
from connectors import connect as connect_for_real
from connectors.base import Account, Connector, Credential
from connectors.errors import ConnectorError, RateLimited
from connectors.publishing import Manifold
from monitor.db import Database
from monitor.emergency.claimed import BACK, Clock
from monitor.emergency.entrusted import entrusted
from monitor.emergency.holding import stopped_until
from monitor.emergency.message_rules import State
from monitor.emergency.models import Delivery, Incident, Message
from monitor.emergency.noting import noted
from monitor.emergency.places import BETWEEN, part_of, place_name
from monitor.emergency.rules import UNDER_WAY, Fate
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch import budgets

OUT = (Fate.VERIFIED, Fate.CONFIRMED, Fate.NEEDS_HUMAN)
"""It stands there, or may."""
PATIENCE = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 24
TOLD_AFTER = 3
LASTING = tuple(
    sorted(
        {
            name
            for about in EVERY_PLATFORM.values()
            if about.publishes is not None
            for name, part in about.publishes.parts.items()
            if part.lasting
        }
    )
)
PUT_BACK = N_("What stood there before the crisis is back: {place}")
NOT_THERE = N_("Nothing was put back, as the message does not stand there any more: {place}")
CANNOT = N_("What stood there before the crisis could not be put back yet: {place}. Take the message away by hand.")
Connect = Callable[[str, Account, Credential, Settings], Connector]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """One attempt."""

    delivery_id: int
    attempt: int
    progress: dict[str, Any]
    marker: str
    publisher: Any


def is_back(progress: Mapping[str, Any]) -> bool:
    """Has a delivery with that progress been put back, as far as anybody can?"""
    how: dict[str, str] = progress.get(BACK, {})
    return how.get("state") == "done"


def put_back_due(
    db: Database, settings: Settings, clock: Clock = lambda: datetime.now(UTC), connect: Connect = connect_for_real
) -> int:
    """Puts back what is due; gives how many are back. Several may do it at once."""
    done = 0
    for delivery_id in _due(db, clock()):
        with db.transaction() as session:
            task = _claim(session, delivery_id, settings, clock(), connect)
        if task is not None:
            done += _do(db, task, clock)
    return done


def _due(db: Database, now: datetime) -> list[int]:
    with db.snapshot() as session:
        query = select(Delivery, Message, Incident).join(Message, Message.id == Delivery.message_id)
        query = query.join(Incident, Incident.id == Message.incident_id).where(_lasting(), Delivery.state.in_(OUT))
        rows = session.execute(query.order_by(Delivery.id)).all()
        waiting = [row for row in rows if _is_due(row.Delivery, now)]
        later = _later(session) if waiting else {}
    return [row.Delivery.id for row in waiting if _is_over(*row, later=later.get(row.Delivery.place, 0), now=now)]


def _lasting() -> Any:
    return or_(*(Delivery.place.endswith(f"{BETWEEN}{name}", autoescape=True) for name in LASTING))


def _later(session: Session) -> dict[str, int]:
    """By place: the last delivery that stands there, or may still come."""
    alive = Delivery.state.in_((*UNDER_WAY, Fate.VERIFIED))
    rows = session.execute(select(Delivery.place, Delivery.id).where(_lasting(), alive).order_by(Delivery.id))
    return {row.place: row.id for row in rows}


def _is_due(delivery: Delivery, now: datetime) -> bool:
    how: dict[str, str] = delivery.progress.get(BACK, {})
    if "before" not in delivery.progress:
        return False
    return not how or (how["state"] == "waiting" and datetime.fromisoformat(how["next_at"]) <= now)


def _is_over(delivery: Delivery, message: Message, incident: Incident, *, later: int, now: datetime) -> bool:
    """Is the message not to stand there any longer? What another one takes the place of goes with that."""
    if incident.closed_at is not None or (message.expires is not None and message.expires <= now):
        return True
    return message.state in (State.CANCELLED, State.SUPERSEDED) and later <= delivery.id


def _claim(session: Session, delivery_id: int, settings: Settings, now: datetime, connect: Connect) -> Task | None:
    """The next attempt is written down before this one is made."""
    delivery = session.get_one(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    message = session.get_one(Message, delivery.message_id)
    mode = session.get_one(Incident, message.incident_id).mode
    if not _is_due(delivery, now) or stopped_until(session, delivery.place, now, mode) is not None:
        return None
    attempt = int(delivery.progress.get(BACK, {}).get("attempts", 0)) + 1
    wait = min(PATIENCE * 2 ** min(attempt - 1, 8), LONGEST_WAIT)
    _keep(delivery, state="waiting", attempts=attempt, next_at=(now + wait).isoformat())
    publisher = _publisher(session, delivery, mode, settings, connect)
    return Task(delivery_id, attempt, dict(delivery.progress), delivery.marker, publisher)


def _publisher(session: Session, delivery: Delivery, mode: str, settings: Settings, connect: Connect) -> Any:
    """Replacing; None where the channel, or its credentials, are not there any more."""
    channel = session.get(Channel, delivery.channel_id) if delivery.channel_id else None
    try:
        credentials = entrusted(session, mode, [channel])[channel.id] if channel is not None else None
        if channel is None or credentials is None or credentials.account is None:
            return None
        connector = connect(channel.platform, credentials.account, credentials.credential(), settings)
    except ConnectorError:
        return None
    return connector.part(part_of(delivery.place)) if isinstance(connector, Manifold) else None


def _do(db: Database, task: Task, clock: Clock) -> bool:
    try:
        was_there = task.publisher.put_back(task.progress, task.marker)
    except Exception as error:  # noqa: BLE001 - it is tried again, and told
        log.warning("what stood there was not put back", delivery=task.delivery_id, error=type(error).__name__)
        _failed(db, task, error, clock())
        return False
    with db.transaction() as session:
        delivery = session.get_one(Delivery, task.delivery_id, with_for_update=True, populate_existing=True)
        _keep(delivery, state="done", at=clock().isoformat())
        _note(session, delivery, PUT_BACK if was_there else NOT_THERE, clock())
        if task.publisher.budgets and delivery.channel_id:
            cost = task.publisher.publish_cost if was_there else 1
            budgets.book(session, task.publisher.budgets, delivery.channel_id, "crisis", cost, 1, clock())
    return True


def _failed(db: Database, task: Task, error: Exception, now: datetime) -> None:
    """Told once, in the crisis log; tried for a day."""
    with db.transaction() as session:
        delivery = session.get_one(Delivery, task.delivery_id, with_for_update=True, populate_existing=True)
        if task.attempt >= MOST_ATTEMPTS:
            _keep(delivery, state="given_up")
        elif isinstance(error, RateLimited):
            _keep(delivery, next_at=error.retry_at.isoformat())
        if task.attempt == TOLD_AFTER:
            _note(session, delivery, CANNOT, now)


def _note(session: Session, delivery: Delivery, sentence: str, now: datetime) -> None:
    message = session.get_one(Message, delivery.message_id)
    with use_language(organisation(session).language):
        place = place_name(session, delivery.place)
    noted(session, message.incident_id, "message", None, now, sentence, place=place)


def _keep(delivery: Delivery, **how: Any) -> None:
    delivery.progress = delivery.progress | {BACK: delivery.progress.get(BACK, {}) | how}
