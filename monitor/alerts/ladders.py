"""Who takes care of each channel on a day; and noting that there was nobody to tell of one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.alerts.ladder_rules import Care, care
from monitor.alerts.telling import Subject
from monitor.audit import SYSTEM, audited
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.db.once import once_in_a_snapshot
from monitor.db.turns import AUDIT, take_turns
from monitor.inbox.obligations import every_channel
from monitor.register.models import Channel
from monitor.register.people import away, ladders

TOLD = "watch_day.told"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CaredFor:
    """A channel that is not retired, and who takes care of it.

    away: the person responsible is not there, rather than not to be reached by mail.
    """

    channel: Channel
    care: Care
    away: bool


@once_in_a_snapshot
def cared_for(session: Session, day: date) -> list[CaredFor]:
    """Every channel that is not retired, by id."""
    channels = [channel for channel, _schedule in every_channel(session) if channel.state != "retired"]
    known, absent = ladders(session, channels, day), away(session, day)
    return [CaredFor(each, care(known[each.id]), each.responsible_id in absent) for each in channels]


def note_untold(db: Database, subjects: Collection[Subject], now: datetime) -> None:
    """Says in log and audit log, once for each ("watch_day", "fb/2026-11-20"), that nobody could be told of it."""
    with db.transaction() as session:
        take_turns(session, AUDIT)
        acts = {f"{kind}.untold" for kind, _name in subjects}
        query = select(AuditEntry.subject_kind, AuditEntry.subject).where(AuditEntry.act.in_(acts))
        noted = {tuple(row) for row in session.execute(query)}
        for kind, name in sorted({*subjects} - noted):
            log.error(f"nobody_to_tell_of_{kind}", **{kind: name})
            audited(session, SYSTEM, f"{kind}.untold", (kind, name), now)
