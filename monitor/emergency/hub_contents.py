"""What the crisis page shows: which messages hold, which are history, and what is answered to many."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from monitor.db import Utc
from monitor.emergency.composing import HUB
from monitor.emergency.holding import EVERYWHERE, holds
from monitor.emergency.models import Delivery, Incident, Message, Topic, Version
from monitor.emergency.rules import Fate
from monitor.register.organisation import organisation

ENDED_IS_SHOWN = timedelta(days=14)
"""An incident stays on the page for so long after its end; its messages keep their own addresses."""
LISTED = 20
"""Messages in the feed, the newest."""
SPARE = 10
"""So many of the newest may not be there: stopped, refused, run out before they were out."""
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
    """shelves: incidents that go on or ended lately, newest first. messages: every one that has its own address, or
    those that matter where it is about one. made: as of when all this is so."""

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


def contents(
    session: Session, now: datetime, exercise: bool, identifier: str | None = None, *, feeds: bool = True
) -> Contents:
    """Of actual incidents, or of exercises. identifier: of a message that hurries; then without the messages of years
    that neither belong to its incident nor are listed on the first page or, where those are wanted, in the feeds.
    Raises NotSetUp without a register."""
    owner, mode = organisation(session), "exercise" if exercise else "actual"
    asked = {"mode": mode, "since": now - ENDED_IS_SHOWN, "identifier": identifier, "newest": LISTED + SPARE}
    sent = session.execute(_sent(identifier is not None, feeds), asked)
    messages = _messages(sent, now, held=not holds(session, now, mode).isdisjoint({EVERYWHERE, HUB}))
    incidents = {each.incident.id: each.incident for each in messages if _is_shown(each.incident, now)}
    return Contents(
        *(owner.name, owner.website or "", owner.phone or "", owner.municipality_code or ""),
        *(ZoneInfo(owner.timezone), owner.language, exercise),
        tuple(_shelves(session, incidents, messages)),
        tuple(messages),
        now,
    )


def _messages(sent: Iterable[Any], now: datetime, *, held: bool) -> list[Shown]:
    """Those that are there, newest first. sent: rows of `_sent`. held: nothing new comes here now."""
    rows = [
        (row.Message, row.Incident, row.text or "")
        for row in sent
        if row.id is None or _is_there(row.confirmed_at, row.state, held=held)
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


@cache
def _sent(hurried: bool, feeds: bool) -> Select[*tuple[Any, ...]]:
    """Messages, newest first, each with its incident, its own text for this page, and how it has come here. Of a
    message that hurries: those that matter."""
    there = (Delivery.id, Delivery.confirmed_at, Delivery.state)
    query = select(Message, Incident, Version.text, *there).join(Incident, Incident.id == Message.incident_id)
    query = query.outerjoin(Version, (Version.message_id == Message.id) & (Version.place == HUB))
    query = query.outerjoin(Delivery, (Delivery.message_id == Message.id) & (Delivery.place == HUB))
    query = query.where(*_sent_here(), *([_matters(feeds)] if hurried else []))
    return query.order_by(Message.sent.desc(), Message.id.desc())


def _sent_here() -> tuple[ColumnElement[bool], ...]:
    return Message.committed_at.is_not(None), Incident.mode == bindparam("mode")


def _matters(feeds: bool) -> ColumnElement[bool]:
    """Belongs to the message's incident, or is listed: on the first page, or in the feeds."""
    listed: list[ColumnElement[bool]] = [
        Incident.closed_at.is_(None),
        Incident.closed_at > bindparam("since", type_=Utc),
    ]
    if feeds:
        newest = select(Message.id).join(Incident, Incident.id == Message.incident_id).where(*_sent_here())
        newest = newest.order_by(Message.sent.desc(), Message.id.desc()).limit(bindparam("newest", type_=Integer))
        listed.append(Message.id.in_(newest))
    own = select(Message.incident_id).where(Message.identifier == bindparam("identifier"))
    return or_(*listed, Message.incident_id.in_(own))


def _is_there(confirmed_at: datetime | None, state: str, *, held: bool) -> bool:
    """What was written once stays, whatever becomes of its delivery: only another message takes it back."""
    if confirmed_at is not None:
        return True
    return state not in NOT_THERE and not (held and state == Fate.PENDING)


def _is_shown(incident: Incident, now: datetime) -> bool:
    return incident.closed_at is None or incident.closed_at > now - ENDED_IS_SHOWN


def _shelves(session: Session, incidents: Mapping[int, Incident], messages: list[Shown]) -> Iterator[Shelf]:
    asked = select(Topic).where(Topic.incident_id.in_(incidents), Topic.shown_at.is_not(None)).order_by(Topic.id)
    topics = list(session.scalars(asked)) if incidents else []
    for id_, incident in incidents.items():
        own = [each for each in messages if each.incident.id == id_]
        live, past = (tuple(each for each in own if each.holds is holds) for holds in (True, False))
        yield Shelf(incident, live, past, tuple(each for each in topics if each.incident_id == id_))
