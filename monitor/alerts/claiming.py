"""Takes what is due from the ledger, a whole message at a time and for one sender only, and writes what came of it.

What is taken has a lease: whoever dies with it leaves it behind, and the same message is taken again, nobody added.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, TextClause, select, update
from sqlalchemy.orm import Session

from monitor.alerts.capping import put_off, unbundled
from monitor.alerts.kinds import KINDS
from monitor.alerts.models import WAITING, Notice
from monitor.db import Database
from monitor.db.turns import LEDGER, take_turns

LEASE = timedelta(minutes=10)  # longer than all the steps of the slowest SMTP dialogue together
Outcome = Literal["sent", "due", "failed", "cancelled"]
Noted = Callable[[Session], None] | None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What came of a notice, the columns that say more, and as what it is counted: None as its outcome, "" not."""

    outcome: Outcome
    values: Mapping[str, Any] = field(default_factory=dict)
    counts_as: str | None = None


def claim(db: Database, now: datetime, route: str | None = None, kinds: Collection[str] | None = None) -> list[Notice]:
    """Takes the notice that has been due longest, and what goes with it in one message; of that way, and of these
    kinds, where they are named.

    Empty: nothing is due. Their next attempt is set before this one is tried. One that a person has no room for now is
    put off.
    """
    with db.transaction() as session:
        take_turns(session, LEDGER)
        while (first := _longest_due(session, now, route, kinds)) is not None:
            together = _bundle(session, first, now)
            if not put_off(session, together, now):
                return _taken(session, together, first, now)
    return []


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
        return sorted(session.scalars(select(Notice.route).where(*_due(now, kinds)).distinct()))


def _longest_due(session: Session, now: datetime, route: str | None, kinds: Collection[str] | None) -> Notice | None:
    query = select(Notice).where(*_due(now, kinds))
    if route is not None:
        query = query.where(Notice.route == route)
    return session.scalar(query.order_by(Notice.due_at, Notice.id).limit(1))


def _due(now: datetime, kinds: Collection[str] | None) -> tuple[ColumnElement[bool] | TextClause, ...]:
    of_kinds = () if kinds is None else (Notice.subject_kind.in_(kinds),)
    return WAITING, Notice.due_at <= now, *of_kinds


def _bundle(session: Session, first: Notice, now: datetime) -> Sequence[Notice]:
    """Those that go in the message of the first one; it is among them."""
    same: ColumnElement[bool]
    if first.bundle is not None:
        same = (Notice.bundle == first.bundle) & (Notice.due_at <= now)
    elif first.state == "sending" or KINDS[first.subject_kind].group is None:
        return [first]
    else:
        same = unbundled(first, now)
    return session.scalars(select(Notice).where(WAITING, same).order_by(Notice.due_at, Notice.id)).all()


def _taken(session: Session, together: Sequence[Notice], first: Notice, now: datetime) -> list[Notice]:
    values = {
        "state": "sending",
        "claim": secrets.token_hex(8),
        "due_at": now + LEASE,
        "attempts": Notice.attempts + 1,
        "bundle": first.bundle or secrets.token_hex(16),
        "route": first.route,
    }
    query = update(Notice).where(Notice.id.in_([notice.id for notice in together])).values(values).returning(Notice)
    options = {"synchronize_session": False, "populate_existing": True}
    taken = session.scalars(query.execution_options(**options)).all()
    return sorted(taken, key=lambda notice: notice.id)
