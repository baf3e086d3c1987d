"""Watch days as they are shown: each row with the latest correction applied, and its reason in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from config.language import N_, _
from monitor.db.within import within
from monitor.watch.day_models import Attestation, Correction, WatchDay
from monitor.watch.day_rules import Fetch, How, Looked, Verdict, Why

SENTENCES = {
    Why.REVIEWED: N_("Read completely, and a person has gone through what was new."),
    Why.NOTHING_NEW: N_("Read completely: nothing new had come."),
    Why.HANDLED: N_("Read completely, and everything new has been dealt with."),
    Why.ATTESTED: N_("A person has gone through the channel."),
    Why.NOT_REVIEWED: N_("Read completely, but nobody has gone through what was new."),
    Why.NOT_READ: N_("Kanalvakt did not read the channel that day."),
    Why.READ_IN_PART: N_("The channel could only be read in part ({failure})."),
    Why.READING_FAILED: N_("The channel could not be read ({failure})."),
    Why.PAUSED: N_("Reading was paused, and nobody has gone through the channel."),
    Why.NOT_ATTESTED: N_("Nobody has gone through the channel."),
    Why.CORRECTED: N_("Put right afterwards by a person."),
}
FAILURES = {
    "credential_missing": N_("no credential"),
    "auth_expired": N_("the credential has expired"),
    "permission_lost": N_("a permission is missing"),
    "switched_off": N_("this way of reading is switched off"),
    "channel_gone": N_("the account cannot be found"),
    "rate_limited": N_("the platform's limit was reached"),
    "unavailable": N_("the platform did not answer"),
    "unexpected_answer": N_("the platform's answer could not be understood"),
    "lost": N_("the reading broke off"),
}
VERDICTS = {
    Verdict.WATCHED: N_("Watched"),
    Verdict.PARTLY: N_("Partly watched"),
    Verdict.NOT_WATCHED: N_("Not watched"),
}
NOT_RUNNING = N_("Kanalvakt was not running, so the channel was not read.")
NOT_YET = N_("Not yet watched")
UNKNOWN = N_("for an unknown reason")


@dataclass(frozen=True, slots=True)
class ShownDay:
    """One channel's watch on one working day; fields as in WatchDay, with what holds since the latest correction.

    verdict: None while the day has not come to closing time and is not yet watched; how and why are then how it stands.
    first_verdict: what it was before any correction. attested_by_id, attested_at: of the attestation that counts, also
    a late one. reviewed_by_id, reviewed_at: of the review that the verdict rests on. filled_in: the day is over, and
    nobody kept it while it lasted: Kanalvakt did not run.
    """

    channel_id: str
    day: date
    mode: str
    verdict: Verdict | None
    how: How
    why: Why | None
    first_complete_at: datetime | None
    fetch: Fetch
    failure_kind: str | None
    unseen: int
    review: Looked
    reviewed_at: datetime | None
    reviewed_by_id: str | None
    attested_by_id: str | None
    attested_at: datetime | None
    planned_at: datetime
    concluded_at: datetime | None
    filled_in: bool
    correction: Correction | None
    first_verdict: Verdict | None


def shown_days(session: Session, first: date, last: date, channel_ids: Sequence[str] | None = None) -> list[ShownDay]:
    """The days from `first` to `last`, both included, by day and channel; of all channels where None.

    Days that have not been planned yet have no row: call monitor.inbox.day_keeping.keep_days before.
    """
    given = {"first": first, "last": last, "channels": channel_ids}
    rows: Sequence[Any] = session.execute(_days(every=channel_ids is None), given).all()
    attested = any(row.attestation_id is not None or correction is not None for row, correction in rows)
    words = session.scalars(_attestations(every=channel_ids is None), given) if attested else ()
    attestations = {each.id: each for each in words}
    return [_shown(row, correction, attestations) for row, correction in rows]


@cache
def _days(*, every: bool) -> Executable:
    query = _corrected().where(WatchDay.day.between(bindparam("first"), bindparam("last")))
    query = query if every else query.where(within(WatchDay.channel_id, "channels"))
    return query.order_by(WatchDay.day, WatchDay.channel_id)


@cache
def _attestations(*, every: bool) -> Executable:
    query = select(Attestation).where(Attestation.day.between(bindparam("first"), bindparam("last")))
    return query if every else query.where(within(Attestation.channel_id, "channels"))


def _corrected() -> Select[WatchDay, Correction | None]:
    """Days, each with its latest correction."""
    any_ = aliased(Correction)
    of_day = (any_.channel_id == WatchDay.channel_id, any_.day == WatchDay.day)
    latest = select(func.max(any_.id)).where(*of_day).correlate(WatchDay).scalar_subquery()
    # only what is concluded is ever corrected
    same = WatchDay.concluded_at.is_not(None) & (Correction.id == latest)
    return select(WatchDay, Correction).select_from(WatchDay).outerjoin(Correction, same)


def reason_in_words(day: ShownDay) -> str:
    """In the language in use; empty where nothing can be said yet."""
    if day.why is None:
        return ""
    if day.why is Why.NOT_READ and day.filled_in:  # of a day that was kept, nothing says that Kanalvakt did not run
        return _(NOT_RUNNING)
    return _(SENTENCES[day.why], failure=_(FAILURES.get(day.failure_kind or "", UNKNOWN)))


def verdict_in_words(verdict: Verdict | None) -> str:
    """In the language in use; None: the day is not over, and it is not watched yet."""
    return _(VERDICTS[verdict] if verdict else NOT_YET)


def in_short(day: ShownDay) -> dict[str, object]:
    """What the audit log says of a day."""
    return {"verdict": day.verdict, "how": day.how, "reason": day.why}


def recorded(correction: Correction) -> dict[str, object]:
    """What the audit log says of a correction, so that it can be held against the row."""
    return {"correction": correction.id, "verdict": correction.verdict, "by": correction.by_id}


def _shown(row: WatchDay, correction: Correction | None, attestations: dict[int, Attestation]) -> ShownDay:
    first = Verdict(row.verdict) if row.verdict else None
    holds = correction or row
    attested = attestations.get((correction and correction.attestation_id) or row.attestation_id or 0)
    return ShownDay(
        channel_id=row.channel_id,
        day=row.day,
        mode=row.mode,
        verdict=Verdict(correction.verdict) if correction else first,
        how=How(holds.how),
        why=Why(holds.reason) if holds.reason else None,
        first_complete_at=row.first_complete_at,
        fetch=Fetch(row.fetch),
        failure_kind=row.failure_kind,
        unseen=row.unseen,
        review=Looked(row.review),
        reviewed_at=row.reviewed_at,
        reviewed_by_id=row.reviewed_by_id,
        attested_by_id=attested.by_id if attested else None,
        attested_at=attested.at if attested else None,
        planned_at=row.planned_at,
        concluded_at=row.concluded_at,
        filled_in=row.concluded_at is not None and row.kept_at is None,
        correction=correction,
        first_verdict=first,
    )
