"""Whether the worker of crises has anything to do besides deliveries. Light: it asks this always, and loads in a crisis
alone what does it."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from monitor.db import Database
from monitor.emergency.models import Incident, Message

AFTERWARDS = timedelta(minutes=10)
"""So long after the end of an incident what happened before it is still told."""


def somebody_may_be_told(db: Database, now: datetime) -> bool:
    """Does an incident go on?"""
    return _any(db, Incident.id, or_(Incident.closed_at.is_(None), Incident.closed_at > now - AFTERWARDS))


def something_ran_out(db: Database, since: datetime, now: datetime) -> bool:
    """Has the time of a message ended in between?"""
    return _any(db, Message.id, Message.committed_at.is_not(None), Message.expires > since, Message.expires <= now)


def _any(db: Database, column: InstrumentedAttribute[int], *conditions: ColumnElement[bool]) -> bool:
    with db.snapshot() as session:
        return session.scalars(select(column).where(*conditions).limit(1)).first() is not None
