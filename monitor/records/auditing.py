"""Whether the facts are still what the audit log said of them when they were written.

The chain proves that the log is whole; this proves that decisions, watch days and what people said are those that it
tells of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.audit.reading import entry_numbered, is_there
from monitor.audit.writing import plain
from monitor.db import Base
from monitor.records.facts_kept import kept, written_at
from monitor.records.facts_told import Fact, Told, told


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
    """Holds every row that the log should tell of against the entry that was written with it, and the other way.

    Where the log has been taken away whole, nothing is held against it.
    """
    if not is_there(session):
        return Agreement(0, 0, [])
    rows, entries, began = dict(kept(session)), told(session), entry_numbered(session, 1)
    compared = [_compared(each, rows) for each in entries.values()]
    differing = [each for each in compared if each is not None]
    agree, unlogged = len(compared) - len(differing), [fact for fact in rows if fact not in entries]
    slipped_in = [fact for fact in unlogged if not _is_older(fact, rows[fact], began.at if began else None)]
    differing += [Difference(*fact, None, []) for fact in slipped_in]
    return Agreement(agree, len(unlogged) - len(slipped_in), differing)


def _is_older(fact: Fact, row: Base | None, began: datetime | None) -> bool:
    """Was it written when there was no log yet?"""
    written = written_at(fact, row) if row is not None else None
    return written is not None and (began is None or written <= began)


def _compared(said: Told, rows: Mapping[Fact, Base | None]) -> Difference | None:
    if said.fact not in rows:
        return Difference(*said.fact, said.entry, [])
    row = rows[said.fact]
    differ = [key for key, value in said.values.items() if row is None or not _same(row, key, value)]
    return Difference(*said.fact, said.entry, differ) if differ else None


def _same(row: Base, key: str, said: Any) -> bool:
    """Is the row's value what was said? What was said beside the row's own values is not compared."""
    name = next((name for name in (key, f"{key}_id") if name in row.__table__.columns), None)
    return name is None or plain(getattr(row, name)) == plain(said)
