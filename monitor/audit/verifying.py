"""Proving that nothing in the log was altered, removed or put elsewhere."""

import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from monitor.audit.models import AuditEntry, AuditHead
from monitor.audit.reading import UNREADABLE, readable
from monitor.audit.rules import BEGINNING, Entry, chained


@dataclass(frozen=True, slots=True)
class Head:
    """An entry and its hash, which vouches for every entry up to it. As a word: "id:hash"."""

    entry: int
    hash: str

    @classmethod
    def of(cls, word: str) -> "Head":
        """Reads what `str` wrote. Raises ValueError for anything else."""
        found = re.fullmatch(r"([1-9]\d{0,17}):([0-9a-f]{64})", word.strip())
        if found is None:
            raise ValueError(word)
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.entry}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Verified:
    """entries: how many there are. head: of the latest, to be noted somewhere else; None for an empty log, and for one
    that is broken. broken: id of the first entry that is not what it was, or is missing; None: all is whole.
    """

    entries: int
    head: str | None
    broken: int | None


def verify(session: Session, noted: str | None = None) -> Verified:
    """Walks the whole log, in a session of `Database.snapshot`, so that no writer comes between.

    noted: a head that was written down earlier, and must still be in it; ValueError for a word that is none.
    """
    written = Head.of(noted) if noted else None
    kept = session.get(AuditHead, 1)
    end = Head(kept.entry_id, kept.hash) if kept is not None else Head(0, BEGINNING)
    pins = {(pin.entry, pin.hash) for pin in (end, written) if pin is not None}
    previous, count, broken = BEGINNING, 0, None
    for row in readable(session):
        count += 1
        if broken is None and (row is None or not _whole(row, count, previous, pins, end.entry)):
            broken = count
        previous = row.hash if row is not None else ""
    if broken is None and count < max(entry for entry, _hash in pins):
        broken = count + 1
    return Verified(count, f"{count}:{previous}" if count and broken is None else None, broken)


def _whole(row: AuditEntry, number: int, previous: str, pins: set[tuple[int, str]], last: int) -> bool:
    """Is it the entry that was written with that number?"""
    entry = Entry(row.id, row.at, row.actor, row.act, row.subject_kind, row.subject, row.before, row.after)
    pinned = all(row.hash == hash_ for id_, hash_ in pins if id_ == number)
    try:
        return row.id == number <= last and pinned and chained(entry, previous) == row.hash
    except UNREADABLE:
        return False
