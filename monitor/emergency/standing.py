"""How things stand in a crisis: messages with the counts of their deliveries, what was promised, what is stopped."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.emergency.message_rules import State, as_of
from monitor.emergency.models import Delivery, Hold, Incident, Message
from monitor.emergency.rules import Fate

WELL = (Fate.VERIFIED, Fate.CONFIRMED)
MOVING = frozenset({Fate.PENDING, Fate.ARMED, Fate.UNKNOWN, Fate.CONFIRMED, Fate.HELD})
"""What still goes on by itself, or will when it is let go."""


@dataclass(frozen=True, slots=True)
class Stood:
    """A message, and where its deliveries stand."""

    message: Message
    deliveries: list[Delivery] = field(default_factory=list)

    @property
    def counts(self) -> dict[Fate, int]:
        """By fate, those that there are, in the order of Fate. What is best effort is not among them."""
        found = Counter(each.state for each in self.deliveries if each.way != "best_effort")
        return {fate: found[fate] for fate in Fate if found[fate]}

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def moving(self) -> bool:
        return any(each.state in MOVING for each in self.deliveries)


def message_state(message: Message, now: datetime) -> State:
    """Where the message stands at that moment."""
    return as_of(State(message.state), message.expires, now)


def messages_of(session: Session, incident_id: int) -> list[Stood]:
    """Of an incident, the newest first."""
    query = select(Message).where(Message.incident_id == incident_id).order_by(Message.id.desc())
    found = {message.id: Stood(message) for message in session.scalars(query)}
    for delivery in _deliveries(session, list(found)):
        found[delivery.message_id].deliveries.append(delivery)
    return list(found.values())


def stood(session: Session, message: Message) -> Stood:
    return Stood(message, list(_deliveries(session, [message.id])))


def promised_of(session: Session) -> dict[int, datetime]:
    """By incident that goes on: when residents were promised to hear more, by the latest that was sent."""
    query = (
        select(Message.incident_id, Message.next_update_at)
        .join(Incident, Incident.id == Message.incident_id)
        .where(Message.state == "committed", Message.next_update_at.is_not(None), Incident.closed_at.is_(None))
        .order_by(Message.id)
    )
    return {incident: promised for incident, promised in session.execute(query) if promised is not None}


def holds_of(session: Session, now: datetime, mode: str) -> dict[str, Hold]:
    """What is stopped now in incidents of that mode, by place; "" is everything."""
    holds = select(Hold).where(Hold.mode == mode, Hold.until > now, Hold.released_at.is_(None)).order_by(Hold.until)
    return {each.place: each for each in session.scalars(holds)}


def _deliveries(session: Session, message_ids: list[int]) -> Sequence[Delivery]:
    query = select(Delivery).where(Delivery.message_id.in_(message_ids)).order_by(Delivery.id)
    return session.scalars(query).all()
