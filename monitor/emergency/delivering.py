"""Everything that a message needs to get out: the hub first, and then all channels at the same time.

Whoever calls it delivers, in threads of its own: the web process, the command line, or the worker. Each delivery is
claimed, armed (committed before anything is sent), sent once, and what came of it is the next thing written. Whatever
is not done here the worker's sweeper goes on with: the rows are the queue.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Event, Thread
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config.error_reports import report
from config.settings import Settings
from config.tracing import span
from connectors import connect as connect_for_real
from connectors.base import Account, Connector, Credential
from connectors.errors import ConnectorError
from connectors.publishing import Manifold, Publisher
from monitor.db import Database
from monitor.db.plainly import rows
from monitor.emergency import cms
from monitor.emergency.afterwards import note_fate
from monitor.emergency.around import around
from monitor.emergency.carrying import Carrying
from monitor.emergency.claimed import Clock, Held, claim
from monitor.emergency.composing import HUB
from monitor.emergency.drafts import drafted
from monitor.emergency.in_hand import InHand, give_up
from monitor.emergency.models import Delivery
from monitor.emergency.others import Others
from monitor.emergency.places import part_of
from monitor.emergency.rules import UNDER_WAY, Fate, Step, Why, before_preparing, is_due
from monitor.emergency.to_hub import HubPublisher, publish_feeds

STAYS = 120.0
"""Seconds that a message is followed by whoever sent it; from then on by the worker's sweeper alone."""
GLANCE = 0.02
ENDING = Event()
"""Set when this process is about to end: nothing is begun any more, and the sweeper goes on with it."""

log = structlog.get_logger(__name__)
Connect = Callable[[str, Account, Credential, Settings], Connector]


def now_utc() -> datetime:
    return datetime.now(UTC)


def deliver_all(
    db: Database, message_id: int, settings: Settings, clock: Clock = now_utc, connect: Connect = connect_for_real
) -> None:
    """Returns when nothing of the message goes on by itself, or it takes longer than STAYS, or the process is ENDING.
    Several may do it at once. No thread of it keeps a process from ending.

    Raises only what the database raises before anything is begun.
    """
    with db.transaction() as session:
        mine, opened = _claimed(db, session, settings, clock, message=message_id)
        under_way = (Delivery.message_id == message_id, Delivery.state.in_(UNDER_WAY))
        ids = [row.id for row in rows(session, select(Delivery.id).where(*under_way).order_by(Delivery.id))]
    followed = Following(db, settings, clock, connect, Others(mine.values()), time.monotonic() + STAYS)
    first = [(id_, mine.get(id_), opened.get(id_)) for id_ in ids]
    threads = [Thread(target=followed.follow, args=each, daemon=True) for each in first]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _claimed(
    db: Database, session: Session, settings: Settings, clock: Clock, **which: int
) -> tuple[dict[int, Held], dict[int, InHand]]:
    """What is due and nobody else holds of one message, or of one delivery (which: as `claim`); and those that could be
    opened."""
    mine = {held.delivery_id: held for held in claim(session, clock(), **which)}
    return mine, InHand.open_all(db, session, mine.values(), settings, clock) if mine else {}


@dataclass(frozen=True)
class Following:
    """Goes on with deliveries of one message until they are over. until: of time.monotonic()."""

    db: Database
    settings: Settings
    clock: Clock
    connect: Connect
    others: Others
    until: float

    def follow(self, delivery_id: int, held: Held | None, opened: InHand | None) -> None:
        try:
            self._follow(delivery_id, held, opened)
        except Exception as error:  # noqa: BLE001 - the others go on; the sweeper takes this one
            log.warning("a delivery stopped here", delivery=delivery_id, error=type(error).__name__)

    def _follow(self, delivery_id: int, held: Held | None, opened: InHand | None) -> None:
        while not ENDING.is_set():  # what is claimed and not armed is anybody's when its lease has run out
            if held is not None:
                step(self.db, held, self.settings, self.clock, self.connect, self.others, opened)
            self.others.wait_for_calls()
            wait = self._wait(delivery_id, opened)
            if wait is None or time.monotonic() + wait > self.until:
                return
            ENDING.wait(max(wait, GLANCE))
            with self.db.transaction() as session:
                mine, known = _claimed(self.db, session, self.settings, self.clock, delivery=delivery_id)
            held, opened = mine.get(delivery_id), known.get(delivery_id)

    def _wait(self, delivery_id: int, opened: InHand | None) -> float | None:
        """Seconds until it is due; None: no machine goes on with it."""
        state, next_at = self._standing(delivery_id, opened)
        if state not in UNDER_WAY:
            return None
        now = self.clock()
        return 0.0 if is_due(next_at, now) else (next_at - now).total_seconds()

    def _standing(self, delivery_id: int, opened: InHand | None) -> tuple[str, datetime]:
        """Its state, and when it is due: as this process has just written it, where it has."""
        if opened is not None and opened.is_ours:
            return opened.delivery.state, opened.delivery.next_at
        with self.db.snapshot() as session:
            query = select(Delivery.state, Delivery.next_at).where(Delivery.id == delivery_id)
            [(state, next_at)] = rows(session, query)
        return state, next_at


def step(
    db: Database,
    held: Held,
    settings: Settings,
    clock: Clock,
    connect: Connect,
    others: Others,
    opened: InHand | None = None,
) -> None:
    """As `go_on`; tells those who wait for the hub: the channels, and then machines and the website."""
    try:
        go_on(db, held, settings, clock, connect, others, opened)
    finally:
        _had_its_turn(held, others)
    if held.place == HUB:
        others.wait_for_calls()
        _tell_machines(db, held, settings, clock)


def _had_its_turn(held: Held, others: Others) -> None:
    others.called(held.delivery_id)
    if held.place == HUB:
        others.hub_had_its_turn()


def _tell_machines(db: Database, held: Held, settings: Settings, clock: Clock) -> None:
    """At once, and without a broker; what is not done now the worker does, which comes by every minute."""
    feeds = partial(publish_feeds, db, settings, held.delivery_id, clock)
    for tell in (feeds, partial(cms.tell_due, db, settings, clock)):
        try:
            tell()
        except Exception as error:  # noqa: BLE001 - the hub's delivery goes on
            log.warning("feeds or website were not told", error=type(error).__name__)


def go_on(
    db: Database,
    held: Held,
    settings: Settings,
    clock: Clock = now_utc,
    connect: Connect = connect_for_real,
    others: Others | None = None,
    opened: InHand | None = None,
) -> None:
    """A claimed delivery, as far as it goes now. Nothing happens when the claim is lost meanwhile. opened: by whoever
    claimed it."""
    others = others or Others([held])
    try:
        work = opened or InHand.open(db, held, settings, clock)
    except SQLAlchemyError:
        raise
    except Exception as error:  # noqa: BLE001 - it would fail the same way for ever
        _failed(held, error)
        give_up(db, held, Step(Fate.NEEDS_HUMAN, Why.FAILED, clock()))
        note_fate(db, held.delivery_id, clock())
        return
    if work is None:
        return
    before = work.delivery.state
    _carry(work, connect, others)
    _had_its_turn(held, others)  # whoever waits for it need not wait for the log as well
    if work.delivery.state != before:
        others.wait_for_calls()
        note_fate(db, held.delivery_id, clock())


def _carry(work: InHand, connect: Connect, others: Others) -> None:
    """Raises only what the database raises: whatever else fails is ours, and fails again, so a person has to act."""
    with span("delivery", place=work.held.place, mode=work.mode, way=work.delivery.way) as told:
        try:
            _carried(work, connect, others)
        except SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001 - see above
            _failed(work.held, error)
            now = work.clock()
            lost = {"lost_at": now} if work.delivery.state == Fate.ARMED else {}
            work.take(Step(Fate.NEEDS_HUMAN, Why.FAILED, now), **lost)
        told.tell(state=work.delivery.state)


def _failed(held: Held, error: Exception) -> None:
    """The type alone: an error's words may hold a secret."""
    log.error("a delivery failed for a fault of ours", place=held.place, error=type(error).__name__)
    report(error, "delivery")


def _carried(work: InHand, connect: Connect, others: Others) -> None:
    if work.delivery.way == "rehearsed":
        _rehearse(work)
        return
    try:
        publisher = _publisher(work, connect)
    except ConnectorError as error:
        _cannot(work, Step(Fate.REJECTED, Why.NOT_OFFERED, work.clock()), reason=str(error), remedy=error.remedy)
        return
    if publisher is None:
        _cannot(work, Step(Fate.NEEDS_HUMAN, Why.NOT_OFFERED, work.clock()))
        return
    Carrying(work, publisher, drafted(work, publisher), others).go()


def _cannot(work: InHand, step: Step, **values: Any) -> None:
    """What is out, or may be, is not undone by credentials that are gone: a person looks."""
    if work.delivery.state not in (Fate.PENDING, Fate.HELD):
        step = Step(Fate.NEEDS_HUMAN, Why.UNREADABLE, step.next_at)
    work.take(step, **values)


def _publisher(work: InHand, connect: Connect) -> Any:
    """None where the place cannot publish. Raises ConnectorError."""
    channel, credentials = work.channel, work.credentials
    if channel is None or credentials is None:
        message = work.message
        return HubPublisher(work.db, work.settings, message.identifier or "", message.text_hash or "")
    account = credentials.account
    if account is None:
        return None
    connector = connect(channel.platform, account, credentials.credential(), work.settings)
    if (part := part_of(work.held.place)) and isinstance(connector, Manifold):
        return connector.part(part)
    return connector if isinstance(connector, Publisher) else None


def _rehearse(work: InHand) -> None:
    """All but going out: nothing leaves the house, and that is what is verified."""
    now = work.clock()
    with work.db.transaction() as session:
        step = before_preparing(around(session, work, ()), now) or Step(Fate.VERIFIED, Why.REHEARSED, now)
        done = {"confirmed_at": now, "verified_at": now} if step.fate == Fate.VERIFIED else {}
        work.take_in(session, step, **done)
