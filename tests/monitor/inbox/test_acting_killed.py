"""A worker that is killed between arming and writing down what came: another one finds out what happened."""

import multiprocessing
import threading
import time
from datetime import datetime, timedelta

import pytest

from config.settings import Settings
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from monitor.db import Database
from monitor.inbox.acting import carry_out
from monitor.inbox.action_rules import Fate, Why
from monitor.inbox.in_hand import LEASE
from monitor.inbox.models import Action
from tests.connectors.writing_stages import STAGES
from tests.monitor.inbox.desk import Desk

PROCESSES = multiprocessing.get_context("fork")


def work(url: str, action_id: int, now: datetime) -> None:
    carry_out(Database(url), action_id, Settings(), lambda: now)


@pytest.mark.parametrize("platform", STAGES)
@pytest.mark.parametrize("arrives", [True, False])
def test_it_is_done_once_whether_the_write_had_arrived_or_not(
    db: Database, emulator: Emulator, platform: str, arrives: bool
) -> None:
    desk = Desk(db, emulator, platform)
    action = desk.wants(desk.asked())
    desk.emulator.faults.add(
        Fault("latency" if arrives else "hang", method="POST", path="comments|replies", seconds=30)
    )
    kill_while_sending(desk, action)
    assert stored(desk, action).state == Fate.ARMED
    assert desk.carry_out(action).state == Fate.ARMED, "its lease has not run out"
    desk.world.advance(LEASE.total_seconds())
    taken_over = desk.carry_out(action)
    assert taken_over.state == (Fate.DONE if arrives else Fate.UNKNOWN), "the settle time begins when it is taken over"
    done = desk.to_the_end(action)
    assert (done.state, len(desk.effects)) == (Fate.DONE, 1)
    assert (done.reason, done.attempts) == ((Why.FOUND, 1) if arrives else (Why.SENT, 2))


def kill_while_sending(desk: Desk, action: Action) -> None:
    """SIGKILL, as soon as the platform has the request."""
    mark = desk.emulator.ledger.mark()
    url = desk.db.url.render_as_string(hide_password=False)
    worker = PROCESSES.Process(target=work, args=(url, action.id, desk.clock()), daemon=True)
    worker.start()
    deadline = time.monotonic() + 30
    while not any(e.fault for e in desk.emulator.ledger.since(mark).entries):
        assert time.monotonic() < deadline, "the worker sends nothing"
        time.sleep(0.01)
    worker.kill()
    worker.join()


def stored(desk: Desk, action: Action) -> Action:
    with desk.db.snapshot() as session:
        return session.get_one(Action, action.id)


def test_a_worker_that_slept_between_arming_and_sending_sends_nothing(db: Database, emulator: Emulator) -> None:
    desk = Desk(db, emulator, "facebook")
    action, calls = desk.wants(desk.asked()), 0

    def clock() -> datetime:
        """Arming takes a minute of this worker's life."""
        nonlocal calls
        with desk.db.snapshot() as session:
            armed = session.get_one(Action, action.id).state == Fate.ARMED
        return desk.clock() + timedelta(minutes=1 if armed else 0)

    assert desk.carry_out(action, clock=clock).state == Fate.PENDING
    assert desk.effects == []
    desk.world.advance(120)
    done = desk.to_the_end(action)
    assert (done.state, done.attempts, len(desk.effects)) == (Fate.DONE, 1, 1)


def test_a_worker_that_slept_there_while_the_clock_was_set_back_sends_nothing(db: Database, emulator: Emulator) -> None:
    desk = Desk(db, emulator, "facebook")
    action, asleep, set_by = desk.wants(desk.asked()), True, timedelta(0)

    def clock() -> datetime:
        """Another one does it meanwhile."""
        nonlocal asleep, set_by
        if asleep and stored(desk, action).state == Fate.ARMED:
            asleep, set_by = False, timedelta(hours=-1)
            desk.world.advance(LEASE.total_seconds())
            assert desk.to_the_end(action).state == Fate.DONE
        return desk.clock() + set_by

    desk.carry_out(action, clock=clock)
    assert (asleep, len(desk.effects)) == (False, 1)


def test_a_worker_that_is_late_with_its_answer_cannot_overwrite_what_another_found(
    db: Database, emulator: Emulator
) -> None:
    desk = Desk(db, emulator, "facebook")
    action = desk.wants(desk.asked())
    desk.emulator.faults.add(Fault("latency", method="POST", seconds=2))
    slow = threading.Thread(target=desk.carry_out, args=(action,))
    slow.start()
    while not desk.effects:
        time.sleep(0.01)
    desk.world.advance(LEASE.total_seconds())
    found = desk.carry_out(action)
    slow.join()
    assert (found.state, found.reason) == (Fate.DONE, Why.FOUND)
    last = stored(desk, action)
    assert (last.state, last.reason, last.remote_id, len(desk.effects)) == (
        Fate.DONE,
        Why.FOUND,
        desk.effects[0].made,
        1,
    )
