"""The beat goes on when its clock is set."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

import celeryconfig
from workers.beat import Scheduler
from workers.tasks import app

NOON = datetime(2026, 10, 24, 12, tzinfo=UTC)


class Told(Scheduler):
    """Writes down what is due instead of sending it."""

    producer = None

    def __init__(self) -> None:
        super().__init__(app, lazy=True)
        self.told: list[str] = []
        self.setup_schedule()

    def apply_entry(self, entry: object, producer: object = None) -> None:
        self.told.append(str(entry.task))  # type: ignore[attr-defined]

    def a_minute(self, clock: time_machine.Traveller) -> set[str]:
        """What it says in a minute and a bit."""
        self.told.clear()
        for _second in range(70):
            while self.tick() == 0:
                pass
            clock.shift(timedelta(seconds=1))
        return set(self.told)


@pytest.mark.parametrize("by", [timedelta(hours=-3), timedelta(minutes=-1), timedelta(hours=3), timedelta(days=1)])
def test_whatever_the_clock_is_set_by_every_duty_is_called_within_its_interval(by: timedelta) -> None:
    duties = {str(each["task"]) for each in celeryconfig.beat_schedule.values()}
    often = duties - {"readiness"}
    with time_machine.travel(NOON, tick=False) as clock:
        beat = Told()
        assert beat.a_minute(clock) >= often
        clock.shift(by)
        assert beat.a_minute(clock) >= often
        assert beat.told.count("tick") <= 70, "and no oftener than that"
