"""Service hours, deadlines and working minutes, worked out slowly: day by day, no library."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from tests.monitor.register.slow_calendar import SlowCalendar, wall

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Within:
    """How long something may take: so many working days, until closing or `at`, or so many hours of service."""

    days: int | None = None
    hours: float | None = None
    at: time | None = None


@dataclass
class Clock:
    """The organisation's, around one month."""

    first: date
    last: date
    calendar: SlowCalendar = field(default_factory=SlowCalendar)
    _found: dict[tuple[date, time], datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        days = [self.first + passed * DAY for passed in range((self.last - self.first).days + 40)]
        self.working = [day for day in days if self.calendar.is_working_day(day)]
        self.spans = [(self.calendar.opening(day), self.calendar.closing(day)) for day in self.working]

    @property
    def end(self) -> datetime:
        """Of the month's last day."""
        return self.calendar.midnight(self.last + DAY)

    def share(self, of_a_month: int) -> int:
        """Of what happens in a whole month, how much does in this one, which may be shorter; at least 1."""
        return max(1, of_a_month * ((self.last - self.first).days + 1) // 31)

    def is_open(self, moment: datetime) -> bool:
        return any(begin <= moment < end for begin, end in self.spans)

    def next_open(self, moment: datetime) -> datetime:
        return next(max(moment, begin) for begin, end in self.spans if moment < end)

    def after(self, moment: datetime, hours: timedelta) -> datetime:
        """When so much time of service has passed."""
        for begin, end in self.spans:
            here = max(begin, moment)
            if here < end:
                if here + hours <= end:
                    return here + hours
                hours -= end - here
        raise AssertionError(moment)

    def between(self, begin: datetime, end: datetime, gaps: list[Span] | None = None) -> timedelta:
        """Time of service, without what lies in the gaps."""
        pieces = [(max(begin, opens), min(end, closes)) for opens, closes in self.spans]
        return sum((without(piece, gaps or []) for piece in pieces if piece[0] < piece[1]), timedelta())

    def due(self, since: datetime, within: Within) -> datetime:
        if within.hours is not None:
            return self.after(since, within.hours * HOUR)
        day = wall(since).date()
        for _each in range(within.days or 0):
            day = next(each for each in self.working if each > day)
        if not within.days and not (day in self.working and since < self._end(day, within)):
            day = next(each for each in self.working if each > day)
        return self._end(day, within)

    def grid(self, every: timedelta) -> Iterator[datetime]:
        """From each opening to each closing of the month."""
        for begin, end in self.spans:
            if wall(begin).date() <= self.last:
                for passed in range((end - begin) // every + 1):
                    yield begin + passed * every

    def at(self, day: date, clock: time) -> datetime:
        """The first minute in which clocks show that."""
        if (day, clock) not in self._found:
            moment = self.calendar.midnight(day)
            while wall(moment) < datetime.combine(day, clock):
                moment += MINUTE
            self._found[day, clock] = moment
        return self._found[day, clock]

    def _end(self, day: date, within: Within) -> datetime:
        return self.calendar.closing(day) if within.at is None else self.at(day, within.at)


def without(piece: Span, gaps: list[Span]) -> timedelta:
    """How much of a piece is left; the gaps may overlap."""
    left, here = timedelta(), piece[0]
    for begin, end in sorted(gaps):
        if end > here and begin < piece[1]:
            left += max(timedelta(), begin - here)
            here = max(here, end)
    return left + max(timedelta(), piece[1] - here)
