"""The kill switch: nothing more goes out to a place, or at all, until it is released or its time is over."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, Select, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from monitor.audit import audited
from monitor.db import Utc
from monitor.db.bulk import among
from monitor.db.plainly import rows
from monitor.emergency.models import Delivery, Hold, Incident, Message
from monitor.emergency.places import channel_of
from monitor.emergency.rules import Fate
from monitor.inbox.acting_words import STOPPED
from monitor.inbox.action_rules import Fate as Answer
from monitor.inbox.models import Action

EVERYWHERE = ""
Those = Iterable[ColumnElement[bool]]


def hold(
    session: Session, place: str, by: str, now: datetime, until: datetime, reason: str, mode: str = "actual"
) -> None:
    """Stops a place (a channel's id, "hub", or "" for everything), for what is live or for exercises. What the platform
    already has cannot be stopped."""
    session.add(Hold(place=place, by_id=by, at=now, until=until, reason=reason, mode=mode))
    told = {"until": until, "reason": reason, "mode": mode}
    audited(session, by, "hold.begun", ("place", place or "everything"), now, after=told)


def release(session: Session, place: str, by: str, now: datetime, mode: str = "actual") -> None:
    """Lets go of a place again; what was held goes on at once, answers too. Another hold, on everything, stays."""
    session.execute(
        update(Hold).where(Hold.place == place, *active(mode, now)).values(released_at=now, released_by_id=by)
    )
    here = or_(Delivery.place == place, Delivery.channel_id == place) if place else Delivery.id.is_not(None)
    same = select(Message.id).join(Incident, Incident.id == Message.incident_id).where(Incident.mode == mode)
    held = (Delivery.state == Fate.HELD, Delivery.message_id.in_(same), here)
    _due_now(session, Delivery, held, now)
    if mode == "actual":
        answers = Action.channel_id == place if place else Action.id.is_not(None)
        waiting = (Action.state == Answer.PENDING, Action.reason == STOPPED, answers)
        _due_now(session, Action, waiting, now)
    audited(session, by, "hold.released", ("place", place or "everything"), now, after={"mode": mode})


def _due_now(session: Session, kind: type[Delivery | Action], those: Those, now: datetime) -> None:
    """Locked by their numbers: two who went through the same rows in opposite orders would wait for each other."""
    ids = session.scalars(select(kind.id).where(*those).order_by(kind.id).with_for_update(of=kind)).all()
    session.execute(update(kind).where(among(session, kind.id, ids)).values(next_at=now))


def holds(session: Session, now: datetime, mode: str = "actual") -> frozenset[str]:
    """The places that are stopped now; "" is everything."""
    return frozenset(row.place for row in rows(session, _held(), {"mode": mode, "now": now}))


@cache
def _held() -> Select[str]:
    return select(Hold.place).where(*active(bindparam("mode"), bindparam("now", type_=Utc)))


def stopped_until(session: Session, place: str, now: datetime, mode: str) -> datetime | None:
    """Until when the place is stopped, by itself, with its channel or with everything; None: it is not."""
    return session.scalar(_stopped(), stops_asked(place, now, mode))


@cache
def _stopped() -> Select[datetime]:
    return select(last_stop())


def last_stop() -> ScalarSelect[datetime]:
    """Until when a place is stopped, as a column of a query that is given `stops_asked`."""
    here = concerning(bindparam("place"), bindparam("channel"))
    during = active(bindparam("mode"), bindparam("now", type_=Utc))
    return select(func.max(Hold.until)).where(here, *during).scalar_subquery()


def stops_asked(place: str, now: datetime, mode: str) -> dict[str, object]:
    return {"place": place, "channel": channel_of(place), "mode": mode, "now": now}


def concerning(*places: str | BindParameter[str]) -> ColumnElement[bool]:
    """Holds of one of the places, or of everything."""
    return or_(*(Hold.place == place for place in places), Hold.place == EVERYWHERE)


def active(mode: str | BindParameter[str], now: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    """Holds that stop incidents of that mode now."""
    return Hold.mode == mode, Hold.until > now, Hold.released_at.is_(None)
