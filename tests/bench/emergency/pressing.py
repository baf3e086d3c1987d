"""From the button to the platforms, by real time: one message after another, or several at once."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import update

from config.settings import Settings
from monitor.db import Database
from monitor.emergency import sending
from monitor.emergency.message_rules import Kind
from monitor.emergency.models import Delivery, Incident
from monitor.emergency.rules import UNDER_WAY
from tests.bench.emergency.platforms import FIRST, Noting, Platforms, platforms
from tests.bench.emergency.scene import PLATFORMS, Template
from tests.connectors.graph_stages import graph_of
from tests.monitor.emergency.broadcast import Broadcast

LONG = 60.0
MANY = 1_000_000
ON_THE_PAGE = 10
"""Crises that the crisis page shows at the same time."""
LONG_AGO = timedelta(days=15)
"""Since a crisis was closed that is not on the page any more."""
PAUSE = 0.4
"""Seconds between two messages: the log of the one before is written meanwhile. Instagram's containers of the eight
before it are still waited for."""


@dataclass
class Pressed:
    """One message. computing: of this process until all first calls were out, whatever else the machine did. calls: by
    channel, seconds from the button until its first call came in at the platform. confirmed, verified: by place,
    seconds from the button until the platform had said yes, and until it was read back."""

    message: int
    committed: float
    computing: float = 0.0
    calls: dict[str, float] = field(default_factory=dict)
    confirmed: dict[str, float] = field(default_factory=dict)
    verified: dict[str, float] = field(default_factory=dict)

    @property
    def last_call(self) -> float:
        return max(self.calls[name] for name in FIRST.values())


@dataclass
class Town:
    """Real time, the platforms in a process of their own."""

    here: Broadcast
    db: Database
    there: Platforms
    settings: Settings
    home: Path

    def approved(self) -> int:
        """A message that waits for the button, of a crisis of its own; the crisis page shows the last ON_THE_PAGE."""
        with self.db.transaction() as session:
            begun: dict[str, Any] = {"started_at": datetime.now(UTC), "started_by_id": "redaktor"}
            begun |= {"decided_by": "Kommundirektören"}
            incident = Incident(mode="actual", level="disturbance", title="Strömavbrott", **begun)
            session.add(incident)
            session.flush()
            self.here.incident = incident.id
            over = update(Incident).where(Incident.id <= incident.id - ON_THE_PAGE, Incident.closed_at.is_(None))
            session.execute(over.values(closed_at=datetime.now(UTC) - LONG_AGO))
        return self.here.message(made_at=datetime.now(UTC))

    def press(self, message: int) -> Pressed:
        """The button; returns when all channels' first calls are out."""
        self.there.ask("arrivals")
        began, at, used = time.monotonic(), datetime.now(UTC), time.process_time()
        sending.send(self.db, message, "redaktor", at, self.settings)
        pressed = self._followed(Pressed(message, time.monotonic() - began), began)
        pressed.computing = time.process_time() - used
        return pressed

    def correct(self, earlier: int) -> Pressed:
        """One click: what was sent is corrected."""
        self.there.ask("arrivals")
        began, at = time.monotonic(), datetime.now(UTC)
        with self.db.transaction() as session:
            made = sending.taken_back(session, earlier, Kind.CORRECTION, "redaktor", at, self.settings).id
        committed = time.monotonic() - began
        sending.deliver_soon(self.db, made, self.settings)
        return self._followed(Pressed(made, committed), began)

    def _followed(self, pressed: Pressed, began: float) -> Pressed:
        until = began + LONG
        while len(pressed.calls) < len(FIRST) and time.monotonic() < until:
            time.sleep(0.02)
            for place, at in self.there.first_calls().items():
                pressed.calls.setdefault(place, at - began)
        return pressed

    def settle(self) -> None:
        """Until nothing is being delivered any more by this process."""
        until = time.monotonic() + LONG * 3
        for each in threading.enumerate():
            if each.name.startswith("message "):
                each.join(max(0.0, until - time.monotonic()))

    def tell_fates(self, found: list[Pressed]) -> None:
        """From the rows; from when they were made, which is the commit's own moment, right after the button."""
        by_id = {each.message: each for each in found}
        with self.db.snapshot() as session:
            for row in session.query(Delivery).filter(Delivery.message_id.in_(by_id)):
                pressed = by_id[row.message_id]
                for what, at in ((pressed.confirmed, row.confirmed_at), (pressed.verified, row.verified_at)):
                    if at is not None:
                        what[row.place] = (at - row.made_at).total_seconds()

    def left(self) -> int:
        with self.db.snapshot() as session:
            return session.query(Delivery).filter(Delivery.state.in_(UNDER_WAY)).count()


@contextmanager
def town(template: Template, *, latency: float = 0.0, **known: str) -> Iterator[Town]:
    """latency: seconds that each call takes at the platforms. known: more settings."""
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        home = Path(stack.enter_context(TemporaryDirectory()))
        url = stack.enter_context(template.copy())
        patch.setenv("KANALVAKT_HOME", str(home))
        patch.setenv("KANALVAKT_DATABASE_URL", url)
        patch.setenv("KANALVAKT_POLLING__DAILY_QUOTA", str(MANY))
        for name, value in known.items():
            patch.setenv(f"KANALVAKT_{name}", value)
        db, made = Database(url), list[Broadcast]()
        there = stack.enter_context(platforms(lambda emulator: made.append(_furnished(db, emulator))))
        for name, value in there.emulator.settings().items():
            patch.setenv(name, value)
        there.ask("latency", latency)
        yield Town(made[0], db, there, Settings(), home)
        db.close()


def _furnished(db: Database, emulator: Noting) -> Broadcast:
    here = Broadcast(db, emulator, *PLATFORMS, "group")
    graph = graph_of(here.stages["facebook"]).habits
    graph.refuses_repeats, graph.fetches = False, False
    graph.publishes_a_day = graph.calls_a_day = graph.calls_an_hour = MANY
    emulator.youtube.quota.per_day = MANY
    db.close()  # the other process must not share its connections
    return here
