"""When something is due to be told. Pure: the calendar and now go in; dates and times come out."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from monitor import Calendar
from monitor.register.decision_rules import REMINDER_DAYS
from monitor.watch.budget_rules import CLOCKS_DIFFER

WORKING_DAYS_BACK = 5  # older gaps are history: the reports tell of them, not the mails
WARNING_DAYS = (14, 7, 1)  # before a credential runs out
ENDED = "ended"
CONFIRMATION_DAYS = 30  # that a link to confirm a decision is good for
TASK_WORKING_DAYS = 2  # that a link to a day's task is good for, after that day
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, *[4] * 60))  # told within five of a server's return
ATTEMPTS = len(BACKOFF) + 1  # about four hours, so that the last one falls on the same day
ATTEMPTS_A_WAY = 2  # then the next one, where there is one; and from the last one back to the first
LEASE = timedelta(minutes=1)  # so long what is being sent is its sender's, unless the sender renews that
LONGEST_WAIT = timedelta(minutes=5)  # of what is urgent
Choice = TypeVar("Choice")


def in_service(now: datetime, calendar: Calendar) -> date | None:
    """The working day whose service hours it is now; None outside them. Nothing is told at other times.

    The digest of that day is due: at opening, or at the first chance after it when nobody could send it then.
    """
    return calendar.local_date(now) if calendar.is_open(now) else None


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When to try again after that many attempts that failed; None: give up."""
    return now + BACKOFF[attempts - 1] if attempts < ATTEMPTS else None


def is_due(due_at: datetime, now: datetime, *, urgent: bool) -> bool:
    """May it be sent? What is urgent also when it is to wait for longer than it ever has to: then the clock was set
    back since that was written."""
    return due_at <= now or (urgent and due_at > now + LONGEST_WAIT)


def outlasts(until: datetime, now: datetime) -> bool:
    """Is that longer than a lease lasts? Then the clock was set back since it was taken or renewed."""
    return until > now + LEASE + CLOCKS_DIFFER


def way_of(attempt: int, usable: Sequence[Choice]) -> Choice:
    """Which of the ways that can be used the first, second, … attempt goes."""
    return usable[(attempt - 1) // ATTEMPTS_A_WAY % len(usable)]


def next_service(now: datetime, calendar: Calendar) -> datetime:
    """When something may be told: now in service hours, else when they begin next."""
    return calendar.next_open(now)


def first_working_day(today: date, calendar: Calendar) -> date | None:
    """The first working day of the week that `today` is in, if it has come."""
    first = calendar.next_working_day(today - timedelta(days=today.weekday() + 1))
    return first if first <= today else None


def warning(expires: datetime, now: datetime, calendar: Calendar) -> int | None:
    """How close it is: the fewest of WARNING_DAYS that are left. None: further away than all of them, or over.

    A day off is warned of on the working day before it, for nobody is told anything on it.
    """
    if expires <= now:
        return None
    last, today = calendar.local_date(expires), calendar.local_date(now)
    return min((days for days in WARNING_DAYS if _told_on(last, days, calendar) <= today), default=None)


def reminder(made: date, valid_until: date, today: date, calendar: Calendar) -> str | None:
    """What has to be said by now of a decision that runs out: "60", "30" or "7" (days), or ENDED after its last day.

    Only the most urgent one, so that nobody who could not be told in time is told of all at once. A day off is reminded
    of on the working day before it. What lies before the day on which the decision was made is never said: who has just
    decided for three weeks knows that. None: nothing yet.
    """
    if today > valid_until:
        return ENDED
    told = ((days, _told_on(valid_until, days, calendar)) for days in REMINDER_DAYS)
    return min((f"{days}" for days, day in told if made < day <= today), key=int, default=None)


def weekly(today: date, calendar: Calendar) -> date | None:
    """Which weekly list is due: the date of the week's first working day, from that day on until the week is over.

    Whoever could not be told on that day is told later in the week. None: the week has not had a working day yet.
    """
    monday = today - timedelta(days=today.weekday())
    first = calendar.next_working_day(monday - timedelta(days=1))
    return first if first <= today else None


def stretches(days: Iterable[date], calendar: Calendar) -> list[tuple[date, date]]:
    """The first and the last of working days that follow each other without one between them, the oldest first."""
    found: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if found and calendar.next_working_day(found[-1][1]) >= day:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def task_ends(day: date, calendar: Calendar) -> datetime:
    """When a link to a day's task ends: with the second working day after it."""
    for _each in range(TASK_WORKING_DAYS):
        day = calendar.next_working_day(day)
    return calendar.midnight(day + timedelta(days=1))


def confirmation_ends(now: datetime, calendar: Calendar) -> datetime:
    """When a link to confirm a decision ends: with the thirtieth day after today."""
    return calendar.midnight(calendar.local_date(now) + timedelta(days=CONFIRMATION_DAYS + 1))


def _told_on(last: date, days: int, calendar: Calendar) -> date:
    day = last - timedelta(days=days)
    return day if calendar.is_working_day(day) else calendar.working_days_before(day, 1)
