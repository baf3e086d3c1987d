"""Which working days went by without one complete reading of a channel."""

from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from monitor import Calendar
from monitor.alerts.rules import WORKING_DAYS_BACK
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel, Organisation
from monitor.watch.models import PollRun
from monitor.watch.rules import missed_days

READ = (Channel.state == "active", Channel.watch_mode == "automatic", Channel.has_comments)


def missed(session: Session, now: datetime, owner: Organisation) -> dict[str, list[date]]:
    """The missed ones of the last working days, oldest first, for every channel that is read by machine.

    The watch of a channel begins with its first reading. Channels without a missed day are left out.
    """
    calendar = calendar_of(owner)
    today = calendar.local_date(now)
    first = calendar.working_days_before(today, WORKING_DAYS_BACK)
    days = [first + timedelta(days=passed) for passed in range((today - first).days + 1)]
    read = {day: _read_on(session, day, calendar) for day in days if calendar.is_working_day(day)}
    found: dict[str, list[date]] = {}
    for channel_id, began in _began(session).items():
        read_on = [day for day, channels in read.items() if channel_id in channels]
        if gaps := missed_days(calendar, read_on, max(began, calendar.midnight(first)), now):
            found[channel_id] = gaps
    return found


def _began(session: Session) -> dict[str, datetime]:
    """When the first reading of each channel that must be read by machine began; channels never tried are left out."""
    first = select(func.min(PollRun.started_at)).where(PollRun.channel_id == Channel.id).scalar_subquery()
    return {id_: began for id_, began in session.execute(select(Channel.id, first).where(*READ)) if began is not None}


def _read_on(session: Session, day: date, calendar: Calendar) -> set[str]:
    """The channels of which a complete reading began on that day."""
    begin, end = calendar.midnight(day), calendar.midnight(day + timedelta(days=1))
    on_that_day = (PollRun.started_at >= begin, PollRun.started_at < end, PollRun.outcome == "complete")
    of_channel = exists().where(PollRun.channel_id == Channel.id, *on_that_day)  # channel by channel: there is an index
    return set(session.scalars(select(Channel.id).where(*READ, of_channel)))
