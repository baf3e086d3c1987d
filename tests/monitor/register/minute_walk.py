"""Any organisation's service hours with several spans a day, told by walking every minute of a Swedish wall clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import strategies as st

from monitor.register.calendar import WEEKDAYS, OfficeCalendar, calendar_of
from monitor.register.models import Organisation
from tests.monitor.register.slow_calendar import DAY, MINUTE, holiday, wall

Spans = list[tuple[time, time]]
FIRST, LAST = date(2025, 1, 1), date(2030, 12, 31)
SPRING = ["2025-03-30", "2026-03-29", "2027-03-28", "2028-03-26", "2029-03-25", "2030-03-31"]
AUTUMN = ["2025-10-26", "2026-10-25", "2027-10-31", "2028-10-29", "2029-10-28", "2030-10-27"]
NIGHTS = [date.fromisoformat(night) for night in (*SPRING, *AUTUMN)]
QUARTERS = [time(hour, minute) for hour in range(24) if hour != 2 for minute in (0, 15, 30, 45)]
"""Of a day; without the hour that one night skips and another has twice."""


@dataclass(frozen=True)
class Walk:
    """An organisation's hours, and a moment at which to look at them."""

    week: Mapping[int, Spans]
    closed: frozenset[date]
    other: Mapping[date, Spans]
    begin: datetime

    @property
    def calendar(self) -> OfficeCalendar:
        return calendar_of(
            Organisation(
                name="Tibro kommun",
                service_hours={WEEKDAYS[number]: text(spans) for number, spans in self.week.items()},
                closed_days=[each.isoformat() for each in sorted(self.closed)],
                other_hours={each.isoformat(): text(spans) for each, spans in self.other.items()},
            )
        )

    def open_at(self, moment: datetime) -> bool:
        """Does the wall show a time of service?"""
        shown = wall(moment)
        day, clock = shown.date(), shown.time()
        if day in self.closed:
            return False
        off = holiday(day) is not None
        spans = self.other[day] if day in self.other else [] if off else self.week.get(day.weekday(), [])
        return any(begin <= clock < end for begin, end in spans)

    def minutes(self, days: int) -> list[datetime]:
        """The minutes of service from the moment on."""
        every = (self.begin + number * MINUTE for number in range(days * 24 * 60))
        return [minute for minute in every if self.open_at(minute)]


def text(spans: Spans) -> str:
    return " ".join(f"{begin:%H:%M}-{end:%H:%M}" for begin, end in spans)


def _spans(ends: list[time]) -> Spans:
    return [pair for place, pair in enumerate(pairwise(sorted(ends))) if place % 2 == 0]


def spans(most: int = 3) -> st.SearchStrategy[Spans]:
    """From one span to so many, in order."""
    some = st.integers(1, most).flatmap(
        lambda count: st.lists(st.sampled_from(QUARTERS), min_size=2 * count, max_size=2 * count, unique=True)
    )
    office: Spans = [(time(7, 30), time(12)), (time(13), time(16))]
    return st.just(office) | some.map(_spans)


@st.composite
def walks(draw: st.DrawFn) -> Walk:
    """Any week, and single dates near the moment that are closed or have hours of their own."""
    before = [night + step * DAY for night in NIGHTS for step in (-2, -1, 0)]
    day = draw(st.dates(FIRST, LAST) | st.sampled_from(before))
    near = st.integers(-2, 9).map(lambda number: day + number * DAY)
    return Walk(
        week=draw(st.dictionaries(st.integers(0, 6), spans(), min_size=1)),
        closed=draw(st.frozensets(near, max_size=3)),
        other=draw(st.dictionaries(near, spans(), max_size=5)),
        begin=datetime.combine(day, time.min, UTC) + draw(st.integers(0, 24 * 60)) * MINUTE,
    )


lengths = st.timedeltas(timedelta(0), timedelta(hours=60))
