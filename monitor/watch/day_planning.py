"""Which days are in the register: what the calendar asks for, whether somebody looks or not."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor import Calendar
from monitor.db.bulk import among
from monitor.register.models import Channel
from monitor.watch.day_models import WatchDay
from monitor.watch.day_rules import has_ended, is_due


def missing(
    session: Session, calendar: Calendar, now: datetime, channel_ids: Sequence[str] | None = None
) -> dict[str, list[date]]:
    """The days up to today that ought to be in the register and are not, by channel; after the last one that is."""
    last = select(func.max(WatchDay.day)).where(WatchDay.channel_id == Channel.id).scalar_subquery()
    query = select(Channel, last).where(Channel.watched_since.is_not(None))
    if channel_ids is not None:
        query = query.where(among(session, Channel.id, channel_ids))
    found = {channel.id: list(due_days(calendar, channel, after, now)) for channel, after in session.execute(query)}
    return {channel_id: days for channel_id, days in found.items() if days}


def is_over(calendar: Calendar, channel: Channel, day: date) -> bool:
    """Has the duty to watch the channel ended before that day closed?"""
    return not _is_watched(channel) or has_ended(calendar, day, channel.watched_until)


def due_days(calendar: Calendar, channel: Channel, after: date | None, now: datetime) -> Iterator[date]:
    """Those from the day after `after` up to today on which the channel is to be watched."""
    since, today = channel.watched_since, calendar.local_date(now)
    if since is None or not _is_watched(channel):
        return
    day = max(calendar.local_date(since), after + timedelta(days=1) if after else date.min)
    while day <= today:
        if is_due(calendar, day, since, channel.watched_until, automatic=channel.watch_mode == "automatic"):
            yield day
        day += timedelta(days=1)


def _is_watched(channel: Channel) -> bool:
    """One that has no comments any more, or was retired, was watched until then."""
    return channel.watched_until is not None or (channel.has_comments and channel.state != "retired")
