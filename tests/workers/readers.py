"""Real worker processes that read channels from the emulator; the clock is the test's."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, update

from config.settings import settings
from connectors.emulator.server import Emulator
from connectors.emulator.world import Account, Token
from monitor.cli.setup import opened_database
from monitor.db import Database
from monitor.register.models import Channel, Organisation, Person, Unit
from monitor.watch.bulkheads import threads_of
from monitor.watch.models import PollRun, Schedule
from workers.queues import POLLS
from workers.tasks import tick

SCOPES = ("pages_show_list", "pages_read_engagement", "pages_read_user_content")
SECRETS = {"facebook": "token_env", "youtube": "api_key_env"}


@dataclass
class Readers:
    """Channels in a database of the test's own, and what the workers did with them."""

    db: Database
    emulator: Emulator

    def channel(self, platform: Any, name: str, key: str, **schedule: Any) -> Account:
        """One that is read with the secret in the environment's KEY; due now."""
        world = self.emulator.world
        number = len(world.accounts)
        id_ = f"10000{number:05}" if platform == "facebook" else f"UC{number:022}"
        account = world.account(platform, id_, name, name)
        kind = ("page", account, SCOPES) if platform == "facebook" else ("api_key", account)
        world.token(Token(f"value-of-{key}", *kind))
        with self.db.transaction() as session:
            where = {"address": f"https://www.{platform}.com/{name}", "external_id": account.id}
            people = {"unit_id": "u", "responsible_id": "p", "credential": {SECRETS[platform]: key}}
            session.add(Channel(id=name, platform=platform, name=name, **where, **people))
            session.flush()
            session.add(Schedule(channel_id=name, **({"next_poll_at": datetime.now(UTC)} | schedule)))
        return account

    def due(self, *names: str) -> datetime:
        now = datetime.now(UTC)
        with self.db.transaction() as session:
            session.execute(update(Schedule).where(Schedule.channel_id.in_(names)).values(next_poll_at=now))
        return now

    def read(self, names: list[str], since: datetime, seconds: float) -> list[PollRun]:
        """What came of their readings; the clock ticks until there is one of each, or for so many seconds."""
        wanted = (PollRun.channel_id.in_(names), PollRun.started_at >= since, PollRun.outcome != "running")
        query, end = select(PollRun).where(*wanted), time.monotonic() + seconds
        while True:
            tick()
            with self.db.snapshot() as session:
                runs = list(session.scalars(query))
            if len({run.channel_id for run in runs}) == len(names) or time.monotonic() > end:
                return runs
            time.sleep(0.2)

    def under_way(self) -> int:
        with self.db.snapshot() as session:
            return session.scalar(select(func.count()).where(PollRun.outcome == "running")) or 0


def town(db: Database) -> None:
    with db.transaction() as session:
        session.add_all([Organisation(name="Tibro kommun"), Person(id="p", name="P", email="p@example.org")])
        session.flush()
        session.add(Unit(id="u", name="U"))


@contextmanager
def readers(count: int, emulator: Emulator, **environment: str) -> Iterator[Readers]:
    """So many workers, until the end. The settings, and those of this process, are already such that they meet here."""
    db = opened_database(create=True)
    town(db)
    words = ("--queues", ",".join(POLLS), "--pool", "threads", "--concurrency", str(threads_of(settings())))
    quiet = ("--without-mingle", "--without-gossip", "--without-heartbeat", "--loglevel", "CRITICAL")
    command = (sys.executable, "-m", "celery", "--app", "workers.tasks", "--quiet", "worker", *words, *quiet)
    processes = [
        subprocess.Popen(
            [*command, "--hostname", f"{number}@here"],
            env=os.environ | emulator.settings() | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # else they let all tests go first, their own among them
        )
        for number in range(count)
    ]
    try:
        yield Readers(db, emulator)
    finally:
        for process in processes:
            process.kill()
            process.wait(10)
