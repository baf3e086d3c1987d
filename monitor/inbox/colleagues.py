"""What colleagues have done about a thread besides answering: who is at it, whose turn it is, notes, units asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import Executable, bindparam, null, select, union_all
from sqlalchemy.orm import Session, aliased

from monitor.db.within import within
from monitor.inbox.at_hand import at_hand
from monitor.inbox.desk_models import Claim, Forward, Note
from monitor.register.models import Person, Unit


@dataclass(frozen=True, slots=True)
class Word:
    """Something that a colleague wrote. id: of the Forward, where it asks a unit, else of the Note. unit_id, to_id:
    whom it asks."""

    id: int
    comment_id: int
    at: datetime
    by_id: str
    note: str = field(repr=False)
    unit_id: str | None = None
    to_id: str | None = None

    @property
    def text(self) -> str:
        return self.note


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Of one comment; notes: of every comment of its thread. names: of people, and units: of units, by id."""

    claim: Claim | None
    assigned: str | None
    forwards: Sequence[Word]
    notes: Sequence[Word] = field(repr=False)
    names: dict[str, str] = field(repr=False)
    units: dict[str, str] = field(repr=False)

    def busy(self, person_id: str) -> Claim | None:
        """Somebody else's claim."""
        return self.claim if self.claim is not None and self.claim.person_id != person_id else None


def colleagues_of(session: Session, comment_id: int, thread: Sequence[int], now: datetime) -> Colleagues:
    """thread: ids of all of its comments. Two queries at most."""
    here = at_hand(session, comment_id)
    claim = here.claim if here is not None and here.claim is not None and here.claim.until > now else None
    names, units = dict(here.names) if here is not None else {}, dict[str, str]()
    asked, notes = list[Word](), list[Word]()
    for id_, unit, by, to, *said in session.execute(_words(), {"comment": comment_id, "thread": list(thread)}):
        word = Word(id_, *said)
        names[word.by_id] = by
        if word.unit_id is None:
            notes.append(word)
            continue
        asked.append(word)
        names[word.to_id or ""], units[word.unit_id] = to, unit
    return Colleagues(claim, here.assignee if here is not None else None, asked, notes, names, units)


@cache
def _words() -> Executable:
    """What units were asked about the comment, and the thread's notes, the first one first, with all names."""
    nobody, by, to = null(), aliased(Person), aliased(Person)
    asked = select(Forward.id, Unit.name.label("unit"), by.name.label("by"), to.name.label("to"))
    asked = asked.add_columns(Forward.comment_id, Forward.at, Forward.by_id, Forward.note)
    asked = asked.add_columns(Forward.unit_id, Forward.to_id)
    asked = asked.join(by, by.id == Forward.by_id).join(to, to.id == Forward.to_id)
    asked = asked.join(Unit, Unit.id == Forward.unit_id).where(Forward.comment_id == bindparam("comment"))
    noted = select(Note.id, nobody, by.name, nobody, Note.comment_id, Note.at, Note.by_id, Note.text, nobody, nobody)
    noted = noted.join(by, by.id == Note.by_id).where(within(Note.comment_id, "thread"))
    both = union_all(asked, noted).subquery()
    return select(both).order_by(both.c.id)
