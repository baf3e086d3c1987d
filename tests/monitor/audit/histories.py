"""Histories of acts, and somebody with the database in hand who changes them behind Kanalvakt's back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update

from monitor.audit import audited
from monitor.audit.models import AuditEntry, AuditHead
from monitor.audit.verifying import Verified, verify
from monitor.db import Database

BEGAN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ENTRY, HEAD = AuditEntry.__table__, AuditHead.__table__
FIELDS = ("at", "actor", "act", "subject_kind", "subject", "before", "after", "hash")
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
sides = st.none() | st.dictionaries(st.text(max_size=8), plain, max_size=3)


@dataclass(frozen=True)
class Act:
    """What `audited` is told."""

    actor: str
    act: str
    subject: tuple[str, str]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


acts = st.builds(
    Act,
    st.sampled_from(["redaktor", "system", "command"]),
    st.sampled_from(["channel.paused", "decision.made", "absence.added"]),
    st.tuples(st.sampled_from(["channel", "person"]), st.sampled_from(["fb-tibro", "åsa", "ig/2"])),
    sides,
    sides,
)
histories = st.lists(acts, min_size=1, max_size=8)


def write(db: Database, history: Sequence[Act]) -> None:
    """Adds them, a minute apart, two to a transaction."""
    for number in range(0, len(history), 2):
        with db.transaction() as session:
            for place, act in enumerate(history[number : number + 2], number):
                now = BEGAN + timedelta(minutes=place)
                audited(session, act.actor, act.act, act.subject, now, before=act.before, after=act.after)


def verified(db: Database, noted: str | None = None) -> Verified:
    with db.snapshot() as session:
        return verify(session, noted)


class Tamperer:
    """Owns the database: takes the triggers away, and changes what it likes."""

    def __init__(self, db: Database) -> None:
        self.db = db
        with db.transaction() as session:
            for act in ("update", "delete"):
                on = "" if db.is_sqlite else " ON audit_entry"
                session.execute(text(f"DROP TRIGGER audit_entry_no_{act}{on}"))

    def do(self, *statements: Any) -> None:
        with self.db.transaction() as session:
            for statement in statements:
                session.execute(statement)

    def begin_anew(self, history: Sequence[Act]) -> None:
        """An empty log, and then these acts."""
        self.do(delete(ENTRY), delete(HEAD))
        write(self.db, history)

    def row(self, id_: int) -> dict[str, Any]:
        with self.db.snapshot() as session:
            return dict(session.execute(select(ENTRY).where(ENTRY.c.id == id_)).mappings().one())

    def alter(self, id_: int, field: str) -> None:
        old = self.row(id_)[field]
        match old:
            case datetime():
                new: Any = old + timedelta(microseconds=1)
            case dict():
                new = old | {"tillagt": True}
            case None:
                new = {}
            case _:
                new = f"{old[:-1]}{'a' if old[-1] != 'a' else 'b'}"
        self.do(update(ENTRY).where(ENTRY.c.id == id_).values({field: new}))

    def renumber(self, old: int, new: int) -> None:
        self.do(update(ENTRY).where(ENTRY.c.id == old).values(id=new))

    def remove(self, id_: int) -> None:
        self.do(delete(ENTRY).where(ENTRY.c.id == id_))

    def put(self, row: dict[str, Any]) -> None:
        self.do(insert(ENTRY).values(row))
