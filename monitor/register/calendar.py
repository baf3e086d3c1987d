"""Working days and service hours of the organisation, in its own time zone.

A working day is a day with service hours that is no holiday. Midsummer's Eve, Christmas Eve and New Year's Eve are days
off (the library's category de_facto); a bridge day between a holiday and a weekend is a working day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

from monitor.register.models import Organisation

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Hours = tuple[time, time]


@dataclass(frozen=True)
class OfficeCalendar:
    """monitor.Calendar for one time zone and one week. `week`: weekday (Monday 0) -> opening and closing time."""

    zone: ZoneInfo
    week: Mapping[int, Hours]

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.week and day not in _days_off(day.year)

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
        """When service hours begin. Aware, UTC. Raises ValueError for a weekday without service hours."""
        return self._moment(day, 0)

    def closing(self, day: date) -> datetime:
        """When service hours end. Aware, UTC. Raises ValueError for a weekday without service hours."""
        return self._moment(day, 1)

    def _step(self, day: date, days: int) -> date:
        day += timedelta(days)
        while not self.is_working_day(day):
            day += timedelta(days)
        return day

    def _moment(self, day: date, end: int) -> datetime:
        if day.weekday() not in self.week:
            raise ValueError(f"no service hours on {day:%A}s")
        return datetime.combine(day, self.week[day.weekday()][end], self.zone).astimezone(UTC)


def calendar_of(organisation: Organisation) -> OfficeCalendar:
    """The organisation's calendar. Raises ValueError for service hours or a time zone that cannot be read."""
    return _calendar(organisation.timezone, tuple(organisation.service_hours.items()))


def week_of(service_hours: Mapping[str, str]) -> dict[int, Hours]:
    """Opening and closing time by weekday from {"mon-thu": "07:30-16:00", "fri": "07:30-15:00"}.

    Raises ValueError for unknown days, times that are none, hours that end before they begin, and a day given twice.
    """
    week: dict[int, Hours] = {}
    for days, hours in service_hours.items():
        for day in _days(days):
            if day in week:
                raise ValueError(WEEKDAYS[day])
            week[day] = _hours(hours)
    return week


def _days(text: str) -> range:
    first, _dash, last = text.partition("-")
    begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    if end < begin:
        raise ValueError(text)
    return range(begin, end + 1)


def _hours(text: str) -> Hours:
    begin, end = (datetime.strptime(part, "%H:%M").time() for part in text.split("-"))  # noqa: DTZ007 - a wall clock's time
    if end <= begin:
        raise ValueError(text)
    return begin, end


@cache
def _calendar(timezone: str, service_hours: tuple[tuple[str, str], ...]) -> OfficeCalendar:
    return OfficeCalendar(ZoneInfo(timezone), week_of(dict(service_hours)))


@cache
def _days_off(year: int) -> frozenset[date]:
    # The language is given, or the library follows LANG; without de_facto the three eves would be working days.
    return frozenset(country_holidays("SE", years=year, categories=("public", "de_facto"), language="sv"))
