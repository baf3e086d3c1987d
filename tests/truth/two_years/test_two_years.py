"""Two years of random history: each channel's day has exactly one verdict, which is the oracle's, and of each day that
was not watched somebody was told."""

import logging
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import structlog

from monitor.audit.verifying import verify
from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.records.auditing import agreement
from monitor.watch.day_view import ShownDay, shown_days
from tests.conftest import Measured
from tests.monitor.alerts.conftest import with_mail
from tests.truth.two_years.letters import MoodyOffice
from tests.truth.two_years.life import Life
from tests.truth.two_years.oracle import Expected, Oracle
from tests.truth.two_years.told import Told

SEEDS = [int(seed) for seed in os.environ.get("TWO_YEARS_SEEDS", "1").split(",")]
"""Of the histories that are lived; more than one where somebody has the time."""
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made there
TWO_YEARS = date(2025, 1, 1), date(2026, 12, 31)
LIVED = TWO_YEARS if "TWO_YEARS_SEEDS" in os.environ else (date(2026, 10, 1), date(2026, 12, 31))
"""Both years take as long as a third of all other tests: the last quarter alone where nobody names a seed."""
THREE_MONTHS = date(2025, 10, 1), date(2026, 1, 9)
"""With an autumn night that has an hour twice, and Christmas."""
Days = dict[tuple[str, date], Expected]


@pytest.fixture(autouse=True)
def _quiet_and_quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two years of log lines are of no use to anybody, and no mail here needs the world's certificates."""
    monkeypatch.setenv("SSL_CERT_FILE", os.devnull)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture
def office() -> Iterator[MoodyOffice]:
    office = MoodyOffice()
    office.open()
    yield office
    office.close()


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Database]:
    """On SQLite, in memory where there is a folder of that kind: twenty thousand commits wait for no disk there."""
    folder = Path(tempfile.mkdtemp(prefix="kanalvakt-", dir=MEMORY if MEMORY.is_dir() else tmp_path))
    db = Database(f"sqlite:///{folder / 'town.sqlite3'}")
    upgrade(db)
    yield db
    db.close()
    shutil.rmtree(folder)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", SEEDS)
def test_two_years_day_by_day(quick: Database, office: MoodyOffice, measured: Measured, seed: int) -> None:
    life = Life(quick, office, with_mail(office.url), seed, *LIVED)
    days = _lived(life)
    years = "two years" if life.first.year < life.last.year else f"the year {life.first.year}"
    _measured(measured, f"{years} day by day, seed {seed}", life, days)


@pytest.mark.postgresql
@pytest.mark.timeout(600)
def test_three_months_day_by_day(postgresql: Database, office: MoodyOffice, measured: Measured) -> None:
    life = Life(postgresql, office, with_mail(office.url), 1, *THREE_MONTHS)
    days = _lived(life)
    _measured(measured, "three months day by day on PostgreSQL", life, days)


def _lived(life: Life) -> Days:
    """What every day came to, once all has been held against the oracles."""
    end = life.goes_by()
    with life.db.snapshot() as session:
        rows = shown_days(session, life.first, life.last)
        assert verify(session).broken is None
        assert agreement(session).differing == []
    shown = {(each.channel_id, each.day): _shown(each) for each in rows}
    assert len(shown) == len(rows)
    oracles = {id_: Oracle(life.chronicle, id_) for id_ in life.chronicle.channels}
    expected = {(id_, day): each for id_, oracle in oracles.items() for day, each in oracle.days(end).items()}
    assert shown.keys() == expected.keys()
    assert {key: (shown[key], each) for key, each in expected.items() if shown[key] != each} == {}
    assert Told(life.chronicle, life.sendings, life.letters).wrongs(expected) == []
    return expected


def _shown(day: ShownDay) -> Expected:
    assert day.concluded_at is not None
    assert day.first_verdict is not None
    assert day.verdict is not None
    assert day.why is not None
    how, why = (day.how, day.why) if day.correction is None else ("", "")
    return Expected(day.first_verdict, how, why, day.verdict)


def _measured(measured: Measured, what: str, life: Life, days: Days) -> None:
    measured(f"{what}: channel-days", len(days))
    told = Told(life.chronicle, life.sendings, life.letters)
    for verdict, count in Counter(each.first for each in days.values()).items():
        measured(f"{what}: of them {verdict}", count)
    for when, count in told.counts(days).items():
        measured(f"{what}: not watched, and told {when}", count)
    for name, count in vars(life.counts).items():
        measured(f"{what}: {name}", count)
    measured(f"{what}: mails", len(life.letters))
    measured(f"{what}: outages", len(life.down))
