"""The clock of real processes is set while they live, and they stand still for a day: nothing is lost, nobody hears
twice, each day is kept. What follows from what is looked at step by step, in one process, in `test_days_go_on`."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.watch.day_view import shown_days
from tests.faults.clock import Clock
from tests.faults.whole import SOON, Whole, address_of, whole
from tests.runtime.house import house
from tests.services import Cluster
from tests.waiting import eventually

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.redis,
    pytest.mark.timeout(900),  # as for the whole house
]
HOUR = timedelta(hours=1)
FRIDAY = datetime(2026, 10, 23, 8, tzinfo=UTC)
NIGHTS = {  # seconds before three o'clock, after which it is two again; and before two, after which it is three
    "october": datetime(2026, 10, 25, 0, 59, 50, tzinfo=UTC),
    "march": datetime(2026, 3, 29, 0, 59, 50, tzinfo=UTC),
}
START = timedelta(minutes=5)
EVERYBODY = Counter({address_of(page): 1 for page in range(2)})
INTERVAL = 2
IN_HAND = "SELECT count(*) FROM notice WHERE state = 'sending' OR (state = 'due' AND due_at <= '{}')"


def moves_to(here: Whole, clock: Clock, moment: datetime) -> None:
    """Time goes by for everybody, the platforms too."""
    step = moment - clock.now
    with here.emulator.world.lock:
        here.emulator.world.advance(step.total_seconds())
    clock.set_by(step)


def nothing_in_hand(here: Whole, clock: Clock) -> None:
    """A mail that is being handed over while the clock goes an hour forward comes again, under its own Message-ID: to
    whoever looks at the clock, its sender has slept."""
    assert eventually(lambda: here.sql(IN_HAND.format(clock.now)) == [(0,)], SOON)


def days(here: Whole, first: date, last: date) -> Counter[date]:
    with here.db.snapshot() as session:
        return Counter(each.day for each in shown_days(session, first, last))


def digests_of(here: Whole, day: date) -> Counter[str]:
    """By person."""
    on = f"{day:%a, %d %b %Y}"
    return Counter(to for to, date_ in here.digests().elements() if date_ == on)


def test_a_clock_that_is_set_and_a_day_of_downtime_lose_nothing_and_tell_nobody_twice(
    cluster: Cluster, tmp_path: Path
) -> None:
    clock = Clock(tmp_path, FRIDAY)
    home = tmp_path / "home"
    home.mkdir()
    with whole(home, cluster, pages=2, interval=INTERVAL, clock=clock) as here:
        here.goes_on(0)
        for step, page in ((HOUR, 1), (-HOUR, 0), (-HOUR, 1), (HOUR, 0)):
            nothing_in_hand(here, clock)
            clock.set_by(step)
            here.goes_on(page)
        here.up.stop(seconds=SOON)
        missed = here.write(1)
        saturday = FRIDAY + timedelta(days=1)
        moves_to(here, clock, saturday + HOUR)
        with house("up", home=home, **here.environment(INTERVAL)) as here.up:
            here.up.says("Logs: ", SOON)
            here.goes_on(0)
            assert here.is_told(missed)
            assert eventually(lambda: digests_of(here, saturday.date()) == EVERYBODY, SOON), here.digests()
            assert days(here, FRIDAY.date(), saturday.date()) == {FRIDAY.date(): 2, saturday.date(): 2}


@pytest.mark.parametrize("night", NIGHTS)
def test_a_night_on_which_the_clocks_change_is_one_day_with_one_digest(
    night: str, cluster: Cluster, tmp_path: Path
) -> None:
    clock = Clock(tmp_path, NIGHTS[night] - START)
    home, day = tmp_path / "home", NIGHTS[night].date()
    home.mkdir()
    with whole(home, cluster, pages=2, interval=INTERVAL, clock=clock) as here:
        here.goes_on(0)
        nothing_in_hand(here, clock)
        moves_to(here, clock, NIGHTS[night])
        here.goes_on(1)
        assert eventually(lambda: clock.now > NIGHTS[night] + timedelta(seconds=15), SOON)
        here.goes_on(0)
        assert eventually(lambda: digests_of(here, day) == EVERYBODY, SOON), here.digests()
        assert days(here, day, day) == {day: 2}
