"""What stands around a delivery that is about to be sent, from the rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors.base import Budget
from monitor.emergency.composing import HUB
from monitor.emergency.holding import stopped_until
from monitor.emergency.in_hand import InHand
from monitor.emergency.message_rules import AT_ONCE
from monitor.emergency.models import Delivery, Message
from monitor.emergency.rules import Around, Fate, HubFirst
from monitor.watch import budgets


def around(session: Session, work: InHand, counted: Sequence[Budget]) -> Around:
    delivery, now = work.delivery, work.clock()
    wanted = {"id": delivery.id, "place": delivery.place, "incident": work.message.incident_id}
    rows = session.execute(_beside(), wanted).all()
    hub = [Fate(row.state) for row in rows if row.place == HUB and row.message_id == delivery.message_id]
    # deliveries are made when a message is sent; messages when somebody began to write
    earlier = [row for row in rows if row.place == delivery.place and row.id < delivery.id]
    return Around(
        made_at=delivery.made_at,
        expires=delivery.expires,
        stopped_until=stopped_until(session, delivery.place, now, work.mode),
        overtaken=_is_taken_back(session, work),
        hub=hub[0] if hub and delivery.place != HUB else None,
        earlier=tuple(Fate(row.state) for row in earlier),
        at_once=work.message.kind in AT_ONCE,
        parked_until=_parked(session, work, counted),
    )


@cache
def _beside() -> Select[int, int, str, str]:
    """The other deliveries of the same incident to the same place, and those to the hub."""
    wanted = (Delivery.id, Delivery.message_id, Delivery.place, Delivery.state)
    same = Delivery.message_id.in_(select(Message.id).where(Message.incident_id == bindparam("incident")))
    here = or_(Delivery.place == bindparam("place"), Delivery.place == HUB)
    return select(*wanted).where(Delivery.id != bindparam("id"), here, same)


def _is_taken_back(session: Session, work: InHand) -> bool:
    """Has something been sent that corrects or withdraws it, or what followed it?"""
    rows = session.execute(_sent(), {"incident": work.message.incident_id}).all()
    followed = {row.id: row.earlier_id for row in rows}
    return any(work.message.id in _before(row.id, followed) for row in rows if row.kind in AT_ONCE)


@cache
def _sent() -> Select[int, str, int | None]:
    """All messages of an incident that were sent."""
    sent = (Message.incident_id == bindparam("incident"), Message.committed_at.is_not(None))
    return select(Message.id, Message.kind, Message.earlier_id).where(*sent)


def hub_first(settings: Settings) -> HubFirst:
    chosen = settings.emergency
    return HubFirst(timedelta(seconds=chosen.hub_patience_seconds), chosen.without_hub == "go_on")


def _before(message_id: int, followed: dict[int, int | None]) -> set[int]:
    """All messages that it follows, one after the other."""
    found: set[int] = set()
    earlier = followed.get(message_id)
    while earlier is not None and earlier not in found:
        found.add(earlier)
        earlier = followed.get(earlier)
    return found


def _parked(session: Session, work: InHand, counted: Sequence[Budget]) -> datetime | None:
    if work.channel is None or not counted:
        return None
    return budgets.standing(session, counted, work.channel.id, "crisis", work.clock(), work.settings).parked_until
