"""Whom there is to tell of a channel's day, step by step; and writing down that there is nobody."""

from collections.abc import Iterable
from datetime import date, datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.alerts.guard_rules import Ladder
from monitor.audit import SYSTEM, audited
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.db.turns import AUDIT, take_turns
from monitor.register.models import Channel, Person
from monitor.register.people import away, managers, with_role
from monitor.watch.day_register import WATCH_DAY

TOLD, UNTOLD = "watch_day.told", "watch_day.untold"
log = structlog.get_logger(__name__)


def ladders(session: Session, channels: Iterable[Channel], day: date) -> dict[str, Ladder]:
    """By channel: responsible, deputy, communicators, the unit's manager, administrators.

    Of them only those who are in the register, have a mail address, and are not away on that day.
    """
    absent = away(session, day)
    known = session.execute(select(Person.id, Person.email).where(~Person.retired))
    there = {id_ for id_, email in known if email and id_ not in absent}
    manager = managers(session)
    roles = [tuple(each.id for each in with_role(session, role)) for role in ("communicator", "administrator")]
    steps = {
        channel.id: ((channel.responsible_id,), (channel.deputy_id,), roles[0], (manager[channel.unit_id],), roles[1])
        for channel in channels
    }
    return {
        channel: tuple(tuple(person for person in step if person in there) for step in ladder)
        for channel, ladder in steps.items()
    }


def note_untold(db: Database, subjects: Iterable[str], now: datetime) -> None:
    """Says in log and audit log, once for each channel's day ("fb/2026-11-20"), that nobody could be told of it."""
    with db.transaction() as session:
        take_turns(session, AUDIT)
        noted = set(session.scalars(select(AuditEntry.subject).where(AuditEntry.act == UNTOLD)))
        for subject in sorted({*subjects} - noted):
            log.error("nobody_to_tell_of_watch_day", watch_day=subject)
            audited(session, SYSTEM, UNTOLD, (WATCH_DAY, subject), now)
