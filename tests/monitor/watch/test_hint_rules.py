"""When a hinted channel is read: at once where that is sensible, never too often, never while parked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.register.calendar import calendar_of
from monitor.register.models import Organisation
from monitor.watch.hint_rules import QUIET, hinted_poll
from monitor.watch.rules import BEFORE_OPENING

CALENDAR = calendar_of(Organisation(name="Tibro kommun"))
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # in service hours
SECONDS = st.integers(0, 10 * 86_400)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def hinted(
    due: datetime,
    now: datetime,
    *,
    around_the_clock: bool = False,
    last_read: datetime | None = None,
    parked_until: datetime | None = None,
) -> datetime:
    return hinted_poll(
        CALENDAR, due, now, around_the_clock=around_the_clock, last_read=last_read, parked_until=parked_until
    )


def after(**passed: float) -> datetime:
    return MONDAY + timedelta(**passed)


def test_a_hint_in_service_hours_makes_a_channel_due_now() -> None:
    assert hinted(after(minutes=15), MONDAY) == MONDAY
    assert hinted(after(minutes=-1), MONDAY) == after(minutes=-1)


def test_soon_after_a_reading_the_next_one_waits_a_moment() -> None:
    assert hinted(after(minutes=15), MONDAY, last_read=after(seconds=-5)) == MONDAY + QUIET - timedelta(seconds=5)
    assert hinted(after(minutes=15), MONDAY, last_read=after(hours=-1)) == MONDAY


def test_a_parking_is_never_cut_short() -> None:
    assert hinted(after(hours=2), MONDAY, parked_until=after(hours=1)) == after(hours=1)
    assert hinted(after(hours=2), MONDAY, parked_until=after(hours=-1)) == MONDAY


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        (datetime(2026, 11, 23, 22, 0, tzinfo=UTC), datetime(2026, 11, 24, 6, 30, tzinfo=UTC)),  # Monday night
        (datetime(2026, 11, 28, 10, 0, tzinfo=UTC), datetime(2026, 11, 30, 6, 30, tzinfo=UTC)),  # Saturday
        (datetime(2026, 12, 24, 10, 0, tzinfo=UTC), datetime(2026, 12, 28, 6, 30, tzinfo=UTC)),  # Christmas Eve
    ],
)
def test_a_hint_at_night_or_on_a_day_off_changes_nothing_unless_the_watch_is_around_the_clock(
    now: datetime, opening: datetime
) -> None:
    morning = opening - BEFORE_OPENING
    assert hinted(morning, now) == morning
    assert hinted(morning, now, around_the_clock=True) == now


@given(MOMENTS, SECONDS, SECONDS | st.none(), st.integers(-86_400, 86_400) | st.none(), st.booleans())
def test_never_later_than_due_never_too_often_never_while_parked(
    now: datetime, wait: int, read_ago: int | None, parked: int | None, around_the_clock: bool
) -> None:
    last_read = now - timedelta(seconds=read_ago) if read_ago is not None else None
    parked_until = now + timedelta(seconds=parked) if parked is not None else None
    due = now + timedelta(seconds=wait)
    found = hinted(due, now, around_the_clock=around_the_clock, last_read=last_read, parked_until=parked_until)
    assert now <= found <= due
    if found < due:
        assert last_read is None or found >= last_read + QUIET
        assert parked_until is None or found >= parked_until
        day = CALENDAR.local_date(found)
        assert around_the_clock or CALENDAR.is_working_day(day)
        assert around_the_clock or CALENDAR.opening(day) - BEFORE_OPENING <= found <= CALENDAR.closing(day)
