"""What stands still: channels that ought to have been read, notices that ought to have gone out, and days that nobody
keeps. Only looks: one question to the tables, which shows what workers did, not what they were told to do."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from config.settings import Settings
from connectors import EXCLUSIVE
from monitor import Calendar
from monitor.alerts.judging import unwritten
from monitor.alerts.kinds import KINDS
from monitor.alerts.models import WAITING, Notice
from monitor.alerts.telling import Scene
from monitor.db import Utc
from monitor.inbox.models import FlagScan
from monitor.register.calendar import calendar_of
from monitor.register.channels import all_channels
from monitor.register.models import Channel
from monitor.register.organisation import NotSetUp, organisation
from monitor.watch.claiming import LEASE, LONGEST, read_by_machine
from monitor.watch.day_models import WatchDay
from monitor.watch.day_planning import due_days
from monitor.watch.day_register import subject_of
from monitor.watch.day_rules import end_of_service
from monitor.watch.models import Comment, PollRun, Schedule

PATIENCE = timedelta(minutes=5)
"""What is due is taken up within seconds; so much may pass while many are due at once, or after a start."""
JUDGES_PATIENCE = timedelta(minutes=10)
"""So long after there was something to tell, the notice of it is there: they are written every few seconds."""
WHILE_READ = PATIENCE + LONGEST + LEASE
"""What is being read now may take as long as a reading may, and then its claim still has to run out."""
EVER = datetime(1970, 1, 1, tzinfo=UTC)
ACCIDENTS = 1
"""So many workers may die in the middle of one due reading, as when the program is started again. More is a pattern."""
REMEMBERED = timedelta(hours=6)
"""So long what is urgent and reached nobody at all keeps the outside watcher from hearing that all is well."""


Row = Select[*tuple[Any, ...]]


class Asked(StrEnum):
    """What the parts of the one question are about."""

    NOTICE = "notice"
    CHANNEL = "channel"
    FLAGGING = "flagging"
    DAY = "day"
    LAST = "last"


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
    seen = seen_standing(session, now, settings)
    return replace(seen, notices=(*seen.notices, *notices_unwritten(session, now, settings)))


def seen_standing(session: Session, now: datetime, settings: Settings) -> Still:
    """The same, but for notices that nobody has written down: all in one question to the tables."""
    try:
        calendar = calendar_of(organisation(session))
    except NotSetUp:
        calendar = None  # without a register there are no days
    parts = [_unsent(now, settings), _untold(now, settings), _unread(now), _unflagged(now)]
    parts += [_unseen(calendar, now), _unconcluded(calendar, now), _last()] if calendar else []
    found = defaultdict[str, list[tuple[str, str]]](list)
    for what, name, more, _at in sorted(session.execute(union_all(*parts)), key=lambda row: row[3] or now):
        found[what].append((name, more))
    days = {f"{channel}/{day}" for channel, day in found[Asked.DAY]}
    days.update(_unplanned(session, calendar, now, dict(found[Asked.LAST])) if calendar else ())
    notices = [f"{kind} {subject}" for kind, subject in found[Asked.NOTICE]]
    flagging = [f"flagging {channel}" for channel, _more in found[Asked.FLAGGING]]
    channels = sorted(channel for channel, _more in found[Asked.CHANNEL])
    return Still(tuple(channels), (*notices, *flagging), tuple(sorted(days)))


def notices_unsent(session: Session, now: datetime, settings: Settings) -> list[str]:
    """Notices that are due or were left in the middle of being sent, and those that are not told though their message
    is, the oldest first. What was put off is not due; what waits for a mail server that nobody has set is not late."""
    rows = session.execute(_unsent(now, settings).order_by(Notice.due_at, Notice.id))
    return [f"{kind} {subject}" for _what, kind, subject, _at in rows]


def _unsent(now: datetime, settings: Settings) -> Row:
    told = aliased(Notice)
    half = select(told.id).where(told.bundle == Notice.bundle, told.state == "sent").correlate(Notice).exists()
    late = Notice.due_at < now - PATIENCE
    if settings.smtp_url is None:
        late &= Notice.route != "mail"
    named = select(literal(Asked.NOTICE.value), Notice.subject_kind, Notice.subject, Notice.due_at)
    return named.where(WAITING, or_(late, half))


def _untold(now: datetime, settings: Settings) -> Row:
    """Notices of what is urgent that were tried in vain, or given up, where nobody else was told of it either: the ways
    to our people are closed, and only somebody outside can say so."""
    other = aliased(Notice)
    same = (other.subject_kind == Notice.subject_kind, other.subject == Notice.subject, other.cycle == Notice.cycle)
    somebody = select(other.id).where(*same, other.state == "sent").correlate(Notice).exists()
    tried = and_(Notice.state == "due", Notice.attempts > 0, Notice.due_at >= now - PATIENCE)
    if settings.smtp_url is None:
        tried &= Notice.route != "mail"
    lately = Notice.created_at.between(now - REMEMBERED, now - PATIENCE)
    urgent = Notice.subject_kind.in_([name for name, kind in KINDS.items() if kind.urgent])
    named = select(literal(Asked.NOTICE.value), Notice.subject_kind, Notice.subject, Notice.due_at)
    return named.where(urgent, lately, or_(Notice.state == "failed", tried), ~somebody)


def _unread(now: datetime) -> Row:
    """Channels whose due reading has not been recorded, whatever it might have come to, for longer than can be.

    Not those that nobody has to read: watched by people, paused, retired, or parked until a platform allows a reading.
    """
    query = _asked(Asked.CHANNEL, Channel.id).outerjoin(Schedule, Schedule.channel_id == Channel.id)
    waits = _due_before(now - PATIENCE) & (~_has_time(now) | _due_before(now - WHILE_READ))
    return query.where(read_by_machine(), waits)


def _unflagged(now: datetime) -> Row:
    """Channels of which a while ago something was read that nobody has held against the rules."""
    looked = _asked(Asked.FLAGGING, Schedule.channel_id)
    looked = looked.outerjoin(FlagScan, FlagScan.channel_id == Schedule.channel_id)
    behind = or_(FlagScan.channel_id.is_(None), FlagScan.revision != Schedule.revision)
    new = Comment.text_seen_at > func.coalesce(FlagScan.until, EVER)
    came = (Comment.channel_id == Schedule.channel_id, Comment.text_seen_at < now - JUDGES_PATIENCE, new)
    late = select(Comment.id).where(*came).correlate(Schedule, FlagScan).exists()
    return looked.join(Channel, Channel.id == Schedule.channel_id).where(behind, read_by_machine(), late)


def _asked(what: Asked, name: Any, more: Any = "") -> Row:
    """What one part of the question gives: what it is about, two names, and when, which only notices say."""
    second = literal(more) if isinstance(more, str) else cast(more, String)
    return select(literal(what.value), name, second, cast(null(), Utc))


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


def _unplanned(session: Session, calendar: Calendar, now: datetime, last: Mapping[str, str]) -> Iterator[str]:
    """Days that ought to be in the register and are not. last: the latest one of each channel that is."""
    for channel in all_channels(session):
        after = date.fromisoformat(last[channel.id]) if channel.id in last else None
        for day in due_days(calendar, channel, after, now):
            if max(calendar.midnight(day), channel.watched_since or now) < now - PATIENCE:
                yield subject_of(channel.id, day)[1]


def _last() -> Row:
    """The latest day in the register, by channel."""
    return _asked(Asked.LAST, WatchDay.channel_id, func.max(WatchDay.day)).group_by(WatchDay.channel_id)


def _unseen(calendar: Calendar, now: datetime) -> Row:
    """Today's rows that nobody has looked at since a reading ended, or since the day closed."""
    today, late = calendar.local_date(now), now - PATIENCE
    read = (PollRun.channel_id == WatchDay.channel_id, PollRun.started_at >= calendar.midnight(today))
    since = select(PollRun.id).where(*read, PollRun.finished_at > WatchDay.kept_at, PollRun.finished_at < late)
    behind = [and_(WatchDay.kept_at.is_(None), WatchDay.planned_at < late), since.correlate(WatchDay).exists()]
    if end_of_service(calendar, today) < late:
        behind.append(WatchDay.verdict.is_(None))
    return _asked(Asked.DAY, WatchDay.channel_id, WatchDay.day).where(WatchDay.day == today, or_(*behind))


def _unconcluded(calendar: Calendar, now: datetime) -> Row:
    """Days that are over, though a reading that began just before midnight may be waited for."""
    first = calendar.local_date(now - WHILE_READ)
    return _asked(Asked.DAY, WatchDay.channel_id, WatchDay.day).where(
        WatchDay.concluded_at.is_(None), WatchDay.day < first
    )
