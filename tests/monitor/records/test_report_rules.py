"""The figures of a report add up, and never flatter."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitor.inbox.answer_rules import Came, answers
from monitor.records.report_rules import as_it_stands, stretches, tally
from monitor.watch.day_rules import Facts, Fetch, Looked, Verdict, as_shown, verdict
from tests.monitor.days.almanac import THURSDAY, at

verdicts = st.sampled_from(Verdict)
marks = st.lists(st.tuples(verdicts, st.booleans()))


@given(marks)
def test_each_day_is_counted_once(days_: list[tuple[Verdict, bool]]) -> None:
    found = tally(days_)
    assert found.days == len(days_) == found.watched + found.partly + found.not_watched + found.pending


@given(marks, marks)
def test_parts_sum_up_to_the_whole(some: list[tuple[Verdict, bool]], others: list[tuple[Verdict, bool]]) -> None:
    one, two, both = tally(some), tally(others), tally(some + others)
    for name in ("days", "watched", "partly", "not_watched", "pending"):
        assert getattr(one, name) + getattr(two, name) == getattr(both, name)


@given(marks)
def test_a_hundred_percent_are_said_only_when_every_day_was_watched(days_: list[tuple[Verdict, bool]]) -> None:
    found = tally(days_)
    counted = [verdict_ for verdict_, pending in days_ if not pending]
    assert (found.percent is None) == (not counted)
    if found.percent is not None:
        assert (found.percent == 100.0) == all(each is Verdict.WATCHED for each in counted)
        share = 100 * counted.count(Verdict.WATCHED) / len(counted)
        assert found.percent - 1e-9 <= share < found.percent + 0.1
        assert f"{found.percent:.1f}" == str(found.percent)


def test_of_two_thousand_days_one_missed_day_is_seen_in_the_percentage() -> None:
    assert tally([(Verdict.WATCHED, False)] * 2999 + [(Verdict.PARTLY, False)]).percent == 99.9


@given(st.builds(Facts, st.booleans(), st.sampled_from(Fetch), st.sampled_from(Looked), st.booleans(), st.booleans()))
def test_how_an_open_day_stands_is_what_it_would_come_to(facts: Facts) -> None:
    reached, how, _why = verdict(facts)
    assert as_it_stands(as_shown(reached, closed=False), how) is reached
    assert as_it_stands(as_shown(reached, closed=True), how) is reached


@given(st.lists(st.integers(0, 2)))
def test_stretches_leave_nothing_out_and_part_what_differs(numbers: list[int]) -> None:
    found = list(stretches(numbers, lambda number: number))
    assert [number for each in found for number in each] == numbers
    assert all(len(set(each)) == 1 for each in found)
    assert all(one[0] != two[0] for one, two in pairwise(found))


@st.composite
def came(draw: st.DrawFn) -> Came:
    since = at(THURSDAY, "08.00") + timedelta(minutes=draw(st.integers(0, 5000)))
    due = since + timedelta(minutes=draw(st.integers(0, 5000)))
    answered = draw(st.none() | st.integers(-10, 9000))
    waits = draw(st.booleans()) if answered is None else False
    return Came(since, due, since + timedelta(minutes=answered) if answered is not None else None, waits=waits)


@given(st.lists(came()), st.integers(0, 9000))
def test_answers_are_counted_once_and_never_take_less_than_no_time(comments: list[Came], minutes: int) -> None:
    found = answers(comments, at(THURSDAY, "08.00") + timedelta(minutes=minutes))
    assert found.came == len(comments) >= found.answered + found.waiting
    assert found.answered >= found.in_time
    assert found.waiting >= found.overdue
    assert (found.median_minutes is None) == (found.answered == 0)
    assert found.median_minutes is None or found.median_minutes >= 0
    assert found.percent is None or 0 <= found.percent <= 100
