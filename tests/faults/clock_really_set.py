"""The clock of real processes is set while they live, and they stand still for a day: nothing is lost, nobody hears
twice, each day is kept. What follows from what is looked at step by step, in one process, in `test_days_go_on`.

Run by hand, with Debian's libfaketime: `make test ARGS=tests/faults/clock_really_set.py`. Time goes by for everybody
meanwhile, so that a machine with other things to do fails it; `make test` alone leaves it out."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.watch.day_view import shown_days
from tests.faults.clock import Clock, library
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
FRIDAY, SATURDAY, SUNDAY = (date(2026, 10, day) for day in (23, 24, 25))
MORNING = datetime(2026, 10, 23, 8, tzinfo=UTC)
BEFORE = datetime(2026, 10, 25, 0, 59, 45, tzinfo=UTC)
"""Nearly three o'clock, after which it is two again."""
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


def days(here: Whole) -> list[date]:
    with here.db.snapshot() as session:
        return [each.day for each in shown_days(session, FRIDAY, SUNDAY)]


def digests_of(here: Whole, day: date) -> Counter[str]:
    """By person."""
    on = f"{day:%a, %d %b %Y}"
    return Counter(to for to, date_ in here.digests().elements() if date_ == on)


def test_a_clock_that_is_set_a_day_of_downtime_and_the_night_of_october_lose_nothing_and_tell_nobody_twice(
    cluster: Cluster, tmp_path: Path
) -> None:
    clock = Clock(library(), tmp_path, MORNING)
    home = tmp_path / "home"
    home.mkdir()
    with whole(home, cluster, pages=2, interval=INTERVAL, clock=clock) as here:
        here.goes_on(0)
        for step, page in ((HOUR, 1), (-HOUR, 0)):
            nothing_in_hand(here, clock)
            clock.set_by(step)
            here.goes_on(page)
        here.up.stop(seconds=SOON)
        missed = here.write(1)
        moves_to(here, clock, MORNING + timedelta(days=1, minutes=30))
        with house("up", home=home, **here.environment(INTERVAL)) as here.up:
            here.up.says("Logs: ", SOON)
            here.goes_on(0)
            assert here.is_told(missed)
            everybody = Counter({address_of(page): 1 for page in range(2)})
            assert eventually(lambda: digests_of(here, SATURDAY) == everybody, SOON), here.digests()
            nothing_in_hand(here, clock)
            moves_to(here, clock, BEFORE)
            here.goes_on(1)
            assert eventually(lambda: clock.now > BEFORE + timedelta(seconds=20), SOON)
            here.goes_on(0)
            assert eventually(lambda: digests_of(here, SUNDAY) == everybody, SOON), here.digests()
        assert Counter(days(here)) == Counter([FRIDAY, SATURDAY, SUNDAY] * 2)
