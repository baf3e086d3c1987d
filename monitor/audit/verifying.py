"""Proving that nothing in the log was altered, removed or put elsewhere."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.audit.models import AuditEntry, AuditHead
from monitor.audit.rules import BEGINNING, Entry, chained


@dataclass(frozen=True, slots=True)
class Verified:
    """entries: how many there are. head: "id:hash" of the latest, to be noted somewhere else; None for an empty log.

    broken: id of the first entry that is not what it was, or is missing; None: all is whole.
    """

    entries: int
    head: str | None
    broken: int | None


def verify(session: Session, noted: str | None = None) -> Verified:
    """Walks the whole log. noted: a head ("id:hash") that was written down earlier, and must still be in it."""
    head = session.scalars(select(AuditHead)).one_or_none()
    previous, count, broken = BEGINNING, 0, None
    for row in session.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)):
        count += 1
        if broken is None and (row.id != count or chained(_entry(row), previous) != row.hash):
            broken = count
        if broken is None and noted and noted.startswith(f"{row.id}:") and noted != f"{row.id}:{row.hash}":
            broken = row.id
        previous = row.hash
    last = (head.entry_id, head.hash) if head is not None else (0, BEGINNING)
    if broken is None and last != (count, previous):
        broken = count + 1
    if broken is None and noted and int(noted.partition(":")[0]) > count:
        broken = count + 1
    return Verified(count, f"{count}:{previous}" if count else None, broken)


def _entry(row: AuditEntry) -> Entry:
    return Entry(row.id, row.at, row.actor, row.act, row.subject_kind, row.subject, row.before, row.after)
