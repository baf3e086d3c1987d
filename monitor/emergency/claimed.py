"""Claims on deliveries: whoever holds the row's token may go on with it, and nobody else can write."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, cast

from sqlalchemy import Integer, Row, Select, Table, bindparam, or_, select, update
from sqlalchemy.orm import Session

from monitor.db import Database, Utc
from monitor.db.plainly import rows
from monitor.emergency.models import Delivery
from monitor.emergency.places import BETWEEN
from monitor.emergency.rules import LONGEST_WAIT, UNDER_WAY, Fate, begins_anew

Clock = Callable[[], datetime]
"""Read inside a transaction: whoever waited long for its lock must not claim, or renew, for a time gone by."""
TABLE = cast("Table", Delivery.__table__)
"""Without the objects that a session may hold: none does, and to look for them takes longer than to write."""
BACK = "back"
"""Where in a delivery's progress it is kept how putting back goes: {"state": waiting, done or given_up, "attempts",
"next_at"}."""
LEASE = timedelta(seconds=6)
"""Who has not said for so long that he lives is dead. Whoever waits for a platform says so all the time."""


@dataclass(frozen=True, slots=True)
class Held:
    """The right to go on with a delivery, as long as its row holds `token`. Tokens of a row only grow."""

    delivery_id: int
    message_id: int
    place: str
    token: int


def anything_under_way(db: Database) -> bool:
    """One query by an index; outside a crisis there is nothing."""
    with db.snapshot() as session:
        return session.scalars(select(Delivery.id).where(Delivery.state.in_(UNDER_WAY)).limit(1)).first() is not None


def anything_to_put_back(db: Database) -> bool:
    """Has a message taken the place of something that is not back yet? Of the few places where one does."""
    beside = (Delivery.place.contains(BETWEEN), Delivery.armed_at.is_not(None), Delivery.state.not_in(UNDER_WAY))
    with db.snapshot() as session:
        found = session.scalars(select(Delivery.progress).where(*beside)).all()
    return any("before" in each and each.get(BACK, {}).get("state") not in ("done", "given_up") for each in found)


def claim(
    session: Session, now: datetime, *, message: int | None = None, delivery: int | None = None, limit: int = 100
) -> list[Held]:
    """Claims what is due, of one message or one delivery where that is said, and nobody else holds. What somebody died
    over while it was armed is a lost answer from now on."""
    asked = {"now": now, "far": now + LONGEST_WAIT, "message": message, "delivery": delivery, "limit": limit}
    found = rows(session, _due(message is not None, delivery is not None), asked)
    if found:
        mine = update(TABLE).where(TABLE.c.id == bindparam("of"))
        session.connection().execute(mine, [_claimed(row, now) for row in found])
    return [Held(row.id, row.message_id, row.place, row.token + 1) for row in found]


def _claimed(row: Row[*tuple[Any, ...]], now: datetime) -> dict[str, Any]:
    """As it stands from now on."""
    claimed = {"of": row.id, "token": row.token + 1, "next_at": now + LEASE}
    died = row.state == Fate.ARMED
    anew = row.state == Fate.UNKNOWN and begins_anew(row.lost_at or now, row.next_at, now)
    claimed |= {"state": str(Fate.UNKNOWN) if died else row.state, "looks": 0 if died else row.looks}
    return claimed | {"lost_at": now if died or anew else row.lost_at}


@cache
def _due(of_message: bool, of_delivery: bool) -> Select[*tuple[Any, ...]]:
    """As rules.is_due."""
    moment = partial(bindparam, type_=Utc)
    due = or_(Delivery.next_at <= moment("now"), Delivery.next_at > moment("far"))
    told = (Delivery.id, Delivery.message_id, Delivery.place, Delivery.state, Delivery.token, Delivery.next_at)
    query = select(*told, Delivery.lost_at, Delivery.looks).where(Delivery.state.in_(UNDER_WAY), due)
    if of_message:
        query = query.where(Delivery.message_id == bindparam("message"))
    if of_delivery:
        query = query.where(Delivery.id == bindparam("delivery"))
    query = query.order_by(Delivery.id).limit(bindparam("limit", type_=Integer))
    return query.with_for_update(skip_locked=True)


def renew(db: Database, held: Held, clock: Clock) -> bool:
    """Says that we live. False: somebody else holds it now."""
    with db.transaction(repeatable=True) as session:
        ours = update(Delivery).where(Delivery.id == held.delivery_id, Delivery.token == held.token)
        return session.scalar(ours.values(next_at=clock() + LEASE).returning(Delivery.id)) is not None
