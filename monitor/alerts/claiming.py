"""Takes what is due from the ledger, a whole message at a time and for one sender only, and writes what came of it.

What is taken has a lease that its sender renews: whoever dies with it leaves it behind, and the same message is taken
again, nobody added.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from monitor.alerts.capping import put_off, unbundled
from monitor.alerts.due import due, outlasting
from monitor.alerts.kinds import KINDS
from monitor.alerts.models import WAITING, Notice
from monitor.alerts.rules import LEASE
from monitor.audit.restorations import is_held
from monitor.db import Database
from monitor.db.leases import renewed
from monitor.db.turns import LEDGER, take_turns

LONGEST = timedelta(minutes=10)  # all the steps of the slowest SMTP dialogue together take less
Outcome = Literal["sent", "due", "failed", "cancelled"]
Noted = Callable[[Session], None] | None
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What came of a notice, the columns that say more, and as what it is counted: None as its outcome, "" not."""

    outcome: Outcome
    values: Mapping[str, Any] = field(default_factory=dict)
    counts_as: str | None = None


def claim(
    db: Database,
    now: datetime,
    route: str | None = None,
    kinds: Collection[str] | None = None,
    lease: timedelta = LEASE,
) -> list[Notice]:
    """Takes the notice that has been due longest, and what goes with it in one message; of that way, and of these
    kinds, where they are named.

    Empty: nothing is due. Their next attempt is set before this one is tried. One that a person has no room for now is
    put off.
    """
    with db.transaction() as session:
        if _waits_for_release(session, kinds):
            return []
        take_turns(session, LEDGER)
        _shorten(session, now)
        while (first := _longest_due(session, now, route, kinds)) is not None:
            together = _bundle(session, first, now)
            if not put_off(session, together, now):
                return _taken(session, together, first, now + lease)
    return []


def kept(db: Database, taken: Sequence[Notice], clock: Clock, lease: timedelta = LEASE) -> AbstractContextManager[None]:
    """Keeps what was claimed from other senders while it is being sent, for LONGEST at most."""

    def renew() -> bool:
        with db.transaction(repeatable=True) as session:
            take_turns(session, LEDGER)
            query = update(Notice).where(*_still(taken)).values(due_at=clock() + lease).returning(Notice.id)
            return bool(session.scalars(query.execution_options(synchronize_session=False)).all())

    return renewed(renew, lease, LONGEST, f"claim on notice {taken[0].id}")


def holds(db: Database, taken: Sequence[Notice]) -> bool:
    """Is it still ours? Whoever slept may have lost it."""
    with db.snapshot() as session:
        return session.scalar(select(Notice.id).where(*_still(taken)).limit(1)) is not None


def _still(taken: Sequence[Notice]) -> tuple[ColumnElement[bool], ...]:
    ids = [notice.id for notice in taken]
    return Notice.id.in_(ids), Notice.claim == taken[0].claim, Notice.state == "sending"


def conclude(db: Database, conclusions: Iterable[tuple[Notice, Conclusion]], noted: Noted = None) -> None:
    """Writes what came of one message, and what else is noted of it, at once; but nothing of a notice whose lease has
    run out and that is another sender's now."""
    with db.transaction() as session:
        take_turns(session, LEDGER)
        if noted is not None:
            noted(session)
        for notice, came in conclusions:
            mine = (Notice.id == notice.id, Notice.claim == notice.claim, Notice.state == "sending")
            values = {"state": came.outcome, "claim": None, **came.values}
            query = update(Notice).where(*mine).values(values).returning(Notice)
            written = session.scalars(query.execution_options(synchronize_session=False)).one_or_none()
            told = KINDS[notice.subject_kind].sent
            if written is not None and written.sent_at is not None and told is not None:
                told(session, written, written.sent_at)


def ways_due(db: Database, now: datetime, kinds: Collection[str] | None = None) -> list[str]:
    """The ways that something is due to go; something of these kinds, where they are named."""
    with db.snapshot() as session:
        if _waits_for_release(session, kinds):
            return []
        going = select(Notice.route).where(WAITING, or_(due(now), outlasting(now)), *_of(kinds))
        return sorted(session.scalars(going.distinct()))


def _waits_for_release(session: Session, kinds: Collection[str] | None) -> bool:
    """After a restoration all do but those that somebody asks for by their kinds: a crisis waits for nothing."""
    return kinds is None and is_held(session)


def _shorten(session: Session, now: datetime) -> None:
    """Leases that were written before the clock was set back: whoever lives renews them, whoever died does not."""
    session.execute(update(Notice).where(WAITING, outlasting(now)).values(due_at=now + LEASE))


def _longest_due(session: Session, now: datetime, route: str | None, kinds: Collection[str] | None) -> Notice | None:
    query = select(Notice).where(WAITING, due(now), *_of(kinds))
    if route is not None:
        query = query.where(Notice.route == route)
    return session.scalar(query.order_by(Notice.due_at, Notice.id).limit(1))


def _of(kinds: Collection[str] | None) -> tuple[ColumnElement[bool], ...]:
    return () if kinds is None else (Notice.subject_kind.in_(kinds),)


def _bundle(session: Session, first: Notice, now: datetime) -> Sequence[Notice]:
    """Those that go in the message of the first one; it is among them."""
    same: ColumnElement[bool]
    if first.bundle is not None:
        same = (Notice.bundle == first.bundle) & due(now)
    elif first.state == "sending" or KINDS[first.subject_kind].group is None:
        return [first]
    else:
        same = unbundled(first, now)
    return session.scalars(select(Notice).where(WAITING, same).order_by(Notice.due_at, Notice.id)).all()


def _taken(session: Session, together: Sequence[Notice], first: Notice, until: datetime) -> list[Notice]:
    values = {
        "state": "sending",
        "claim": secrets.token_hex(8),
        "due_at": until,
        "attempts": Notice.attempts + 1,
        "bundle": first.bundle or secrets.token_hex(16),
        "route": first.route,
    }
    query = update(Notice).where(Notice.id.in_([notice.id for notice in together])).values(values).returning(Notice)
    options = {"synchronize_session": False, "populate_existing": True}
    taken = session.scalars(query.execution_options(**options)).all()
    return sorted(taken, key=lambda notice: notice.id)
