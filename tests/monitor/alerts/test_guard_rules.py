"""Who is called at which rung, for any town, any absences and any moment."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.guard_rules import LAST_CALL, RUNGS, Call, calls, rungs_due, told_afterwards
from monitor.alerts.rules import stretches
from monitor.register.calendar import calendar_of
from monitor.register.models import Organisation

ZONE = ZoneInfo("Europe/Stockholm")
CALENDAR = calendar_of(Organisation(name="Tibro kommun", other_hours={"2026-06-18": "07:30-12:00"}))
MINUTES = [60, 30, 0]
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
REMINDERS = st.lists(st.integers(0, 600), min_size=3, max_size=3).map(lambda each: sorted(each, reverse=True))
PEOPLE = st.lists(st.sampled_from("abcdefg"), max_size=2, unique=True).map(tuple)
LADDERS = st.dictionaries(st.sampled_from(["fb", "ig", "grupp", "blogg"]), st.lists(PEOPLE, min_size=5, max_size=5))
DUE = st.sampled_from([RUNGS[:1], RUNGS[:2], RUNGS, RUNGS[2:]])


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "count"),
    [
        ("2026-06-15 14:59:59", 0),
        ("2026-06-15 15:00", 1),
        ("2026-06-15 15:30", 2),
        ("2026-06-15 15:59:59", 2),
        ("2026-06-18 10:59", 0),  # a day that closes at noon
        ("2026-06-18 11:00", 1),
        ("2026-06-18 11:30", 2),
        ("2026-06-18 15:00", 0),
        ("2026-05-15 15:00", 1),  # a bridge day
        ("2026-06-19 15:00", 0),  # Midsummer's Eve
        ("2026-12-24 15:00", 0),
        ("2026-06-14 15:00", 0),  # a Sunday
        ("2026-03-30 15:00", 1),  # the first day of summer time, and of normal time
        ("2026-03-30 14:59", 0),
        ("2026-10-26 15:00", 1),
        ("2026-10-26 14:59", 0),
    ],
)
def test_the_rungs_come_an_hour_and_half_an_hour_before_the_day_closes(now: str, count: int) -> None:
    assert rungs_due(local(now), CALENDAR, MINUTES) == RUNGS[:count]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-06-15 16:00", RUNGS[2:]),
        ("2026-06-15 17:00", RUNGS[2:]),
        ("2026-06-15 17:00:01", ()),
        ("2026-06-18 12:00", RUNGS[2:]),
        ("2026-06-18 13:01", ()),
    ],
)
def test_after_closing_time_the_last_rung_is_due_for_an_hour_and_no_other(now: str, due: tuple[str, ...]) -> None:
    assert rungs_due(local(now), CALENDAR, MINUTES) == due


def test_a_rung_that_would_come_before_opening_waits_for_it() -> None:
    assert rungs_due(local("2026-06-15 07:29"), CALENDAR, [600, 540, 0]) == ()
    assert rungs_due(local("2026-06-15 07:30"), CALENDAR, [600, 540, 0]) == RUNGS[:2]


@given(MOMENTS, REMINDERS)
def test_rungs_only_ever_come_on_working_days_in_service_hours_or_just_after(now: datetime, minutes: list[int]) -> None:
    due, day = rungs_due(now, CALENDAR, minutes), CALENDAR.local_date(now)
    if not CALENDAR.is_working_day(day):
        assert due == ()
        return
    opening, closing = CALENDAR.opening(day), CALENDAR.closing(day)
    if not opening <= now <= closing + LAST_CALL:
        assert due == ()
    elif now >= closing:
        assert due == RUNGS[2:]
    else:
        left = (closing - now) / timedelta(minutes=1)
        assert due == tuple(rung for rung, before in zip(RUNGS, minutes, strict=True) if left <= before)


@given(LADDERS, DUE)
def test_every_channel_that_has_somebody_is_in_somebodys_call(
    ladders: dict[str, list[tuple[str, ...]]], due: tuple[str, ...]
) -> None:
    called = calls(ladders, due)
    assert {channel for call in called.values() for channel in call.channels} == {
        channel for channel, ladder in ladders.items() if any(ladder)
    }
    for person, call in called.items():
        assert call.rung in due
        for channel in call.channels:
            assert person in {each for step in ladders[channel] for each in step}


@given(LADDERS)
def test_through_the_day_nobody_is_called_twice_of_a_channel_but_in_their_own_right_or_as_it_closes(
    ladders: dict[str, list[tuple[str, ...]]],
) -> None:
    for channel, ladder in ladders.items():
        heard: set[str] = set()
        for count in (1, 2, 3):
            rung = RUNGS[count - 1]
            now = {person for person, call in calls({channel: ladder}, RUNGS[:count]).items() if call.rung == rung}
            if count < 3:
                assert not (now & heard) - set(ladder[count - 1])
            heard |= now


@given(LADDERS)
def test_whoever_is_called_late_is_called_once_and_of_everything(ladders: dict[str, list[tuple[str, ...]]]) -> None:
    late = calls(ladders, RUNGS)
    for count in (1, 2):
        for person, call in calls(ladders, RUNGS[:count]).items():
            assert set(call.channels) <= set(late[person].channels)
            assert RUNGS.index(late[person].rung) >= RUNGS.index(call.rung)


@pytest.mark.parametrize(
    ("ladder", "due", "expected"),
    [
        ("r d k m a", 1, {"r": "responsible"}),
        ("r d k m a", 2, {"r": "responsible", "d": "deputy"}),
        ("r d k m a", 3, {"r": "responsible", "d": "deputy", "k": "communicator"}),
        ("- d k m a", 1, {"d": "responsible"}),
        ("- d k m a", 2, {"d": "deputy"}),  # once more, as it is now their own rung
        ("- - k m a", 1, {"k": "responsible"}),
        ("- - k m a", 2, {"k": "responsible"}),  # stands in for the deputy too, and has heard
        ("- - k m a", 3, {"k": "communicator"}),  # that the day closes is new
        ("- - - m a", 3, {"m": "communicator"}),
        ("- - - - a", 1, {"a": "responsible"}),
        ("r - - - -", 2, {"r": "responsible"}),
        ("r - - - -", 3, {"r": "communicator"}),  # nobody else is there
        ("r d - - -", 3, {"r": "responsible", "d": "communicator"}),
        ("r r k m a", 2, {"r": "deputy"}),
        ("- - - - -", 3, {}),
    ],
)
def test_whoever_is_not_there_is_stood_in_for_at_once(ladder: str, due: int, expected: dict[str, str]) -> None:
    steps = [() if who == "-" else (who,) for who in ladder.split()]
    assert {person: call.rung for person, call in calls({"fb": steps}, RUNGS[:due]).items()} == expected


def test_one_person_with_two_parts_gets_one_call_at_the_more_urgent_rung() -> None:
    ladders = {"fb": [("a",), ("b",), ("k",), (), ()], "ig": [("b",), ("a",), ("k",), (), ()]}
    assert calls(ladders, RUNGS[:2]) == {"a": Call("deputy", ("fb", "ig")), "b": Call("deputy", ("fb", "ig"))}


def test_afterwards_all_three_hear_and_others_only_in_their_place() -> None:
    assert told_afterwards([("r",), ("d",), ("k", "r"), ("m",), ("a",)]) == ("r", "d", "k")
    assert told_afterwards([(), (), (), (), ("a",)]) == ("a",)
    assert told_afterwards([(), (), (), (), ()]) == ()


@given(st.sets(st.integers(0, 60)))
def test_stretches_hold_the_days_and_no_working_day_between_two_of_them(numbers: set[int]) -> None:
    days = {date(2026, 12, 1) + timedelta(number) for number in numbers}
    days = {day for day in days if CALENDAR.is_working_day(day)}
    found = stretches(days, CALENDAR)
    covered = {first + timedelta(n) for first, last in found for n in range((last - first).days + 1)}
    assert {day for day in covered if CALENDAR.is_working_day(day)} == days
    assert all(CALENDAR.next_working_day(one[1]) < two[0] for one, two in pairwise(found))
