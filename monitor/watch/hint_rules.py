"""When a hinted channel is read. Pure: the timetable, what stands in the way, and now go in; a time comes out."""

from datetime import datetime, timedelta

from monitor import Calendar
from monitor.watch.rules import MUCH_USED, Outcome, Policy, next_poll

QUIET = timedelta(seconds=20)
"""Between two readings of a channel: whatever hints come, there are no more than three a minute."""
AT_ONCE = timedelta(0)


def hinted_poll(
    calendar: Calendar,
    due: datetime,
    now: datetime,
    *,
    around_the_clock: bool,
    last_read: datetime | None,
    parked_until: datetime | None = None,
    usage: int | None = None,
) -> datetime:
    """When a channel that is due at `due` is to be read after a hint that came now. Never later than `due`.

    At once, but QUIET after the reading before, and never before a parking ends. Outside the watched hours the
    timetable stands: nobody is told then, and the morning's reading finds what was written at night. It stands too
    when much of the rate budget is used (`usage`, in percent): hints do not spend the rest.
    """
    if usage is not None and usage > MUCH_USED:
        return due
    free = max(time for time in (now, last_read and last_read + QUIET, parked_until) if time is not None)
    policy = Policy(AT_ONCE, around_the_clock)
    soonest, _reason = next_poll(calendar, policy, Outcome.COMPLETE, 0, None, free)
    return min(due, soonest)
