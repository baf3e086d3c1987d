"""Who reads a channel now. A claim is a lease on the schedule row: `next_poll_at` lies ahead while it is kept.

A worker that dies gives the channel back by doing nothing. Claiming, keeping and giving back are each one conditional
update, so that two workers can never both believe that they hold a channel. The first claim notes since when a reading
is due (`due_at`); only a reading that is recorded takes that away again, so that claims alone never look like readings.
"""

import json
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, case, func, literal, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from connectors import EXCLUSIVE, PLATFORMS
from monitor.db import Database
from monitor.register.models import Channel
from monitor.watch.models import Schedule

LEASE = timedelta(seconds=40)  # a killed worker's channel is claimable again within a minute
RENEWALS = 4  # during one lease
LONGEST = timedelta(minutes=30)  # a reading that takes longer hangs; its channel goes to somebody else
ADVISORY_LOCK = 5041473  # any number of our own

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Claimed:
    """The right to read a channel, as long as its schedule row still holds `claim`."""

    channel_id: str
    claim: str
    platform: str


def read_by_machine() -> ColumnElement[bool]:
    """Of Channel: is it to be read, whenever its schedule says so?"""
    by_machine = (Channel.watch_mode == "automatic") & Channel.platform.in_(PLATFORMS)
    return by_machine & (Channel.state == "active") & Channel.has_comments


def ensure_schedules(session: Session, now: datetime) -> None:
    """Gives each channel that a machine can read its row; a new one is due at once."""
    _take_turns(session)
    without = select(Channel.id).where(
        read_by_machine(), ~select(Schedule).where(Schedule.channel_id == Channel.id).exists()
    )
    session.add_all(Schedule(channel_id=channel_id, next_poll_at=now) for channel_id in session.scalars(without))
    session.flush()


def claim_due(session: Session, now: datetime, limit: int, lease: timedelta = LEASE) -> list[Claimed]:
    """Claims at most `limit` channels whose time has come, the longest overdue first, and moves them a lease ahead."""
    return _claim(session, now, Schedule.next_poll_at <= now, limit, lease)


def claim_now(
    session: Session, now: datetime, channel_ids: Sequence[str] | None = None, lease: timedelta = LEASE
) -> list[Claimed]:
    """Claims these channels (all that are watched where None), due or not, except those that are being read now."""
    wanted = or_(Schedule.claim.is_(None), Schedule.next_poll_at <= now)
    if channel_ids is not None:
        wanted &= Channel.id.in_(channel_ids)
    return _claim(session, now, wanted, None, lease)


def holds(session: Session, claimed: Claimed, until: datetime) -> bool:
    """Is the claim still ours? Then it is kept until that time."""
    ours = update(Schedule).where(Schedule.channel_id == claimed.channel_id, Schedule.claim == claimed.claim)
    return session.scalar(ours.values(next_poll_at=until).returning(Schedule.channel_id)) is not None


@contextmanager
def kept(
    db: Database, claimed: Claimed, clock: Clock, lease: timedelta = LEASE, longest: timedelta = LONGEST
) -> Iterator[None]:
    """Keeps the claim alive while the network is slow, `longest` at most: a thread renews it, and dies with us."""
    done = threading.Event()
    words = (db, claimed, clock, lease, longest, done)
    thread = threading.Thread(target=_renew, args=words, name=f"claim on {claimed.channel_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _renew(
    db: Database, claimed: Claimed, clock: Clock, lease: timedelta, longest: timedelta, done: threading.Event
) -> None:
    pause = lease.total_seconds() / RENEWALS
    for _renewal in range(int(longest / lease) * RENEWALS):
        if done.wait(pause):
            return
        try:
            with db.transaction(repeatable=True) as session:
                if not holds(session, claimed, clock() + lease):
                    return
        except SQLAlchemyError as error:  # the database is away or busy; it may come back before the lease ends
            log.warning("a claim could not be renewed", channel=claimed.channel_id, error=type(error).__name__)


def _take_turns(session: Session) -> None:
    """One claims at a time: who looks which logins are busy must not be overtaken. SQLite's writers queue anyway."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))


def _claim(
    session: Session, now: datetime, wanted: ColumnElement[bool], limit: int | None, lease: timedelta
) -> list[Claimed]:
    ensure_schedules(session, now)
    query = select(Channel).join(Schedule).where(read_by_machine(), wanted).order_by(Schedule.next_poll_at, Channel.id)
    # a row that is locked is being recorded: its channel is not free
    channels = session.scalars(query.with_for_update(skip_locked=True, of=Schedule)).all()
    chosen = {channel.id: channel.platform for channel in _one_per_login(session, channels, now)[:limit]}
    claim = uuid.uuid4().hex
    claimed = session.scalars(
        update(Schedule)
        .where(Schedule.channel_id.in_(chosen))
        .values(claim=claim, next_poll_at=now + lease, due_at=_due_since(now))
        .returning(Schedule.channel_id),
        execution_options={"synchronize_session": False},
    )
    return [Claimed(channel_id, claim, chosen[channel_id]) for channel_id in claimed]


def _due_since(now: datetime) -> ColumnElement[datetime | None]:
    """As before where it was claimed in vain; a channel that is read ahead of its time is due now."""
    when = case((Schedule.next_poll_at < now, Schedule.next_poll_at), else_=literal(now, Schedule.next_poll_at.type))
    return func.coalesce(Schedule.due_at, when)


def _one_per_login(session: Session, channels: Sequence[Channel], now: datetime) -> list[Channel]:
    """Without those whose login serves another reading now, or comes earlier among them."""
    busy = select(Channel).join(Schedule).where(Schedule.claim.is_not(None), Schedule.next_poll_at > now)
    used = {_login(channel) for channel in session.scalars(busy.where(Channel.platform.in_(EXCLUSIVE)))}
    free = []
    for channel in channels:
        if channel.platform not in EXCLUSIVE:
            free.append(channel)
        elif _login(channel) not in used:
            used.add(_login(channel))
            free.append(channel)
    return free


def _login(channel: Channel) -> str:
    return json.dumps([channel.platform, channel.credential], sort_keys=True)
