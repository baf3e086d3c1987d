"""A crisis message of a small municipality with real connectors to emulated platforms; time is the platforms'."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors import connect as connect_for_real
from connectors.emulator.effects import Effect
from connectors.emulator.server import Emulator
from connectors.emulator.world import World
from monitor.db import Database
from monitor.emergency import hub
from monitor.emergency.committing import deliveries_of, freeze
from monitor.emergency.drafting import in_turn
from monitor.emergency.models import Delivery, Incident, Message
from monitor.emergency.rules import UNDER_WAY
from monitor.emergency.sweeping import sweep
from monitor.register.models import Channel, Person
from tests.connectors.publishing_stages import LOGIN, blog
from tests.connectors.writing_stages import STAGES
from tests.monitor.town import Town


class FakeHub:
    """Stands for the crisis page. answers: whether it shows from outside what was published."""

    def __init__(self) -> None:
        self.answers, self.published = True, 0

    def publish_pages(self, _db: Database, _settings: Settings, _now: datetime, _identifier: str) -> None:
        self.published += 1

    def verify(self, _settings: Settings, _identifier: str, _text_hash: str) -> bool:
        return self.answers and self.published > 0


def put_up_hub(monkeypatch: pytest.MonkeyPatch) -> FakeHub:
    found = FakeHub()
    monkeypatch.setattr(hub, "publish_pages", found.publish_pages)
    monkeypatch.setattr(hub, "publish_feeds", lambda *_words: None)
    monkeypatch.setattr(hub, "verify", found.verify)
    return found


def commit(session: Session, message_id: int, by: str, now: datetime, settings: Settings) -> list[Delivery]:
    """As who presses: gives the message's deliveries, of which nobody has begun any."""
    freeze(session, in_turn(session, message_id), by, now, settings)
    return deliveries_of(session, message_id)


class Broadcast:
    """One channel for each platform named, by that name; a group that people publish in by hand is `group`. A blog
    lies on loopback, which has to be allowed."""

    def __init__(self, db: Database, emulator: Emulator, *platforms: str, mode: str = "actual") -> None:
        self.db, self.emulator, self.connect = db, emulator, connect_for_real
        self.set_by = timedelta(0)
        self.town = Town(db)
        self.town.change(Channel, "fb", state="retired")
        self.stages = {name: STAGES[name](emulator) for name in platforms if name in STAGES}
        for name, stage in self.stages.items():
            credential = dict(stage.credential.secrets)
            self.town.channel(name, platform=name, external_id=stage.account.id, credential=credential)
            if name == "youtube":
                stage.post()
        if "blog" in platforms:
            blog(emulator)
            self.town.channel("blog", platform="blog", address=f"{emulator.url}/blogg/", credential=dict(LOGIN))
        if "group" in platforms:
            self.town.channel("group", platform="facebook_group", watch_mode="manual")
        with db.transaction() as session:
            for id_ in ("redaktor", "ersattare"):
                session.get_one(Person, id_).roles = ["crisis_staff"]
            begun = {"started_at": self.clock(), "started_by_id": "redaktor", "decided_by": "Kommundirektören"}
            incident = Incident(mode=mode, level="disturbance", title="Strömavbrott", **begun)
            session.add(incident)
            session.flush()
            self.incident = incident.id

    @property
    def world(self) -> World:
        return self.emulator.world

    @property
    def effects(self) -> list[Effect]:
        """What became public."""
        return [each for each in self.world.effects if each.kind in ("publish", "reply")]

    def clock(self) -> datetime:
        """Ours: the platforms', unless somebody has set it."""
        return self.world.now + self.set_by

    def message(self, kind: str = "alert", **values: Any) -> int:
        """Written and approved."""
        with self.db.transaction() as session:
            made = Message(incident_id=self.incident, kind=kind, author_id="redaktor", made_at=self.clock())
            made.headline = "Strömavbrott i Tibro"
            made.happened, made.to_do = "Strömmen är borta.", "Spara på batteriet."
            made.state, made.approved_by_id, made.submitted_by_id = "approved", "ersattare", "redaktor"
            made.approved_at = self.clock()
            for name, value in values.items():
                setattr(made, name, value)
            session.add(made)
            session.flush()
            return made.id

    def commit(self, message: int) -> list[Delivery]:
        with self.db.transaction() as session:
            return commit(session, message, "redaktor", self.clock(), Settings())

    def sent(self, kind: str = "alert", **values: Any) -> int:
        message = self.message(kind, **values)
        self.commit(message)
        return message

    def sweep(self, **more: Any) -> int:
        """A worker comes by."""
        return sweep(self.db, self.clock(), Settings(), **{"clock": self.clock, "connect": self.connect, **more})

    def to_the_end(self) -> None:
        """Workers come by whenever something is due, until nothing goes on by itself."""
        for _round in range(80):
            self.sweep()
            waiting = [each.next_at for each in self.deliveries() if each.state in UNDER_WAY]
            if not waiting:
                return
            self.world.advance(max((min(waiting) - self.clock()).total_seconds(), 0.01))
        raise AssertionError([(each.place, each.state, each.reason) for each in self.deliveries()])

    def deliveries(self) -> list[Delivery]:
        with self.db.snapshot() as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.id)))

    def deliveries_of(self, message: int) -> list[Delivery]:
        with self.db.snapshot() as session:
            return list(session.scalars(select(Delivery).where(Delivery.message_id == message)))

    def delivery(self, place: str, message: int | None = None) -> Delivery:
        return next(each for each in self.deliveries() if each.place == place and message in (None, each.message_id))

    def wait(self, seconds: float) -> None:
        self.world.advance(seconds)
