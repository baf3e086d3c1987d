"""What the soak takes for a leak, and what not."""

import math
from collections.abc import Callable

import pytest

from tests.bench.soak.growth import CONNECTIONS, FILES, MEMORY, WARM_UP, Growth, Look, growths

MINUTE, HOUR = 60.0, 3600.0


def held(what: str, by_time: Callable[[float], float], seconds: float, lives: int = 1) -> Growth:
    """What is found where a process that holds so much is looked at every five seconds in each of its lives."""
    each = range(0, int(seconds), 5)
    [found] = growths(
        Look(life * seconds + at, "clock", life, what, by_time(at)) for life in range(lives) for at in each
    )
    return found


@pytest.mark.parametrize(("what", "beginning", "hourly"), [(MEMORY, 150, 90), (FILES, 20, 30), (CONNECTIONS, 8, 40)])
def test_what_grows_by_the_same_again_and_again_is_a_leak(what: str, beginning: float, hourly: float) -> None:
    found = held(what, lambda at: beginning + hourly * at / HOUR, 40 * MINUTE)
    assert found.is_leak
    assert found.per_hour == pytest.approx(hourly)
    assert found.lately == pytest.approx(hourly)


def test_a_slow_leak_shows_when_it_is_watched_for_long() -> None:
    assert held(MEMORY, lambda at: 150 + 30 * at / HOUR, 2 * HOUR).is_leak
    assert not held(MEMORY, lambda at: 150 + 30 * at / HOUR, 20 * MINUTE).is_leak


def test_what_only_warms_up_is_none() -> None:
    found = held(MEMORY, lambda at: 205 - 35 * math.exp(-at / (6 * MINUTE)), 2 * HOUR)
    assert not found.is_leak
    assert found.per_hour > found.lately
    assert found.lately == pytest.approx(0, abs=1)


def test_what_goes_up_and_down_is_none() -> None:
    assert not held(FILES, lambda at: 20 + 8 * (int(at / 100) % 2), 30 * MINUTE).is_leak


def test_a_process_that_begins_anew_grows_from_there() -> None:
    """From 80 to 140 megabytes in each life, and nothing between them."""
    found = held(MEMORY, lambda at: 80 + 60 * at / (20 * MINUTE), 20 * MINUTE, lives=3)
    assert (found.lives, found.is_leak) == (3, True)
    assert found.per_hour == pytest.approx(180)
    assert found.hours == pytest.approx(3 * (20 * MINUTE - WARM_UP - 5) / HOUR, rel=0.02)


def test_what_was_watched_for_too_short_a_time_says_nothing() -> None:
    assert growths(Look(at, "clock", 1, MEMORY, at) for at in range(int(WARM_UP) + 60)) == []
