"""One reading of one channel: plan (a transaction), fetch (the network, no transaction), record (a transaction).

Whatever happens, the reading leaves a PollRun: the proof that somebody looked, and what came of it.
"""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from config.settings import Settings
from config.settings import settings as current_settings
from config.tracing import span
from connectors import connect as connect_for_real
from connectors.base import Reading
from connectors.errors import ConnectorError, RateLimited
from monitor.db import Database
from monitor.register.calendar import calendar_of
from monitor.register.organisation import organisation
from monitor.watch.budget_rules import A_ROUND
from monitor.watch.budgets import affordable, book, park
from monitor.watch.claiming import (
    LEASE,
    Claimed,
    Clock,
    Line,
    claim_due,
    claim_now,
    due_by_line,
    ensure_schedules,
    holds,
    kept,
)
from monitor.watch.close_watching import is_close, policy_of
from monitor.watch.hint_rules import hinted_poll
from monitor.watch.models import PollRun, Schedule
from monitor.watch.planning import Connect, Work, a_bug, plan
from monitor.watch.reading_logged import log_reading, log_turn
from monitor.watch.reading_told import tell_of_reading, tell_of_trouble
from monitor.watch.recording import record
from monitor.watch.rules import (
    HOUR,
    Outcome,
    Policy,
    Reason,
    historic_cutoff,
    is_used_up,
    missed_days,
    next_poll,
    was_hinted,
)

__all__ = ["Claimed", "Line", "PollOutcome", "claim_due", "claim_now", "due_by_line", "ensure_schedules", "poll"]


@dataclass(frozen=True, slots=True)
class PollError:
    """kind: of connectors.errors. retry_at: when the platform allows the next reading, if it says so. code: the
    platform's own. remedy: what a person can do, to be translated where it is shown."""

    kind: str
    message: str
    retry_at: datetime | None
    code: str = ""
    remedy: str = ""


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

    @property
    def changed(self) -> bool:
        """Did it bring anything that somebody may have to be told of?"""
        return bool(self.new or self.edited or self.gone)

    @property
    def facts(self) -> dict[str, str | int | float | None]:
        """What may stand in a trace."""
        known = {name: value for name, value in self.as_json().items() if name != "error"}
        return known | {"error": self.error.kind if self.error else None}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


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
    with span("reading", channel=claimed.channel_id, platform=claimed.platform, full=full) as told:
        with span("plan"):
            work = plan(db, claimed, full, clock(), lease, chosen, connect)
        if work is None:
            return PollOutcome(claimed.channel_id, "lost")
        with structlog.contextvars.bound_contextvars(run=work.run_id):
            with kept(db, claimed, clock, lease), span("fetch"):
                reading = _fetch(work)
            with span("record"):
                outcome = _record(db, work, reading, chosen, clock())
        told.tell(**outcome.facts)
    return outcome


def _fetch(work: Work) -> Reading:
    """Asks the platform. An error is a value: what came before it counts."""
    if work.connector is None:
        return Reading(state=work.plan.state, error=work.obstacle)
    try:
        return work.connector.read(work.plan)
    except ConnectorError as error:
        return Reading(state=work.plan.state, error=error)
    except Exception as error:  # noqa: BLE001 - a bug in one connector must not look like a day without comments
        return Reading(state=work.plan.state, error=a_bug(work.channel, error))


def _record(db: Database, work: Work, reading: Reading, chosen: Settings, now: datetime) -> PollOutcome:
    """Stores the reading; of one that no database can take (a time without a zone, say) only that it came."""
    try:
        return _store(db, work, reading, chosen, now)
    except Exception as error:
        if isinstance(error, DBAPIError | PoolTimeout) and not isinstance(error, DataError | IntegrityError):
            raise  # the database's own trouble: nothing is lost, the claim runs out and the channel is read again
        bug = a_bug(work.channel, error)
    spent = replace(reading, posts=(), comments=(), covered=(), looked_up={}, state=work.plan.state, error=bug)
    return _store(db, work, spent, chosen, now)


def _store(db: Database, work: Work, reading: Reading, chosen: Settings, now: datetime) -> PollOutcome:
    with db.transaction(repeatable=True) as session:
        run = session.get_one(PollRun, work.run_id)
        if not holds(session, work.claimed, now):
            run.outcome, run.finished_at = "lost", now
            _settle(session, reading, work, now)
            log_reading(run, None, None)
            return _told(run, None)
        new = record(session, work.channel.id, reading, run, now, work.plan.verify)
        _settle(session, reading, work, now)
        _finish(run, reading, work, now)
        schedule = session.get_one(Schedule, work.channel.id, populate_existing=True)
        failing, kind = schedule.failing_since, schedule.failure_kind
        _note(session, schedule, reading, work, now)
        tell_of_trouble(session, schedule, failing, now)
        session.flush()
        tell_of_reading(session, run, new, now)
        reason = _reschedule(session, schedule, reading, chosen, work, now)
    log_turn(schedule, failing, kind, now)
    log_reading(run, schedule, reason)
    return _told(run, reading.error)


def _settle(session: Session, reading: Reading, work: Work, now: datetime) -> None:
    """What it cost, and until when nobody may ask again."""
    book(session, work.budgets, work.channel.id, "poll", reading.counted_cost, reading.requests, now)
    error = reading.error
    if not isinstance(error, RateLimited) and is_used_up(reading.usage):
        error = RateLimited("the rate budget is used up", code=f"usage {reading.usage} %", retry_at=now + HOUR)
    if isinstance(error, RateLimited) and not work.parked:
        park(session, work.budgets, error, now)


def _finish(run: PollRun, reading: Reading, work: Work, now: datetime) -> None:
    partial = "partial" if reading.posts or reading.comments else "failed"
    run.outcome = "complete" if reading.complete else partial
    run.finished_at, run.seconds = now, (now - work.began).total_seconds()
    run.requests, run.counted_cost, run.usage = reading.requests, reading.counted_cost, reading.usage
    run.degraded = list(reading.degraded)
    if (error := reading.error) is not None:
        run.error_kind, run.error_detail, run.retry_at = error.kind, str(error), error.retry_at
        run.error_code = error.code or None


def _note(session: Session, schedule: Schedule, reading: Reading, work: Work, now: datetime) -> None:
    """What the reading says about the channel. The connector's memory moves on with each: that of one which broke off
    is such that the next one misses nothing, and goes on where it came to."""
    schedule.connector_state = reading.state
    if reading.usage is not None:
        schedule.usage = reading.usage
    if schedule.last_complete_at is None and (reading.complete or reading.comments):
        _note_beginning(session, schedule, now)
    if reading.error is not None:
        _note_failure(schedule, reading.error, work, now)
        if not (reading.degraded and reading.error.needs_person):
            return
    # what a platform refuses until a person acts must not make us walk all the rest again and again
    if work.plan.full:
        schedule.needs_full, schedule.last_full_at = False, now
    if work.plan.full or work.plan.daily:
        schedule.last_daily_at = now
    schedule.degraded = list(reading.degraded)
    if reading.complete:
        _note_success(schedule, now)


def _note_success(schedule: Schedule, now: datetime) -> None:
    schedule.last_complete_at = now
    schedule.failures, schedule.failing_since = 0, None
    schedule.failure_kind = schedule.failure_detail = schedule.failure_code = schedule.failure_remedy = None


def _note_beginning(session: Session, schedule: Schedule, now: datetime) -> None:
    """Also for the first part of a long import: else years of comments seem to wait for an answer until all is read."""
    owner = organisation(session)
    cutoff = historic_cutoff(calendar_of(owner), owner.first_import, owner.first_import_days, now)
    schedule.historic_before = schedule.historic_before or cutoff


def _note_failure(schedule: Schedule, error: ConnectorError, work: Work, now: datetime) -> None:
    """What was asked for is still wanted: last_full_at and last_daily_at stay, and so does a full one asked by hand."""
    schedule.needs_full = schedule.needs_full or work.plan.full
    schedule.failures, schedule.failing_since = schedule.failures + 1, schedule.failing_since or now
    schedule.failure_kind, schedule.failure_detail = error.kind, str(error)
    schedule.failure_code, schedule.failure_remedy = error.code or None, error.remedy


def _reschedule(
    session: Session, schedule: Schedule, reading: Reading, chosen: Settings, work: Work, now: datetime
) -> Reason:
    calendar = calendar_of(organisation(session))
    policy = _policy(session, reading, chosen, work, now)
    read = schedule.last_complete_at
    behind = bool(missed_days(calendar, [calendar.local_date(read)] if read else [], read or work.began, now))
    retry_at = reading.error.retry_at if reading.error else None
    outcome, usage = _outcome(reading.error), reading.usage
    schedule.claim = schedule.due_at = None
    schedule.next_poll_at, reason = next_poll(
        calendar, policy, outcome, schedule.failures, retry_at, now, behind=behind, usage=usage
    )
    if was_hinted(schedule.hinted_at, work.began) and outcome is Outcome.COMPLETE and reason is not Reason.PARKED:
        regular, around = schedule.next_poll_at, policy.around_the_clock
        hinted = hinted_poll(calendar, regular, now, around_the_clock=around, last_read=now, usage=usage)
        schedule.next_poll_at, reason = min((regular, reason), (hinted, Reason.HINT))
    return reason


def _policy(session: Session, reading: Reading, chosen: Settings, work: Work, now: datetime) -> Policy:
    """In a crisis no faster than what the platforms allow in a day lasts, when each reading costs as much as this."""
    policy = policy_of(session, work.channel.id, chosen, now)
    if not is_close(session, work.channel.id, now):
        return policy
    cost = A_ROUND if work.plan.full or work.plan.daily else max(1, reading.counted_cost)
    return replace(
        policy, interval=affordable(session, work.budgets, work.channel.id, cost, policy.interval, now, chosen)
    )


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
        error=PollError(error.kind, str(error), error.retry_at, error.code, error.remedy) if error else None,
        posts=run.posts,
        comments_seen=run.comments_seen,
        new=run.new,
        edited=run.edited,
        gone=run.gone,
        requests=run.requests,
        counted_cost=run.counted_cost,
        seconds=round(run.seconds, 3),
    )
