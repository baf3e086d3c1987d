"""What the crisis page shows: which messages hold, which are history, and what is answered to many."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.emergency.composing import HUB
from monitor.emergency.holding import EVERYWHERE, holds
from monitor.emergency.models import Delivery, Incident, Message, Topic, Version
from monitor.emergency.rules import Fate
from monitor.register.organisation import organisation

ENDED_IS_SHOWN = timedelta(days=14)
"""An incident stays on the page for so long after its end; its messages keep their own addresses."""
NOT_THERE = frozenset({Fate.HELD, Fate.EXPIRED, Fate.REJECTED})


@dataclass(frozen=True, slots=True)
class Shown:
    """One message. words: its text for this page, where that is another than its five answers; empty else. holds: it is
    neither replaced nor withdrawn, and its time is not over. earlier: identifier and sent of what it follows."""

    message: Message
    incident: Incident
    words: str
    holds: bool
    earlier: Message | None

    @property
    def identifier(self) -> str:
        return str(self.message.identifier)

    @property
    def next_update_at(self) -> datetime | None:
        """What it promises; nothing where it is the last one, or the incident has ended without one."""
        ended = self.message.final or self.incident.closed_at is not None
        return None if ended else self.message.next_update_at


@dataclass(frozen=True, slots=True)
class Shelf:
    """One incident with its messages, newest first, and its questions with their answers."""

    incident: Incident
    live: tuple[Shown, ...]
    past: tuple[Shown, ...]
    questions: tuple[Topic, ...]

    @property
    def next_update_at(self) -> datetime | None:
        """What residents were promised last."""
        return self.live[0].next_update_at if self.live else None


@dataclass(frozen=True, slots=True)
class Contents:
    """shelves: incidents that go on or ended lately, newest first. messages: every one that has its own address. made:
    as of when all this is so."""

    name: str
    website: str
    phone: str
    code: str
    zone: ZoneInfo
    language: str
    exercise: bool
    shelves: tuple[Shelf, ...]
    messages: tuple[Shown, ...]
    made: datetime

    def incidents(self, identifier: str | None) -> set[int]:
        """Of the message, where it is one of these; None: of all."""
        return {each.incident.id for each in self.messages if identifier in (None, each.identifier)}


def contents(session: Session, now: datetime, exercise: bool) -> Contents:
    """Of actual incidents, or of exercises. Raises NotSetUp without a register."""
    owner = organisation(session)
    messages = _messages(session, now, exercise)
    incidents = {each.incident.id: each.incident for each in messages}
    return Contents(
        *(owner.name, owner.website or "", owner.phone or "", owner.municipality_code or ""),
        *(ZoneInfo(owner.timezone), owner.language, exercise),
        tuple(_shelf(session, each, messages) for each in incidents.values() if _is_shown(each, now)),
        tuple(messages),
        now,
    )


def _messages(session: Session, now: datetime, exercise: bool) -> list[Shown]:
    """Those that were sent here, newest first."""
    mode = "exercise" if exercise else "actual"
    query = select(Message, Incident, Version.text, Delivery).join(Incident, Incident.id == Message.incident_id)
    query = query.outerjoin(Version, (Version.message_id == Message.id) & (Version.place == HUB))
    query = query.outerjoin(Delivery, (Delivery.message_id == Message.id) & (Delivery.place == HUB))
    query = query.where(Message.committed_at.is_not(None), Incident.mode == mode)
    held = not holds(session, now, mode).isdisjoint({EVERYWHERE, HUB})
    rows = [
        (message, incident, words or "")
        for message, incident, words, there in session.execute(query.order_by(Message.sent.desc(), Message.id.desc()))
        if there is None or _is_there(there, held=held)
    ]
    known = {message.id: message for message, _incident, _words in rows}
    over = {message.earlier_id for message in known.values()}
    return [
        Shown(
            *(message, incident, words.strip()),
            holds=message.id not in over and (message.expires is None or message.expires > now),
            earlier=known.get(message.earlier_id) if message.earlier_id is not None else None,
        )
        for message, incident, words in rows
    ]


def _is_there(delivery: Delivery, *, held: bool) -> bool:
    """What was written once stays, whatever becomes of its delivery: only another message takes it back."""
    if delivery.confirmed_at is not None:
        return True
    return delivery.state not in NOT_THERE and not (held and delivery.state == Fate.PENDING)


def _is_shown(incident: Incident, now: datetime) -> bool:
    return incident.closed_at is None or incident.closed_at > now - ENDED_IS_SHOWN


def _shelf(session: Session, incident: Incident, messages: list[Shown]) -> Shelf:
    own = [each for each in messages if each.incident.id == incident.id]
    asked = select(Topic).where(Topic.incident_id == incident.id, Topic.shown_at.is_not(None)).order_by(Topic.id)
    live, past = (tuple(each for each in own if each.holds is holds) for holds in (True, False))
    return Shelf(incident, live, past, tuple(session.scalars(asked)))
