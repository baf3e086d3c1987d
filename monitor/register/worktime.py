"""Service hours as time that passes: the one place that knows workclock.

workclock knows weeks and dates that are off, but no hours of single dates. Those are days off to it, and their own
spans are counted here: no moment lies in both, so that the two simply add up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workclock import Holidays, Schedule, WorkDay

Moments = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Worktime:
    """ordinary: the weeks without the single dates. single: the spans of those, in order, none empty. Aware, UTC."""

    ordinary: Schedule
    single: Sequence[Moments]

    def after(self, moment: datetime, hours: timedelta) -> datetime:
        """The earliest moment at which so much has passed since `moment`, more than nothing. Aware, UTC."""
        for began, end in self.single:
            begin = max(began, moment)
            if end <= begin:
                continue
            before = self.ordinary.between(moment, begin)
            if hours <= before:
                break
            if hours <= before + (end - begin):
                return begin + (hours - before)
            moment, hours = end, hours - before - (end - begin)
        return self.ordinary.add(moment.astimezone(UTC), hours)

    def between(self, begin: datetime, end: datetime) -> timedelta:
        """How much passes from `begin` to `end`; nothing when `end` is not later."""
        if end <= begin:
            return timedelta()
        own = (min(end, last) - max(begin, first) for first, last in self.single if first < end and begin < last)
        return sum(own, self.ordinary.between(begin, end))


def worktime(
    zone: ZoneInfo, week: Mapping[int, Iterable[tuple[time, time]]], off: Iterable[date], single: Sequence[Moments]
) -> Worktime:
    """week: spans by weekday (Monday 0). off: dates to leave out of it. Raises ValueError for a week without hours."""
    days = [WorkDay(begin, end, [day]) for day, spans in week.items() for begin, end in spans]
    return Worktime(Schedule([*days, Holidays(off)], time_zone=zone), single)
