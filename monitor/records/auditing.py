"""Whether the facts are still what the audit log said of them when they were written.

The chain proves that the log is whole; this proves that decisions and concluded watch days are those that it tells of.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from monitor.audit.models import AuditEntry
from monitor.audit.reading import UNREADABLE, entry_numbered, readable
from monitor.audit.writing import plain
from monitor.db import Base
from monitor.register.models import Decision
from monitor.watch.models import WatchDay

WRITTEN = ("decision.made", "watch_day.concluded")
"""The acts that tell what a row says for good."""
Row = Decision | WatchDay
Found = TypeVar("Found", Decision, WatchDay)
Subject = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not what an entry says. entry: its id; None: none tells of it, though it is younger than the log.

    fields: what differs, all of them where the row cannot be read; none: the row is gone.
    """

    kind: str
    subject: str
    entry: int | None
    fields: list[str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """agree: rows that are what the log says. unlogged: rows that it says nothing of, as they are older than it."""

    agree: int
    unlogged: int
    differing: list[Difference]


def agreement(session: Session) -> Agreement:
    """Holds every decision and every concluded watch day against the entry that was written with it."""
    rows, told, began = dict(_rows(session)), _told(session), entry_numbered(session, 1)
    compared = [_compared(subject, entry, rows) for subject, entry in told.items()]
    differing = [each for each in compared if each is not None]
    agree, unlogged = len(compared) - len(differing), [subject for subject in rows if subject not in told]
    slipped_in = [each for each in unlogged if began is not None and _is_younger(rows[each], began.at)]
    differing += [Difference(*subject, None, []) for subject in slipped_in]
    return Agreement(agree, len(unlogged) - len(slipped_in), differing)


def _rows(session: Session) -> Iterator[tuple[Subject, Row | None]]:
    """By kind and id, as the log names them; None for one that cannot be read."""
    decisions = select(Decision.channel_id, Decision.version, Decision.id).order_by(Decision.id)
    days = select(WatchDay.channel_id, cast(WatchDay.day, String)).where(WatchDay.concluded_at.is_not(None))
    _kept = [_all_at_once(session, table) for table in (Decision, WatchDay)]  # else each is a question of its own
    for channel, version, id_ in session.execute(decisions).all():
        yield ("decision", f"{channel}/{version}"), _read(session, Decision, id_)
    for channel, day in session.execute(days).all():
        yield ("watch_day", f"{channel}/{day}"), _read_day(session, channel, day)


def _all_at_once(session: Session, table: type[Base]) -> Sequence[Base]:
    try:
        return session.scalars(select(table)).all()
    except UNREADABLE:
        return []


def _read(session: Session, table: type[Found], key: object) -> Found | None:
    try:
        return session.get(table, key)
    except UNREADABLE:
        return None


def _read_day(session: Session, channel: str, day: str) -> Row | None:
    try:
        return _read(session, WatchDay, (channel, date.fromisoformat(day)))
    except ValueError:
        return None


def _told(session: Session) -> Mapping[Subject, AuditEntry]:
    """The first entry that told of each: later ones could have been added to cover a change."""
    found: dict[Subject, AuditEntry] = {}
    for entry in readable(session, AuditEntry.act.in_(WRITTEN)):
        if entry is not None:
            found.setdefault((entry.subject_kind, entry.subject), entry)
    return found


def _is_younger(row: Row | None, began: datetime) -> bool:
    """Was it written when there was a log already?"""
    if row is None:
        return True
    written = row.created_at if isinstance(row, Decision) else row.concluded_at
    return written is not None and written > began


def _compared(subject: Subject, entry: AuditEntry, rows: Mapping[Subject, Row | None]) -> Difference | None:
    if subject not in rows:
        return Difference(*subject, entry.id, [])
    row = rows[subject]
    differ = [key for key, value in (entry.after or {}).items() if row is None or not _same(row, key, value)]
    return Difference(*subject, entry.id, differ) if differ else None


def _same(row: Row, key: str, told: Any) -> bool:
    """Is the row's value what was told? What was told beside the row's own values is not compared."""
    name = next((name for name in (key, f"{key}_id") if name in row.__table__.columns), None)
    return name is None or plain(getattr(row, name)) == told
