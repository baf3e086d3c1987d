"""What the tables know of channels' days: the readings that began on them, and who went through what."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor import Calendar
from monitor.db.bulk import among
from monitor.register.models import Channel
from monitor.watch.claiming import LONGEST
from monitor.watch.day_models import Attestation, Review, WatchDay
from monitor.watch.day_rules import Fetch
from monitor.watch.models import PollRun

LOST = "lost"
FETCHED = {"complete": Fetch.COMPLETE, "partial": Fetch.PARTIAL, "failed": Fetch.FAILED, LOST: Fetch.FAILED}
BEST = (Fetch.COMPLETE, Fetch.PARTIAL, Fetch.FAILED)


@dataclass(frozen=True, slots=True)
class Runs:
    """What the readings that began on one day came to; fields as in WatchDay.

    failed_id: the latest reading that was not complete. under_way: one has not come back, and may still. ended_at: when
    anything was last read, single threads included.
    """

    fetch: Fetch = Fetch.NONE
    fetched_at: datetime | None = None
    first_complete_at: datetime | None = None
    poll_run_id: int | None = None
    failed_id: int | None = None
    failure_kind: str | None = None
    under_way: bool = False
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DayFacts:
    """Of one day, by channel. reviews: the latest before the day's end, of whatever day. attestations: the first."""

    runs: dict[str, Runs] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    attestations: dict[str, Attestation] = field(default_factory=dict)


@dataclass(slots=True)
class _Outcomes:
    """Readings of one channel that came to the same: how many ids matter of them."""

    first_end: datetime | None
    last_end: datetime | None
    last_id: int
    last_start: datetime


def facts_of(session: Session, calendar: Calendar, day: date, channel_ids: Sequence[str], now: datetime) -> DayFacts:
    """What is known of that day. Ids that nothing is known of are left out."""
    begin, end = calendar.midnight(day), calendar.midnight(day + timedelta(days=1))
    return DayFacts(
        runs_between(session, begin, end, channel_ids, now),
        _reviews(session, end, channel_ids),
        _attestations(session, day, end, channel_ids),
    )


def runs_between(
    session: Session, begin: datetime, end: datetime, channel_ids: Sequence[str], now: datetime
) -> dict[str, Runs]:
    """By channel. One that has been under way for longer than readings may last is taken for lost."""
    started = (PollRun.started_at >= begin, PollRun.started_at < end)
    query = select(
        PollRun.channel_id,
        PollRun.outcome,
        func.min(PollRun.finished_at),
        func.max(PollRun.finished_at),
        func.max(PollRun.id),
        func.max(PollRun.started_at),
    )
    query = query.where(among(session, PollRun.channel_id, channel_ids), *started)
    found: dict[str, dict[str, _Outcomes]] = defaultdict(dict)
    rows = session.execute(query.group_by(PollRun.channel_id, PollRun.outcome))
    for channel_id, outcome, first_end, last_end, last_id, last_start in rows:
        found[channel_id][outcome] = _Outcomes(first_end, last_end, last_id, last_start)
    runs = {channel_id: _runs(outcomes, now) for channel_id, outcomes in found.items()}
    return _with_kinds(session, runs)


def kept_before(session: Session, row: WatchDay) -> WatchDay | None:
    """The channel's latest earlier day that was looked at while it lasted."""
    earlier = (WatchDay.channel_id == row.channel_id, WatchDay.day < row.day, WatchDay.kept_at.is_not(None))
    return session.scalars(select(WatchDay).where(*earlier).order_by(WatchDay.day.desc()).limit(1)).first()


def brought_at(session: Session, channel_id: str, since: datetime) -> datetime | None:
    """When a reading last ended that changed anything in what is stored, of those that may have ended since then."""
    ran = (PollRun.channel_id == channel_id, PollRun.started_at >= since - LONGEST, PollRun.quiet.is_(False))
    return session.scalar(select(func.max(PollRun.finished_at)).where(*ran))


def _runs(outcomes: dict[str, _Outcomes], now: datetime) -> Runs:
    running = outcomes.get("running")
    if running is not None and running.last_start <= now - LONGEST:
        outcomes = outcomes | {LOST: running}
    named = [name for name in outcomes if name in FETCHED]
    best = min((FETCHED[name] for name in named), key=BEST.index, default=Fetch.NONE)
    of_best = [outcomes[name] for name in named if FETCHED[name] is best]
    latest = max(of_best, key=lambda each: each.last_id, default=None)
    failed = [outcomes[name].last_id for name in named if FETCHED[name] is not Fetch.COMPLETE]
    complete = outcomes.get("complete")
    return Runs(
        fetch=best,
        fetched_at=latest.last_end if latest else None,
        first_complete_at=complete.first_end if complete else None,
        poll_run_id=latest.last_id if latest else None,
        failed_id=max(failed, default=None),
        under_way=running is not None and running.last_start > now - LONGEST,
        ended_at=max((each.last_end for each in outcomes.values() if each.last_end), default=None),
    )


def _with_kinds(session: Session, runs: dict[str, Runs]) -> dict[str, Runs]:
    """With the kind of error of the latest reading that failed."""
    ids = [each.failed_id for each in runs.values() if each.failed_id is not None]
    if not ids:
        return runs
    query = select(PollRun.id, func.coalesce(PollRun.error_kind, LOST)).where(among(session, PollRun.id, ids))
    kinds = dict(session.execute(query).all())
    return {id_: replace(each, failure_kind=kinds.get(each.failed_id or 0)) for id_, each in runs.items()}


def _reviews(session: Session, before: datetime, channel_ids: Sequence[str]) -> dict[str, Review]:
    latest = select(func.max(Review.at)).where(Review.channel_id == Channel.id, Review.at < before)
    query = select(Review).join(
        Channel, (Review.channel_id == Channel.id) & (Review.at == latest.correlate(Channel).scalar_subquery())
    )
    chosen = query.where(among(session, Channel.id, channel_ids)).order_by(Review.id)
    return {review.channel_id: review for review in session.scalars(chosen)}


def _attestations(session: Session, day: date, before: datetime, channel_ids: Sequence[str]) -> dict[str, Attestation]:
    query = select(Attestation).where(
        among(session, Attestation.channel_id, channel_ids), Attestation.day == day, Attestation.at < before
    )
    return {each.channel_id: each for each in session.scalars(query.order_by(Attestation.id.desc()))}
