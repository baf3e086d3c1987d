"""A register and an incident with messages, as they are when they have been sent."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from config.settings import Settings
from monitor.db import Database
from monitor.emergency.models import Delivery, Incident, Message
from monitor.register.models import Organisation, Person

NOW = datetime(2026, 11, 28, 16, 0, tzinfo=UTC)
HASH = "a" * 64


def register(session: Session) -> None:
    session.add(
        Organisation(name="Tibro kommun", website="https://www.tibro.se", municipality_code="1472", phone="0504-180 00")
    )
    session.add(Person(id="anna", name="Anna Ansvarig", email="anna@example.org", roles=["crisis"]))
    session.flush()


def incident(session: Session, mode: str = "actual", title: str = "Vattenläcka", **more: Any) -> Incident:
    begun = {"started_at": NOW - timedelta(hours=2), "started_by_id": "anna", "decided_by": "Anna"}
    made = Incident(mode=mode, level="disturbance", title=title, **(begun | more))  # type: ignore[arg-type]
    session.add(made)
    session.flush()
    return made


def sent(session: Session, of: Incident, identifier: str, kind: str = "alert", **more: Any) -> Message:
    """A message that has been committed, with its delivery to the hub."""
    said = {"headline": "Koka vattnet", "happened": "En ledning är av.", "to_do": "Koka vattnet i en minut."}
    promised = {"next_update_at": NOW + timedelta(hours=1), "expires": NOW + timedelta(hours=24)}
    state = more.pop("hub", "armed")
    at = more.pop("at", NOW - timedelta(minutes=5))
    frozen = {"identifier": identifier, "sent": at, "text_hash": HASH, "committed_at": at, "committed_by_id": "anna"}
    whose = {"incident_id": of.id, "kind": kind, "author_id": "anna", "made_at": at, "state": "committed"}
    message = Message(**(whose | said | promised | frozen | more))  # type: ignore[arg-type]
    session.add(message)
    session.flush()
    link = f"https://www.tibro.se/krisinformation/{identifier}"
    there = {"message_id": message.id, "place": "hub", "channel_id": None, "way": "machine", "state": state}
    when = {"made_at": NOW, "next_at": NOW, "expires": NOW + timedelta(hours=1)}
    session.add(Delivery(text="text", link=link, marker=identifier, **there, **when))  # type: ignore[arg-type]
    session.flush()
    return message


def registered(db: Database) -> Database:
    """The same, with a register."""
    with db.transaction() as session:
        register(session)
    return db


def shown_to_all(folder: Path) -> Settings:
    """Settings of a crisis page with an address of its own."""
    return Settings(home=folder / "home", web={"public_url": "https://kris.tibro.se"})  # type: ignore[arg-type]
