"""When something is due. Pure: a moment, a term and the calendar go in; a moment comes out."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Protocol

from monitor import Calendar, Term


class Close(Protocol):
    """A time in which a channel was, or is (until: None), watched closely; `hours` as for `due_closely`."""

    @property
    def since(self) -> datetime: ...
    @property
    def until(self) -> datetime | None: ...
    @property
    def hours(self) -> int: ...


def due_at(since: datetime, term: Term, calendar: Calendar) -> datetime:
    """When the term that began at `since` ends. Aware, UTC.

    Days are counted after the day that `since` lies in, so that 1 is the next working day; 0 is the same day, or the
    next working day where that one has no such time left. A day that closes before the term's time of day ends it then.
    """
    if term.hours is not None:
        return calendar.after(since, timedelta(hours=term.hours))
    day = calendar.local_date(since)
    for _each in range(term.days or 0):
        day = calendar.next_working_day(day)
    if not term.days and not (calendar.is_working_day(day) and since < _end(day, term, calendar)):
        day = calendar.next_working_day(day)
    return _end(day, term, calendar)


def due_closely(due: datetime, since: datetime, begun: datetime, hours: int) -> datetime:
    """The same while the channel is watched closely, from `begun` on: so many hours around the clock, never later."""
    return min(due, max(since, begun) + timedelta(hours=hours))


def due_as_it_held(due: datetime, since: datetime, watches: Iterable[Close]) -> datetime:
    """The deadline that held when it came: a close watch's where it came while that lasted, else the usual one (`due`).

    Whoever was still within the hour when the watch ended had the usual time again from then on.
    """
    closely = ((due_closely(due, since, each.since, each.hours), each.until) for each in watches)
    return min((at for at, until in closely if until is None or at < until), default=due)


def _end(day: date, term: Term, calendar: Calendar) -> datetime:
    closing = calendar.closing(day)
    return closing if term.at is None else min(closing, calendar.wall(day, term.at))
