"""One slow, huge or hanging channel never delays the others; and all workers together keep within what there is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis
from sqlalchemy import func, select

from config.settings import settings
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.emulator.world import World
from monitor.watch.models import PollRun, Spending
from tests.services import own_redis
from tests.workers.readers import Readers, readers
from workers import app as workers_app

ORDINARY = [f"sida-{number}" for number in range(50)]
KEYS = {f"KEY_{name.replace('-', '_')}": f"value-of-KEY_{name.replace('-', '_')}" for name in ORDINARY}
POLLS_HAVE = 70
"""Units of a day that readings may spend together: 140 less the two reserves, which are half of it at the most."""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(World(seed=1, clock=datetime.now(UTC))) as running:
        yield running


@pytest.fixture
def two(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Readers]:
    """Two workers, each with two threads for the ordinary channels of a provider."""
    url = own_redis()
    redis.Redis.from_url(url).flushdb()
    chosen = {
        "REDIS_URL": url,
        "POLLING__CONCURRENCY": "2",
        "POLLING__AROUND_THE_CLOCK": "true",
        "POLLING__INTERVAL_SECONDS": "86400",
        "POLLING__DAILY_QUOTA": "140",
        "POLLING__RESERVE_FOR_REPLIES": "50",
        "POLLING__RESERVE_FOR_CRISIS": "50",
    }
    for name, value in chosen.items():
        monkeypatch.setenv(f"KANALVAKT_{name}", value)
    settings.cache_clear()
    monkeypatch.setattr(workers_app.app.conf, "broker_url", url)
    with readers(2, emulator, **KEYS, BIG="value-of-BIG", SLOW="value-of-SLOW", YT="value-of-YT") as running:
        yield running


@pytest.mark.redis
def test_one_huge_one_slow_and_a_provider_that_hangs_do_not_delay_fifty_ordinary_channels(two: Readers) -> None:
    for name, key in zip(ORDINARY, KEYS, strict=True):
        page = two.channel("facebook", name, key)
        two.emulator.world.publish(page, "Nyhet")
    assert len(two.read(ORDINARY, datetime.min.replace(tzinfo=UTC), seconds=150)) == len(ORDINARY)
    alone = lateness(two)

    bad_ones(two)
    together = lateness(two)
    assert two.under_way() >= 4, "the bad ones are still being read"
    assert together < 3 * alone + timedelta(seconds=5)  # one of the bad ones takes forty


def bad_ones(two: Readers) -> None:
    """More than there are threads for readings in both workers: two huge ones that nobody has read before, two that
    took half a minute the last time, and six whose provider answers nothing at all. All are read before the others."""
    world, faults, now = two.emulator.world, two.emulator.faults, datetime.now(UTC)
    names = []
    for number in range(2):
        huge = two.channel("facebook", f"huge-{number}", "BIG")
        for _post in range(100):
            world.publish(huge, "Nyhet")
        slow = two.channel("facebook", f"slow-{number}", "SLOW", last_complete_at=now)
        with two.db.transaction() as session:
            read = {"claim": "c", "started_at": now, "finished_at": now, "full": False, "seconds": 30.0}
            session.add(PollRun(channel_id=f"slow-{number}", outcome="complete", **read))
        names += [f"huge-{number}", f"slow-{number}"]
        for id_ in (huge.id, slow.id):
            faults.add(Fault("latency", site="graph", path=id_, times=None, seconds=40))
    faults.add(Fault("hang", site="youtube", times=None, seconds=90))
    for number in range(6):
        two.channel("youtube", f"film-{number}", "YT")
    two.read(["none of these"], now, seconds=2)


def lateness(two: Readers) -> timedelta:
    """From when they are all due until 95 of 100 have been read."""
    due = two.due(*ORDINARY)
    runs = two.read(ORDINARY, due, seconds=100)
    assert len(runs) == len(ORDINARY)
    waits = sorted(run.finished_at - due for run in runs if run.finished_at)
    return waits[len(waits) * 95 // 100]


@pytest.mark.redis
def test_two_workers_never_spend_more_of_a_days_quota_than_readings_have(two: Readers) -> None:
    """Six channels of one project that want some sixty units each, all at the same time."""
    world, now = two.emulator.world, datetime.now(UTC)
    two.emulator.latency = 0.02
    films = [f"film-{number}" for number in range(6)]
    for name in films:
        video = world.publish(two.channel("youtube", name, "YT"), "Film")
        resident = world.person("youtube", "Kim Påhittad")
        for _thread in range(60):
            thread = world.comment(video, resident, "Fråga")
            for _reply in range(7):
                world.comment(thread, resident, "Svar")
    runs = two.read(films, now, seconds=150)
    two.read(films, datetime.now(UTC), seconds=2)  # and whatever else they would do
    cost = two.emulator.ledger.cost("youtube")
    with two.db.snapshot() as session:
        booked = session.scalar(select(func.sum(Spending.cost)))
    assert len({run.channel_id for run in runs}) == len(films)
    assert POLLS_HAVE // 2 < cost == booked
    assert cost <= POLLS_HAVE
