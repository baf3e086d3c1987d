"""Service hours as time, against a walk over every minute: spans of a day, single dates, nights when clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.register.calendar import YEARS, OfficeCalendar, calendar_of
from monitor.register.models import Organisation
from tests.conftest import Measured
from tests.monitor.register.minute_walk import NIGHTS, Walk, lengths, walks
from tests.monitor.register.slow_calendar import DAY, MINUTE, wall

DAYS = 12
EASTER = date(2027, 3, 28)
NOTHING = timedelta(0)


def tibro(hours: str = "07:30-12:00 13:00-16:00", **values: object) -> OfficeCalendar:
    return calendar_of(Organisation(name="Tibro kommun", service_hours={"mon-fri": hours}, **values))  # type: ignore[arg-type]


def at(text: str) -> datetime:
    """A Swedish time on a summer's day."""
    return datetime.fromisoformat(f"{text}+02:00")


def test_time_passes_as_it_does_for_somebody_who_counts_minutes(measured: Measured) -> None:
    walked = 0

    @settings(max_examples=120, deadline=None)
    @given(walks(), st.data())
    def holds(walk: Walk, data: st.DataObject) -> None:
        nonlocal walked
        walked += DAYS * 24 * 60
        _counts_minutes(walk, data)

    holds()
    measured("service hours, minutes walked", walked)


def _counts_minutes(walk: Walk, data: st.DataObject) -> None:
    real, minutes = walk.calendar, walk.minutes(DAYS)
    if not minutes:
        return
    assert real.next_open(walk.begin) == real.after(walk.begin, NOTHING) == minutes[0]
    for number in {1, len(minutes), *data.draw(st.lists(st.integers(1, len(minutes)), max_size=20))}:
        end = minutes[number - 1] + MINUTE
        assert real.after(walk.begin, number * MINUTE) == end
        assert real.open_between(walk.begin, end) == number * MINUTE
        assert real.open_between(minutes[number - 1], walk.begin + DAYS * DAY) == (len(minutes) - number + 1) * MINUTE


@settings(max_examples=60, deadline=None)
@given(walks(), st.integers(0, 6))
def test_every_minute_is_open_or_not_as_the_wall_says(walk: Walk, day: int) -> None:
    real, begin = walk.calendar, walk.begin + day * DAY
    every = [begin + number * MINUTE for number in range(24 * 60)]
    told = [walk.open_at(moment) for moment in every]
    assert [real.is_open(moment) for moment in every] == told
    upto = accumulate(told, initial=0)
    assert all(real.open_between(begin, moment) == count * MINUTE for moment, count in zip(every, upto, strict=False))


@settings(deadline=None)
@given(walks(), lengths, lengths, st.timedeltas(-DAY, DAY))
def test_lengths_add_up(walk: Walk, one: timedelta, two: timedelta, off: timedelta) -> None:
    real, begin = walk.calendar, walk.begin + off
    then = real.after(begin, one + timedelta(seconds=1))
    last = real.after(then, two + timedelta(seconds=1))
    assert last == real.after(begin, one + two + timedelta(seconds=2))
    assert real.open_between(begin, then) == one + timedelta(seconds=1)
    assert real.open_between(begin, last) == real.open_between(begin, then) + real.open_between(then, last)


@settings(deadline=None)
@given(walks(), lengths, st.timedeltas(NOTHING, 9 * DAY))
def test_what_begins_later_never_ends_sooner(walk: Walk, hours: timedelta, later: timedelta) -> None:
    real = walk.calendar
    assert real.after(walk.begin, hours) <= real.after(walk.begin + later, hours)
    assert real.next_open(walk.begin) <= real.next_open(walk.begin + later)
    assert real.next_open(real.next_open(walk.begin)) == real.next_open(walk.begin)
    assert real.is_open(real.next_open(walk.begin))


@settings(deadline=None)
@given(walks(), st.timedeltas(NOTHING, 9 * DAY))
def test_backwards_nothing_passes(walk: Walk, later: timedelta) -> None:
    assert walk.calendar.open_between(walk.begin + later, walk.begin) == NOTHING


def test_a_lunch_break_is_no_service() -> None:
    there = tibro()
    assert [there.is_open(at(f"2026-06-17T{clock}")) for clock in ("11:59", "12:00", "12:59", "13:00", "16:00")] == [
        *(True, False, False, True, False)
    ]
    assert there.next_open(at("2026-06-17T12:10")) == at("2026-06-17T13:00")
    assert there.after(at("2026-06-17T11:00"), timedelta(hours=2)) == at("2026-06-17T14:00")
    assert there.after(at("2026-06-17T11:00"), timedelta(hours=1)) == at("2026-06-17T12:00")
    assert there.open_between(at("2026-06-17T11:00"), at("2026-06-17T14:00")) == timedelta(hours=2)
    assert (there.opening(date(2026, 6, 17)), there.closing(date(2026, 6, 17))) == (
        at("2026-06-17T07:30"),
        at("2026-06-17T16:00"),
    )


def test_friday_afternoon_and_an_hour_is_monday_morning() -> None:
    """Chatwoot counted it as Friday 17.30 until 2026 (PEERS.md, complaint 20)."""
    assert tibro("08:00-17:00").after(at("2026-06-12T16:30"), timedelta(hours=1)) == at("2026-06-15T08:30")


def test_a_saturday_and_a_holiday_that_are_opened_count_with_their_own_hours() -> None:
    there = tibro(other_hours={"2026-06-13": "10:00-12:00", "2026-06-19": "08:00-09:00 10:00-11:00"})
    assert there.after(at("2026-06-12T15:00"), timedelta(hours=1)) == at("2026-06-12T16:00")
    assert there.after(at("2026-06-12T15:00"), timedelta(hours=2)) == at("2026-06-13T11:00")
    assert there.after(at("2026-06-18T15:00"), timedelta(hours=3)) == at("2026-06-19T11:00")
    assert there.open_between(at("2026-06-19T00:00"), at("2026-06-22T00:00")) == timedelta(hours=2)


def test_on_a_closed_day_no_time_passes() -> None:
    there = tibro(closed_days=["2026-06-15"])
    assert there.after(at("2026-06-12T15:00"), timedelta(hours=2)) == at("2026-06-16T08:30")
    assert there.open_between(at("2026-06-15T00:00"), at("2026-06-16T00:00")) == NOTHING


@pytest.mark.parametrize("night", NIGHTS)
def test_a_night_shift_lasts_an_hour_less_or_more_when_the_clocks_change(night: date) -> None:
    there = calendar_of(Organisation(name="T", service_hours={"mon-fri": "08:00-16:00", "sun": "01:00-06:00"}))
    if night == EASTER:
        there = tibro(other_hours={night.isoformat(): "01:00-06:00"})
    begin, end = there.midnight(night), there.midnight(night + DAY)
    hours = 4 if night.month == 3 else 6
    assert there.open_between(begin, end) == timedelta(hours=hours)
    assert wall(there.after(begin, timedelta(hours=hours))) == datetime.combine(night, time(6))


def test_days_off_are_known_as_long_as_comments_can_be_told_of() -> None:
    for year in (YEARS[0], YEARS[-1]):
        there = tibro("08:00-16:00")
        begin = datetime(year, 12, 24, tzinfo=UTC)
        assert there.open_between(begin, begin + 3 * DAY) == NOTHING


@pytest.mark.parametrize("hours", ["07:30-12:00 11:00-16:00", "13:00-16:00 07:30-12:00", "07:30-12:00 12:00-16:00", ""])
def test_spans_that_do_not_follow_each_other_are_refused(hours: str) -> None:
    with pytest.raises(ValueError):
        tibro(hours)
