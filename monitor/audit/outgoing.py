"""Writing down what other systems are to be told, in the transaction of what happened: both are there, or neither is.

Only what somebody subscribes to is written. It is handed on, and sent, by monitor.alerts.hook_handing and hook_sending.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.audit.outgoing_models import OutgoingEvent, Subscription
from monitor.audit.outgoing_rules import Event, Happened
from monitor.db.bulk import insert_many


def wanted(session: Session) -> frozenset[str]:
    """The events that somebody subscribes to. What is paused or disabled is sent when it goes on."""
    lists = session.scalars(select(Subscription.events))
    return frozenset(event for events in lists for event in events)


def wants(session: Session, *events: Event) -> bool:
    """Does somebody subscribe to one of these? Else they need not be put together."""
    return not wanted(session).isdisjoint(events)


def tell(session: Session, happened: Iterable[Happened], now: datetime) -> None:
    """Writes down what somebody subscribes to of this."""
    found = list(happened)
    if not found:
        return
    names = wanted(session)
    told = [each for each in found if each.event in names]
    insert_many(session, OutgoingEvent, [_columns(told, now)] if told else [])


def _columns(told: list[Happened], now: datetime) -> dict[str, list[object]]:
    return {
        "kind": [str(each.event) for each in told],
        "at": [now] * len(told),
        "subject_kind": [each.subject[0] for each in told],
        "subject": [each.subject[1] for each in told],
        "channel_id": [each.channel for each in told],
        "data": [dict(each.data) for each in told],
    }
