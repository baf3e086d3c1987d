"""One reading of one channel: plan (a transaction), fetch (the network, no transaction), record (a transaction).

Whatever happens, the reading leaves a PollRun: the proof that somebody looked, and what came of it.
"""

import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import case, func, or_, select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from config.settings import Settings
from config.settings import settings as current_settings
from connectors import connect as connect_for_real
from connectors.base import Account, Connector, Credential, Reading, ReadPlan
from connectors.errors import ConnectorError, RateLimited, UnexpectedAnswer
from monitor.db import Database
from monitor.register.calendar import calendar_of
from monitor.register.credentials import resolve
from monitor.register.identities import own_names
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch.claiming import LEASE, Claimed, Clock, claim_due, claim_now, ensure_schedules, holds, kept
from monitor.watch.models import Comment, PollRun, Schedule
from monitor.watch.recording import record
from monitor.watch.rules import Outcome, Policy, Reason, historic_cutoff, missed_days, next_poll, wants_full

__all__ = ["Claimed", "PollOutcome", "claim_due", "claim_now", "ensure_schedules", "poll"]

RECENT = timedelta(days=90)
MOST_THREADS = 50  # as many as one YouTube call asks for

log = structlog.get_logger(__name__)
Connect = Callable[[str, Account, Credential, Settings], Connector]


@dataclass(frozen=True, slots=True)
class PollError:
    """kind: of connectors.errors. retry_at: when the platform allows the next reading, if it says so."""

    kind: str
    message: str
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """What one reading did, with INTERFACE's keys. outcome: complete, partial, failed, or lost (claimed by another)."""

    channel: str
    outcome: str
    error: PollError | None = None
    posts: int = 0
    comments_seen: int = 0
    new: int = 0
    edited: int = 0
    gone: int = 0
    requests: int = 0
    counted_cost: int = 0
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Work:
    """What the planning transaction hands to the two steps after it."""

    claimed: Claimed
    channel: Channel
    run_id: int
    plan: ReadPlan
    began: datetime


def poll(
    db: Database,
    claimed: Claimed,
    *,
    full: bool = False,
    settings: Settings | None = None,
    connect: Connect = connect_for_real,
    clock: Clock = lambda: datetime.now(UTC),
    lease: timedelta = LEASE,
) -> PollOutcome:
    """Reads a claimed channel and stores what came. `full`: everything, even where the plan would not.

    A platform's trouble is in the outcome; raises only what the database raises. Nothing is asked or stored for a claim
    that somebody else has taken over.
    """
    chosen = settings or current_settings()
    work = _plan(db, claimed, full, clock(), lease)
    if work is None:
        return PollOutcome(claimed.channel_id, "lost")
    with kept(db, claimed, clock, lease):
        reading = _fetch(work, chosen, connect)
    return _record(db, work, reading, chosen, clock())


def _plan(db: Database, claimed: Claimed, full: bool, now: datetime, lease: timedelta) -> _Work | None:
    """Opens the PollRun and decides what to ask. None when the claim is not ours any more."""
    with db.transaction(repeatable=True) as session:
        if not holds(session, claimed, now + lease):
            return None
        channel, schedule = session.get_one(Channel, claimed.channel_id), session.get_one(Schedule, claimed.channel_id)
        calendar = calendar_of(organisation(session))
        full = full or wants_full(calendar, schedule.needs_full, schedule.last_full_at, now)
        _give_up_earlier_runs(session, channel.id, now)
        run = PollRun(channel_id=channel.id, claim=claimed.claim, started_at=now, full=full)
        session.add(run)
        session.flush()
        plan = ReadPlan(
            now, full, state=schedule.connector_state, watch_threads=_waiting_threads(session, channel, now)
        )
        return _Work(claimed, channel, run.id, plan, now)


def _give_up_earlier_runs(session: Session, channel_id: str, now: datetime) -> None:
    running = update(PollRun).where(PollRun.channel_id == channel_id, PollRun.outcome == "running")
    session.execute(running.values(outcome="lost", finished_at=now))


def _waiting_threads(session: Session, channel: Channel, now: datetime) -> tuple[str, ...]:
    """Threads where the channel itself did not speak last, the oldest first: their replies must not be missed.

    A hint, so its own names are enough: those of all channels would make every reading dearer with each channel.
    """
    own = own_names(channel)
    names = (func.lower(func.coalesce(name, "")) for name in (Comment.author_id, Comment.author_handle))
    is_own = or_(*(name.in_(own) for name in names))
    ours = func.max(case((is_own, Comment.posted_at)))
    others = func.max(case((~is_own, Comment.posted_at)))
    query = select(Comment.thread_external_id).where(
        Comment.channel_id == channel.id, Comment.missing_since.is_(None), Comment.posted_at > now - RECENT
    )
    query = query.group_by(Comment.thread_external_id).having((ours.is_(None)) | (others > ours))
    return tuple(session.scalars(query.order_by(others).limit(MOST_THREADS)))


def _fetch(work: _Work, chosen: Settings, connect: Connect) -> Reading:
    """Asks the platform. An error is a value: what came before it counts."""
    channel = work.channel
    try:
        account = Account(channel.external_id or "", channel.address)
        return connect(channel.platform, account, resolve(channel), chosen).read(work.plan)
    except ConnectorError as error:
        return Reading(state=work.plan.state, error=error)
    except Exception as error:  # noqa: BLE001 - a bug in one connector must not look like a day without comments
        return Reading(state=work.plan.state, error=_bug(channel, error))


def _bug(channel: Channel, error: Exception) -> UnexpectedAnswer:
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
    # not log.exception: the words and local values of an error may be what residents wrote
    log.warning("a connector failed", channel=channel.id, error=type(error).__name__, frames=where)
    return UnexpectedAnswer(f"{type(error).__name__} at {where[-1]}")


def _record(db: Database, work: _Work, reading: Reading, chosen: Settings, now: datetime) -> PollOutcome:
    """Stores the reading; of one that no database can take (a time without a zone, say) only that it came."""
    try:
        return _store(db, work, reading, chosen, now)
    except Exception as error:
        if isinstance(error, DBAPIError | PoolTimeout) and not isinstance(error, DataError | IntegrityError):
            raise  # the database's own trouble: nothing is lost, the claim runs out and the channel is read again
        bug = _bug(work.channel, error)
    spent = Reading(requests=reading.requests, counted_cost=reading.counted_cost, error=bug)
    return _store(db, work, spent, chosen, now)


def _store(db: Database, work: _Work, reading: Reading, chosen: Settings, now: datetime) -> PollOutcome:
    with db.transaction(repeatable=True) as session:
        run = session.get_one(PollRun, work.run_id)
        if not holds(session, work.claimed, now):
            run.outcome, run.finished_at = "lost", now
            return _told(run, None)
        record(session, work.channel.id, reading, run, now)
        _finish(run, reading, work, now)
        schedule = session.get_one(Schedule, work.channel.id, populate_existing=True)
        _note(session, schedule, reading, work, now)
        reason = _reschedule(session, schedule, reading, chosen, work, now)
        outcome = _told(run, reading.error)
    told = {name: value for name, value in outcome.as_json().items() if name != "error"}
    log.info("channel read", **told, next=schedule.next_poll_at.isoformat(), because=reason)
    return outcome


def _finish(run: PollRun, reading: Reading, work: _Work, now: datetime) -> None:
    partial = "partial" if reading.posts or reading.comments else "failed"
    run.outcome = "complete" if reading.complete else partial
    run.finished_at, run.seconds = now, (now - work.began).total_seconds()
    run.requests, run.counted_cost = reading.requests, reading.counted_cost
    if reading.error is not None:
        run.error_kind, run.error_detail, run.retry_at = reading.error.kind, str(reading.error), reading.error.retry_at


def _note(session: Session, schedule: Schedule, reading: Reading, work: _Work, now: datetime) -> None:
    """What the reading says about the channel. Only a complete one moves the connector's memory on."""
    if reading.error is not None:
        schedule.needs_full, schedule.failures = True, schedule.failures + 1
        schedule.failing_since = schedule.failing_since or now
        schedule.failure_kind, schedule.failure_detail = reading.error.kind, str(reading.error)
        return
    if schedule.last_complete_at is None:
        owner = organisation(session)
        schedule.historic_before = historic_cutoff(calendar_of(owner), owner.first_import, now)
    schedule.connector_state, schedule.last_complete_at = reading.state, now
    if work.plan.full:
        schedule.needs_full, schedule.last_full_at = False, now
    schedule.failures, schedule.failing_since, schedule.failure_kind, schedule.failure_detail = 0, None, None, None


def _reschedule(
    session: Session, schedule: Schedule, reading: Reading, chosen: Settings, work: _Work, now: datetime
) -> Reason:
    calendar = calendar_of(organisation(session))
    policy = Policy(timedelta(seconds=chosen.polling.interval_seconds), chosen.polling.around_the_clock)
    read = schedule.last_complete_at
    behind = bool(missed_days(calendar, [calendar.local_date(read)] if read else [], read or work.began, now))
    retry_at = reading.error.retry_at if reading.error else None
    schedule.claim = None
    schedule.next_poll_at, reason = next_poll(
        calendar, policy, _outcome(reading.error), schedule.failures, retry_at, now, behind=behind
    )
    return reason


def _outcome(error: ConnectorError | None) -> Outcome:
    if error is None:
        return Outcome.COMPLETE
    if isinstance(error, RateLimited):
        return Outcome.RATE_LIMITED
    return Outcome.NEEDS_PERSON if error.needs_person else Outcome.UNAVAILABLE


def _told(run: PollRun, error: ConnectorError | None) -> PollOutcome:
    return PollOutcome(
        channel=run.channel_id,
        outcome=run.outcome,
        error=PollError(error.kind, str(error), error.retry_at) if error else None,
        posts=run.posts,
        comments_seen=run.comments_seen,
        new=run.new,
        edited=run.edited,
        gone=run.gone,
        requests=run.requests,
        counted_cost=run.counted_cost,
        seconds=round(run.seconds, 3),
    )
