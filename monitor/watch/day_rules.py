"""What a working day of a channel came to: watched, partly or not watched, how, and why. Pure.

Four things are kept apart: the machine has read the channel completely; a person has gone through what was new; each
comment has been dealt with; each has been answered. A day is watched when the first two hold, or when a person says to
have gone through a channel that no machine has read. Reading in part, or in vain, never counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from monitor import Calendar


class Verdict(StrEnum):
    """What a day came to. Exactly one when it is over."""

    WATCHED = "watched"
    PARTLY = "partly"
    NOT_WATCHED = "not_watched"


class How(StrEnum):
    """By what a day was watched."""

    AUTOMATIC = "automatic"
    ATTESTED = "attested"
    NONE = "none"


class Why(StrEnum):
    """Why a verdict is what it is; the sentence for each is where it is shown."""

    REVIEWED = "reviewed"  # read completely, and a person has gone through what was new
    NOTHING_NEW = "nothing_new"  # read completely, and nothing had come
    HANDLED = "handled"  # read completely, and all that had come has been dealt with
    ATTESTED = "attested"  # a person has gone through the channel
    NOT_REVIEWED = "not_reviewed"  # read completely, and nobody has gone through what was new
    NOT_READ = "not_read"  # nothing tried to read it
    READ_IN_PART = "read_in_part"
    READING_FAILED = "reading_failed"
    PAUSED = "paused"  # reading was paused by a person
    NOT_ATTESTED = "not_attested"  # a manual channel that nobody has gone through
    CORRECTED = "corrected"  # a person has put it right afterwards


class Fetch(StrEnum):
    """The best reading of a day."""

    NONE = "none"
    FAILED = "failed"
    PARTIAL = "partial"
    COMPLETE = "complete"


class Looked(StrEnum):
    """Whether somebody has gone through what was new."""

    NONE = "none"
    NOTHING_NEW = "nothing_new"
    HANDLED = "handled"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one channel's day. automatic: a machine reads it. attested: a person has said so in words."""

    automatic: bool
    fetch: Fetch = Fetch.NONE
    looked: Looked = Looked.NONE
    attested: bool = False
    paused: bool = False


def verdict(facts: Facts) -> tuple[Verdict, How, Why]:
    """What the day comes to, as things stand. Total: every combination of facts has one."""
    if facts.automatic and facts.fetch is Fetch.COMPLETE:
        return _read(facts.looked)
    if facts.attested:
        return Verdict.WATCHED, How.ATTESTED, Why.ATTESTED
    return Verdict.NOT_WATCHED, How.NONE, _why_not(facts)


def as_shown(reached: Verdict, *, closed: bool) -> Verdict | None:
    """What is said of a day that may not be over: before closing time only that it is watched already."""
    return reached if closed or reached is Verdict.WATCHED else None


def is_due(calendar: Calendar, day: date, since: datetime, until: datetime | None, *, automatic: bool) -> bool:
    """Must the channel be watched on that day? since, until: when the duty to watch it began and, if so, ended.

    On the day on which it began, a channel that people watch must still have been open when it did. A day on which
    the duty ended before closing time is none.
    """
    if not calendar.is_working_day(day) or day < calendar.local_date(since):
        return False
    begun = automatic or since < calendar.closing(day)
    return begun and not has_ended(calendar, day, until)


def has_ended(calendar: Calendar, day: date, until: datetime | None) -> bool:
    """Did the duty to watch end before the day's service hours did?"""
    return until is not None and until <= end_of_service(calendar, day)


def end_of_service(calendar: Calendar, day: date) -> datetime:
    """When the day closes: at its end, if it has become a day off after it was planned."""
    return calendar.closing(day) if calendar.is_working_day(day) else calendar.midnight(day + timedelta(days=1))


def cutoff(calendar: Calendar, day: date, reminder_minutes: Sequence[int]) -> datetime:
    """What is fetched later belongs to the next day: there would be no time left to go through it."""
    minutes = reminder_minutes[0] if reminder_minutes else 0
    return end_of_service(calendar, day) - timedelta(minutes=minutes)


def looked(first_complete_at: datetime | None, reviewed_at: datetime | None, came: int, unseen: int) -> Looked:
    """Whether somebody has gone through a channel that was read completely, for the first time at that moment.

    reviewed_at: of that day's latest review. came: comments fetched since the latest review of any day; unseen: those
    of them that still need somebody.
    """
    if first_complete_at is None or unseen:
        return Looked.NONE
    if reviewed_at is not None and reviewed_at >= first_complete_at:
        return Looked.PERSON
    return Looked.HANDLED if came else Looked.NOTHING_NEW


def unseen_afterwards(came: int, latest: datetime | None, kept_at: datetime | None, unseen: int) -> int:
    """How many comments nobody had gone through on a day that is over: nobody can count them any more.

    came: fetched since the latest review; latest: when the last of them was. kept_at: when the day was looked at for
    the last time while it lasted, and unseen what was found then; what came later, nobody has gone through.
    """
    if not came:
        return 0
    seen_by_us = kept_at is not None and latest is not None and latest <= kept_at
    return unseen if seen_by_us else came


def may_attest(facts: Facts) -> bool:
    """Does a person's word count? Where a machine reads the channel, only when it has failed to."""
    return not (facts.automatic and facts.fetch is Fetch.COMPLETE)


def may_attest_today(facts: Facts, *, overdue: bool) -> bool:
    """As may_attest, on a day that is not over: not before the machine has failed, or nobody need wait for it
    (overdue)."""
    failing = facts.fetch in {Fetch.FAILED, Fetch.PARTIAL} or facts.paused or overdue
    return may_attest(facts) and (failing or not facts.automatic)


def how_corrected(put_right: Verdict, how: How) -> How:
    """By what a day was watched, when a person says afterwards what it came to."""
    if put_right is Verdict.NOT_WATCHED:
        return How.NONE
    return how if how is not How.NONE else How.ATTESTED


def _read(looked: Looked) -> tuple[Verdict, How, Why]:
    if looked is Looked.NONE:
        return Verdict.PARTLY, How.AUTOMATIC, Why.NOT_REVIEWED
    whys = {Looked.NOTHING_NEW: Why.NOTHING_NEW, Looked.HANDLED: Why.HANDLED, Looked.PERSON: Why.REVIEWED}
    return Verdict.WATCHED, How.AUTOMATIC, whys[looked]


def _why_not(facts: Facts) -> Why:
    if not facts.automatic:
        return Why.NOT_ATTESTED
    if facts.paused and facts.fetch is Fetch.NONE:
        return Why.PAUSED
    reasons = {Fetch.NONE: Why.NOT_READ, Fetch.FAILED: Why.READING_FAILED, Fetch.PARTIAL: Why.READ_IN_PART}
    return reasons[facts.fetch]
