"""Whether the facts are still what the audit log said of them when they were written.

The chain proves that the log is whole; this proves that decisions and concluded watch days are those that it tells of.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.audit.models import AuditEntry
from monitor.audit.writing import plain
from monitor.register.models import Decision
from monitor.watch.models import WatchDay

WRITTEN = ("decision.made", "watch_day.concluded")
"""The acts that tell what a row says for good."""
Row = Decision | WatchDay


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not what an entry says. entry: its id. fields: what differs; none: the row is gone."""

    kind: str
    subject: str
    entry: int
    fields: list[str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """agree: rows that are what the log says. unlogged: rows that it says nothing of, as they are older than it."""

    agree: int
    unlogged: int
    differing: list[Difference]


def agreement(session: Session) -> Agreement:
    """Holds every decision and every concluded watch day against the entry that was written with it."""
    rows = dict(_rows(session))
    told = _told(session)
    compared = [_compared(subject, entry, rows.get(subject)) for subject, entry in told.items()]
    differing = [each for each in compared if each is not None]
    return Agreement(len(compared) - len(differing), len(rows.keys() - told.keys()), differing)


def _rows(session: Session) -> Iterator[tuple[tuple[str, str], Row]]:
    """By kind and id, as the log names them."""
    for decision in session.scalars(select(Decision).order_by(Decision.id)):
        yield ("decision", f"{decision.channel_id}/{decision.version}"), decision
    for day in session.scalars(select(WatchDay).where(WatchDay.concluded_at.is_not(None))):
        yield ("watch_day", f"{day.channel_id}/{day.day}"), day


def _told(session: Session) -> Mapping[tuple[str, str], AuditEntry]:
    """The first entry that told of each: later ones could have been added to cover a change."""
    query = select(AuditEntry).where(AuditEntry.act.in_(WRITTEN)).order_by(AuditEntry.id)
    found: dict[tuple[str, str], AuditEntry] = {}
    for entry in session.scalars(query):
        found.setdefault((entry.subject_kind, entry.subject), entry)
    return found


def _compared(subject: tuple[str, str], entry: AuditEntry, row: Row | None) -> Difference | None:
    if row is None:
        return Difference(*subject, entry.id, [])
    differ = [key for key, value in (entry.after or {}).items() if not _same(row, key, value)]
    return Difference(*subject, entry.id, differ) if differ else None


def _same(row: Row, key: str, told: Any) -> bool:
    """Is the row's value what was told? What was told beside the row's own values is not compared."""
    name = next((name for name in (key, f"{key}_id") if name in row.__table__.columns), None)
    return name is None or plain(getattr(row, name)) == told
