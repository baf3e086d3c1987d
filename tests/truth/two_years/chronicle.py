"""What happened in the town, as whoever made it happen wrote it down: the oracles read this and nothing else."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.monitor.register.slow_calendar import SlowCalendar, wall


@dataclass(frozen=True)
class Span:
    """From `first`, until `last`, which is not in it any more."""

    first: datetime
    last: datetime

    def covers(self, moment: datetime) -> bool:
        return self.first <= moment < self.last


@dataclass
class Came:
    """A resident's comment: when it was fetched, and when its answer was."""

    fetched: datetime
    answered: datetime | None = None


@dataclass(frozen=True)
class Run:
    """A reading. outcome: complete, partial, or failed; killed ones have failed, and never ended."""

    began: datetime
    ended: datetime | None
    outcome: str


@dataclass
class Past:
    """One channel's. duties: since when and until when it had to be watched. runs: by the day on which they began.
    attested: of which day, when, by whom. corrected: which day, when, what it came to after all. put_right: days of
    which a communicator has said that. pauses: since when reading is paused (True) or goes on. touched: when an act of
    a person made the register look at the channel."""

    automatic: bool
    duties: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    runs: dict[date, list[Run]] = field(default_factory=dict)
    comments: dict[str, Came] = field(default_factory=dict)
    reviews: list[datetime] = field(default_factory=list)
    attested: list[tuple[date, datetime, str]] = field(default_factory=list)
    corrected: list[tuple[date, datetime, str]] = field(default_factory=list)
    put_right: set[date] = field(default_factory=set)
    pauses: list[tuple[datetime, bool]] = field(default_factory=list)
    touched: list[datetime] = field(default_factory=list)

    def is_due(self, moment: datetime) -> bool:
        return any(since <= moment and (until is None or moment < until) for since, until in self.duties)

    def had_duty(self, day: date, closing: datetime) -> bool:
        """On that day. On its first one, a manual channel must have begun before it closed."""
        return any(
            on(since) <= day and (self.automatic or since < closing) and (until is None or until > closing)
            for since, until in self.duties
        )

    def is_paused(self, moment: datetime) -> bool:
        return next((paused for since, paused in reversed(self.pauses) if since <= moment), False)

    def outcomes(self, day: date) -> set[str]:
        return {run.outcome for run in self.runs.get(day, [])}

    def ran(self, run: Run) -> None:
        self.runs.setdefault(on(run.began), []).append(run)


@dataclass(frozen=True)
class Absence:
    """told: when it was noted; before it began, or later."""

    person: str
    first: date
    last: date
    told: datetime


@dataclass
class Chronicle:
    """The town's. calendars: since when which holds. looks: when the register was kept, which it is after whatever a
    running Kanalvakt does."""

    calendars: list[tuple[datetime, SlowCalendar]]
    channels: dict[str, Past] = field(default_factory=dict)
    looks: list[datetime] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    _hours: dict[tuple[int, date], tuple[datetime, datetime]] = field(default_factory=dict)

    def calendar(self, moment: datetime) -> SlowCalendar:
        return self.calendars[self._version(moment)][1]

    def is_working_day(self, day: date, moment: datetime) -> bool:
        """As was known at that moment."""
        return self.calendar(moment).is_working_day(day)

    def opening(self, day: date, moment: datetime) -> datetime:
        return self._service(day, moment)[0]

    def closing(self, day: date, moment: datetime) -> datetime:
        """Its end, for a day off."""
        return self._service(day, moment)[1]

    def midnight(self, day: date) -> datetime:
        return self.calendars[0][1].midnight(day)

    def _service(self, day: date, moment: datetime) -> tuple[datetime, datetime]:
        version = self._version(moment)
        if (version, day) not in self._hours:
            calendar = self.calendars[version][1]
            begins, ends = calendar.midnight(day), calendar.midnight(day + timedelta(days=1))
            working = calendar.is_working_day(day)
            self._hours[version, day] = (calendar.opening(day), calendar.closing(day)) if working else (begins, ends)
        return self._hours[version, day]

    def _version(self, moment: datetime) -> int:
        return bisect_right([since for since, _calendar in self.calendars], moment) - 1


def on(moment: datetime) -> date:
    """Which day it is in Sweden."""
    return wall(moment).date()
