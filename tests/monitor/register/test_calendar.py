"""Working days and service hours in Sweden, whatever the library, the season or LANG say."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import Calendar
from monitor.register.calendar import calendar_of, week_of
from monitor.register.models import Organisation


def calendar(**service_hours: str) -> Calendar:
    hours = {key.replace("_", "-"): value for key, value in service_hours.items()} or {"mon-fri": "07:30-16:00"}
    return calendar_of(Organisation(name="Tibro kommun", service_hours=hours))


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(day) for day in range(366) if (date(year, 1, 1) + timedelta(day)).year == year]


@pytest.mark.parametrize("day", ["2026-06-19", "2026-12-24", "2026-12-31", "2027-06-25", "2027-12-24", "2027-12-31"])
def test_the_three_eves_are_days_off(day: str) -> None:
    assert not calendar().is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    "day",
    ["2026-01-02", "2026-01-05", "2026-05-15", "2027-05-07", "2028-01-07", "2028-05-26", "2028-06-05"],
)
def test_a_bridge_day_is_a_working_day(day: str) -> None:
    assert calendar().is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2025-06-06"])
def test_holidays_are_days_off(day: str) -> None:
    assert not calendar().is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-06-20", "2026-06-21", "2026-05-16"])
def test_saturdays_and_sundays_are_days_off(day: str) -> None:
    assert not calendar().is_working_day(date.fromisoformat(day))


def test_a_saturday_with_service_hours_is_a_working_day() -> None:
    open_on_saturdays = calendar(mon_fri="07:30-16:00", sat="10:00-13:00")
    assert open_on_saturdays.is_working_day(date(2026, 5, 16))
    assert not open_on_saturdays.is_working_day(date(2026, 6, 20))  # midsummer's day


@pytest.mark.parametrize(("year", "count"), [(2025, 249), (2026, 251), (2027, 253), (2028, 251)])
def test_a_year_has_as_many_working_days_as_counted_by_hand(year: int, count: int) -> None:
    assert sum(map(calendar().is_working_day, days_of(year))) == count


@pytest.mark.parametrize(("begin", "end"), [("2025-12-24", "2025-12-28"), ("2026-12-24", "2026-12-27")])
def test_the_longest_stretches_without_duty(begin: str, end: str) -> None:
    first, last = date.fromisoformat(begin), date.fromisoformat(end)
    assert calendar().next_working_day(first - timedelta(1)) == last + timedelta(1)


@pytest.mark.parametrize(
    ("written", "due"),
    [("2026-06-18", "2026-06-22"), ("2025-12-23", "2025-12-29"), ("2026-05-13", "2026-05-15")],
)
def test_the_next_working_day_after_a_comment(written: str, due: str) -> None:
    assert calendar().next_working_day(date.fromisoformat(written)) == date.fromisoformat(due)


def test_working_days_are_counted_back_over_easter() -> None:
    assert calendar().working_days_before(date(2026, 4, 13), 5) == date(2026, 4, 2)
    assert calendar().working_days_before(date(2026, 4, 8), 2) == date(2026, 4, 2)
    assert calendar().working_days_before(date(2026, 4, 8), 0) == date(2026, 4, 8)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 30))
def test_going_back_and_forth_by_working_days_meets(day: date, count: int) -> None:
    there = calendar()
    forth = there.next_working_day(day)
    back = there.working_days_before(forth, count)
    assert there.is_working_day(back)
    for _each in range(count):
        back = there.next_working_day(back)
    assert back == forth


@pytest.mark.parametrize(
    ("day", "opening", "closing"),
    [
        (date(2026, 3, 27), "06:30", "15:00"),  # Friday before summer time
        (date(2026, 3, 30), "05:30", "14:00"),
        (date(2026, 10, 23), "05:30", "14:00"),  # Friday before winter time
        (date(2026, 10, 26), "06:30", "15:00"),
    ],
)
def test_service_hours_follow_the_clock_on_the_wall(day: date, opening: str, closing: str) -> None:
    assert calendar().opening(day) == datetime.fromisoformat(f"{day}T{opening}+00:00")
    assert calendar().closing(day) == datetime.fromisoformat(f"{day}T{closing}+00:00")


def test_each_weekday_may_have_its_own_hours() -> None:
    there = calendar(mon_thu="07:30-16:30", fri="07:30-15:00")
    assert there.closing(date(2026, 11, 19)) == datetime(2026, 11, 19, 15, 30, tzinfo=UTC)
    assert there.closing(date(2026, 11, 20)) == datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


def test_a_day_without_service_hours_has_no_opening() -> None:
    with pytest.raises(ValueError, match="Saturday"):
        calendar().opening(date(2026, 11, 21))


def test_the_date_is_that_of_the_place() -> None:
    assert calendar().local_date(datetime(2026, 6, 17, 22, 30, tzinfo=UTC)) == date(2026, 6, 18)
    assert calendar().local_date(datetime(2026, 12, 17, 22, 30, tzinfo=UTC)) == date(2026, 12, 17)


@pytest.mark.parametrize("lang", ["C.UTF-8", "sv_SE.UTF-8", "en_US.UTF-8", "de_DE.UTF-8"])
def test_the_language_of_the_system_changes_no_holiday(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", lang)
    assert not calendar().is_working_day(date(2031, 6, 20))


@pytest.mark.parametrize(
    "hours", [{"mån": "07-16"}, {"fri-mon": "07:30-16:00"}, {"mon": "16:00-07:30"}, {"mon": "07:30"}, {"mon": "7-16"}]
)
def test_hours_that_make_no_sense_are_refused(hours: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        week_of(hours)


def test_the_calendar_of_the_same_hours_is_made_once() -> None:
    assert calendar() is calendar()
