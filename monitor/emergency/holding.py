"""The kill switch: nothing more goes out to a place, or at all, until it is released or its time is over."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from monitor.audit import audited
from monitor.emergency.models import Delivery, Hold
from monitor.emergency.rules import Fate

EVERYWHERE = ""


def hold(session: Session, place: str, by: str, now: datetime, until: datetime, reason: str) -> None:
    """Stops a place (a channel's id, "hub", or "" for everything). What the platform already has cannot be stopped."""
    session.add(Hold(place=place, by_id=by, at=now, until=until, reason=reason))
    told = {"until": until, "reason": reason}
    audited(session, by, "hold.begun", ("place", place or "everything"), now, after=told)


def release(session: Session, place: str, by: str, now: datetime) -> None:
    """Lets go of a place again; what was held goes on at once. Another hold, on everything, stays."""
    active = (Hold.place == place, Hold.released_at.is_(None), Hold.until > now)
    session.execute(update(Hold).where(*active).values(released_at=now, released_by_id=by))
    here = Delivery.place == place if place else Delivery.id.is_not(None)
    session.execute(update(Delivery).where(Delivery.state == Fate.HELD, here).values(next_at=now))
    audited(session, by, "hold.released", ("place", place or "everything"), now)


def holds(session: Session, now: datetime) -> frozenset[str]:
    """The places that are stopped now; "" is everything."""
    return frozenset(session.scalars(select(Hold.place).where(Hold.until > now, Hold.released_at.is_(None))))


def stopped_until(session: Session, place: str, now: datetime) -> datetime | None:
    """Until when the place is stopped, by itself or with everything; None: it is not."""
    here = or_(Hold.place == place, Hold.place == EVERYWHERE)
    query = select(Hold.until).where(here, Hold.until > now, Hold.released_at.is_(None))
    return max(session.scalars(query).all(), default=None)
