"""A calendar that is slow and plain: rules written out, days and minutes walked one by one. No library, no time zones
but Sweden's own rule. What the real calendar says is held against it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

DAY, HOUR, MINUTE = timedelta(1), timedelta(hours=1), timedelta(minutes=1)
MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6
FIXED = {
    (1, 1): "nyårsdagen",
    (1, 6): "trettondedag jul",
    (5, 1): "första maj",
    (6, 6): "Sveriges nationaldag",
    (12, 24): "julafton",
    (12, 25): "juldagen",
    (12, 26): "annandag jul",
    (12, 31): "nyårsafton",
}
FROM_EASTER = {-2: "långfredagen", 0: "påskdagen", 1: "annandag påsk", 39: "Kristi himmelsfärdsdag", 49: "pingstdagen"}
Hours = tuple[time, time]
OFFICE: Mapping[int, Hours] = {day: (time(7, 30), time(16)) for day in range(5)}


@cache
def easter(year: int) -> date:
    """The Sunday after the first full moon of spring, as the church reckons the moon: in a circle of nineteen years."""
    place = year % 19
    century = year // 100
    moon = (19 * place + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    moon -= 1 if moon == 29 or (moon == 28 and place > 10) else 0
    full_moon = date(year, 3, 21) + moon * DAY
    return next(day for day in days(full_moon + DAY, full_moon + 7 * DAY) if day.weekday() == SUNDAY)


def holiday(day: date) -> str | None:
    """The name of a day off that is more than a Saturday or a Sunday, the three eves included."""
    name = FIXED.get((day.month, day.day)) or FROM_EASTER.get((day - easter(day.year)).days)
    if name is None and day.weekday() == FRIDAY and date(day.year, 6, 19) <= day <= date(day.year, 6, 25):
        return "midsommarafton"
    if name is None and day.weekday() == SATURDAY and date(day.year, 6, 20) <= day <= date(day.year, 6, 26):
        return "midsommardagen"
    if name is None and day.weekday() == SATURDAY and date(day.year, 10, 31) <= day <= date(day.year, 11, 6):
        return "alla helgons dag"
    return name


def days(first: date, last: date) -> list[date]:
    """Every day from first to last."""
    return [first + number * DAY for number in range((last - first).days + 1)]


@cache
def summer_time(year: int) -> tuple[datetime, datetime]:
    """From and until when clocks are two hours ahead of UTC: the last Sundays of March and October, at 01.00 UTC."""
    months = (days(date(year, month, 1), date(year, month, 31)) for month in (3, 10))
    began, ended = (max(day for day in month if day.weekday() == SUNDAY) for month in months)
    return datetime.combine(began, time(1), UTC), datetime.combine(ended, time(1), UTC)


def wall(moment: datetime) -> datetime:
    """What a clock on a Swedish wall shows, without a zone."""
    began, ended = summer_time(moment.year)
    return moment.replace(tzinfo=None) + (2 if began <= moment < ended else 1) * HOUR


@dataclass(frozen=True)
class SlowCalendar:
    """monitor.Calendar, the slow way."""

    week: Mapping[int, Hours] = field(default_factory=lambda: OFFICE)
    closed: frozenset[date] = frozenset()
    other: Mapping[date, Hours] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        if day in self.closed:
            return False
        return day in self.other or (day.weekday() in self.week and holiday(day) is None)

    def next_working_day(self, day: date) -> date:
        day += DAY
        while not self.is_working_day(day):
            day += DAY
        return day

    def working_days_before(self, day: date, count: int) -> date:
        while count:
            day -= DAY
            count -= self.is_working_day(day)
        return day

    def local_date(self, moment: datetime) -> date:
        return wall(moment).date()

    def midnight(self, day: date) -> datetime:
        return self._when(day, time.min)

    def opening(self, day: date) -> datetime:
        return self._when(day, self._hours(day)[0])

    def closing(self, day: date) -> datetime:
        return self._when(day, self._hours(day)[1])

    def _hours(self, day: date) -> Hours:
        return self.other[day] if day in self.other else self.week[day.weekday()]

    def _when(self, day: date, clock: time) -> datetime:
        """The first minute in which the clock on the wall shows that time of that day."""
        moment, shown = datetime.combine(day, time.min, UTC) - 3 * HOUR, datetime.combine(day, clock)
        while wall(moment) != shown:
            moment += MINUTE
        return moment
