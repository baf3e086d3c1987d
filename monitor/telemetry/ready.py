"""Whether this process can serve: each part that it needs answers, and the database has this version's tables."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.exc import SQLAlchemyError

from config.settings import Settings
from monitor.db import Database
from monitor.db.migrating import revision
from monitor.telemetry import broker
from monitor.telemetry.in_time import InTime
from monitor.telemetry.serving import serves

PATIENCE = 2.0
"""Seconds; what takes longer does not answer."""
DATABASE, BROKER = "database", "broker"


class Found(StrEnum):
    """How a part is. EMPTY, OTHER_VERSION: of its tables."""

    OK = "ok"
    DOWN = "does not answer"
    EMPTY = "has no tables yet"
    OTHER_VERSION = "has the tables of another version"


@dataclass(frozen=True, slots=True)
class Readiness:
    """parts: how each is that was asked for."""

    parts: dict[str, Found]

    @property
    def ready(self) -> bool:
        return all(found is Found.OK for found in self.parts.values())

    def as_json(self) -> dict[str, object]:
        return {"ready": self.ready, **self.parts}


class Parts:
    """What is looked at. Never raises, never hangs, and says nothing of addresses or errors."""

    def __init__(self, db: Database, settings: Settings, patience: float = PATIENCE) -> None:
        looks: dict[str, Callable[[], Found]] = {
            DATABASE: lambda: _database(db),
            BROKER: lambda: Found.OK if broker.answers(settings) else Found.DOWN,
        }
        self.looks = {name: InTime(look, patience) for name, look in looks.items()}

    async def look(self, but: Collection[str] = ()) -> Readiness:
        """All at the same time. but: names of parts that whoever asks can do without."""
        asked = [name for name in self.looks if name not in but]
        found = await asyncio.gather(*(self.looks[name].ask() for name in asked))
        return Readiness({name: each or Found.DOWN for name, each in zip(asked, found, strict=True)})


def _database(db: Database) -> Found:
    try:
        if serves(db):
            return Found.OK
        return Found.EMPTY if revision(db) is None else Found.OTHER_VERSION
    except SQLAlchemyError:
        return Found.DOWN
