"""`make bench-emergency`: crisis messages under declared faults, counted at the emulator, beside a plain retry; and how
fast they are out. `ARGS="--broadcasts 200 --seed 7"` makes a shorter run, or another one; then the page stays as it is.
"""

import argparse
import multiprocessing
import os
import random
import signal
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.logging import configure_logging
from config.settings import Settings
from connectors import connect as connect_for_real
from connectors.emulator.faults import Fault, Kind
from connectors.emulator.server import Emulator
from connectors.errors import ConnectorError
from connectors.publishing import Draft
from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.emergency.claimed import LEASE
from monitor.emergency.delivering import deliver_all
from monitor.emergency.models import Delivery, Incident
from monitor.emergency.rules import UNDER_WAY, Fate
from monitor.emergency.sweeping import sweep
from tests.bench.page import machine, write_emergency
from tests.monitor.emergency.broadcast import Broadcast, put_up_hub

BROADCASTS, SEED, SPEED = 1000, 1, 300
MIX: dict[str, float] = {
    "lose": 0.03,
    "truncate": 0.02,
    "html": 0.02,
    "reset": 0.02,
    "close": 0.01,
    "500": 0.02,
    "slow down": 0.01,
    "killed after sending": 0.02,
    "killed before sending": 0.01,
}
"""What happens to the one call that publishes, by its share; the rest goes well. `lose` and `truncate`: done."""
LAGS = (0, 0, 0, 5, 15)
"""Seconds until the platform's list shows a post, one of these each time."""
TRIES = 3
PROCESSES = multiprocessing.get_context("fork")
TEMPLATE = """Measured by `make bench-emergency` on {day}: {machine}; seed {seed}. A Facebook page on the emulator,
real HTTP and processes, SQLite, counted as posts on the page, never in our database. The command took {seconds:.0f} s.

Faults of the call that publishes: {mix}. The platform's list shows a post after {lags} s. After each the platform's
clock is moved on, so that waiting takes no time.

| | broadcasts | missed | twice | a person asked | undecided and not told after 30 s |
|---|---:|---:|---:|---:|---:|
| Kanalvakt | {n:,} | {missed} | {twice} | {asked} | {silent} |
| the same faults, plain retry × {tries} | {n:,} | {control_missed} | {control_twice} | 0 | – |

From the button to the last request out, {speed:,} messages to the crisis page (which answers at once here) and {places}
channels whose every call takes {latency:.0f} ms: p50 {p50:.0f} ms, p95 {p95:.0f} ms, largest {largest:.0f} ms.
"""


@dataclass
class Found:
    """What became of the broadcasts."""

    missed: int = 0
    twice: int = 0
    asked: int = 0
    silent: int = 0
    faults: Counter[str] = field(default_factory=Counter)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--broadcasts", type=int, default=BROADCASTS)
    words.add_argument("--speed", type=int, default=SPEED)
    words.add_argument("--seed", type=int, default=SEED)
    chosen = words.parse_args()
    configure_logging("ERROR")
    began = time.monotonic()
    ours = measured(chosen.broadcasts, chosen.seed)
    control = retried(chosen.broadcasts, chosen.seed)
    places, latency, took = speed(chosen.speed)
    percentiles = statistics.quantiles(took, n=100)
    text = TEMPLATE.format(
        day=date.today(),  # noqa: DTZ011 - the day where it was measured
        machine=machine(),
        seed=chosen.seed,
        seconds=time.monotonic() - began,
        mix=", ".join(f"{name} {share:.0%}" for name, share in MIX.items()),
        lags=", ".join(map(str, LAGS)),
        n=chosen.broadcasts,
        **{name: getattr(ours, name) for name in ("missed", "twice", "asked", "silent")},
        tries=TRIES,
        control_missed=control.missed,
        control_twice=control.twice,
        speed=chosen.speed,
        places=places,
        latency=latency * 1000,
        p50=percentiles[49] * 1000,
        p95=percentiles[94] * 1000,
        largest=max(took) * 1000,
    )
    print(text, dict(ours.faults))
    if (chosen.broadcasts, chosen.seed, chosen.speed) == (BROADCASTS, SEED, SPEED):
        write_emergency(text)
    if ours.missed or ours.twice or ours.silent or not control.twice:
        raise SystemExit("a zero is none, or the control shows no duplicates")


@contextmanager
def scene(*platforms: str) -> Iterator[Broadcast]:
    """A municipality of its own, with an empty database."""
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator, pytest.MonkeyPatch.context() as patch:
        for name, value in emulator.settings().items():
            patch.setenv(name, value)
        patch.setenv("KANALVAKT_HOME", folder)
        put_up_hub(patch)
        db = Database(f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        upgrade(db)
        yield Broadcast(db, emulator, *platforms)
        db.close()


def measured(n: int, seed: int) -> Found:
    """Kanalvakt under the faults."""
    chance, found = random.Random(seed), Found()  # noqa: S311 - chooses faults of a toy world
    with scene("facebook") as here:
        for _each in range(n):
            fault = _chosen(chance)
            found.faults[fault] += 1
            here.world.list_lag = chance.choice(LAGS)
            _new_incident(here)
            message = here.sent()
            if fault.startswith("killed"):
                _killed(here, fault)
            elif fault:
                here.emulator.faults.add(_as_fault(fault))
            found.silent += not _to_the_end(here, message)
            here.emulator.faults.clear()
            _count(here, here.delivery("facebook", message), found)
            here.wait(1000)
    return found


def retried(n: int, seed: int) -> Found:
    """The control: the same connector, sent again after any error, as plain task queues do."""
    chance, found = random.Random(seed), Found()  # noqa: S311 - as above
    with scene("facebook") as here:
        for number in range(n):
            fault = _chosen(chance)
            here.world.list_lag = chance.choice(LAGS)
            if fault and not fault.startswith("killed"):
                here.emulator.faults.add(_as_fault(fault))
            before = len(here.effects)
            _plainly(here, f"Strömavbrott {number}", killed=fault == "killed after sending")
            here.emulator.faults.clear()
            out = len(here.effects) - before
            found.missed += out == 0
            found.twice += out > 1
            here.wait(1000)
    return found


def speed(n: int) -> tuple[int, float, list[float]]:
    """Channels, seconds that a call takes, and seconds from the button to the last request out for each message."""
    latency, platforms, took = 0.05, ("facebook", "youtube"), list[float]()
    with scene(*platforms) as here:
        here.emulator.latency = latency
        out: list[float] = []

        def connect(*words: Any) -> Any:
            made: Any = connect_for_real(*words)
            real = made.publish

            def publish(*more: Any) -> Any:
                out.append(time.monotonic())
                return real(*more)

            made.publish = publish
            return made

        for _each in range(n):
            _new_incident(here)
            message = here.message()
            began = time.monotonic()
            here.commit(message)
            deliver_all(here.db, message, Settings(), here.clock, connect)
            took.append(max(out) - began)
            out.clear()
            here.wait(1000)
    return len(platforms), latency, took


def _chosen(chance: random.Random) -> str:
    names = [*MIX, ""]
    return chance.choices(names, [*MIX.values(), 1 - sum(MIX.values())])[0]


def _as_fault(name: str) -> Fault:
    if name == "slow down":
        return Fault("status", status=429, method="POST", path="/feed$", headers={"Retry-After": "20"})
    kind: Kind = "status" if name == "500" else name  # type: ignore[assignment]
    return Fault(kind, method="POST", path="/feed$")


def _new_incident(here: Broadcast) -> None:
    begun = {"started_at": here.clock(), "started_by_id": "redaktor", "decided_by": "Kommundirektören"}
    with here.db.transaction() as session:
        incident = Incident(mode="actual", level="disturbance", title="Strömavbrott", **begun)
        session.add(incident)
        session.flush()
        here.incident = incident.id


def _killed(here: Broadcast, when: str) -> None:
    """A worker that dies around the one call that publishes; its lease runs out."""
    url = here.db.url.render_as_string(hide_password=False)
    worker = PROCESSES.Process(target=_dies, args=(url, here, when == "killed after sending"), daemon=True)
    worker.start()
    worker.join(60)
    here.wait(LEASE.total_seconds())


def _dies(url: str, here: Broadcast, after: bool) -> None:
    def connect(*words: Any) -> Any:
        made: Any = connect_for_real(*words)
        real = made.publish

        def publish(*more: Any) -> Any:
            if after:
                real(*more)
            os.kill(os.getpid(), signal.SIGKILL)

        made.publish = publish
        return made

    sweep(Database(url), here.clock(), Settings(), here.clock, connect)
    os._exit(0)


def _to_the_end(here: Broadcast, message: int) -> bool:
    """Sweeps whenever something is due, and at least as often as people have to be told. False: it was silent."""
    for _round in range(200):
        here.sweep()
        left = [each for each in here.deliveries_of(message) if each.state in UNDER_WAY]
        silent = [each for each in left if (here.clock() - each.made_at).total_seconds() > 31 and not each.told_at]
        if silent and any(each.state != Fate.CONFIRMED for each in silent):
            return False
        if not left:
            return True
        wait = (min(each.next_at for each in left) - here.clock()).total_seconds()
        here.wait(min(max(wait, 0.01), 1.0 if wait < 1 else wait))
    return False


def _count(here: Broadcast, delivery: Delivery, found: Found) -> None:
    out = sum(delivery.marker in post.text for post in here.world.posts_of(here.stages["facebook"].account))
    found.twice += out > 1
    found.asked += delivery.state == Fate.NEEDS_HUMAN
    found.missed += out == 0 and delivery.state not in (Fate.NEEDS_HUMAN, Fate.REJECTED)


def _plainly(here: Broadcast, text: str, *, killed: bool) -> None:
    """killed: the worker dies before it has acknowledged, and the queue hands the task out again."""
    stage = here.stages["facebook"]
    publisher: Any = stage.connector()
    draft = Draft(text=text, marker=text, link="https://kris.example.org/x")
    again = 1 if killed else 0
    for _try in range(TRIES + again):
        try:
            publisher.publish(draft, {})
        except ConnectorError:
            continue
        if again:
            again = 0
            continue
        return


if __name__ == "__main__":
    main()
