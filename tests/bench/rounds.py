"""A round of many channels through the real broker and worker, against platforms that take their time."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from connectors.emulator.server import Emulator
from connectors.emulator.world import Token, World
from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.register.models import Channel, Organisation, Person, Unit
from monitor.watch.models import PollRun, Schedule

COMMAND = Path(sys.executable).parent / "kanalvakt"
SCOPES = ("pages_show_list", "pages_read_engagement", "pages_read_user_content")
COMMENTS = 5  # below one post of each channel
DAY = 86_400


def measure(home: Path, channels: int = 200, latency: float = 0.15, concurrency: int = 8) -> dict[str, Any]:
    """Seconds of an idle round from the first claim to the last record; `ratio` to calls × latency ÷ concurrency."""
    world = _world(channels)
    with Emulator(world, latency=latency) as emulator:
        db = Database(f"sqlite:///{home / 'kanalvakt.sqlite3'}")
        upgrade(db)
        _register(db, world)
        with _running(home, emulator, world, concurrency):
            _wait(db, channels)
            mark = emulator.ledger.mark()
            _make_due(db)
            _wait(db, 2 * channels)
            calls = emulator.ledger.since(mark).requests("graph")
        seconds = _seconds(db, after=channels)
        db.close()
    ideal = calls * latency / concurrency
    figures = {"channels": channels, "calls": calls, "latency": latency, "concurrency": concurrency}
    return figures | {"seconds": round(seconds, 2), "ideal": round(ideal, 2), "ratio": round(seconds / ideal, 2)}


def _world(channels: int) -> World:
    world = World(seed=1, clock=datetime.now(UTC))
    for number in range(channels):
        page = world.account("facebook", f"10000{number:05}", f"sida{number}", f"Sida {number}")
        world.token(Token(f"token-{number}", "page", page, SCOPES))
        post = world.publish(page, "Nyhet")
        resident = world.person("facebook", "Kim Påhittad")
        for _ in range(COMMENTS):
            world.comment(post, resident, "En fråga om vattnet på Storgatan")
    return world


def _register(db: Database, world: World) -> None:
    now = datetime.now(UTC)
    with db.transaction() as session:
        session.add_all([Organisation(name="Exempel"), Person(id="p", name="P", email="p@example.org")])
        session.flush()
        session.add(Unit(id="u", name="U"))
        session.flush()
        for number, page in enumerate(world.accounts.values()):
            people = {"unit_id": "u", "responsible_id": "p"}
            where = {"address": f"https://www.facebook.com/{page.handle}", "external_id": page.id}
            credential = {"token_env": f"BENCH_TOKEN_{number}"}
            name = f"sida-{number}"
            session.add(Channel(id=name, platform="facebook", name=name, credential=credential, **people, **where))
            session.flush()
            session.add(Schedule(channel_id=name, next_poll_at=now))


@contextmanager
def _running(home: Path, emulator: Emulator, world: World, concurrency: int) -> Iterator[None]:
    environment = (
        os.environ | emulator.settings() | {f"BENCH_TOKEN_{n}": f"token-{n}" for n in range(len(world.accounts))}
    )
    environment |= {
        "KANALVAKT_HOME": str(home),
        "KANALVAKT_WEB__PORT": "0",
        "KANALVAKT_POLLING__INTERVAL_SECONDS": str(DAY),
        "KANALVAKT_POLLING__AROUND_THE_CLOCK": "true",
        "KANALVAKT_POLLING__CONCURRENCY": str(concurrency),
    }
    house = subprocess.Popen([str(COMMAND), "up"], env=environment, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        house.terminate()
        house.wait(30)


def _make_due(db: Database) -> None:
    with db.transaction() as session:
        session.execute(update(Schedule).values(next_poll_at=datetime.now(UTC)))


def _wait(db: Database, runs: int, seconds: float = 300) -> None:
    complete = select(func.count()).where(PollRun.outcome == "complete")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with db.snapshot() as session:
            if (session.scalar(complete) or 0) >= runs:
                return
        time.sleep(0.5)
    raise TimeoutError(f"{runs} readings are not complete after {seconds} s")


def _seconds(db: Database, after: int) -> float:
    """From the first start to the last end, of all readings but the first `after`."""
    with db.snapshot() as session:
        runs = session.scalars(select(PollRun).order_by(PollRun.id).offset(after)).all()
    return (
        max(run.finished_at or run.started_at for run in runs) - min(run.started_at for run in runs)
    ).total_seconds()
