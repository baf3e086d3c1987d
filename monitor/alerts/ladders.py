"""Who takes care of each channel on a day; and noting that there was nobody to tell of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.alerts.ladder_rules import Care, care
from monitor.audit import SYSTEM, audited
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.db.turns import AUDIT, take_turns
from monitor.register.models import Channel
from monitor.register.people import away, ladders
from monitor.watch.day_register import WATCH_DAY

TOLD, UNTOLD = "watch_day.told", "watch_day.untold"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CaredFor:
    """A channel that is not retired, and who takes care of it.

    away: the person responsible is not there, rather than not to be reached by mail.
    """

    channel: Channel
    care: Care
    away: bool


def cared_for(session: Session, day: date) -> list[CaredFor]:
    """Every channel that is not retired, by id."""
    channels = session.scalars(select(Channel).where(Channel.state != "retired").order_by(Channel.id)).all()
    known, absent = ladders(session, channels, day), away(session, day)
    return [CaredFor(each, care(known[each.id]), each.responsible_id in absent) for each in channels]


def note_untold(db: Database, subjects: Iterable[str], now: datetime) -> None:
    """Says in log and audit log, once for each channel's day ("fb/2026-11-20"), that nobody could be told of it."""
    with db.transaction() as session:
        take_turns(session, AUDIT)
        noted = set(session.scalars(select(AuditEntry.subject).where(AuditEntry.act == UNTOLD)))
        for subject in sorted({*subjects} - noted):
            log.error("nobody_to_tell_of_watch_day", watch_day=subject)
            audited(session, SYSTEM, UNTOLD, (WATCH_DAY, subject), now)
