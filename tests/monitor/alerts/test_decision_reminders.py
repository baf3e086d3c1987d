"""When somebody has to hear of a decision that runs out: in order, once, and with the most urgent word only."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.rules import ENDED, confirmation_ends, reminder, task_ends, weekly
from monitor.register.calendar import calendar_of
from monitor.register.decision_rules import REMINDER_DAYS
from monitor.register.models import Organisation

CALENDAR = calendar_of(Organisation(name="Tibro kommun"))
DAY = timedelta(days=1)
LONG_AGO = date(2020, 1, 1)
DATES = st.dates(date(2026, 1, 1), date(2028, 12, 31))
ORDER = [None, "60", "30", "7", ENDED]


def working_days(first: date, count: int) -> list[date]:
    return [day for number in range(count) if CALENDAR.is_working_day(day := first + number * DAY)]


@pytest.mark.parametrize(
    ("left", "said"),
    [(61, None), (60, "60"), (59, "60"), (31, "60"), (30, "30"), (8, "30"), (7, "7"), (1, "7"), (0, "7"), (-1, ENDED)],
)
def test_the_most_urgent_reminder_is_the_one_that_counts(left: int, said: str | None) -> None:
    wednesday = date(2026, 11, 25)
    assert reminder(LONG_AGO, wednesday + left * DAY, wednesday, CALENDAR) == said


def test_a_reminder_for_a_day_off_comes_on_the_working_day_before() -> None:
    thursday = date(2026, 6, 18)  # Midsummer's Eve is on the Friday
    for days_off in (1, 2, 3):
        last = thursday + (days_off + 7) * DAY
        assert reminder(LONG_AGO, last, thursday - DAY, CALENDAR) == "30"
        assert reminder(LONG_AGO, last, thursday, CALENDAR) == "7"


def test_who_decides_for_three_weeks_is_not_reminded_at_once() -> None:
    made = date(2026, 11, 25)
    last = made + 21 * DAY
    said = [reminder(made, last, made + number * DAY, CALENDAR) for number in range(23)]
    assert said == [None] * 14 + ["7"] * 8 + [ENDED]


@given(DATES, st.integers(0, 800), st.integers(0, 30))
def test_whoever_looks_each_working_day_hears_each_word_in_order_and_once(last: date, length: int, longer: int) -> None:
    made = last - length * DAY
    said = [reminder(made, last, day, CALENDAR) for day in working_days(made, length + 8 + longer)]
    heard = list(dict.fromkeys(said))
    assert heard == [word for word in ORDER if word in heard], "in order, and never again after another"
    assert heard[-1] == ENDED
    assert {int(word) for word in heard if word and word != ENDED} == {
        days for days in REMINDER_DAYS if told_on(last, days) > made
    }


@given(DATES, st.integers(-100, 400))
def test_days_off_never_hide_a_word(last: date, left: int) -> None:
    today = last - left * DAY
    said = reminder(LONG_AGO, last, today, CALENDAR)
    if left < 0:
        assert said == ENDED
    else:
        due = [days for days in REMINDER_DAYS if told_on(last, days) <= today]
        assert said == (str(min(due)) if due else None)
        assert said is None or left <= int(said) + 6, "days off are never that many in a row"


@given(DATES, st.lists(st.integers(1, 90), min_size=1, max_size=40))
def test_after_any_downtime_nothing_is_said_late_and_nothing_twice(last: date, pauses: list[int]) -> None:
    today, heard = last - 400 * DAY, []
    for pause in pauses:
        today += pause * DAY
        if CALENDAR.is_working_day(today) and (word := reminder(LONG_AGO, last, today, CALENDAR)) is not None:
            heard.append((word, today))
    for word, day in heard:
        assert (word == ENDED) == (day > last)
    words = list(dict.fromkeys(word for word, _day in heard))
    assert words == [word for word in ORDER if word in words]


def told_on(last: date, days: int) -> date:
    """The slow way: step back from the day itself until somebody is there."""
    day = last - days * DAY
    while not CALENDAR.is_working_day(day):
        day -= DAY
    return day


@given(DATES)
def test_there_is_one_weekly_list_a_week_from_its_first_working_day_on(day: date) -> None:
    monday = day - day.weekday() * DAY
    week = [monday + number * DAY for number in range(7)]
    due = [weekly(each, CALENDAR) for each in week]
    first = next((each for each in week if CALENDAR.is_working_day(each)), None)
    assert due == [None if first is None or each < first else first for each in week]


def test_a_link_to_a_days_task_ends_with_the_second_working_day_after_it() -> None:
    assert task_ends(date(2026, 6, 15), CALENDAR) == datetime(2026, 6, 17, 22, 0, tzinfo=UTC)
    assert task_ends(date(2026, 6, 18), CALENDAR) == datetime(2026, 6, 23, 22, 0, tzinfo=UTC)


def test_a_link_to_confirm_a_decision_is_good_for_thirty_days() -> None:
    assert confirmation_ends(datetime(2026, 6, 15, 8, tzinfo=UTC), CALENDAR) == datetime(2026, 7, 15, 22, tzinfo=UTC)
