"""A town whose channel `fb` is read from a platform that tests tell what happens on it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from config.settings import Settings
from connectors.base import Reading
from monitor.db import Database
from monitor.watch.models import Comment, Observation, PollRun, Schedule
from monitor.watch.polling import PollOutcome, claim_now, poll
from monitor.watch.recording import record
from tests.monitor.town import Town
from tests.monitor.watch.platform import Platform


@dataclass
class Watch:
    """Reads the platform into the database, minute by minute, and looks at what is stored."""

    db: Database
    town: Town
    platform: Platform = field(default_factory=Platform)

    def record(self, reading: Reading | None = None, *, full: bool = True, daily: bool = False) -> PollRun:
        """Stores a reading (default: all that the platform shows), a minute after the one before."""
        self.platform.now += timedelta(minutes=1)
        with self.db.transaction() as session:
            run = PollRun(channel_id="fb", claim="c", started_at=self.platform.now, full=full, daily=daily)
            session.add(run)
            session.flush()
            record(session, "fb", reading or self.platform.reading(), run, self.platform.now)
        return run

    def poll(self, channel: str = "fb", **options: Any) -> PollOutcome:
        """A whole reading: claim, plan, fetch, record."""
        with self.db.transaction() as session:
            [claimed] = claim_now(session, self.platform.now, [channel])
        known = {"settings": Settings(), "connect": self.platform.connect, "clock": lambda: self.platform.now}
        return poll(self.db, claimed, **(known | options))

    def comments(self) -> dict[str, Comment]:
        with self.db.snapshot() as session:
            return {comment.external_id: comment for comment in session.scalars(select(Comment).order_by(Comment.id))}

    def comment(self, id_: str) -> Comment:
        return self.comments()[id_]

    def missing(self) -> set[str]:
        return {id_ for id_, comment in self.comments().items() if comment.missing_since}

    def observed(self, id_: str) -> list[Observation]:
        """What readings noticed of a comment, oldest first."""
        with self.db.snapshot() as session:
            query = select(Observation).join(Comment, Comment.id == Observation.comment_id)
            return list(session.scalars(query.where(Comment.external_id == id_).order_by(Observation.id)))

    def kinds(self, id_: str) -> list[str]:
        return [observation.kind for observation in self.observed(id_)]

    def schedule(self, channel: str = "fb") -> Schedule:
        with self.db.snapshot() as session:
            return session.get_one(Schedule, channel)

    def runs(self, channel: str = "fb") -> list[PollRun]:
        with self.db.snapshot() as session:
            query = select(PollRun).where(PollRun.channel_id == channel)
            return list(session.scalars(query.order_by(PollRun.id)))


@pytest.fixture
def watch(db: Database) -> Watch:
    """On both databases."""
    return Watch(db, Town(db))


@pytest.fixture
def quick(sqlite: Database) -> Watch:
    """On SQLite only, for what does not depend on the database."""
    return Watch(sqlite, Town(sqlite))
