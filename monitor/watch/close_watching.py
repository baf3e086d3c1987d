"""Channels in a crisis: read every minute around the clock, as far as their budgets go."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from config.settings import Settings
from monitor.db.once import once_in_a_snapshot
from monitor.watch.models import CloseWatch, Schedule
from monitor.watch.rules import MINUTE, Policy
from monitor.watch.schedules import schedules


@dataclass(frozen=True, slots=True)
class CloseTime:
    """A time in which a channel was watched closely. until: None while it lasts. hours: as in CloseWatch."""

    since: datetime
    until: datetime | None
    hours: int

    @classmethod
    def read(cls, written: str) -> Self:
        """As `str` writes it: an interval of ISO 8601, and the hours."""
        since, until, hours = written.split("/")
        return cls(datetime.fromisoformat(since), datetime.fromisoformat(until) if until else None, int(hours))

    def __str__(self) -> str:
        return f"{self.since.isoformat()}/{self.until.isoformat() if self.until else ''}/{self.hours}"


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


def watch_closely(session: Session, channel_id: str, people: list[str], now: datetime) -> None:
    """From now on; nothing happens where it is watched so already."""
    if session.get(CloseWatch, channel_id) is not None:
        return
    watch = CloseWatch(channel_id=channel_id, since=now, people=people)
    session.add(watch)
    session.flush()
    schedule = session.get(Schedule, channel_id, with_for_update=True)
    if schedule is not None:  # else nothing has ever been read there
        schedule.close_times = [*schedule.close_times, str(CloseTime(now, None, watch.hours))]


def end_close_watches(session: Session, now: datetime) -> None:
    """All of them. When they were stays known."""
    session.execute(delete(CloseWatch))
    for schedule in session.scalars(select(Schedule).with_for_update()):
        times = [CloseTime.read(each) for each in schedule.close_times]
        if any(each.until is None for each in times):
            schedule.close_times = [str(replace(each, until=each.until or now)) for each in times]


def close_times(session: Session, channel_id: str) -> list[CloseTime]:
    """Those that are over, and the one that lasts."""
    schedule = schedules(session).get(channel_id)
    return [CloseTime.read(each) for each in schedule.close_times] if schedule is not None else []


def policy_of(session: Session, channel_id: str, settings: Settings, now: datetime) -> Policy:
    """How often the channel is to be read now, before its budgets have their say."""
    usual = Policy(timedelta(seconds=settings.polling.interval_seconds), settings.polling.around_the_clock)
    if not is_close(session, channel_id, now):
        return usual
    return replace(usual, interval=min(usual.interval, MINUTE), around_the_clock=True)
