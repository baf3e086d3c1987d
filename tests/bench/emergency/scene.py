"""A municipality on emulated platforms with a database of its own. Its clock is one for all its processes, and moves
when it is moved: waiting takes no time."""

import multiprocessing
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from ctypes import c_double
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors.emulator.server import Emulator
from connectors.emulator.world import START, World
from connectors.graph import publishing as graph_publishing
from connectors.youtube.connector import YouTube
from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.emergency.in_hand import InHand
from monitor.emergency.models import Incident
from monitor.emergency.rules import Fate
from tests.bench.page import server_of
from tests.connectors.graph_stages import graph_of
from tests.monitor.emergency import broadcast
from tests.monitor.emergency.broadcast import Broadcast, FakeHub, put_up_hub

PROCESSES = multiprocessing.get_context("fork")
PLATFORMS = ("facebook", "instagram", "youtube")
TIMEOUT = 1.0
"""Seconds that a platform may be silent here; in production 15."""


class SharedWorld(World):
    """Without a lock: only who runs the scene moves the clock, and who is killed while reading holds nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = PROCESSES.RawValue(c_double, 0.0)

    @property
    def now(self) -> datetime:
        return (START + timedelta(seconds=self.passed.value)).replace(microsecond=0)

    def advance(self, seconds: float) -> None:
        self.passed.value += seconds


At = Callable[[str, Fate, bool], None]
"""What is called around the commit of a delivery's state: the place, the state, and whether it is committed."""


class Watched(Database):
    """Calls `at` right before and right after each commit of what became of a delivery."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.at: At | None = None

    @contextmanager
    def transaction(self, *, repeatable: bool = False) -> Iterator[Session]:
        with super().transaction(repeatable=repeatable) as session:
            yield session
            place, fate = session.info.get("wrote", ("", Fate.PENDING))
            if place and self.at:
                self.at(place, fate, False)
        if place and self.at:
            self.at(place, fate, True)


def _tell_what_is_written() -> None:
    write = InHand.write_in

    def told(self: InHand, session: Session, fate: Fate, values: Any, next_at: datetime) -> bool:
        session.info["wrote"] = (self.held.place, fate)
        return write(self, session, fate, values, next_at)

    InHand.write_in = told  # type: ignore[method-assign]


_tell_what_is_written()


@dataclass
class Scene:
    """One channel on each platform, one that people publish in by hand, and the crisis page."""

    here: Broadcast
    db: Watched
    hub: FakeHub

    @property
    def url(self) -> str:
        return self.db.url.render_as_string(hide_password=False)

    def new_incident(self) -> None:
        """Each broadcast is the first of its own."""
        here = self.here
        begun: dict[str, Any] = {"started_at": here.clock(), "started_by_id": "redaktor"}
        begun |= {"decided_by": "Kommundirektören"}
        with self.db.transaction() as session:
            incident = Incident(mode="actual", level="disturbance", title="Strömavbrott", **begun)
            session.add(incident)
            session.flush()
            here.incident = incident.id


class Template:
    """An empty database, migrated once and copied for each scene. server: PostgreSQL's address, or None for SQLite."""

    def __init__(self, server: str | None) -> None:
        self.server, self._folder = server, tempfile.mkdtemp(prefix="kanalvakt-bench-")
        self.name = f"kanalvakt_bench_{uuid.uuid4().hex[:8]}"
        if server:
            self._tell(f"CREATE DATABASE {self.name}")
        db = Database(server_of(server, self.name) if server else f"sqlite:///{self._folder}/empty.sqlite3")
        upgrade(db)
        db.close()

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The address of a new one."""
        name = f"{self.name}_{uuid.uuid4().hex[:6]}"
        if self.server:
            self._tell(f"CREATE DATABASE {name} TEMPLATE {self.name}")
            self._tell(f"ALTER DATABASE {name} SET synchronous_commit = off")  # nothing here cuts the power
            yield server_of(self.server, name)
            self._tell(f"DROP DATABASE {name} WITH (FORCE)")
        else:
            path = Path(self._folder) / f"{name}.sqlite3"
            shutil.copy(Path(self._folder) / "empty.sqlite3", path)
            yield f"sqlite:///{path}"
            path.unlink()

    def drop(self) -> None:
        if self.server:
            self._tell(f"DROP DATABASE {self.name} WITH (FORCE)")
        shutil.rmtree(self._folder)

    def _tell(self, statement: str) -> None:
        with psycopg.connect(str(self.server), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def scene(template: Template) -> Iterator[Scene]:
    """The environment is the scene's as long as it lasts."""
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        emulator = stack.enter_context(Emulator(SharedWorld()))
        url = stack.enter_context(template.copy())
        for name, value in emulator.settings().items():
            patch.setenv(name, value)
        patch.setenv("KANALVAKT_HOME", folder)
        patch.setenv("KANALVAKT_DATABASE_URL", url)
        patch.setattr(graph_publishing, "SHORT", (TIMEOUT, TIMEOUT))
        patch.setattr(YouTube, "timeout", TIMEOUT)
        known = Settings()  # it takes as long as a delivery, and nothing changes it here
        patch.setattr(broadcast, "Settings", lambda: known)
        hub = put_up_hub(patch)
        db = Watched(url)
        here = Broadcast(db, emulator, *PLATFORMS, "group")
        habits = graph_of(here.stages["facebook"]).habits
        habits.refuses_repeats = False  # Facebook's own help against repeats is off
        habits.fetches = False
        yield Scene(here, db, hub)
        db.close()


def servers() -> dict[str, str | None]:
    """By the database's name, where it is made."""
    found: dict[str, str | None] = {"sqlite": None}
    if server := os.environ.get("TEST_POSTGRESQL_URL"):
        found["postgresql"] = server
    return found
