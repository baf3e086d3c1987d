"""What stands still: channels that ought to have been read, notices that ought to have gone out, and days that nobody
keeps. Only looks; each look is one question to the tables, and sees what workers did, not what they were told to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors import EXCLUSIVE
from monitor import Calendar
from monitor.alerts.judging import unwritten
from monitor.alerts.models import Notice
from monitor.alerts.telling import Scene
from monitor.db.bulk import among
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel
from monitor.register.organisation import NotSetUp, organisation
from monitor.watch.claiming import LEASE, LONGEST, read_by_machine
from monitor.watch.day_models import WatchDay
from monitor.watch.day_planning import missing
from monitor.watch.day_register import subject_of
from monitor.watch.day_rules import end_of_service
from monitor.watch.models import PollRun, Schedule

PATIENCE = timedelta(minutes=5)
"""What is due is taken up within seconds; so much may pass while many are due at once, or after a start."""
JUDGES_PATIENCE = timedelta(minutes=10)
"""So long after there was something to tell, the notice of it is there: they are written every few seconds."""
WHILE_READ = PATIENCE + LONGEST + LEASE
"""What is being read now may take as long as a reading may, and then its claim still has to run out."""
ACCIDENTS = 1
"""So many workers may die in the middle of one due reading, as when the program is started again. More is a pattern."""


@dataclass(frozen=True, slots=True)
class Still:
    """The names of what stands still. channels: ids. notices: "KIND SUBJECT". days: "CHANNEL/YYYY-MM-DD"."""

    channels: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    days: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.channels or self.notices or self.days)


def standing_still(session: Session, now: datetime, settings: Settings) -> Still:
    """Where no mail server is set, notices wait and are not late; but they are written all the same."""
    unsent = notices_unsent(session, now) if settings.smtp_url is not None else []
    return Still(
        tuple(channels_unread(session, now)),
        (*unsent, *notices_unwritten(session, now, settings)),
        tuple(days_unkept(session, now)),
    )


def channels_unread(session: Session, now: datetime) -> list[str]:
    """Channels whose due reading has not been recorded, whatever it might have come to, for longer than can be.

    Not those that nobody has to read: watched by people, paused, retired, or parked until a platform allows a reading.
    """
    query = select(Channel.id).outerjoin(Schedule, Schedule.channel_id == Channel.id).where(read_by_machine())
    waits = _due_before(now - PATIENCE) & (~_has_time(now) | _due_before(now - WHILE_READ))
    return list(session.scalars(query.where(waits).order_by(Channel.id)))


def notices_unsent(session: Session, now: datetime) -> list[str]:
    """Notices that are due, or were left in the middle of being sent, the oldest first."""
    waiting = (Notice.state.in_(("due", "sending")), Notice.due_at < now - PATIENCE)
    query = select(Notice.subject_kind, Notice.subject).where(*waiting).order_by(Notice.due_at, Notice.id)
    return [f"{kind} {subject}" for kind, subject in session.execute(query)]


def days_unkept(session: Session, now: datetime) -> list[str]:
    """Days that ought to be in the register and are not, of which it does not say how they stand, or that are over and
    not concluded. Without a register of channels there are none."""
    try:
        calendar = calendar_of(organisation(session))
    except NotSetUp:
        return []
    behind = [_unseen(calendar, now), _unconcluded(calendar, now)]
    rows = [subject_of(*row)[1] for query in behind for row in session.execute(query)]
    return sorted({*rows, *_unplanned(session, calendar, now)})


def notices_unwritten(session: Session, now: datetime, settings: Settings) -> list[str]:
    """What had to be told a while ago and was not even written down: nobody judges."""
    try:
        scene = Scene(session, organisation(session), now - JUDGES_PATIENCE, settings)
    except NotSetUp:
        return []
    return [f"{telling.subject_kind} {telling.subject}" for telling in unwritten(scene)]


def _due_before(moment: datetime) -> ColumnElement[bool]:
    """The channel's reading became due before that, and so did the duty to watch it; one that is new is due at once."""
    due = func.coalesce(Schedule.due_at, Schedule.next_poll_at, Channel.watched_since)
    return (due < moment) & or_(Channel.watched_since.is_(None), Channel.watched_since < moment)


def _has_time(now: datetime) -> ColumnElement[bool]:
    """It is being read now, or may have to wait for another one with its login; and no worker keeps dying of it."""
    of_channel = PollRun.channel_id == Channel.id
    running = select(PollRun.id).where(of_channel, PollRun.outcome == "running", PollRun.claim == Schedule.claim)
    lost = (PollRun.outcome == "lost", PollRun.started_at >= Schedule.due_at)
    died = select(func.count()).select_from(PollRun).where(of_channel, *lost).correlate(Channel, Schedule)
    is_read = (Schedule.next_poll_at > now) & running.correlate(Channel, Schedule).exists()
    return or_(is_read, Channel.platform.in_(EXCLUSIVE)) & (died.scalar_subquery() <= ACCIDENTS)


def _unplanned(session: Session, calendar: Calendar, now: datetime) -> list[str]:
    found = missing(session, calendar, now)
    began = select(Channel.id, Channel.watched_since).where(among(session, Channel.id, list(found)))
    since = dict(session.execute(began).all())
    return [
        subject_of(channel_id, day)[1]
        for channel_id, days in found.items()
        for day in days
        if max(calendar.midnight(day), since[channel_id] or now) < now - PATIENCE
    ]


def _unseen(calendar: Calendar, now: datetime) -> Select[str, object]:
    """Today's rows that nobody has looked at since a reading ended, or since the day closed."""
    today, late = calendar.local_date(now), now - PATIENCE
    read = (PollRun.channel_id == WatchDay.channel_id, PollRun.started_at >= calendar.midnight(today))
    since = select(PollRun.id).where(*read, PollRun.finished_at > WatchDay.kept_at, PollRun.finished_at < late)
    behind = [and_(WatchDay.kept_at.is_(None), WatchDay.planned_at < late), since.correlate(WatchDay).exists()]
    if end_of_service(calendar, today) < late:
        behind.append(WatchDay.verdict.is_(None))
    return select(WatchDay.channel_id, WatchDay.day).where(WatchDay.day == today, or_(*behind))


def _unconcluded(calendar: Calendar, now: datetime) -> Select[str, object]:
    """Days that are over, though a reading that began just before midnight may be waited for."""
    first = calendar.local_date(now - WHILE_READ)
    return select(WatchDay.channel_id, WatchDay.day).where(WatchDay.concluded_at.is_(None), WatchDay.day < first)
