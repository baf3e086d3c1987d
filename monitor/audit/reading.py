"""Looking into the log."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import Session

from monitor.audit.models import AuditEntry, AuditHead

UNREADABLE = (ValueError, TypeError)
"""What reading a row ends with where somebody has put what its columns do not take: SQLite lets them."""


@dataclass(frozen=True, slots=True)
class Found:
    """unreadable: numbers of those that hold what none of ours ever did, like no date in the place of one."""

    entries: list[AuditEntry]
    unreadable: list[int]


def entries(
    session: Session,
    *,
    subject_kind: str | None = None,
    subject: str | None = None,
    actor: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    below: int | None = None,
    most: int | None = None,
) -> Found:
    """The entries about that, by that actor, written from `since` on and before `before`; the newest first.

    below: only those with a lower number; most: so many of them, from the newest on.
    """
    wanted = {"subject_kind": subject_kind, "subject": subject, "actor": actor}
    query = select(AuditEntry).filter_by(**{name: value for name, value in wanted.items() if value is not None})
    query = query.where(*_between(since, before, below)).order_by(AuditEntry.id.desc()).limit(most)
    ids = session.scalars(query.with_only_columns(AuditEntry.id)).all()
    try:
        _at_once = session.scalars(query).all()  # else each is a question of its own
    except UNREADABLE:
        _at_once = []
    found = {id_: entry_numbered(session, id_) for id_ in ids}
    return Found([entry for entry in found.values() if entry], [id_ for id_, entry in found.items() if entry is None])


def _between(since: datetime | None, before: datetime | None, below: int | None) -> Iterator[ColumnElement[bool]]:
    if since is not None:
        yield AuditEntry.at >= since
    if before is not None:
        yield AuditEntry.at < before
    if below is not None:
        yield AuditEntry.id < below


def is_there(session: Session) -> bool:
    """Does the database have a log? Somebody who owns it can take the log away whole."""
    tables = inspect(session.connection())
    return all(tables.has_table(table.__tablename__) for table in (AuditEntry, AuditHead))


def readable(session: Session, *conditions: ColumnElement[bool]) -> Iterator[AuditEntry | None]:
    """The entries by number; None for one that holds what none of ours ever did, like no date in the place of one."""
    query, told = select(AuditEntry).where(*conditions).order_by(AuditEntry.id), 0
    try:
        for entry in session.scalars(query.execution_options(yield_per=1000)):
            told += 1
            yield entry
    except UNREADABLE:
        rest = select(AuditEntry.id).where(*conditions).order_by(AuditEntry.id).offset(told)
        for id_ in session.scalars(rest).all():
            yield entry_numbered(session, id_)


def entry_numbered(session: Session, id_: int) -> AuditEntry | None:
    """The entry; None if there is none, or none that can be read."""
    try:
        entry = session.get(AuditEntry, id_)
    except UNREADABLE:
        return None
    return None if entry is None or any(isinstance(value, bytes) for value in vars(entry).values()) else entry
