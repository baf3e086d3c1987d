"""What stands around a delivery that is about to be sent, from the rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors.base import Budget
from monitor.db.plainly import rows
from monitor.emergency.composing import HUB
from monitor.emergency.holding import last_stop, stops_asked
from monitor.emergency.in_hand import InHand
from monitor.emergency.message_rules import AT_ONCE
from monitor.emergency.models import Delivery, Message
from monitor.emergency.rules import Around, Fate, HubFirst
from monitor.watch import budgets


def around(session: Session, work: InHand, counted: Sequence[Budget]) -> Around:
    delivery, now = work.delivery, work.clock()
    wanted = {"id": delivery.id, "incident": work.message.incident_id}
    found = rows(session, _incident(), wanted | stops_asked(delivery.place, now, work.mode))
    hub = [Fate(row.state) for row in found if row.place == HUB and row.message_id == delivery.message_id]
    # deliveries are made when a message is sent; messages when somebody began to write
    earlier = [row for row in found if row.place == delivery.place and row.id < delivery.id]
    sent = {row.message_id: row for row in found if row.committed_at is not None}
    return Around(
        made_at=delivery.made_at,
        expires=delivery.expires,
        stopped_until=found[0].stopped_until,
        overtaken=_is_taken_back(work.message.id, sent),
        hub=hub[0] if hub and delivery.place != HUB else None,
        earlier=tuple(Fate(row.state) for row in earlier),
        at_once=work.message.kind in AT_ONCE,
        parked_until=_parked(session, work, counted),
    )


@cache
def _incident() -> Select[*tuple[Any, ...]]:
    """All messages of the incident, each with its deliveries, but this one, to the same place and to the hub; and until
    when the place is stopped. In one query: a channel asks for it twice while people wait."""
    message = (Message.id.label("message_id"), Message.kind, Message.earlier_id, Message.committed_at)
    delivery = (Delivery.id, Delivery.place, Delivery.state)
    here = or_(Delivery.place == bindparam("place"), Delivery.place == HUB)
    beside = and_(Delivery.message_id == Message.id, here, Delivery.id != bindparam("id"))
    query = select(*message, *delivery, last_stop().label("stopped_until")).outerjoin(Delivery, beside)
    return query.where(Message.incident_id == bindparam("incident"))


def _is_taken_back(message_id: int, sent: Mapping[int, Row[Any]]) -> bool:
    """Has something been sent that corrects or withdraws it, or what followed it? sent: by message."""
    followed = {id_: row.earlier_id for id_, row in sent.items()}
    return any(message_id in _before(id_, followed) for id_, row in sent.items() if row.kind in AT_ONCE)


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
