"""The stop button and answers to residents that wait to be sent; counted on the platform."""

from datetime import datetime, timedelta

import pytest

from connectors.emulator.server import Emulator
from monitor.db import Database
from monitor.emergency import holding
from monitor.inbox.action_rules import Fate
from monitor.inbox.models import Action
from monitor.inbox.stops import BROAD
from tests.monitor.inbox.desk import CHANNEL, Desk
from workers import tasks  # noqa: F401 - it knows of the stop button

WHILE = timedelta(minutes=30)


@pytest.fixture
def desk(db: Database, emulator: Emulator) -> Desk:
    return Desk(db, emulator, "facebook")


def stop(desk: Desk, place: str = CHANNEL, mode: str = "actual") -> None:
    with desk.db.transaction() as session:
        holding.hold(session, place, "redaktor", desk.clock(), desk.clock() + WHILE, "fel", mode)


def let_go(desk: Desk, place: str = CHANNEL) -> None:
    with desk.db.transaction() as session:
        holding.release(session, place, "redaktor", desk.clock())


def broad(desk: Desk, number: int) -> Action:
    return desk.wants(desk.asked(), key=f"{BROAD}{number}/abc")


@pytest.mark.parametrize("place", [CHANNEL, ""])
def test_what_waits_is_held_by_a_stop_and_goes_out_once_when_it_is_let_go(desk: Desk, place: str) -> None:
    some = [broad(desk, number) for number in range(2)]
    stop(desk, place)
    for action in some:
        held = desk.carry_out(action)
        assert (held.state, held.reason, held.attempts) == (Fate.PENDING, "stopped", 0)
        assert held.next_at == desk.clock() + WHILE, "nobody's turn is taken by what waits"
    assert desk.effects == []
    let_go(desk, place)
    assert [desk.to_the_end(action).state for action in some] == [Fate.DONE] * 2
    assert len(desk.effects) == len({effect.target for effect in desk.effects}) == 2


def test_a_stop_that_ends_by_itself_lets_it_go_on(desk: Desk) -> None:
    action = broad(desk, 1)
    stop(desk)
    desk.carry_out(action)
    desk.world.advance(WHILE.total_seconds())
    assert (desk.carry_out(action).state, len(desk.effects)) == (Fate.DONE, 1)


def test_a_stop_between_arming_and_posting_is_in_time(desk: Desk) -> None:
    action, stopped = broad(desk, 1), []

    def clock() -> datetime:
        with desk.db.snapshot() as session:
            armed = session.get_one(Action, action.id).state == Fate.ARMED
        if armed and not stopped:
            stopped.append(True)
            stop(desk)
        return desk.clock()

    held = desk.carry_out(action, clock=clock)
    assert (stopped, held.state, held.attempts, desk.effects) == ([True], Fate.PENDING, 0, [])
    let_go(desk)
    assert (desk.to_the_end(action).attempts, len(desk.effects)) == (1, 1)


def test_nothing_else_is_held(desk: Desk) -> None:
    """Neither another channel's stop, nor an exercise's, nor what one person writes to one resident."""
    stop(desk, "elsewhere")
    stop(desk, mode="exercise")
    assert desk.carry_out(broad(desk, 1)).state == Fate.DONE
    stop(desk)
    assert desk.does().state == Fate.DONE
    assert len(desk.effects) == 2
