"""Whatever hangs or lasts keeps only its like waiting, and there is a thread for everything that may begin."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from monitor.watch.bulkhead_rules import ACTIONS, CHECKS, LONG, READINGS, Running, Work, may_begin, threads
from monitor.watch.bulkheads import Bulkheads

READ_AT_ONCE = st.integers(1, 8)
WORK = st.sampled_from(Work)


def begun(wanted: list[Work], readings: int, *, apart: float = 0.0) -> list[Running]:
    """Those of a row of wishes that may begin, none of which ever ends."""
    running: list[Running] = []
    for number, work in enumerate(wanted):
        if may_begin(work, running, readings, number * apart):
            running.append(Running(work, number * apart))
    return running


@given(st.lists(WORK, max_size=60), READ_AT_ONCE, st.floats(0, 30))
def test_a_provider_never_holds_more_threads_than_there_are_for_it(
    wanted: list[Work], readings: int, apart: float
) -> None:
    assert len(begun(wanted, readings, apart=apart)) <= threads(1, readings)


@given(st.lists(WORK.filter(lambda work: work is not Work.READ), max_size=60), READ_AT_ONCE)
def test_what_takes_long_and_what_people_do_never_take_the_threads_of_short_readings(
    others: list[Work], readings: int
) -> None:
    running = begun([*others, *[Work.READ] * readings], readings)
    assert Counter(each.work for each in running)[Work.READ] == readings


@given(st.lists(st.sampled_from(sorted(READINGS)), max_size=60), READ_AT_ONCE)
def test_readings_never_take_the_threads_of_actions_and_checks(wanted: list[Work], readings: int) -> None:
    running = begun([*wanted, *[Work.ACT] * 9, *[Work.CHECK] * 9], readings)
    counts = Counter(each.work for each in running)
    assert (counts[Work.ACT], counts[Work.CHECK]) == (ACTIONS, CHECKS)


def test_a_reading_that_turns_out_long_makes_room_until_all_threads_are_taken() -> None:
    stuck = [Running(Work.READ, 0.0)] * 2
    assert not may_begin(Work.READ, stuck, 2, LONG - 1)
    assert may_begin(Work.READ, stuck, 2, LONG)
    assert not may_begin(Work.LONG, stuck, 2, LONG), "they are the long ones now"
    assert not may_begin(Work.READ, stuck * 2, 2, LONG)


def test_there_is_room_again_when_somebody_leaves_and_providers_do_not_know_each_other() -> None:
    bulkheads = Bulkheads()
    with bulkheads.room("meta", Work.READ, 1) as first, bulkheads.room("meta", Work.READ, 1) as second:
        assert (first, second) == (True, False)
        with bulkheads.room("google", Work.READ, 1) as other:
            assert other
    with bulkheads.room("meta", Work.READ, 1) as again:
        assert again
