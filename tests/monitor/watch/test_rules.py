"""When a channel is read next: the timetable of working days, and what failures do to it."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.register.calendar import calendar_of
from monitor.register.models import Organisation
from monitor.watch.rules import (
    Outcome,
    Policy,
    Reason,
    gap,
    historic_cutoff,
    missed_days,
    next_poll,
    wants_daily,
    wants_full,
    was_hinted,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
CALENDAR = calendar_of(Organisation(name="Tibro kommun"))  # Monday to Friday 07:30-16:00
EVERY_QUARTER = Policy()
ALWAYS = Policy(around_the_clock=True)
DAY = timedelta(days=1)

moments = st.integers(1_735_000_000, 1_860_000_000).map(
    lambda second: datetime.fromtimestamp(second, UTC)
)  # 2025 to 2028
intervals = st.integers(1, 100_000).map(lambda seconds: timedelta(seconds=seconds))
policies = st.builds(Policy, intervals, st.booleans())
failures = st.integers(1, 10_000)


def at(text: str) -> datetime:
    """A local time, such as 2026-06-18 15:00."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=STOCKHOLM).astimezone(UTC)


def after(
    now: str,
    outcome: Outcome = Outcome.COMPLETE,
    failures: int = 0,
    *,
    behind: bool = False,
    policy: Policy = EVERY_QUARTER,
) -> tuple[str, Reason]:
    when, reason = next_poll(CALENDAR, policy, outcome, failures, None, at(now), behind=behind)
    return when.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M"), reason


@pytest.mark.parametrize(
    ("now", "then", "reason"),
    [
        ("2026-11-23 03:00", "2026-11-23 06:45", Reason.MORNING),
        ("2026-11-23 06:45", "2026-11-23 07:30", Reason.OPENING),
        ("2026-11-23 07:30", "2026-11-23 07:45", Reason.INTERVAL),
        ("2026-11-23 15:44", "2026-11-23 15:59", Reason.INTERVAL),
        ("2026-11-23 15:46", "2026-11-23 16:00", Reason.CLOSING),
        ("2026-11-23 16:00", "2026-11-24 06:45", Reason.MORNING),
        ("2026-11-27 16:00", "2026-11-30 06:45", Reason.MORNING),  # Friday
        ("2026-11-28 12:00", "2026-11-30 06:45", Reason.MORNING),  # Saturday
        ("2026-03-27 16:00", "2026-03-30 06:45", Reason.MORNING),  # the weekend on which summer time begins
        ("2026-10-23 16:00", "2026-10-26 06:45", Reason.MORNING),  # and ends
        ("2026-06-18 16:00", "2026-06-22 06:45", Reason.MORNING),  # Midsummer's Eve is a day off
        ("2026-12-23 16:00", "2026-12-28 06:45", Reason.MORNING),  # so is Christmas Eve
        ("2026-12-30 16:00", "2027-01-04 06:45", Reason.MORNING),  # and New Year's Eve
        ("2026-05-13 16:00", "2026-05-15 06:45", Reason.MORNING),  # the Friday after Ascension Day is a working day
        ("2026-01-01 12:00", "2026-01-02 06:45", Reason.MORNING),  # and so is 2 January
    ],
)
def test_the_timetable_of_a_quiet_channel(now: str, then: str, reason: Reason) -> None:
    assert after(now) == (then, reason)


def test_around_the_clock_knows_no_nights() -> None:
    assert after("2026-12-24 23:50", policy=ALWAYS) == ("2026-12-25 00:05", Reason.INTERVAL)


def test_service_hours_that_begin_at_midnight_are_read_the_evening_before() -> None:
    calendar = calendar_of(Organisation(name="T", service_hours={"mon-fri": "00:00-16:00"}))
    when, reason = next_poll(calendar, EVERY_QUARTER, Outcome.COMPLETE, 0, None, at("2026-11-22 12:00"))
    assert (when, reason) == (at("2026-11-22 23:15"), Reason.MORNING)
    assert next_poll(calendar, EVERY_QUARTER, Outcome.COMPLETE, 0, None, when)[0] == at("2026-11-23 00:00")


@pytest.mark.parametrize(("count", "minutes"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 15), (6, 15), (10_000, 15)])
def test_a_platform_that_is_down_is_tried_again_after_minutes(count: int, minutes: int) -> None:
    assert after("2026-11-23 10:00", Outcome.UNAVAILABLE, count) == (f"2026-11-23 10:{minutes:02}", Reason.BACKING_OFF)


def test_the_mornings_reading_is_tried_again_before_opening() -> None:
    assert after("2026-11-23 06:46", Outcome.UNAVAILABLE, 1)[0] == "2026-11-23 06:47"


def test_after_closing_a_blip_waits_for_the_next_working_day() -> None:
    assert after("2026-11-27 16:00", Outcome.UNAVAILABLE, 1)[0] == "2026-11-30 06:45"


def test_a_working_day_without_a_complete_reading_is_caught_up_on_the_weekend() -> None:
    assert after("2026-11-27 16:00", Outcome.UNAVAILABLE, 3, behind=True)[0] == "2026-11-27 16:04"
    assert after("2026-11-28 12:00", Outcome.UNAVAILABLE, 99, behind=True)[0] == "2026-11-28 13:00"


def test_what_needs_a_person_is_tried_hourly_in_service_hours() -> None:
    assert after("2026-11-23 10:00", Outcome.NEEDS_PERSON, 1) == ("2026-11-23 11:00", Reason.SLOW)
    assert after("2026-11-23 15:30", Outcome.NEEDS_PERSON, 1)[0] == "2026-11-23 16:00"
    assert after("2026-11-27 16:00", Outcome.NEEDS_PERSON, 9, behind=True)[0] == "2026-11-30 06:45"


@given(policies, failures, moments, intervals)
def test_a_platform_that_says_when_is_asked_exactly_then(
    policy: Policy, count: int, now: datetime, wait: timedelta
) -> None:
    found = next_poll(CALENDAR, policy, Outcome.RATE_LIMITED, count, now + wait, now)
    assert found == (now + wait, Reason.PARKED)


@given(failures, moments, intervals)
def test_a_time_that_has_passed_is_no_reason_to_ask_at_once(count: int, now: datetime, wait: timedelta) -> None:
    when, _reason = next_poll(CALENDAR, ALWAYS, Outcome.RATE_LIMITED, count, now - wait, now)
    assert when >= now + timedelta(minutes=1)


@given(policies, st.sampled_from(Outcome), failures, moments, st.booleans())
def test_there_is_always_a_next_time_and_it_lies_ahead(
    policy: Policy, outcome: Outcome, count: int, now: datetime, behind: bool
) -> None:
    when, _reason = next_poll(CALENDAR, policy, outcome, count, None, now, behind=behind)
    assert now < when <= now + max(timedelta(days=6), policy.interval, timedelta(hours=1))


@given(intervals, moments)
@example(timedelta(minutes=15), at("2026-12-23 15:59"))
@example(timedelta(minutes=15), at("2026-03-29 01:30"))
@example(timedelta(minutes=15), at("2026-10-25 02:30"))
def test_a_quiet_channel_is_never_read_on_days_off_or_at_night(interval: timedelta, now: datetime) -> None:
    when, _reason = next_poll(CALENDAR, Policy(interval), Outcome.COMPLETE, 0, None, now)
    local = when.astimezone(STOCKHOLM)
    assert CALENDAR.is_working_day(local.date())
    assert time(6, 45) <= local.time() <= time(16, 0)


@given(st.dates(date(2025, 1, 1), date(2028, 12, 31)).filter(CALENDAR.is_working_day), intervals)
def test_every_working_day_is_read_in_the_morning_at_opening_and_at_closing(day: date, interval: timedelta) -> None:
    interval = max(interval, timedelta(minutes=10))
    now, seen = CALENDAR.midnight(day), []
    while now < CALENDAR.midnight(day + DAY):
        seen.append(now)
        now, _reason = next_poll(CALENDAR, Policy(interval), Outcome.COMPLETE, 0, None, now)
    local = [moment.astimezone(STOCKHOLM).time() for moment in seen[1:]]
    assert local[:2] == [time(6, 45), time(7, 30)]
    assert local[-1] == time(16, 0)
    assert all(later - earlier <= max(interval, timedelta(minutes=45)) for earlier, later in pairwise(seen[1:]))


@given(failures, moments)
def test_one_blip_never_stops_a_channel_in_service_hours(count: int, now: datetime) -> None:
    when, _reason = next_poll(CALENDAR, EVERY_QUARTER, Outcome.UNAVAILABLE, count, None, now)
    quiet, _reason = next_poll(CALENDAR, EVERY_QUARTER, Outcome.COMPLETE, 0, None, now)
    assert when <= quiet


def test_missed_days_are_working_days_that_closed_unread() -> None:
    since, now = at("2026-06-15 12:00"), at("2026-06-23 10:00")  # Midsummer's Eve is Friday the 19th
    read = [date(2026, 6, 16)]
    expected = [date(2026, 6, 15), date(2026, 6, 17), date(2026, 6, 18), date(2026, 6, 22)]
    assert missed_days(CALENDAR, read, since, now) == expected
    assert missed_days(CALENDAR, read, since, at("2026-06-23 16:00"))[-1] == date(2026, 6, 23)


def test_a_day_on_which_the_watch_began_after_closing_is_not_missed() -> None:
    assert missed_days(CALENDAR, [], at("2026-11-23 16:01"), at("2026-11-24 12:00")) == []


@given(st.sets(st.dates(date(2026, 1, 1), date(2026, 3, 31))), moments, st.integers(0, 60))
def test_a_day_that_was_read_is_never_missed(read: set[date], since: datetime, days: int) -> None:
    missed = missed_days(CALENDAR, read, since, since + days * DAY)
    assert not read & set(missed)
    assert all(CALENDAR.is_working_day(day) for day in missed)
    assert missed == sorted(set(missed))


def test_what_lies_before_the_last_five_working_days_is_historic() -> None:
    assert historic_cutoff(CALENDAR, "recent", 5, at("2026-11-23 10:00")) == at("2026-11-16 00:00")
    assert historic_cutoff(CALENDAR, "recent", 5, at("2026-06-23 10:00")) == at("2026-06-15 00:00")
    assert historic_cutoff(CALENDAR, "recent", 5, at("2026-11-22 10:00")) == at("2026-11-16 00:00")


def test_how_many_working_days_count_is_the_organisations_choice() -> None:
    assert historic_cutoff(CALENDAR, "recent", 1, at("2026-11-23 10:00")) == at("2026-11-20 00:00")
    assert historic_cutoff(CALENDAR, "recent", 0, at("2026-11-23 10:00")) == at("2026-11-23 00:00")


def test_a_first_import_of_all_leaves_nothing_historic() -> None:
    assert historic_cutoff(CALENDAR, "all", 5, at("2026-11-23 10:00")) is None


def test_everything_is_walked_at_first_after_one_that_failed_and_weekly() -> None:
    now, morning = at("2026-11-23 10:00"), at("2026-11-23 06:45")
    assert wants_full(CALENDAR, False, None, now)
    assert wants_full(CALENDAR, True, morning, now)
    assert not wants_full(CALENDAR, False, at("2026-11-17 06:45"), now)
    assert wants_full(CALENDAR, False, at("2026-11-16 16:00"), now), "a week ago, though some hours later"


@pytest.mark.parametrize(
    ("last", "now", "wanted"),
    [
        ("2026-11-23 06:45", "2026-11-23 16:00", False),
        ("2026-11-20 16:00", "2026-11-23 06:45", True),
        ("2026-11-20 06:45", "2026-11-22 10:00", False),  # a Sunday, and Friday had its own
        ("2026-11-19 16:00", "2026-11-21 10:00", True),  # a Saturday, and Friday had none
        ("2026-11-22 23:59", "2026-11-23 00:01", True),
        ("2026-06-18 16:00", "2026-06-19 10:00", False),  # Midsummer's Eve
    ],
)
def test_the_last_months_are_looked_into_once_each_working_day(last: str, now: str, wanted: bool) -> None:
    assert wants_daily(CALENDAR, at(last), at(now)) is wanted
    assert wants_daily(CALENDAR, None, at(now))


@given(moments, st.integers(0, 60 * 24 * 30).map(lambda minutes: timedelta(minutes=minutes)))
def test_no_tier_is_ever_forgotten_nor_wanted_twice_a_day(last: datetime, later: timedelta) -> None:
    now = last + later
    days = (CALENDAR.local_date(now) - CALENDAR.local_date(last)).days
    assert wants_full(CALENDAR, False, last, now) == (days >= 7)
    wanted = wants_daily(CALENDAR, last, now)
    assert wanted or not CALENDAR.is_working_day(CALENDAR.local_date(now)) or days == 0
    assert not (wanted and days == 0)


@given(policies, failures, moments, st.integers(0, 200))
def test_usage_never_makes_a_reading_come_sooner(policy: Policy, count: int, now: datetime, usage: int) -> None:
    for outcome in Outcome:
        known, _reason = next_poll(CALENDAR, policy, outcome, count, None, now, usage=usage)
        unknown, _reason = next_poll(CALENDAR, policy, outcome, count, None, now)
        assert known >= unknown


@pytest.mark.parametrize(
    ("usage", "minutes", "reason"),
    [
        (None, 15, Reason.INTERVAL),
        (75, 15, Reason.INTERVAL),
        (76, 30, Reason.INTERVAL),
        (99, 30, Reason.INTERVAL),
        (100, 60, Reason.PARKED),
        (140, 60, Reason.PARKED),
    ],
)
def test_a_budget_that_runs_low_is_spared(usage: int | None, minutes: int, reason: Reason) -> None:
    now = at("2026-11-23 10:00")
    found = next_poll(CALENDAR, EVERY_QUARTER, Outcome.COMPLETE, 0, None, now, usage=usage)
    assert found == (now + timedelta(minutes=minutes), reason)


def test_a_used_up_budget_does_not_wake_anybody_at_night() -> None:
    found = next_poll(CALENDAR, EVERY_QUARTER, Outcome.COMPLETE, 0, None, at("2026-11-23 16:00"), usage=100)
    assert found == (at("2026-11-24 06:45"), Reason.MORNING)


counts = st.integers(0, 500)


@given(counts | st.none(), counts, counts, st.booleans() | st.none())
def test_a_gap_is_what_is_counted_but_not_shown(
    declared: int | None, top_level: int, replies: int, counts_replies: bool | None
) -> None:
    found = gap(declared, top_level + replies, top_level, counts_replies)
    assert 0 <= found <= (declared or 0)
    if declared in {top_level, top_level + replies} and counts_replies is None:
        assert found == 0, "either count satisfies where the platform does not say which it is"
    if declared is not None and counts_replies is True:
        assert found == max(0, declared - top_level - replies)
    if declared is not None and counts_replies is False:
        assert found == max(0, declared - top_level)


def test_a_hint_counts_from_the_readings_beginning() -> None:
    began = at("2026-11-23 10:00")
    assert not was_hinted(None, began)
    assert not was_hinted(began - timedelta(seconds=1), began)
    assert was_hinted(began + timedelta(seconds=1), began)
