"""The stop button and answers to residents that wait to be sent; counted on the platform."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors.emulator.server import Emulator
from monitor.db import Database
from monitor.emergency import holding
from monitor.inbox.acting import carry_out
from monitor.inbox.action_rules import Fate
from monitor.inbox.in_hand import LEASE
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


class Slow(Database):
    """Answers late whether somebody has stopped what is armed. meanwhile: what happens until then."""

    action: int
    meanwhile: Callable[[], object] | None = None

    @contextmanager
    def transaction(self, *, repeatable: bool = False) -> Iterator[Session]:
        with self.snapshot() as session:
            armed = session.get_one(Action, self.action).state == Fate.ARMED
        if armed and self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        with super().transaction(repeatable=repeatable) as session:
            yield session


def carried_out_slowly(desk: Desk, action: Action, meanwhile: Callable[[], object]) -> None:
    db = Slow(desk.db.url.render_as_string(hide_password=False))
    db.action, db.meanwhile = action.id, meanwhile
    carry_out(db, action.id, Settings(), desk.clock)
    db.close()
    assert db.meanwhile is None


def test_a_stop_between_arming_and_posting_is_in_time(desk: Desk) -> None:
    action = broad(desk, 1)
    carried_out_slowly(desk, action, lambda: stop(desk))
    held = desk.carry_out(action)
    assert (held.state, held.reason, held.attempts, desk.effects) == (Fate.PENDING, "stopped", 0, [])
    let_go(desk)
    assert (desk.to_the_end(action).attempts, len(desk.effects)) == (1, 1)


def test_who_waits_for_the_database_just_before_posting_posts_nothing_that_is_anothers_by_then(desk: Desk) -> None:
    def others_go_on() -> None:
        desk.world.advance(LEASE.total_seconds())
        desk.to_the_end(action)

    action = broad(desk, 1)
    carried_out_slowly(desk, action, others_go_on)
    assert len(desk.effects) == 1


def test_nothing_else_is_held(desk: Desk) -> None:
    """Neither another channel's stop, nor an exercise's, nor what one person writes to one resident."""
    stop(desk, "elsewhere")
    stop(desk, mode="exercise")
    assert desk.carry_out(broad(desk, 1)).state == Fate.DONE
    stop(desk)
    assert desk.does().state == Fate.DONE
    assert len(desk.effects) == 2
