"""Working days and service hours of the organisation, in its own time zone.

A working day is a day with service hours that is no holiday. Midsummer's Eve, Christmas Eve and New Year's Eve are days
off (the library's category de_facto); a bridge day between a holiday and a weekend is a working day.

What the organisation says of a single date goes before all that: a closed day is none, whatever else is said of it; a
day that other hours are given for is one, also on a Saturday or a holiday, as the organisation is then open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

from holidays import country_holidays

from monitor.register.models import Organisation
from monitor.register.worktime import Moments, Worktime, worktime

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Hours = tuple[tuple[time, time], ...]
"""The spans of a day: from when until when, in order, with a pause after each but the last."""

YEARS = range(2000, 2100)
"""Whose days off are known where time is counted: every moment that a comment can have."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OfficeCalendar:
    """monitor.Calendar for one time zone and one week. `week`: weekday (Monday 0) -> its spans.

    closed: dates that are no working days. other: hours of single dates.
    """

    zone: ZoneInfo
    week: Mapping[int, Hours]
    closed: frozenset[date] = frozenset()
    other: Mapping[date, Hours] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        if day in self.closed:
            return False
        return day in self.other or (day.weekday() in self.week and day not in _days_off(day.year))

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        return self._step(day, 1)

    def working_days_before(self, day: date, count: int) -> date:
        """The working day that lies `count` working days before `day`; `day` itself for 0."""
        for _each in range(count):
            day = self._step(day, -1)
        return day

    def local_date(self, moment: datetime) -> date:
        """The organisation's date at that moment."""
        return moment.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """When the day begins. Aware, UTC."""
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)

    def opening(self, day: date) -> datetime:
        """When the first service hours begin. Aware, UTC. Raises ValueError for a day without service hours."""
        return self.wall(day, self._hours(day)[0][0])

    def closing(self, day: date) -> datetime:
        """When the last service hours end. Aware, UTC. Raises ValueError for a day without service hours."""
        return self.wall(day, self._hours(day)[-1][1])

    def spans(self, day: date) -> list[Moments]:
        """When service hours begin and end, in order; none on a day that is no working day. Aware, UTC."""
        hours = self._hours(day) if self.is_working_day(day) else ()
        return [(self.wall(day, begin), self.wall(day, end)) for begin, end in hours]

    def wall(self, day: date, at: time) -> datetime:
        """That time of the organisation's clock on that day. Aware, UTC."""
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    def is_open(self, moment: datetime) -> bool:
        """Is it within service hours? The moment at which they begin is, the moment at which they end is not."""
        return any(begin <= moment < end for begin, end in self.spans(self.local_date(moment)))

    def next_open(self, moment: datetime) -> datetime:
        """`moment` itself within service hours, else when they begin next. Aware, UTC."""
        day = self.local_date(moment)
        to_come = (max(moment, begin) for begin, end in self.spans(day) if moment < end)
        return next(to_come, None) or self.opening(self.next_working_day(day))

    def after(self, moment: datetime, hours: timedelta) -> datetime:
        """When so many hours of service have passed since then; `next_open` for none. Aware, UTC."""
        return self._worktime.after(moment, hours) if hours else self.next_open(moment)

    def open_between(self, begin: datetime, end: datetime) -> timedelta:
        """How much of the time from `begin` to `end` lies within service hours."""
        return self._worktime.between(begin, end)

    @cached_property
    def _worktime(self) -> Worktime:
        off = frozenset().union(self.closed, self.other, *map(_days_off, YEARS))
        single = [span for day in sorted(self.other) for span in self.spans(day)]
        return worktime(self.zone, self.week, off, single)

    def _step(self, day: date, days: int) -> date:
        day += timedelta(days)
        while not self.is_working_day(day):
            day += timedelta(days)
        return day

    def _hours(self, day: date) -> Hours:
        hours = self.other.get(day) or self.week.get(day.weekday())
        if hours is None:
            raise ValueError(f"no service hours on {day:%A}s")
        return hours


def calendar_of(organisation: Organisation) -> OfficeCalendar:
    """The organisation's calendar. Raises ValueError for hours, dates or a time zone that cannot be read."""
    return _calendar(
        organisation.timezone,
        tuple(organisation.service_hours.items()),
        tuple(organisation.closed_days),
        tuple(organisation.other_hours.items()),
    )


def week_of(service_hours: Mapping[str, str]) -> dict[int, Hours]:
    """The spans by weekday from {"mon-thu": "07:30-12:00 13:00-16:00", "fri": "07:30-15:00"}.

    Raises ValueError for unknown days, times that are none, spans that end before they begin or do not follow each
    other with a pause between them, and a day given twice.
    """
    week: dict[int, Hours] = {}
    for days, hours in service_hours.items():
        for day in _days(days):
            if day in week:
                raise ValueError(WEEKDAYS[day])
            week[day] = _hours(hours)
    return week


def full_day(service_hours: Mapping[str, str]) -> timedelta:
    """The most hours of service that a day of the week has. Raises ValueError as `week_of` does."""
    return max(sum(map(_length, hours), timedelta()) for hours in week_of(service_hours).values())


def _length(span: tuple[time, time]) -> timedelta:
    begin, end = (timedelta(hours=each.hour, minutes=each.minute) for each in span)
    return end - begin


def single_days(other_hours: Mapping[str, str]) -> dict[date, Hours]:
    """The spans by date from {"2026-04-30": "07:30-12:00"}. Raises ValueError as `week_of` does."""
    return {date.fromisoformat(day): _hours(text) for day, text in other_hours.items()}


def _days(text: str) -> range:
    first, _dash, last = text.partition("-")
    begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    if end < begin:
        raise ValueError(text)
    return range(begin, end + 1)


def _hours(text: str) -> Hours:
    spans = tuple(_span(part) for part in text.split())
    ends = [each for span in spans for each in span]
    if not spans or any(later <= earlier for earlier, later in pairwise(ends)):
        raise ValueError(text)
    return spans


def _span(text: str) -> tuple[time, time]:
    begin, end = (datetime.strptime(part, "%H:%M").time() for part in text.split("-"))  # noqa: DTZ007 - a wall clock's time
    return begin, end


@cache
def _calendar(timezone: str, service_hours: Pairs, closed_days: tuple[str, ...], other_hours: Pairs) -> OfficeCalendar:
    closed = frozenset(map(date.fromisoformat, closed_days))
    return OfficeCalendar(ZoneInfo(timezone), week_of(dict(service_hours)), closed, single_days(dict(other_hours)))


@cache
def _days_off(year: int) -> frozenset[date]:
    # The language is given, or the library follows LANG; without de_facto the three eves would be working days.
    return frozenset(country_holidays("SE", years=year, categories=("public", "de_facto"), language="sv"))
