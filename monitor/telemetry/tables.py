"""What the tables say of how things go: one question, each part of which an index answers, however much there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, String, and_, case, cast, false, func, literal, null, or_, select
from sqlalchemy import union_all as all_of
from sqlalchemy.orm import Session, aliased

from monitor.alerts.models import WAITING, Notice
from monitor.audit.models import AuditHead
from monitor.audit.outgoing_models import Dispatch, OutgoingEvent, Subscription
from monitor.db import Utc
from monitor.db.bulk import among
from monitor.emergency.incidents import GOING_ON
from monitor.emergency.models import Delivery, Incident, Message
from monitor.emergency.rules import UNDER_WAY, Fate
from monitor.inbox.models import Action
from monitor.watch.day_models import NOT_WATCHED, Correction, WatchDay
from monitor.watch.models import Parking, PollRun, Spending

WINDOWS = {"1h": timedelta(hours=1), "24h": timedelta(days=1)}
DAYS_BACK = 30
NOTICES_A_DAY = 10_000
"""No more are written; so far back is looked for what was given up in the last day."""
NOT_DONE = ("pending", "armed", "unknown", "needs_human", "asks")
Part = Select[*tuple[Any, ...]]


class What(StrEnum):
    """What a row is about; a, b and c are as said there."""

    READINGS = "readings"
    """a: window, b: channel, c: outcome and kind of error with a slash between; x: seconds."""
    SPENT = "spent"
    """budget, purpose; x: the cost."""
    PARKED = "parked"
    """budget; at: until when."""
    NOTICES = "notices"
    """state; at: the earliest time at which one is due."""
    ACTIONS = "actions"
    INCIDENTS = "incidents"
    DELIVERIES = "deliveries"
    """mode, state."""
    EVENTS = "events"
    DISPATCHES = "dispatches"
    """subscription; at: the oldest."""
    MISSED = "missed"
    """channel."""
    AUDIT = "audit"
    SIZE = "size"
    """x: bytes."""


@dataclass(frozen=True, slots=True)
class Row:
    """n: how many."""

    what: What
    a: str
    b: str
    c: str
    n: int
    x: float
    at: datetime | None


def rows(
    session: Session, now: datetime, today: date, channels: Sequence[str], budgets: Mapping[str, date]
) -> list[Row]:
    """today: the organisation's date. budgets: the present day of each that has a quota."""
    parts = [*_readings(session, now, channels), _spent(budgets), _parked(now)]
    parts += [_notices(now), _given_up(now), _actions(), _incidents(), _deliveries()]
    parts += [_events(), _dispatches(), _missed(today), _audit()]
    if session.get_bind().dialect.name == "postgresql":
        parts.append(_part(What.SIZE, x=func.pg_database_size(func.current_database())))
    return [Row(What(each[0]), *each[1:]) for each in session.execute(all_of(*parts))]


def _part(what: What, a: Any = "", b: Any = "", c: Any = "", *, n: Any = 1, x: Any = 0.0, at: Any = None) -> Part:
    words = (literal(each) if isinstance(each, str) else cast(each, String) for each in (a, b, c))
    many = literal(n) if isinstance(n, int) else n
    # SQLite would make a number of a time that is cast
    return select(literal(what.value), *words, many, cast(x, Float), cast(null(), Utc) if at is None else at)


def _readings(session: Session, now: datetime, channels: Sequence[str]) -> list[Part]:
    kind = func.coalesce(PollRun.error_kind, "")
    counted = {"n": func.count(), "x": func.coalesce(func.sum(PollRun.seconds), 0.0)}
    here = among(session, PollRun.channel_id, channels)
    return [
        _part(What.READINGS, window, PollRun.channel_id, PollRun.outcome + "/" + kind, **counted)
        .where(here, PollRun.started_at > now - length)
        .group_by(PollRun.channel_id, PollRun.outcome, kind)
        for window, length in WINDOWS.items()
    ]


def _spent(budgets: Mapping[str, date]) -> Part:
    days = [and_(Spending.budget == key, Spending.day == day) for key, day in budgets.items()]
    query = _part(What.SPENT, Spending.budget, Spending.purpose, x=func.sum(Spending.cost))
    return query.where(or_(false(), *days)).group_by(Spending.budget, Spending.purpose)


def _parked(now: datetime) -> Part:
    return _part(What.PARKED, Parking.key, at=Parking.until).where(Parking.until > now)


def _notices(now: datetime) -> Part:
    state = case((Notice.state == "sending", "sending"), (Notice.due_at <= now, "due"), else_="later")
    return _part(What.NOTICES, state, n=func.count(), at=func.min(Notice.due_at)).where(WAITING).group_by(state)


def _given_up(now: datetime) -> Part:
    lately = aliased(Notice, select(Notice).order_by(Notice.id.desc()).limit(NOTICES_A_DAY).subquery())
    failed = (lately.state == "failed", lately.created_at > now - timedelta(days=1))
    return _part(What.NOTICES, "failed", n=func.count()).select_from(lately).where(*failed)


def _actions() -> Part:
    return _part(What.ACTIONS, Action.state, n=func.count()).where(Action.state.in_(NOT_DONE)).group_by(Action.state)


def _incidents() -> Part:
    goes_on = Incident.state.in_(GOING_ON)
    return _part(What.INCIDENTS, Incident.mode, n=func.count()).where(goes_on).group_by(Incident.mode)


def _deliveries() -> Part:
    waits = Delivery.state.in_([*UNDER_WAY, Fate.NEEDS_HUMAN])
    query = _part(What.DELIVERIES, Incident.mode, Delivery.state, n=func.count())
    query = query.join_from(Incident, Message, Message.incident_id == Incident.id)
    query = query.join(Delivery, Delivery.message_id == Message.id)
    return query.where(or_(Incident.state.in_(GOING_ON), waits)).group_by(Incident.mode, Delivery.state)


def _events() -> Part:
    return _part(What.EVENTS, n=func.count()).where(OutgoingEvent.handed_at.is_(None))


def _dispatches() -> Part:
    query = _part(What.DISPATCHES, Subscription.id, n=func.count(), at=func.min(Dispatch.made_at))
    waits = and_(Dispatch.subscription_id == Subscription.id, Dispatch.state == "waiting")
    return query.join_from(Subscription, Dispatch, waits).group_by(Subscription.id)


def _missed(today: date) -> Part:
    back = (WatchDay.day >= today - timedelta(days=DAYS_BACK), WatchDay.day < today)
    query = _part(What.MISSED, WatchDay.channel_id, n=func.count()).where(NOT_WATCHED, *back)
    return query.where(~_watched_after_all()).group_by(WatchDay.channel_id)


def _watched_after_all() -> ColumnElement[bool]:
    """Does the latest of a day's corrections say so?"""
    here = (Correction.channel_id == WatchDay.channel_id, Correction.day == WatchDay.day)
    latest = select(Correction.verdict).where(*here).order_by(Correction.id.desc()).limit(1)
    return func.coalesce(latest.correlate(WatchDay).scalar_subquery(), "") == "watched"


def _audit() -> Part:
    return _part(What.AUDIT, n=AuditHead.entry_id)
