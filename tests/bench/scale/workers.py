"""Real Celery workers on a real Redis: how much faster two are than one, and what they need in memory."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from celery import Celery
from sqlalchemy import func, select, update

from config.settings import Polling, Settings
from monitor.db import Database
from monitor.watch.bulkheads import queue_of, threads_of
from monitor.watch.models import PollRun, Schedule
from tests.bench.scale.measuring import filled
from tests.bench.scale.platforms import Platforms, platforms

LATENCY, CHANNELS, ROUNDS = 0.5, 256, 5
"""Two cores have to do for workers, database and platforms: with such a latency it is the waiting that takes time."""
STORED = 10_000
MEMORY_ROUNDS = 100
GOAL = 1.8
PATIENCE = 600
READERS = Polling().concurrency
"""Channels of one provider that a worker reads at the same time."""
QUEUE = queue_of("facebook")


@dataclass(frozen=True)
class Raced:
    """Seconds of each round, with one worker and with two."""

    latency: float
    channels: int
    one: list[float]
    two: list[float]

    @property
    def ratio(self) -> float:
        return min(self.one) / min(self.two)


@dataclass(frozen=True)
class Grown:
    """A worker's resident memory in MB after each round, everything new in each."""

    comments: int
    channels: int
    megabytes: list[float]

    @property
    def per_thousand(self) -> float:
        """MB for a thousand readings, over the second half of the rounds."""
        half = self.megabytes[len(self.megabytes) // 2 :]
        return 1000 * (half[-1] - half[0]) / ((len(half) - 1) * self.channels)


def race(server: str, redis: str, latency: float, channels: int, rounds: int, seed: int) -> Raced:
    now = datetime.now(UTC)
    with filled(server, channels, STORED, seed, now) as url, platforms(channels, latency) as there:
        one, two = [_round(url, redis, there, channels, many, rounds) for many in (1, 2)]
    return Raced(latency, channels, one, two)


def _round(url: str, redis: str, there: Platforms, channels: int, many: int, rounds: int) -> list[float]:
    with _workers(url, redis, there, many):
        _a_round(url, redis, channels)
        return [_a_round(url, redis, channels) for _each in range(rounds)]


def grow(server: str, redis: str, channels: int, comments: int, rounds: int, seed: int) -> Grown:
    """One worker, platforms that answer at once, ten new comments in each round."""
    now, found = datetime.now(UTC), list[float]()
    with (
        filled(server, channels, comments, seed, now) as url,
        platforms(channels) as there,
        _workers(url, redis, there, 1) as [process],
    ):
        for _each in range(rounds):
            there.write(10)
            _a_round(url, redis, channels)
            found.append(_resident(process))
    return Grown(comments, channels, found)


@contextmanager
def _workers(url: str, redis: str, there: Platforms, many: int) -> Iterator[list[int]]:
    """So many processes that read; their process ids."""
    environment = os.environ | there.settings
    environment |= {"KANALVAKT_DATABASE_URL": url, "KANALVAKT_REDIS_URL": redis, "KANALVAKT_LOG_LEVEL": "ERROR"}
    quiet = ("--without-mingle", "--without-gossip", "--without-heartbeat")
    threads = str(threads_of(Settings(), 1))
    words = ("worker", "--pool", "threads", "--concurrency", threads, "--queues", QUEUE, *quiet)
    command = (sys.executable, "-m", "celery", "--app", "workers.tasks", "--quiet", *words)
    started = [
        subprocess.Popen([*command, "--hostname", f"bench{number}@%h"], env=environment, stdout=subprocess.DEVNULL)
        for number in range(many)
    ]
    try:
        yield [each.pid for each in started]
    finally:
        for each in started:
            each.terminate()
        for each in started:
            each.wait(60)


def _a_round(url: str, redis: str, channels: int) -> float:
    """Seconds from the beginning of the first reading to the end of the last."""
    db = Database(url)
    now = datetime.now(UTC)
    with db.transaction() as session:
        session.execute(update(Schedule).values(next_poll_at=now, last_full_at=now, last_daily_at=now))
        last = session.scalar(select(func.max(PollRun.id))) or 0
    deadline = time.monotonic() + PATIENCE
    done = select(func.count(), func.min(PollRun.started_at), func.max(PollRun.finished_at))
    done = done.where(PollRun.id > last, PollRun.outcome == "complete")
    while time.monotonic() < deadline:
        _ring(redis)
        with db.snapshot() as session:
            many, began, ended = session.execute(done).one()
        if many == channels:
            db.close()
            return float((ended - began).total_seconds())
        time.sleep(0.2)
    raise TimeoutError(f"not after {PATIENCE} s")


def _ring(redis: str) -> None:
    """As the clock's tick does, for as many readers as two workers have: who has no room for one more does not hear."""
    with Celery(broker=redis) as app:
        app.conf.task_default_queue = QUEUE
        for _each in range(2 * READERS):
            app.send_task("read", ("meta", False), queue=QUEUE, expires=1)


def _resident(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
