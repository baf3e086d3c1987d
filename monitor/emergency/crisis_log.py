"""The crisis log: what happened in an incident, when, and who says so. Lines are only added: the database says so."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_
from monitor.emergency.models import LogLine
from monitor.register.models import Person


class Kind(StrEnum):
    EVENT = "event"
    DECISION = "decision"
    MESSAGE = "message"
    NOTE = "note"
    HANDOVER = "handover"
    REPORT = "report"


KINDS = {
    Kind.EVENT: N_("Event"),
    Kind.DECISION: N_("Decision"),
    Kind.MESSAGE: N_("Crisis message"),
    Kind.NOTE: N_("Note"),
    Kind.HANDOVER: N_("Handover"),
    Kind.REPORT: N_("Situation report"),
}
BY_HAND = (Kind.EVENT, Kind.DECISION, Kind.NOTE)
"""What people write on the log's page; handovers have a form of their own."""


@dataclass(frozen=True, slots=True)
class Line:
    """name: of who wrote it; None: the system did."""

    id: int
    at: datetime
    kind: Kind
    text: str = field(repr=False)
    name: str | None


def write(session: Session, incident_id: int, kind: str, text: str, by: str | None, now: datetime) -> LogLine:
    """Adds a line, in the caller's transaction. by: a person's id, or None for the system."""
    line = LogLine(incident_id=incident_id, at=now, kind=Kind(kind), text=text, by_id=by)
    session.add(line)
    session.flush()
    return line


def lines(session: Session, incident_id: int) -> Sequence[Line]:
    """Every line, the oldest first."""
    query = select(LogLine, Person.name).outerjoin(Person, Person.id == LogLine.by_id)
    rows = session.execute(query.where(LogLine.incident_id == incident_id).order_by(LogLine.at, LogLine.id))
    return [Line(line.id, line.at, Kind(line.kind), line.text, name) for line, name in rows]
