"""Workers that are killed in the middle of a reading, and workers that read the same channel side by side."""

import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

from config.settings import Polling, Settings
from monitor.db import Database
from monitor.watch.claiming import claim_due
from monitor.watch.models import PollRun
from monitor.watch.polling import poll
from monitor.watch.recording import record
from tests.monitor.watch.conftest import Watch
from tests.monitor.watch.platform import MONDAY, Platform
from tests.waiting import eventually

PROCESSES = multiprocessing.get_context("fork")
LEASE = timedelta(seconds=1)
COMMENTS = 1500
KILLS = 6


def test_a_worker_that_is_killed_at_any_moment_loses_nothing_and_frees_its_channel(
    watch: Watch, tmp_path: Path
) -> None:
    url = watch.db.url.render_as_string(hide_password=False)
    chance, text = random.Random(1), tmp_path / "text"  # noqa: S311 - not for secrets
    for kill in range(KILLS):
        text.write_text(f"version {kill}")
        before = len(watch.runs())
        with process(work, url, text) as worker:
            eventually(lambda before=before: len(watch.runs()) > before)  # it reads
            time.sleep(chance.uniform(0, 0.35))
            worker.kill()
        assert watch.schedule().next_poll_at <= datetime.now(UTC) + LEASE
        eventually(lambda: watch.schedule().next_poll_at <= datetime.now(UTC))
    text.write_text("last version")
    with process(work, url, text) as worker:
        eventually(lambda: {comment.text for comment in watch.comments().values()} == {"last version"})
        worker.kill()
    assert len(watch.comments()) == COMMENTS
    assert watch.missing() == set()
    for comment in ("c0", f"c{COMMENTS - 1}"):
        versions = [observation.text for observation in watch.observed(comment)]
        assert len(versions) == len(set(versions)), "no change is noticed twice"
    *earlier, _last = watch.runs()
    assert {run.outcome for run in earlier} <= {"complete", "lost"}


def test_two_that_read_the_same_channel_store_nothing_twice(watch: Watch) -> None:
    watch.town.schedule()
    url = watch.db.url.render_as_string(hide_password=False)
    ready = PROCESSES.Barrier(2)
    with process(record_once, url, ready) as one, process(record_once, url, ready) as other:
        one.join(60)
        other.join(60)
        assert (one.exitcode, other.exitcode) == (0, 0)
    assert len(watch.comments()) == COMMENTS
    assert sorted(run.new for run in watch.runs()) == [0, COMMENTS]


def work(url: str, text: Path) -> None:
    """A worker with a short lease and a slow platform, for ever."""
    db = Database(url)
    settings = Settings(polling=Polling(interval_seconds=1, around_the_clock=True))
    while True:
        platform = full_platform(text.read_text())
        platform.during = lambda: time.sleep(0.1)
        with db.transaction() as session:
            claims = claim_due(session, datetime.now(UTC), 1, LEASE)
        for claimed in claims:
            poll(db, claimed, settings=settings, connect=platform.connect, lease=LEASE)
        time.sleep(0.01)


def record_once(url: str, ready: Barrier) -> None:
    db, reading = Database(url), full_platform("text").reading()
    ready.wait(30)
    with db.transaction() as session:
        run = PollRun(channel_id="fb", claim="c", started_at=MONDAY, full=True)
        session.add(run)
        session.flush()
        record(session, "fb", reading, run, MONDAY)
    db.close()


def full_platform(text: str) -> Platform:
    platform = Platform()
    platform.post()
    for number in range(COMMENTS):
        platform.comment(f"c{number}", text)
    return platform


@contextmanager
def process(target: Callable[..., None], *arguments: object) -> Iterator[multiprocessing.process.BaseProcess]:
    """A process of its own that is never left behind."""
    child = PROCESSES.Process(target=target, args=arguments, daemon=True)
    child.start()
    try:
        yield child
    finally:
        child.kill()
        child.join()
