"""A delivery in our hands, and the only way in which it is written: while the claim on it is ours."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Self

import structlog
from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors.errors import Unavailable
from monitor.db import Database
from monitor.db.plainly import rows
from monitor.emergency.claimed import LEASE, TABLE, Clock, Held, renew
from monitor.emergency.delivery_words import SENTENCES
from monitor.emergency.entrusted import Credentials, entrusted
from monitor.emergency.holding import last_stop, stops_asked
from monitor.emergency.keeper import Keeper
from monitor.emergency.models import Delivery, Incident, Message
from monitor.emergency.rules import Fate, Step
from monitor.register.models import Channel

log = structlog.get_logger(__name__)
OURS = update(TABLE).where(TABLE.c.id == bindparam("of"), TABLE.c.token == bindparam("held"))
LONGEST = 60.0
"""Seconds that a claim is kept for whoever waits: no call of a platform takes so long, and somebody else looks."""
KEEPER = Keeper(LEASE.total_seconds() / 3)


class Stopped(Unavailable):
    """The kill switch, between arming and sending. until: so long it lasts."""

    def __init__(self, until: datetime) -> None:
        super().__init__("somebody has stopped it", code="stopped")
        self.until = until


@dataclass
class InHand:
    """A claimed delivery with what belongs to it, as it stood when it was opened, or was written last. channel,
    credentials: None for the hub. is_ours: nobody else held it when it was written last."""

    db: Database
    held: Held
    settings: Settings
    clock: Clock
    delivery: Delivery
    message: Message
    mode: str
    channel: Channel | None
    credentials: Credentials | None
    is_ours: bool = True

    @classmethod
    def open_all(
        cls, db: Database, session: Session, held: Iterable[Held], settings: Settings, clock: Clock
    ) -> dict[int, Self]:
        """Of one message, by delivery, in the transaction that claims them. Where one fails none after it is here:
        opened by itself each says why."""
        mine = {each.delivery_id: each for each in held}
        opened: dict[int, Self] = {}
        try:
            found = session.execute(_whole(), {"ids": list(mine)}).all()
            channels = {row.Channel.id: row.Channel for row in found if row.Channel is not None}
            with_what = entrusted(session, found[0].mode, list(channels.values())) if found else {}
            for delivery, message, mode, channel in found:
                whole = (delivery, message, mode, channel, with_what[channel.id] if channel is not None else None)
                opened[delivery.id] = cls(db, mine[delivery.id], settings, clock, *whole)
        except SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001 - it must not keep the others from being claimed
            log.warning("a delivery could not be opened with the others", error=type(error).__name__)
        return opened

    @classmethod
    def open(cls, db: Database, held: Held, settings: Settings, clock: Clock) -> Self | None:
        """None where somebody else holds it."""
        with db.snapshot() as session:
            delivery, message, mode, channel = session.execute(_whole(), {"ids": [held.delivery_id]}).one()
        if delivery.token != held.token:
            return None
        credentials = None
        if channel is not None:
            with db.transaction(repeatable=True) as session:
                credentials = entrusted(session, mode, [channel])[channel.id]
        return cls(db, held, settings, clock, delivery, message, mode, channel, credentials)

    def last_look(self) -> None:
        """Raises Stopped; and Unavailable where the claim on what is armed is not ours any more: who slept must not
        send late."""
        asked = stops_asked(self.held.place, self.clock(), self.mode)
        with self.db.snapshot() as session:
            mine = {"id": self.held.delivery_id, "token": self.held.token}
            ours = next(iter(rows(session, _armed(), mine | asked)), None)
        if ours is None or ours.next_at <= self.clock():
            raise Unavailable("it was not sent in time: somebody else goes on with it", code="late")
        if ours.stopped_until is not None:
            raise Stopped(ours.stopped_until)

    def take(self, step: Step, **values: Any) -> bool:
        """Writes what a rule decided, with its reason; in a transaction of its own."""
        with self.db.transaction() as session:
            return self.take_in(session, step, **values)

    def take_in(self, session: Session, step: Step, **values: Any) -> bool:
        """False, and nothing written, when somebody else holds the delivery now."""
        told = {"reason": str(step.why), "remedy": SENTENCES[step.why]}
        return self.write_in(session, step.fate, {**told, **values}, step.next_at)

    def write_in(self, session: Session, fate: Fate, values: Mapping[str, Any], next_at: datetime) -> bool:
        """As `take_in`, for what the platform said."""
        changed: dict[str, Any] = {**values, "state": str(fate), "next_at": next_at}
        mine = {"of": self.delivery.id, "held": self.held.token}
        kept = session.connection().execute(OURS, mine | changed).rowcount == 1
        what = log.info if kept else log.warning
        facts = {"place": self.held.place, "state": str(fate), "reason": values.get("reason")}
        what("delivery" if kept else "delivery lost", message=self.message.id, **facts)
        self.is_ours = kept
        if kept:
            for name, value in changed.items():
                setattr(self.delivery, name, value)
        return kept

    def alive(self) -> AbstractContextManager[None]:
        """Keeps the claim while a platform takes its time, but not for ever."""
        return KEEPER.keep(lambda: renew(self.db, self.held, self.clock), LONGEST)


@cache
def _whole() -> Select[Delivery, Message, str, Channel | None]:
    """Deliveries, each with its message, its incident's mode, and its channel where it has one."""
    query = select(Delivery, Message, Incident.mode, Channel).join(Message, Message.id == Delivery.message_id)
    query = query.join(Incident, Incident.id == Message.incident_id)
    return query.outerjoin(Channel, Channel.id == Delivery.channel_id).where(
        Delivery.id.in_(bindparam("ids", expanding=True))
    )


@cache
def _armed() -> Select[datetime, datetime | None]:
    """Until when the claim lasts, while it is this one and the delivery is armed; and until when its place is
    stopped."""
    ours = (Delivery.id == bindparam("id"), Delivery.token == bindparam("token"))
    found = select(Delivery.next_at, last_stop().label("stopped_until"))
    return found.where(*ours, Delivery.state == Fate.ARMED)


def give_up(db: Database, held: Held, step: Step) -> None:
    """Writes a delivery that cannot even be opened; nothing where it is somebody else's."""
    told = {"reason": str(step.why), "remedy": SENTENCES[step.why], "next_at": step.next_at}
    with db.transaction() as session:
        ours = update(Delivery).where(Delivery.id == held.delivery_id, Delivery.token == held.token)
        session.execute(ours.values(state=str(step.fate), **told))
