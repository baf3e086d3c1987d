"""The calendar against a slow and plain one, for every day of 2025 to 2030 and for any service hours."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import Term
from monitor.inbox.deadline_rules import due_at
from monitor.register.calendar import WEEKDAYS, OfficeCalendar, calendar_of
from monitor.register.models import Organisation
from tests.conftest import Measured
from tests.monitor.register.minute_walk import AUTUMN, FIRST, LAST, NIGHTS, QUARTERS, SPRING
from tests.monitor.register.slow_calendar import DAY, Hours, SlowCalendar, days, easter, holiday, wall

NEXT_DAY = Term(days=1)


MIDSUMMER_EVES = ["2025-06-20", "2026-06-19", "2027-06-25", "2028-06-23", "2029-06-22", "2030-06-21"]


@dataclass(frozen=True)
class Case:
    """An organisation, its calendar told slowly, and a day."""

    owner: Organisation
    slow: SlowCalendar
    day: date

    @property
    def real(self) -> OfficeCalendar:
        return calendar_of(self.owner)


def tibro(**values: object) -> OfficeCalendar:
    return calendar_of(Organisation(name="Tibro kommun", **values))  # type: ignore[arg-type]


hours = st.lists(st.sampled_from(QUARTERS), min_size=2, max_size=2, unique=True).map(lambda two: (min(two), max(two)))
dates = st.dates(FIRST, LAST) | st.sampled_from([night + step * DAY for night in NIGHTS for step in (-2, -1, 0, 1)])


def text(two: Hours) -> str:
    return f"{two[0]:%H:%M}-{two[1]:%H:%M}"


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any week, and single dates near the day that are closed or have hours of their own, or both."""
    day = draw(dates)
    near = st.integers(-14, 14).map(lambda number: day + number * DAY)
    week = draw(st.dictionaries(st.integers(0, 6), hours, min_size=1))
    closed = draw(st.frozensets(near, max_size=8))
    other = draw(st.dictionaries(near, hours, max_size=8))
    owner = Organisation(
        name="Tibro kommun",
        service_hours={WEEKDAYS[number]: text(two) for number, two in week.items()},
        closed_days=[each.isoformat() for each in sorted(closed)],
        other_hours={each.isoformat(): text(two) for each, two in other.items()},
    )
    return Case(owner, SlowCalendar(week, closed, other), day)


def test_every_day_of_six_years_is_what_the_slow_calendar_says(measured: Measured) -> None:
    real, slow, every = tibro(), SlowCalendar(), days(FIRST, LAST)
    for day in every:
        assert real.is_working_day(day) is slow.is_working_day(day), day
        assert real.midnight(day) == slow.midnight(day)
        assert real.next_working_day(day) == slow.next_working_day(day)
        if slow.is_working_day(day):
            assert (real.opening(day), real.closing(day)) == (slow.opening(day), slow.closing(day))
    measured("calendar, days against the slow calendar", len(every))


@pytest.mark.parametrize(("year", "count"), [(2025, 249), (2026, 251), (2027, 253), (2028, 251)])
def test_both_count_as_many_working_days(year: int, count: int) -> None:
    every = days(date(year, 1, 1), date(year, 12, 31))
    assert sum(map(tibro().is_working_day, every)) == sum(map(SlowCalendar().is_working_day, every)) == count


@pytest.mark.parametrize(
    ("year", "sunday"),
    [(2025, "04-20"), (2026, "04-05"), (2027, "03-28"), (2028, "04-16"), (2029, "04-01"), (2030, "04-21")],
)
def test_the_slow_calendar_knows_easter(year: int, sunday: str) -> None:
    assert easter(year) == date.fromisoformat(f"{year}-{sunday}")


@pytest.mark.parametrize("year", range(2025, 2031))
@pytest.mark.parametrize("eve", ["midsommarafton", "julafton", "nyårsafton"])
def test_the_eves_are_days_off_by_name(year: int, eve: str) -> None:
    [day] = [day for day in days(date(year, 1, 1), date(year, 12, 31)) if holiday(day) == eve]
    expected = {
        "midsommarafton": MIDSUMMER_EVES[year - 2025],
        "julafton": f"{year}-12-24",
        "nyårsafton": f"{year}-12-31",
    }
    assert day.isoformat() == expected[eve]
    assert not tibro().is_working_day(day)


@pytest.mark.parametrize(
    ("day", "beside"),
    [
        ("2025-05-02", "första maj"),
        ("2025-05-30", "Kristi himmelsfärdsdag"),
        ("2026-01-02", "nyårsdagen"),
        ("2026-01-05", "trettondedag jul"),
        ("2026-05-15", "Kristi himmelsfärdsdag"),
        ("2027-05-07", "Kristi himmelsfärdsdag"),
        ("2028-01-07", "trettondedag jul"),
        ("2028-05-26", "Kristi himmelsfärdsdag"),
        ("2028-06-05", "Sveriges nationaldag"),
    ],
)
def test_a_bridge_day_beside_a_holiday_is_a_working_day(day: str, beside: str) -> None:
    bridge = date.fromisoformat(day)
    assert beside in {holiday(bridge - DAY), holiday(bridge + DAY)}
    assert tibro().is_working_day(bridge)


@pytest.mark.parametrize(("nights", "length"), [(SPRING, 23), (AUTUMN, 25)])
def test_the_nights_when_the_clocks_change_make_short_and_long_days(nights: list[str], length: int) -> None:
    for day in map(date.fromisoformat, nights):
        assert tibro().midnight(day + DAY) - tibro().midnight(day) == timedelta(hours=length)


def test_every_minute_around_the_changing_nights_has_its_date(measured: Measured) -> None:
    real, slow, count = tibro(), SlowCalendar(), 0
    for night in NIGHTS:
        moment, end = real.midnight(night) - timedelta(hours=2), real.midnight(night + DAY) + timedelta(hours=2)
        while moment < end:
            assert real.local_date(moment) == slow.local_date(moment)
            moment, count = moment + timedelta(minutes=1), count + 1
    measured("calendar, minutes around the nights when the clocks change", count)


@pytest.mark.parametrize("night", NIGHTS)
def test_service_hours_keep_to_the_wall_across_the_changing_nights(night: date) -> None:
    for day in (night - 2 * DAY, night + DAY):  # Friday and Monday
        if tibro().is_working_day(day):
            assert wall(tibro().opening(day)) == datetime.combine(day, time(7, 30))
            assert wall(tibro().closing(day)) == datetime.combine(day, time(16))


def test_any_organisations_calendar_is_what_the_slow_one_says(measured: Measured) -> None:
    tried = 0

    @settings(max_examples=300)
    @given(cases(), st.integers(0, 6), st.timedeltas(timedelta(0), 2 * DAY))
    def holds(case: Case, count: int, later: timedelta) -> None:
        nonlocal tried
        tried += 1
        _same_days(case, count)
        _same_hours(case)
        moment = datetime.combine(case.day, time.min, UTC) + later
        assert case.real.local_date(moment) == case.slow.local_date(moment)

    holds()
    measured("calendar, organisations against the slow calendar", tried)


def _same_days(case: Case, count: int) -> None:
    assert case.real.is_working_day(case.day) is case.slow.is_working_day(case.day)
    assert case.real.next_working_day(case.day) == case.slow.next_working_day(case.day)
    assert case.real.working_days_before(case.day, count) == case.slow.working_days_before(case.day, count)


def _same_hours(case: Case) -> None:
    for day in (case.day, case.slow.next_working_day(case.day)):
        assert case.real.midnight(day) == case.slow.midnight(day)
        if case.slow.is_working_day(day):
            assert case.real.opening(day) == case.slow.opening(day)
            assert case.real.closing(day) == case.slow.closing(day)
            assert case.real.midnight(day) <= case.real.opening(day) < case.real.closing(day)


@given(cases(), st.integers(0, 24 * 60))
def test_an_answer_is_due_when_the_slow_calendar_says(case: Case, minute: int) -> None:
    written = case.real.midnight(case.day) + timedelta(minutes=minute)
    assert due_at(written, NEXT_DAY, case.real) == due_at(written, NEXT_DAY, case.slow)


def test_a_half_day_moves_reminders_and_deadlines() -> None:
    valborg = tibro(other_hours={"2026-04-30": "07:30-12:00"})
    closing = valborg.closing(date(2026, 4, 30))
    reminders = [wall(closing - timedelta(minutes=before)).time() for before in Organisation(name="").reminder_minutes]
    assert reminders == [time(11), time(11, 30), time(12)]
    assert due_at(datetime(2026, 4, 29, 8, tzinfo=UTC), NEXT_DAY, valborg) == closing
    assert wall(valborg.closing(date(2026, 4, 29))).time() == time(16)


def test_on_a_closed_day_nobody_works_whatever_else_is_said_of_it() -> None:
    closed = tibro(closed_days=["2026-05-15"], other_hours={"2026-05-15": "08:00-12:00"})
    assert not closed.is_working_day(date(2026, 5, 15))
    assert closed.next_working_day(date(2026, 5, 13)) == date(2026, 5, 18)
    assert due_at(datetime(2026, 5, 13, 8, tzinfo=UTC), NEXT_DAY, closed) == closed.closing(date(2026, 5, 18))


@pytest.mark.parametrize("day", ["2026-05-16", "2026-06-06", "2026-04-03"])
def test_hours_of_its_own_make_a_saturday_or_a_holiday_a_working_day(day: str) -> None:
    there = tibro(other_hours={day: "10:00-14:00"})
    assert there.is_working_day(date.fromisoformat(day))
    assert wall(there.closing(date.fromisoformat(day))).time() == time(14)
    assert not tibro().is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    "values",
    [
        {"closed_days": ["30 april"]},
        {"other_hours": {"2026-04-30": "12:00-07:30"}},
        {"other_hours": {"april": "07:30-12:00"}},
    ],
)
def test_dates_and_hours_that_make_no_sense_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        tibro(**values)


def test_a_setting_that_changes_changes_the_calendar_at_once() -> None:
    owner = Organisation(name="Tibro kommun")
    assert calendar_of(owner).is_working_day(date(2026, 5, 15))
    owner.closed_days = ["2026-05-15"]
    assert not calendar_of(owner).is_working_day(date(2026, 5, 15))
    assert calendar_of(owner) is calendar_of(owner)
