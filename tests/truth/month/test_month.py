"""A month of fifty channels and five thousand comments: whoever waits too long, somebody hears of it in time, once,
at the right hour, though absences, a moody mail server, a dying broker and dying workers stand in the way."""

import os
import shutil
import tempfile
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from connectors.emulator.server import Emulator
from connectors.emulator.world import World
from monitor.db import Database
from monitor.db.migrating import upgrade
from tests.conftest import Measured
from tests.monitor.register.slow_calendar import SlowCalendar
from tests.truth.month.acts import Acts
from tests.truth.month.chronicle import Chronicle
from tests.truth.month.clock import Clock
from tests.truth.month.life import Life
from tests.truth.month.machinery import Broker, Worker
from tests.truth.month.office import MoodyOffice
from tests.truth.month.oracle import Oracle
from tests.truth.month.plan import COMMENTS, Plan
from tests.truth.month.town import settle

SEEDS = [int(seed) for seed in os.environ.get("MONTH_SEEDS", "1").split(",")]
MONTHS = [(2026, 3), (2026, 10)]
"""Both have a night on which the clocks change. Only the first one is lived unless MONTH_SEEDS names a seed."""
DAYS = int(os.environ.get("MONTH_DAYS", "4"))
"""So many of its last days are lived, with their share of comments, outages and kills; all of it: MONTH_DAYS=31."""
SIZE = int(os.environ.get("MONTH_COMMENTS", str(COMMENTS * DAYS // 31)))
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made there


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """In memory where there is a folder of that kind."""
    found = Path(tempfile.mkdtemp(prefix="kanalvakt-", dir=MEMORY if MEMORY.is_dir() else tmp_path))
    yield found
    shutil.rmtree(found)


@pytest.fixture
def office() -> Iterator[MoodyOffice]:
    office = MoodyOffice()
    office.open()
    yield office
    office.close()


@pytest.fixture
def broker() -> Iterator[Broker]:
    broker = Broker()
    broker.start()
    yield broker
    broker.kill()


@pytest.mark.redis
@pytest.mark.timeout(5400)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("month", MONTHS if "MONTH_SEEDS" in os.environ else MONTHS[:1], ids=str)
def test_a_month(
    month: tuple[int, int], seed: int, folder: Path, office: MoodyOffice, broker: Broker, measured: Measured
) -> None:
    last = date(*month, monthrange(*month)[1])
    clock = Clock(max(date(*month, 1), last - timedelta(days=DAYS - 1)), last)
    begin = SlowCalendar().midnight(clock.first) - timedelta(hours=12)
    db = Database(f"sqlite:///{folder / 'town.sqlite3'}")
    upgrade(db)
    with Emulator(World(seed=seed, clock=begin)) as emulator:
        accounts = settle(db, emulator.world, begin)
        worker = Worker(_environment(folder, emulator, office, broker), folder / "worker.log")
        acts = Acts(db, emulator, accounts, Chronicle(), clock)
        life = Life(acts, Plan(clock, Random(seed), SIZE), office, broker, worker, seed)  # noqa: S311
        try:
            life.goes_by()
        finally:
            worker.end()
    oracle = Oracle(clock, life.chronicle, office.letters, acts.numbers(), clock.end)
    wrongs = oracle.wrongs()
    _measured(measured, f"a month ({month[0]}-{month[1]:02}, seed {seed})", life, oracle)
    db.close()
    assert wrongs == []


def _measured(measured: Measured, what: str, life: Life, oracle: Oracle) -> None:
    chronicle = life.chronicle
    figures = dict(chronicle.counts) | {f"past a deadline, rung {name}": count for name, count in oracle.late.items()}
    figures |= {"comments": len(chronicle.asked), "mails": len(oracle.letters), "mails repeated": oracle.repeats}
    figures["outages"] = len(life.plan.outages)
    figures["longest delay, in seconds of service"] = int(max(oracle.delays, default=timedelta()).total_seconds())
    for name, count in figures.items():
        measured(f"{what}: {name}", count)


def _environment(folder: Path, emulator: Emulator, office: MoodyOffice, broker: Broker) -> dict[str, str]:
    return emulator.settings() | {
        "KANALVAKT_HOME": str(folder / "home"),
        "KANALVAKT_DATABASE_URL": f"sqlite:///{folder / 'town.sqlite3'}",
        "KANALVAKT_REDIS_URL": broker.url,
        "KANALVAKT_SMTP_URL": office.url,
        "KANALVAKT_WEB__PUBLIC_URL": "https://kanalvakt.tibro.example.org",
        "KANALVAKT_LOG_LEVEL": "ERROR",
    }
