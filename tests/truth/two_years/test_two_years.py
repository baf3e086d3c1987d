"""Two years of random history: each channel's day has exactly one verdict, which is the oracle's."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

import pytest

from monitor.audit.verifying import verify
from monitor.db import Database
from monitor.records.auditing import agreement
from monitor.watch.day_view import ShownDay, shown_days
from tests.conftest import Measured
from tests.monitor.alerts.conftest import with_mail
from tests.truth.two_years.letters import MoodyOffice
from tests.truth.two_years.life import Life
from tests.truth.two_years.oracle import Expected, Oracle

SEEDS = [int(seed) for seed in os.environ.get("TWO_YEARS_SEEDS", "1").split(",")]


@pytest.fixture
def office() -> Iterator[MoodyOffice]:
    office = MoodyOffice()
    office.open()
    yield office
    office.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
def test_two_years_day_by_day(sqlite: Database, office: MoodyOffice, measured: Measured, seed: int) -> None:
    life = Life(sqlite, office, with_mail(office.url), seed, date(2025, 1, 1), date(2025, 1, 31))
    days = _lived(life)
    measured(f"two years day by day, seed {seed}", len(days))


def _lived(life: Life) -> list[ShownDay]:
    end = life.goes_by()
    with life.db.snapshot() as session:
        days = shown_days(session, life.first, life.last)
        assert verify(session).broken is None
        assert agreement(session).differing == []
    told = {(each.channel_id, each.day): _said(each) for each in days}
    assert len(told) == len(days)
    expected = {(id_, day): each for id_ in life.chronicle.channels for day, each in Oracle(life.chronicle, id_).days(end).items()}
    assert told.keys() == expected.keys()
    assert {key: (told[key], each) for key, each in expected.items() if told[key] != each} == {}
    print(Counter((each.verdict, each.why) for each in days), life.counts, len(life.letters))
    return days


def _said(day: ShownDay) -> Expected:
    assert day.concluded_at is not None
    assert day.first_verdict is not None
    assert day.verdict is not None
    return Expected(day.first_verdict, day.how, day.why or "", day.verdict)
