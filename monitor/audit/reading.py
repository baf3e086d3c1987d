"""Looking into the log."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from monitor.audit.models import AuditEntry

UNREADABLE = (ValueError, TypeError)
"""What reading a row ends with where somebody has put what its columns do not take: SQLite lets them."""


def entries(
    session: Session,
    *,
    subject_kind: str | None = None,
    subject: str | None = None,
    actor: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
) -> Sequence[AuditEntry]:
    """The entries about that, by that actor, written from `since` on and before `before`; the newest first."""
    wanted = {"subject_kind": subject_kind, "subject": subject, "actor": actor}
    query = select(AuditEntry).filter_by(**{name: value for name, value in wanted.items() if value is not None})
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    if before is not None:
        query = query.where(AuditEntry.at < before)
    return session.scalars(query.order_by(AuditEntry.id.desc())).all()


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
        return session.get(AuditEntry, id_)
    except UNREADABLE:
        return None
