"""The figures on answers equal a count by hand, and never flatter."""

import statistics
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from monitor import NEEDS_SOMEBODY, State
from monitor.records.answer_report_rules import (
    Arrival,
    Came,
    Figures,
    Outcome,
    Step,
    arrival,
    figures,
    grouped,
    percent,
    step_begin,
    step_of,
    steps,
    times,
)
from monitor.register.calendar import OfficeCalendar
from tests.monitor.days.almanac import STOCKHOLM, at

CALENDAR = OfficeCalendar(STOCKHOLM, {day: ((time(7, 30), time(16)),) for day in range(5)})
NOW = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
MONDAY = date(2026, 6, 15)
BEFORE_NOW = st.integers(0, 60 * 24 * 40).map(lambda minutes: NOW - timedelta(minutes=minutes))
LENGTH = st.integers(0, 60 * 24 * 20).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def comings(draw: st.DrawFn) -> Came:
    posted, waited, term, took = draw(BEFORE_NOW), draw(LENGTH), draw(LENGTH), draw(LENGTH)
    since, state = min(posted + waited, NOW), draw(st.sampled_from(State))
    answered = min(since + took, NOW) if state is State.ANSWERED else None
    return Came(
        draw(st.sampled_from("ab")), "u", posted, since, since + term, state, answered, draw(st.none() | BEFORE_NOW)
    )


def counted(came: list[Came]) -> Figures:
    return figures(arrival(each, CALENDAR, STOCKHOLM, NOW) for each in came)


@given(st.lists(comings()))
def test_the_figures_are_those_of_a_count_by_hand(came: list[Came]) -> None:
    """The oracle goes comment by comment with questions that a person would ask, and shares no code."""
    told, lengths, waits = Counter[str](), [], []
    for each in came:
        old = each.state is State.HISTORIC or (each.historic_before is not None and each.since < each.historic_before)
        if each.state in NEEDS_SOMEBODY:
            told["waiting"] += 1
            told["overdue"] += each.due_at < NOW
            waits.append(NOW - each.since)
        elif old:
            told["historic"] += 1
        elif each.state is State.ANSWERED and each.answered_at is not None:
            told["answered"] += 1
            told["in_time" if each.answered_at <= each.due_at else "late"] += 1
            lengths.append(each.answered_at - each.since)
        elif each.state in {State.ANSWERED_PRIVATELY, State.CLOSED_NO_REPLY}:
            told[each.state.value] += 1
        else:
            told["gone"] += 1
    found = counted(came)
    for name in (
        "answered",
        "answered_privately",
        "closed_no_reply",
        "waiting",
        "gone",
        "historic",
        "in_time",
        "late",
        "overdue",
    ):
        assert getattr(found, name) == told[name], name
    assert found.longest_wait == (int(max(waits).total_seconds() // 60) if waits else None)
    middle = statistics.median(lengths) if lengths else None
    assert found.clock.median == (int(middle.total_seconds() // 60) if middle is not None else None)


@given(st.lists(comings()))
def test_every_comment_is_counted_once(came: list[Came]) -> None:
    found = counted(came)
    assert found.written == len(came) == sum(getattr(found, outcome.value) for outcome in Outcome)
    assert found.answered == found.in_time + found.late
    assert found.overdue <= found.waiting


@given(st.lists(comings()))
def test_parts_sum_up_to_the_whole(came: list[Came]) -> None:
    whole, told = counted(came), [arrival(each, CALENDAR, STOCKHOLM, NOW) for each in came]
    parts = [figures(some) for some in grouped(told, "abc", lambda each: each.channel).values()]
    assert len(parts) == 3
    for name in ("written", "in_time", "late", "overdue", "outside", *Outcome):
        assert getattr(whole, str(name)) == sum(getattr(part, str(name)) for part in parts)


@given(st.lists(comings()), comings())
def test_an_answer_left_out_never_makes_the_share_in_time_better(came: list[Came], late: Came) -> None:
    overdue = Came("a", "u", late.posted_at, late.since, NOW - timedelta(minutes=1), State.OPEN)
    before, after = counted(came).percent_in_time, counted([*came, overdue]).percent_in_time
    assert after is not None
    assert after <= (before if before is not None else 0.0)


@given(st.lists(comings()), st.sampled_from([State.CLOSED_NO_REPLY, State.ANSWERED_PRIVATELY, State.HIDDEN_BY_US]))
def test_what_is_closed_without_a_reply_is_no_answer(came: list[Came], state: State) -> None:
    closed = Came("a", "u", NOW, NOW, NOW, state)
    before, after = counted(came), counted([*came, closed])
    assert (after.answered, after.percent_in_time) == (before.answered, before.percent_in_time)
    assert (after.clock, after.working) == (before.clock, before.working)


def test_what_was_answered_before_the_watch_began_makes_no_share_better() -> None:
    began = at(MONDAY, "08.00")
    posted = began - timedelta(hours=1)
    old = Came("a", "u", posted, posted, NOW, State.ANSWERED, began + timedelta(hours=1), historic_before=began)
    found = counted([old])
    assert (found.historic, found.answered, found.percent_in_time) == (1, 0, None)


@given(st.lists(LENGTH, min_size=1))
def test_nine_in_ten_took_no_longer_and_the_median_parts_them(lengths: list[timedelta]) -> None:
    found = times(lengths)
    assert found.median is not None
    assert found.ninetieth is not None
    minutes = [int(length.total_seconds() // 60) for length in lengths]
    assert Fraction(sum(each <= found.ninetieth for each in minutes), len(minutes)) >= Fraction(9, 10)
    assert Fraction(sum(each < found.ninetieth for each in minutes), len(minutes)) < Fraction(9, 10)
    assert 2 * sum(each <= found.median for each in minutes) >= len(minutes) or len(minutes) % 2 == 0
    assert sum(each < found.median for each in minutes) <= len(minutes) / 2
    assert found.median <= max(minutes)


def test_working_time_is_the_part_within_service_hours() -> None:
    friday, monday = at(date(2026, 6, 12), "15.30"), at(MONDAY, "08.00")
    [told] = [arrival(Came("a", "u", friday, friday, NOW, State.ANSWERED, monday), CALENDAR, STOCKHOLM, NOW)]
    assert (told.working, told.clock) == (timedelta(hours=1), timedelta(days=2, hours=16, minutes=30))
    assert (told.day, told.hour, told.in_service) == (date(2026, 6, 12), 15, True)


def test_day_and_hour_are_the_organisations_also_at_night() -> None:
    night = datetime(2026, 6, 14, 22, 30, tzinfo=UTC)
    told = arrival(Came("a", "u", night, night, NOW, State.OPEN), CALENDAR, STOCKHOLM, NOW)
    assert (told.day, told.hour, told.in_service) == (MONDAY, 0, False)


@given(comings())
def test_an_answer_takes_no_more_working_time_than_time(came: Came) -> None:
    told = arrival(came, CALENDAR, STOCKHOLM, NOW)
    assert (told.clock is None) == (told.working is None) == (told.outcome is not Outcome.ANSWERED)
    if told.clock is not None and told.working is not None:
        assert timedelta(0) <= told.working <= told.clock
    assert (told.waited is not None) == (told.outcome is Outcome.WAITING)


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_a_hundred_percent_are_said_only_of_all(part: int, more: int) -> None:
    found, whole = percent(part, part + more), part + more
    assert (found is None) == (whole == 0)
    if found is not None:
        assert (found == 100.0) == (more == 0)
        assert found <= 100 * part / whole + 1e-9 < found + 0.1 + 1e-6


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 800))
def test_each_day_lies_in_exactly_one_step(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    step = step_of(first, last)
    begins = steps(first, last, step)
    assert begins[0] == first
    assert begins == sorted(set(begins))
    assert len(begins) <= {Step.DAY: 31, Step.WEEK: 28, Step.MONTH: 40}[step]
    for number in range(length + 1):
        day = first + timedelta(days=number)
        assert step_begin(day, step, first) == max(begin for begin in begins if begin <= day)


def test_groups_without_anything_are_there_too() -> None:
    told = Arrival("b", "u", MONDAY, 1, True, Outcome.GONE)
    assert grouped([told], "ab", lambda each: each.channel) == {"a": [], "b": [told]}
