"""Days that are over, were not watched or only partly, and that nobody was told of while they lasted.

Told on the next service morning to responsible, deputy and communicators: one mail for each of them, about all channels
and days, however long nobody could tell anything. What the guard has told of is not told again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, String, cast, select
from sqlalchemy.orm import Session, aliased

from config.language import _
from monitor.alerts.ladder_rules import Ladder, told_afterwards
from monitor.alerts.ladders import TOLD
from monitor.alerts.missed_days import first_kept
from monitor.alerts.models import Notice
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Subject, Telling, check_hours
from monitor.alerts.unwatched_letter import Missed, unwatched_letter
from monitor.alerts.wording import Letter
from monitor.audit import SYSTEM, audited
from monitor.audit.models import AuditEntry
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.register.people import ladders
from monitor.watch.attesting import ATTESTED
from monitor.watch.day_models import NOT_WATCHED, WatchDay
from monitor.watch.day_register import subject_of
from monitor.watch.day_rules import Verdict
from monitor.watch.day_view import ShownDay, shown_days

UNWATCHED = "watch_day"
RUNG = "missed"


@dataclass(frozen=True, slots=True)
class Morning:
    """The days to tell of this morning, by channel, the oldest first; and who there is to tell."""

    missed: Mapping[str, Missed]
    ladders: Mapping[str, Ladder]

    def of(self, person: str) -> list[Missed]:
        return [each for id_, each in self.missed.items() if person in told_afterwards(self.ladders[id_])]


def _morning(session: Session, now: datetime) -> Morning:
    days = _untold_days(session, now)
    channels = session.scalars(select(Channel).where(Channel.id.in_(days)).order_by(Channel.id)).all()
    today = calendar_of(organisation(session)).local_date(now)
    return Morning(
        {channel.id: Missed(channel, tuple(days[channel.id])) for channel in channels},
        ladders(session, channels, today),
    )


def _untold_days(session: Session, now: datetime) -> dict[str, list[ShownDay]]:
    """By channel. Told of today counts as untold, so that everybody hears the same this morning."""
    calendar = calendar_of(organisation(session))
    first = first_kept(session, calendar)
    if first is None:
        return {}
    told = _told(calendar.midnight(calendar.local_date(now)))
    query = select(WatchDay.channel_id, WatchDay.day).where(
        WatchDay.concluded_at.is_not(None), NOT_WATCHED, WatchDay.day >= first, ~told.exists()
    )
    untold = {(channel_id, day) for channel_id, day in session.execute(query)}
    found: defaultdict[str, list[ShownDay]] = defaultdict(list)
    days = [day for _channel_id, day in untold]
    for shown in shown_days(session, min(days), max(days), sorted({id_ for id_, _day in untold})) if untold else ():
        if (shown.channel_id, shown.day) in untold and shown.verdict is not Verdict.WATCHED:
            found[shown.channel_id].append(shown)
    return found


def _told(before: datetime) -> Select[int]:
    """Whether somebody was told of a day, and it was not attested afterwards, which was taken for its end: who attested
    before a late reading brought something new does not know of that."""
    entry, later = aliased(AuditEntry), aliased(AuditEntry)
    attested = (later.act == ATTESTED, later.subject == entry.subject, later.id > entry.id)
    subject = WatchDay.channel_id + "/" + cast(WatchDay.day, String)
    told = (entry.act == TOLD, entry.subject == subject, entry.at < before)
    return select(entry.id).where(*told, ~select(later.id).where(*attested).exists()).correlate(WatchDay)


def _tellings(scene: Scene) -> Iterable[Telling]:
    found = _morning(scene.session, scene.now)
    people = {person for id_ in found.missed for person in told_afterwards(found.ladders[id_])}
    return [Telling(UNWATCHED, person, RUNG, str(scene.today), person) for person in sorted(people)]


def _untold(scene: Scene) -> Iterable[Subject]:
    found = _morning(scene.session, scene.now)
    silent = (each for id_, each in found.missed.items() if not any(found.ladders[id_]))
    return [subject_of(day.channel_id, day.day) for each in silent for day in each.days]


def _check(scene: Scene, notice: Notice) -> None:
    if notice.cycle != str(scene.today):
        raise NoLongerTrue(_("Another morning's mail tells of it."))
    if not _morning(scene.session, scene.now).of(notice.recipient_id):
        raise NoLongerTrue(_("Every day has been put right by now, or is no longer the recipient's."))
    check_hours(scene)


def _letter(scene: Scene, notice: Notice) -> Letter:
    return unwatched_letter(scene, notice.recipient_id, _morning(scene.session, scene.now).of(notice.recipient_id))


def _sent(session: Session, notice: Notice, now: datetime) -> None:
    """The proof that somebody was told of each day. Whatever was put right in this moment needs none."""
    told = {"rung": notice.rung, "to": notice.recipient_id}
    for missed in _morning(session, now).of(notice.recipient_id):
        for day in missed.days:
            audited(session, SYSTEM, TOLD, subject_of(day.channel_id, day.day), now, after=told)


KIND = Kind(_tellings, _check, _letter, _sent, _untold)
