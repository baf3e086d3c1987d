"""Channels in a crisis: read every minute around the clock, as far as their budgets go."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from config.settings import Settings
from monitor.db.once import once_in_a_snapshot
from monitor.watch.models import CloseWatch, PastCloseWatch
from monitor.watch.rules import MINUTE, Policy


def is_close(session: Session, channel_id: str, now: datetime) -> bool:
    """Is the channel in a crisis?"""
    lasts = or_(CloseWatch.until.is_(None), CloseWatch.until > now)
    query = select(CloseWatch.channel_id).where(CloseWatch.channel_id == channel_id, lasts)
    return session.scalar(query) is not None


def closely_watched(session: Session, now: datetime) -> dict[str, CloseWatch]:
    """The channels in a crisis, by id."""
    return still_close(close_watches(session), now)


def still_close(watches: Iterable[CloseWatch], now: datetime) -> dict[str, CloseWatch]:
    """Those that have not ended, by channel."""
    return {each.channel_id: each for each in watches if each.until is None or each.until > now}


@once_in_a_snapshot
def close_watches(session: Session) -> list[CloseWatch]:
    """Also those that have ended by themselves, and nobody has taken away."""
    return list(session.scalars(select(CloseWatch).order_by(CloseWatch.channel_id)))


def end_close_watches(session: Session, now: datetime) -> None:
    """All of them, kept as history."""
    for each in session.scalars(select(CloseWatch)).all():
        until = min(each.until or now, now)
        session.add(PastCloseWatch(channel_id=each.channel_id, since=each.since, until=until, hours=each.hours))
        session.delete(each)
    session.flush()


def every_close_watch(session: Session) -> dict[str, list[CloseWatch | PastCloseWatch]]:
    """Those that last and those that are over, by channel."""
    found: dict[str, list[CloseWatch | PastCloseWatch]] = {}
    for each in (*close_watches(session), *session.scalars(select(PastCloseWatch).order_by(PastCloseWatch.id))):
        found.setdefault(each.channel_id, []).append(each)
    return found


def policy_of(session: Session, channel_id: str, settings: Settings, now: datetime) -> Policy:
    """How often the channel is to be read now, before its budgets have their say."""
    usual = Policy(timedelta(seconds=settings.polling.interval_seconds), settings.polling.around_the_clock)
    if not is_close(session, channel_id, now):
        return usual
    return replace(usual, interval=min(usual.interval, MINUTE), around_the_clock=True)
