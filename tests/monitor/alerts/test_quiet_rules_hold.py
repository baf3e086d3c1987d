"""Quiet hours, against a clock that is read minute by minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.quiet_rules import quiet_until

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MINUTES = st.integers(0, 24 * 60 - 1)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda each: each.replace(tzinfo=UTC))  # noqa: DTZ001


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM).astimezone(UTC)


def written(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def inside(moment: datetime, first: int, last: int) -> bool:
    local = moment.astimezone(STOCKHOLM)
    minute = local.hour * 60 + local.minute
    return first <= minute < last if first <= last else minute >= first or minute < last


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-06-15 20:59", None),
        ("2026-06-15 21:00", "2026-06-16 07:00"),
        ("2026-06-16 03:00", "2026-06-16 07:00"),
        ("2026-06-16 06:59", "2026-06-16 07:00"),
        ("2026-06-16 07:00", None),
        ("2026-10-24 23:00", "2026-10-25 07:00"),
        ("2026-03-28 23:00", "2026-03-29 07:00"),
    ],
)
def test_quiet_hours_pass_midnight_by_the_clock_on_the_wall(now: str, until: str | None) -> None:
    assert quiet_until("21:00-07:00", at(now), STOCKHOLM) == (at(until) if until else None)


@pytest.mark.parametrize("words", [None, "", "natten", "21-7", "25:00-07:00", "08:00-08:00"])
def test_words_that_say_no_span_keep_nothing_back(words: str | None) -> None:
    assert quiet_until(words, at("2026-06-15 23:00"), STOCKHOLM) is None


@given(MOMENTS, MINUTES, MINUTES)
def test_a_moment_is_quiet_exactly_where_the_clock_says_so(now: datetime, first: int, last: int) -> None:
    then = quiet_until(f"{written(first)}-{written(last)}", now, STOCKHOLM)
    assert (then is not None) == inside(now, first, last)


@given(MOMENTS, MINUTES, MINUTES)
def test_they_end_at_the_first_minute_that_is_not_quiet(now: datetime, first: int, last: int) -> None:
    then = quiet_until(f"{written(first)}-{written(last)}", now, STOCKHOLM)
    if then is None:
        return
    assert now < then <= now + timedelta(hours=25)
    assert not inside(then, first, last) or STOCKHOLM.utcoffset(then.astimezone(STOCKHOLM)) != STOCKHOLM.utcoffset(
        now.astimezone(STOCKHOLM)
    )
    if then - now > timedelta(minutes=1):
        assert inside(then - timedelta(minutes=1), first, last) or then - now > timedelta(hours=1)
