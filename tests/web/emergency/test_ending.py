"""A web process that is told to stop while it delivers: it ends within seconds, and what it left goes out once."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import pytest
from fastapi import FastAPI

from config.settings import Settings, settings
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from monitor.db import Database, database
from monitor.emergency import sending
from monitor.emergency.claimed import LEASE
from monitor.emergency.rules import Fate
from monitor.web.served import served
from tests.monitor.emergency.broadcast import Broadcast, put_up_hub
from tests.waiting import eventually

PATIENCE = 5.5
"""Seconds: `kanalvakt up` kills whoever has not ended six seconds after it was told to."""
Seen = Callable[[Broadcast], bool]


def delivering() -> FastAPI:
    """The application, in the moment after somebody has pressed the button."""
    made = served()
    sending.deliver_soon(database(), 1, settings())
    return made


@pytest.fixture
def here(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broadcast]:
    """A message for Facebook; the crisis page has it already."""
    put_up_hub(monkeypatch)
    with Emulator() as emulator:
        emulator.world.clock, emulator.world.real_time = datetime.now(UTC), True
        for name, value in emulator.settings().items():
            monkeypatch.setenv(name, value)
        made = Broadcast(sqlite, emulator, "facebook")
        made.sent()
        with sqlite.transaction() as session:
            session.merge(made.delivery("hub")).state = Fate.VERIFIED
        yield made


def breaks(here: Broadcast, **fault: Any) -> None:
    here.emulator.faults.add(Fault(method="POST", path="/feed$", **fault))


def ended_after(here: Broadcast, seen: Seen) -> float:
    """Seconds that a web process took to end, told so when this was seen."""
    url = here.db.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "uvicorn", f"{__name__}:delivering", "--factory", "--port", "0"]
    command += ["--log-level", "warning", "--timeout-graceful-shutdown", "2"]
    with subprocess.Popen(command, env=os.environ | {"KANALVAKT_DATABASE_URL": url}) as process:
        try:
            assert eventually(lambda: seen(here), seconds=30)
            process.send_signal(signal.SIGTERM)
            began = monotonic()
            process.wait(60)
            return monotonic() - began
        finally:
            process.kill()


def public(here: Broadcast) -> bool:
    return len(here.effects) == 1


def test_what_is_being_sent_is_finished_and_nothing_else_is_begun(here: Broadcast) -> None:
    breaks(here, kind="latency", seconds=1)
    sending.deliver_soon(here.db, 1, Settings())
    assert eventually(lambda: public(here))
    sending.finish(10)
    assert here.delivery("facebook").state in (Fate.CONFIRMED, Fate.VERIFIED)
    assert public(here)


def test_what_takes_too_long_is_looked_for_by_the_sweeper_and_not_sent_again(here: Broadcast) -> None:
    breaks(here, kind="latency", seconds=7)
    assert ended_after(here, public) < PATIENCE
    assert here.delivery("facebook").state == Fate.ARMED
    here.wait(LEASE.total_seconds())
    here.to_the_end()
    assert (here.delivery("facebook").state, public(here)) == (Fate.VERIFIED, True)


def test_what_waits_is_let_go_of_at_once_and_goes_out_from_elsewhere(here: Broadcast) -> None:
    breaks(here, kind="reset")
    assert ended_after(here, lambda here: here.delivery("facebook").looks > 0) < 3
    assert (here.delivery("facebook").state, here.effects) == (Fate.UNKNOWN, [])
    here.wait(LEASE.total_seconds())
    here.to_the_end()
    assert (here.delivery("facebook").state, public(here)) == (Fate.VERIFIED, True)
