"""One database of a size, and what the work of a day costs in it."""

import os
import statistics
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg
from sqlalchemy import text, update

from config.settings import Settings
from monitor.alerts.auditing import audit
from monitor.alerts.digest import digest
from monitor.alerts.judging import judge
from monitor.alerts.telling import Scene
from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.inbox.day_keeping import keep_days
from monitor.register.models import Channel, Organisation, Person
from monitor.register.organisation import organisation
from monitor.watch.models import Schedule
from monitor.watch.polling import claim_due, poll
from tests.bench.connectors.stages import environment
from tests.bench.page import server_of
from tests.bench.processes import worked
from tests.bench.scale.platforms import PLATFORMS, Platforms, platforms, token
from tests.bench.web.town import PEOPLE, build
from tests.queries import queries

WARM = 2
"""Days that are not counted: what is new is looked at whole once."""
GROWTH = 1.3
CHANGE = 100
"""New comments in a round with a change: 1 % of the smallest store, the same in each."""
OPEN = {"mon-sun": "00:00-23:59"}
NIGHT = timedelta(days=1)
READINGS = """INSERT INTO poll_run (channel_id, claim, started_at, "full", finished_at, outcome, posts, comments_seen,
new, edited, gone, requests, counted_cost, seconds, daily, degraded, quiet)
SELECT 'c' || (n % :channels), '', at, false, at + interval '1 second', 'complete', 1, 5, 0, 0, 0, 1, 1, 1.0, false,
'[]', true FROM (SELECT n, :now - interval '2 days' - make_interval(secs => 63072000.0 * n / :n) AS at
FROM generate_series(1, :n) AS n) AS runs"""


@dataclass
class Spent:
    """One thing, done once. ours, theirs: seconds of processor time of this process and of the database's."""

    seconds: float
    ours: float
    theirs: float
    queries: int
    calls: int
    cost: int = 0

    @property
    def worked(self) -> float:
        return self.ours + self.theirs


@dataclass
class Size:
    """What was measured in a database of so many channels and stored comments, by what was done."""

    channels: int
    comments: int
    done: dict[str, list[Spent]] = field(default_factory=lambda: defaultdict(list))
    bytes_each: float = 0.0


def percentile(figures: Sequence[float], percent: int) -> float:
    return statistics.quantiles(figures, n=100, method="inclusive")[percent - 1] if len(figures) > 1 else figures[0]


@contextmanager
def filled(server: str, channels: int, comments: int, seed: int, now: datetime) -> Iterator[str]:
    """A database with so many; `SCALE_BENCH_KEEP`: one that was kept is used again, and stays."""
    keep = "SCALE_BENCH_KEEP" in os.environ
    name = f"kanalvakt_scale_{channels}_{comments}" if keep else f"kanalvakt_bench_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not known:
            connection.execute(f"CREATE DATABASE {name}")
        try:
            if not known:
                _fill(server_of(server, name), channels, comments, seed, now)
            upgrade(kept := Database(server_of(server, name)))
            kept.close()
            yield server_of(server, name)
        finally:
            if not keep:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _fill(url: str, channels: int, comments: int, seed: int, now: datetime) -> None:
    db = Database(url)
    build(db, comments, seed, now, channels, PLATFORMS)
    with db.transaction() as session:
        session.execute(update(Organisation).values(service_hours=OPEN))
        session.execute(text(READINGS), {"channels": channels, "n": comments, "now": now})
        for number in range(channels):
            chosen = update(Channel).where(Channel.id == f"c{number}")
            session.execute(chosen.values(credential={"token": token(number)}, watched_since=now - NIGHT))
        session.execute(update(Schedule).values(needs_full=False, last_full_at=now, last_daily_at=now))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.exec_driver_sql("CHECKPOINT")
    db.close()


class Work:
    """The day's work in one database, by one process without threads, so that its processor time can be told."""

    def __init__(self, url: str, there: Platforms, size: Size) -> None:
        self.db, self.there, self.size, self.settings = Database(url), there, size, Settings()

    def measured(self, name: str, do: Callable[[], int]) -> None:
        """do: gives the counted cost."""
        backends, before = self._backends(), time.process_time()
        theirs = worked(backends)
        self.there.calls()
        with queries(self.db) as asked:
            began = time.perf_counter()
            cost = do()
            seconds = time.perf_counter() - began
        ours, theirs = time.process_time() - before, worked(backends) - theirs
        self.size.done[name].append(Spent(seconds, ours, theirs, len(asked), self.there.calls(), cost))

    def a_round(self) -> int:
        """Every channel is due, and read. Gives the counted cost."""
        now = datetime.now(UTC)
        with self.db.transaction() as session:
            session.execute(update(Schedule).values(next_poll_at=now, last_full_at=now, last_daily_at=now))
        with self.db.transaction(repeatable=True) as session:
            claimed = claim_due(session, datetime.now(UTC), self.size.channels, lease=timedelta(minutes=30))
        found = [poll(self.db, each, settings=self.settings) for each in claimed]
        wrong = [each for each in found if each.outcome != "complete"]
        if wrong or len(found) != self.size.channels:
            raise RuntimeError(f"{len(wrong)} of {len(found)} readings were not complete: {wrong[:1]}")
        return sum(each.counted_cost for each in found)

    def judged(self) -> int:
        judge(self.db, datetime.now(UTC), self.settings)
        return 0

    def kept(self) -> int:
        keep_days(self.db, datetime.now(UTC))
        return 0

    def audited(self) -> int:
        audit(self.db, datetime.now(UTC), self.settings)
        return 0

    def digests(self) -> int:
        """The letters of everybody who takes care of something."""
        with self.db.snapshot() as session:
            scene = Scene(session, organisation(session), datetime.now(UTC), self.settings)
            for number in range(PEOPLE):
                digest(scene, session.get_one(Person, f"p{number}"))
        return 0

    def _backends(self) -> list[int]:
        query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        with self.db.engine.connect() as connection:
            return list(connection.scalars(text(query)))


def measure(server: str, channels: int, comments: int, times: int, seed: int) -> Size:
    """Everything, so many times, after it was done once."""
    now, size = datetime.now(UTC).replace(microsecond=0), Size(channels, comments)
    with (
        filled(server, channels, comments, seed, now) as url,
        platforms(channels) as there,
        environment(there.settings),
    ):
        work = Work(url, there, size)
        size.bytes_each = _bytes_each(work.db, comments)
        for _each in range(WARM):
            _a_day(work)
        size.done.clear()
        for _each in range(times):
            _a_day(work)
        work.db.close()
    return size


def _a_day(work: Work) -> None:
    work.measured("idle round", work.a_round)
    work.measured("judging, nothing new", work.judged)
    work.there.write(CHANGE)
    work.measured("round with change", work.a_round)
    work.measured("keeping the days after it", work.kept)
    work.measured("judging after it", work.judged)
    work.measured("the morning's digests", work.digests)
    work.measured("the minute's audit", work.audited)


def _bytes_each(db: Database, comments: int) -> float:
    query = "SELECT pg_total_relation_size('comment')"
    with db.engine.connect() as connection:
        return float(connection.scalar(text(query)) or 0) / comments
