"""What to ask a platform in a reading, and whether it may be asked at all."""

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session

from config.error_reports import report
from config.settings import Settings
from connectors.base import Account, Budget, Connector, Credential, ReadPlan
from connectors.errors import ConnectorError, RateLimited, UnexpectedAnswer
from monitor.db import Database
from monitor.db.turns import BUDGETS, take_turns
from monitor.register.calendar import calendar_of
from monitor.register.credentials import resolve
from monitor.register.identities import own_names
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.register.secrets import stored
from monitor.watch.budgets import standing
from monitor.watch.claiming import Claimed, holds
from monitor.watch.models import RUNNING, Comment, PollRun, Schedule
from monitor.watch.pacing import pace
from monitor.watch.reading_logged import log_lost
from monitor.watch.rules import wants_daily, wants_full
from monitor.watch.verifying import to_look_up

RECENT = timedelta(days=90)
MOST_THREADS = 50  # as many as one YouTube call asks for
MOST_COMMENTS = 500
"""Where more was written, only what is newer than that many is looked at: it is a hint, and each reading needs it."""

log = structlog.get_logger(__name__)
Connect = Callable[[str, Account, Credential, Settings], Connector]


@dataclass(frozen=True, slots=True)
class Work:
    """What the planning transaction hands to the two steps after it.

    connector: to be asked; None where something stands in the way before any call: `obstacle`, and `parked` if it is
    that the platform has told us to wait.
    """

    claimed: Claimed
    channel: Channel
    run_id: int
    plan: ReadPlan
    began: datetime
    budgets: Sequence[Budget]
    connector: Connector | None
    obstacle: ConnectorError | None = None
    parked: bool = False


def plan(
    db: Database,
    claimed: Claimed,
    full: bool,
    now: datetime,
    lease: timedelta,
    settings: Settings,
    connect: Connect,
) -> Work | None:
    """Opens the PollRun and decides what to ask. None when the claim is not ours any more."""
    with db.transaction(repeatable=True) as session:
        if not holds(session, claimed, now + lease):
            return None
        channel, schedule = session.get_one(Channel, claimed.channel_id), session.get_one(Schedule, claimed.channel_id)
        _give_up_earlier_runs(session, channel.id, now)
        connector = _connector(session, channel, settings, connect)
        budgets = () if isinstance(connector, ConnectorError) else connector.budgets
        schedule.budgets = [budget.key for budget in budgets] or schedule.budgets
        if any(budget.per_day for budget in budgets):
            take_turns(session, BUDGETS)  # what one is promised, the next must see
        allowed = standing(session, budgets, channel.id, "poll", now, settings)
        asked = _what_to_ask(session, channel, schedule, full, now, allowed.allowance)
        asked = replace(asked, keep_alive=partial(pace(settings).wait, budgets))
        work = (claimed, channel, _begun(session, claimed, asked, now), asked, now, budgets)
        if isinstance(connector, ConnectorError):
            return Work(*work, connector=None, obstacle=connector)
        if allowed.parked_until is not None:
            return Work(*work, connector=None, obstacle=_parked(allowed.parked_until, allowed.reason), parked=True)
        return Work(*work, connector=connector)


def _begun(session: Session, claimed: Claimed, asked: ReadPlan, now: datetime) -> int:
    """The number of the PollRun; what it may come to is its cost until it ends."""
    run = PollRun(channel_id=claimed.channel_id, claim=claimed.claim, started_at=now, full=asked.full)
    run.daily, run.counted_cost = asked.daily, asked.allowance or 0
    session.add(run)
    session.flush()
    return run.id


def a_bug(channel: Channel, error: Exception) -> UnexpectedAnswer:
    """What an error that no connector promises is taken for. Logs where it was, and nothing of what it says."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
    # not log.exception: the words and local values of an error may be what residents wrote
    log.warning("a connector failed", channel=channel.id, error=type(error).__name__, frames=where)
    report(error, "connector")
    return UnexpectedAnswer(f"{type(error).__name__} at {where[-1]}")


def _connector(session: Session, channel: Channel, settings: Settings, connect: Connect) -> Connector | ConnectorError:
    """Makes no call."""
    try:
        account = Account(channel.external_id or "", channel.address)
        return connect(channel.platform, account, resolve(channel, stored=stored(session, channel.id)), settings)
    except ConnectorError as error:
        return error
    except Exception as error:  # noqa: BLE001 - as any other bug in a connector
        return a_bug(channel, error)


def _parked(until: datetime, reason: str) -> RateLimited:
    return RateLimited("not asked: the platform wants us to wait", code=reason, retry_at=until)


def _what_to_ask(
    session: Session, channel: Channel, schedule: Schedule, full: bool, now: datetime, allowance: int | None
) -> ReadPlan:
    calendar = calendar_of(organisation(session))
    full = full or wants_full(calendar, schedule.needs_full, schedule.last_full_at, now)
    return ReadPlan(
        now,
        full=full,
        daily=not full and wants_daily(calendar, schedule.last_daily_at, now),
        verify=to_look_up(session, channel.id, now),
        allowance=allowance,
        state=schedule.connector_state,
        watch_threads=_waiting_threads(session, channel, now),
    )


def _give_up_earlier_runs(session: Session, channel_id: str, now: datetime) -> None:
    running = update(PollRun).where(PollRun.channel_id == channel_id, RUNNING)
    lost = running.values(outcome="lost", finished_at=now, counted_cost=0)
    for run_id in session.scalars(lost.returning(PollRun.id)):
        log_lost(channel_id, run_id)


def _waiting_threads(session: Session, channel: Channel, now: datetime) -> tuple[str, ...]:
    """Threads where the channel itself did not speak last, the oldest first: their replies must not be missed.

    A hint, so its own names are enough: those of all channels would make every reading dearer with each channel.
    """
    newest = select(Comment.thread_external_id, Comment.posted_at, Comment.author_id, Comment.author_handle).where(
        Comment.channel_id == channel.id, Comment.missing_since.is_(None), Comment.posted_at > now - RECENT
    )
    row = newest.order_by(Comment.posted_at.desc(), Comment.id.desc()).limit(MOST_COMMENTS).subquery().c
    own = own_names(channel)
    names = (func.lower(func.coalesce(name, "")) for name in (row.author_id, row.author_handle))
    is_own = or_(*(name.in_(own) for name in names))
    ours = func.max(case((is_own, row.posted_at)))
    others = func.max(case((~is_own, row.posted_at)))
    query = select(row.thread_external_id)
    query = query.group_by(row.thread_external_id).having((ours.is_(None)) | (others > ours))
    return tuple(session.scalars(query.order_by(others).limit(MOST_THREADS)))
