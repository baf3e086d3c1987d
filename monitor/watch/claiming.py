"""Who reads a channel now. A claim is a lease on the schedule row: `next_poll_at` lies ahead while it is kept.

A worker that dies gives the channel back by doing nothing. Claiming, keeping and giving back are each one conditional
update, so that two workers can never both believe that they hold a channel. The first claim notes since when a reading
is due (`due_at`); only a reading that is recorded takes that away again, so that claims alone never look like readings.
"""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, literal, or_, select, update
from sqlalchemy.orm import Session

from connectors import EXCLUSIVE, PLATFORMS, PROVIDERS, provider_of
from monitor.db import Database
from monitor.db.leases import renewed
from monitor.register.models import Channel
from monitor.watch.bulkhead_rules import LONG
from monitor.watch.models import PollRun, Schedule

LEASE = timedelta(seconds=40)  # a killed worker's channel is claimable again within a minute
LONGEST = timedelta(minutes=30)  # a reading that takes longer hangs; its channel goes to somebody else
CLOCKS_DIFFER = timedelta(minutes=2)
"""So much may the clocks of two machines."""
ADVISORY_LOCK = 5041473  # any number of our own

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Claimed:
    """The right to read a channel, as long as its schedule row still holds `claim`."""

    channel_id: str
    claim: str
    platform: str


@dataclass(frozen=True, slots=True)
class Line:
    """What is read by the same threads: the channels of one provider, those that take long by themselves."""

    provider: str
    long: bool


def read_by_machine() -> ColumnElement[bool]:
    """Of Channel: is it to be read, whenever its schedule says so?"""
    by_machine = (Channel.watch_mode == "automatic") & Channel.platform.in_(PLATFORMS)
    return by_machine & (Channel.state == "active") & Channel.has_comments


def takes_long() -> ColumnElement[bool]:
    """Of Schedule: was it never read to its end, or did the latest reading take long? Then the next one may."""
    ended = (PollRun.channel_id == Schedule.channel_id, PollRun.outcome.in_(("complete", "partial", "failed")))
    latest = select(PollRun.seconds).where(*ended).order_by(PollRun.started_at.desc()).limit(1).correlate(Schedule)
    return Schedule.last_complete_at.is_(None) | (func.coalesce(latest.scalar_subquery(), 0.0) >= LONG)


def ensure_schedules(session: Session, now: datetime) -> None:
    """Gives each channel that a machine can read its row; a new one is due at once."""
    _take_turns(session)
    without = select(Channel.id).where(
        read_by_machine(), ~select(Schedule).where(Schedule.channel_id == Channel.id).exists()
    )
    session.add_all(Schedule(channel_id=channel_id, next_poll_at=now) for channel_id in session.scalars(without))
    session.flush()


def due_by_line(session: Session, now: datetime) -> dict[Line, int]:
    """How many channels are due in each line that has any. Gives new ones their row first."""
    ensure_schedules(session, now)
    due = select(Channel.platform, takes_long().label("long"), func.count()).join(Schedule)
    due = due.where(read_by_machine(), _is_due(now)).group_by(Channel.platform, "long")
    lines = Counter[Line]()
    for platform, long, count in session.execute(due):
        lines[Line(provider_of(platform), bool(long))] += count
    return lines


def claim_due(
    session: Session, now: datetime, limit: int, lease: timedelta = LEASE, line: Line | None = None
) -> list[Claimed]:
    """Claims at most `limit` channels whose time has come, the longest overdue first, and moves them a lease ahead.
    Those of one line, or of all, new ones among them."""
    due = _is_due(now)
    if line is None:
        ensure_schedules(session, now)
        return _claim(session, now, due, limit, lease)
    due &= takes_long() if line.long else ~takes_long()
    return _claim(session, now, due, limit, lease, PROVIDERS[line.provider])


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(Schedule.next_poll_at <= now, _was_set_back(now))


def claim_now(
    session: Session, now: datetime, channel_ids: Sequence[str] | None = None, lease: timedelta = LEASE
) -> list[Claimed]:
    """Claims these channels (all that are watched where None), due or not, except those that are being read now."""
    ensure_schedules(session, now)
    wanted = or_(Schedule.claim.is_(None), Schedule.next_poll_at <= now)
    if channel_ids is not None:
        wanted &= Channel.id.in_(channel_ids)
    return _claim(session, now, wanted, None, lease)


def holds(session: Session, claimed: Claimed, until: datetime) -> bool:
    """Is the claim still ours? Then it is kept until that time."""
    ours = update(Schedule).where(Schedule.channel_id == claimed.channel_id, Schedule.claim == claimed.claim)
    return session.scalar(ours.values(next_poll_at=until).returning(Schedule.channel_id)) is not None


def kept(
    db: Database, claimed: Claimed, clock: Clock, lease: timedelta = LEASE, longest: timedelta = LONGEST
) -> AbstractContextManager[None]:
    """Keeps the claim alive while the network is slow, `longest` at most."""

    def renew() -> bool:
        with db.transaction(repeatable=True) as session:
            return holds(session, claimed, clock() + lease)

    return renewed(renew, lease, longest, f"claim on {claimed.channel_id}")


def _take_turns(session: Session) -> None:
    """One claims at a time: who looks which logins are busy must not be overtaken. SQLite's writers queue anyway."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))


def _claim(
    session: Session,
    now: datetime,
    wanted: ColumnElement[bool],
    limit: int | None,
    lease: timedelta,
    platforms: Collection[str] = PLATFORMS,
) -> list[Claimed]:
    wanted &= read_by_machine() & Channel.platform.in_(platforms)
    query = select(Channel).join(Schedule).where(wanted).order_by(Schedule.next_poll_at, Channel.id)
    if EXCLUSIVE.isdisjoint(platforms):
        query = query.limit(limit)  # else those whose login is busy are left out only afterwards
    else:
        _take_turns(session)
    # a row that is locked is being recorded: its channel is not free
    channels = session.scalars(query.with_for_update(skip_locked=True, of=Schedule)).all()
    chosen = {channel.id: channel.platform for channel in _one_per_login(session, channels, now)[:limit]}
    if not chosen:
        return []
    claim = uuid.uuid4().hex
    claimed = session.scalars(
        update(Schedule)
        .where(Schedule.channel_id.in_(chosen))
        .values(claim=claim, next_poll_at=now + lease, due_at=_due_since(now), last_complete_at=_by_now(now))
        .returning(Schedule.channel_id),
        execution_options={"synchronize_session": False},
    )
    return [Claimed(channel_id, claim, chosen[channel_id]) for channel_id in claimed]


def _was_set_back(now: datetime) -> ColumnElement[bool]:
    """The clock was, since the channel was read or claimed: what is due later would wait for it to come round again."""
    read = Schedule.claim.is_(None) & (Schedule.last_complete_at > now + CLOCKS_DIFFER)
    return read | (Schedule.claim.is_not(None) & (Schedule.next_poll_at > now + LEASE + CLOCKS_DIFFER))


def _by_now(now: datetime) -> ColumnElement[datetime | None]:
    """Nothing was read later than now: else each claim would find that the clock was set back."""
    read = Schedule.last_complete_at
    return case((read > now, literal(now, read.type)), else_=read)


def _due_since(now: datetime) -> ColumnElement[datetime | None]:
    """As before where it was claimed in vain; a channel that is read ahead of its time is due now."""
    when = case((Schedule.next_poll_at < now, Schedule.next_poll_at), else_=literal(now, Schedule.next_poll_at.type))
    return func.coalesce(Schedule.due_at, when)


def _one_per_login(session: Session, channels: Sequence[Channel], now: datetime) -> list[Channel]:
    """Without those whose login serves another reading now, or comes earlier among them."""
    if not any(channel.platform in EXCLUSIVE for channel in channels):
        return list(channels)
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
