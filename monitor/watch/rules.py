"""When a channel is read next, how thoroughly, and which days went by unread. Pure: the calendar, what was, and now."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from operator import itemgetter

from monitor import Calendar

BEFORE_OPENING = timedelta(minutes=45)  # so that the morning digest tells of what was written at night
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MOST_DOUBLINGS = 16  # beyond any interval; keeps the number small
FULL_EVERY = timedelta(days=7)
READINGS_BEFORE_DELETED = 2
MUCH_USED, USED_UP = 75, 100  # percent of a rate budget


class Outcome(StrEnum):
    """What kind of end a reading had, as far as the next one depends on it."""

    COMPLETE = "complete"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    NEEDS_PERSON = "needs_person"


class Reason(StrEnum):
    """Why the next reading is when it is."""

    INTERVAL = "interval"
    MORNING = "morning"
    OPENING = "opening"
    CLOSING = "closing"
    PARKED = "parked"
    BACKING_OFF = "backing_off"
    SLOW = "slow"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Policy:
    """How often to read in service hours; `around_the_clock`: at all other times too."""

    interval: timedelta = timedelta(minutes=15)
    around_the_clock: bool = False


def next_poll(
    calendar: Calendar,
    policy: Policy,
    outcome: Outcome,
    failures: int,
    retry_at: datetime | None,
    now: datetime,
    *,
    behind: bool = False,
    usage: int | None = None,
) -> tuple[datetime, Reason]:
    """When to read again after a reading that ended now, and why then. Always later than now.

    failures: readings in a row that were not complete, this one included. retry_at: when the platform allows the next
    one. behind: a working day has closed without a complete reading, so that a platform that is down is tried on, at
    night and on days off too. usage: the used share of the rate budget in percent, where the platform told it: much
    used is read half as often, used up not within an hour.
    """
    if outcome is Outcome.RATE_LIMITED and retry_at is not None and retry_at > now:
        return retry_at, Reason.PARKED
    if outcome is Outcome.COMPLETE and is_used_up(usage):
        return max((now + HOUR, Reason.PARKED), _regular(calendar, policy, now), key=itemgetter(0))
    if usage is not None and usage > MUCH_USED:
        policy = replace(policy, interval=policy.interval * 2)
    if outcome is Outcome.COMPLETE:
        return _regular(calendar, policy, now)
    return _after_failure(calendar, policy, outcome, failures, now, behind=behind)


def _after_failure(
    calendar: Calendar, policy: Policy, outcome: Outcome, failures: int, now: datetime, *, behind: bool
) -> tuple[datetime, Reason]:
    if outcome is Outcome.NEEDS_PERSON:
        wait, reason = max(HOUR, policy.interval), Reason.SLOW
    else:
        wait, reason = _backoff(failures, policy.interval), Reason.BACKING_OFF
    regular = _regular(calendar, replace(policy, interval=wait), now)
    if policy.around_the_clock or _is_watched(calendar, now + wait):
        return min((now + wait, reason), regular, key=itemgetter(0))
    if behind and reason is Reason.BACKING_OFF:
        return min((now + _backoff(failures, HOUR), reason), regular, key=itemgetter(0))
    return regular


def missed_days(calendar: Calendar, read_on: Iterable[date], since: datetime, now: datetime) -> list[date]:
    """Working days without a complete reading, oldest first. read_on: the days with one; since: the watch's beginning.

    A day counts when its service hours have ended, if the watch had begun by then.
    """
    day, today, read = calendar.local_date(since), calendar.local_date(now), frozenset(read_on)
    missed = []
    while day <= today:
        if calendar.is_working_day(day) and day not in read and since <= calendar.closing(day) <= now:
            missed.append(day)
        day += timedelta(days=1)
    return missed


def historic_cutoff(calendar: Calendar, first_import: str, days: int, now: datetime) -> datetime | None:
    """What was written before this is historic in a channel that was read for the first time now. None: nothing is.

    first_import: "all", or "recent": then only so many working days before today count.
    """
    if first_import == "all":
        return None
    return calendar.midnight(calendar.working_days_before(calendar.local_date(now), days))


def wants_full(calendar: Calendar, needs_full: bool, last_full_at: datetime | None, now: datetime) -> bool:
    """Should everything be walked, however old? At first, when one that should have did not succeed, and weekly."""
    if needs_full or last_full_at is None:
        return True
    return calendar.local_date(now) - calendar.local_date(last_full_at) >= FULL_EVERY


def wants_daily(calendar: Calendar, last_daily_at: datetime | None, now: datetime) -> bool:
    """Should all posts of the last months be looked into? In the first reading since a working day began.

    Trouble needs no rule of its own: what did not succeed is still wanted the next time, on days off too.
    """
    if last_daily_at is None:
        return True
    return calendar.next_working_day(calendar.local_date(last_daily_at)) <= calendar.local_date(now)


def may_be_deleted(missed: int) -> bool:
    """Have so many complete readings in a row not shown a comment that the platform is to be asked for it?"""
    return missed >= READINGS_BEFORE_DELETED


def is_used_up(usage: int | None) -> bool:
    """Does the platform report that nothing is left of the rate budget? `usage`: the used share, in percent."""
    return usage is not None and usage >= USED_UP


def was_hinted(hinted_at: datetime | None, began: datetime) -> bool:
    """Did the platform say, after the reading began, that something happened? Then it may have missed that."""
    return hinted_at is not None and hinted_at >= began


def gap(declared: int | None, everything: int, top_level: int, counts_replies: bool | None) -> int:
    """How many of the comments that a platform counts below a post it does not show. 0 where it does not count.

    everything, top_level: how many it shows. counts_replies: None where it does not say whether its count has them in
    it; then what is shown is enough if either count is reached.
    """
    shown = top_level if counts_replies is False else everything
    return max(0, (declared or 0) - shown)


def _regular(calendar: Calendar, policy: Policy, now: datetime) -> tuple[datetime, Reason]:
    """The next time that the timetable gives."""
    if policy.around_the_clock:
        return now + policy.interval, Reason.INTERVAL
    day = calendar.local_date(now)
    if not calendar.is_working_day(day) or calendar.closing(day) <= now:
        day = calendar.next_working_day(day)
    opening, closing = calendar.opening(day), calendar.closing(day)
    if now < opening - BEFORE_OPENING:
        return opening - BEFORE_OPENING, Reason.MORNING
    if now < opening:
        return opening, Reason.OPENING
    if now + policy.interval < closing:
        return now + policy.interval, Reason.INTERVAL
    return closing, Reason.CLOSING


def _is_watched(calendar: Calendar, moment: datetime) -> bool:
    """From the morning's reading until closing time on a working day?"""
    day = calendar.local_date(moment)
    if not calendar.is_working_day(day):
        return False
    return calendar.opening(day) - BEFORE_OPENING <= moment <= calendar.closing(day)


def _backoff(failures: int, longest: timedelta) -> timedelta:
    """1, 2, 4 … minutes, at most `longest`."""
    return min(MINUTE * (1 << min(max(failures, 1) - 1, MOST_DOUBLINGS)), longest)
