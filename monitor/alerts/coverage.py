"""Which working days went by without one complete reading of a channel."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.alerts.rules import WORKING_DAYS_BACK, missed_days
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel, Organisation
from monitor.watch.models import PollRun


def missed(session: Session, now: datetime, owner: Organisation) -> dict[str, list[date]]:
    """The missed ones of the last working days before today, oldest first, for every channel that is read by machine.

    The watch of a channel begins with its first reading. Channels without a missed day are left out.
    """
    calendar = calendar_of(owner)
    today = calendar.local_date(now)
    days = [calendar.working_days_before(today, count) for count in range(1, WORKING_DAYS_BACK + 1)]
    read = {day: _read_on(session, day, ZoneInfo(owner.timezone)) for day in days}
    found = {
        channel_id: missed_days(today, began, [day for day in days if channel_id in read[day]], calendar)
        for channel_id, began in _began(session).items()
    }
    return {channel_id: gaps for channel_id, gaps in found.items() if gaps}


def _began(session: Session) -> dict[str, datetime]:
    """When the first reading of each channel that must be read by machine began."""
    query = select(PollRun.channel_id, func.min(PollRun.started_at)).join(Channel, Channel.id == PollRun.channel_id)
    watched = (Channel.state == "active", Channel.watch_mode == "automatic", Channel.has_comments)
    return dict(session.execute(query.where(*watched).group_by(PollRun.channel_id)).all())


def _read_on(session: Session, day: date, zone: ZoneInfo) -> set[str]:
    """The channels of which a complete reading began on that day."""
    begin, end = (datetime.combine(each, time.min, zone).astimezone(UTC) for each in (day, day + timedelta(days=1)))
    query = select(PollRun.channel_id).distinct().where(PollRun.started_at >= begin, PollRun.started_at < end)
    return set(session.scalars(query.where(PollRun.outcome == "complete")))
