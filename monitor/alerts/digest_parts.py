"""One channel's part of the digest: who takes care of it, how its watch stands, and what waits there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from config.language import N_, _, moment
from connectors.errors import ConnectorError
from monitor.alerts.close import staff_of
from monitor.alerts.decision_line import decision_line
from monitor.alerts.ladders import CaredFor, cared_for
from monitor.alerts.leaving_out import More, left_out, most_of_each
from monitor.alerts.lines import MOST_AT_ONCE, Lead, Line, lines, needs_none
from monitor.alerts.missed_days import missed
from monitor.alerts.tasks import finish_link
from monitor.alerts.telling import Scene
from monitor.alerts.todays_watch import Said, Todo, standing, todo
from monitor.alerts.wording import days_in_words
from monitor.inbox.flag_standing import flags_of
from monitor.inbox.unanswered import Obligation, unanswered
from monitor.register.models import Person
from monitor.watch.coverage import Coverage
from monitor.watch.day_rules import Verdict
from monitor.watch.day_view import ShownDay, shown_days
from monitor.watch.overview import ChannelOverview, channels

NEWS = timedelta(days=7)
ALONE = {
    True: N_("{person} is away: you take care of the channel today."),
    False: N_("{person} has no mail address: you take care of the channel today."),
}
SHARED = {
    True: N_("{person} is away: one of you takes care of the channel today ({names})."),
    False: N_("{person} has no mail address: one of you takes care of the channel today ({names})."),
}
"""Why somebody else takes care of a channel. True: the person responsible is away."""
MISSED = {
    Verdict.NOT_WATCHED: N_("Not watched: {days}"),
    Verdict.PARTLY: N_("Watched only partly: {days}"),
}
ONE_NEEDS_NONE = (
    N_("This one seems to need no reply:"),
    N_("Close 1 comment on {channel} without a reply"),
)
SOME_NEED_NONE = (
    N_("These {count} seem to need no reply:"),
    N_("Close {count} comments on {channel} without a reply"),
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one channel. day: today's row of its watch; None on a day off. missed: days before it.

    waiting: what needs somebody, the most overdue first. flagged: ids of the comments among it that are flagged.
    """

    row: ChannelOverview
    cared: CaredFor
    day: ShownDay | None
    waiting: list[Obligation]
    missed: list[ShownDay]
    flagged: set[int]


@dataclass(frozen=True, slots=True)
class Finish:
    """What seems to need no reply. lead: to close all of it at once. more: how many lines are left out, in words."""

    said: str
    lines: tuple[Line, ...]
    more: More | None
    lead: Lead


@dataclass(frozen=True, slots=True)
class Part:
    """One channel. said: who takes care of it, how its latest reading went, how today's watch stands; todo follows.
    remarks: what else has to be known. lines: what waits for an answer; more: how much of it is left out, and where it
    is; finish: what seems to need none.

    failing: with an error. unread: not completely today. unattended: neither responsible nor deputy can be reached.
    close: watched closely in a crisis, so that nothing of what waits is told here.
    hidden: the platform keeps something from us; news: somebody may not have read of it yet. by_hand: somebody must go
    through it on the platform, though nothing is wrong with it. due: when the first answer is. fetched: when it was
    last read completely, for what is read by machine.
    """

    name: str
    said: tuple[Said, ...]
    todo: Todo | None
    remarks: tuple[Said, ...]
    lines: tuple[Line, ...]
    more: More | None
    finish: Finish | None
    failing: bool
    unread: bool
    unattended: bool
    close: bool
    hidden: bool
    news: bool
    by_hand: bool
    due: datetime | None
    fetched: datetime | None


def known_of(scene: Scene, person_id: str) -> list[Known]:
    """The channels that the person takes care of today; paused ones too, for those have to be watched as well."""
    mine = {each.channel.id: each for each in cared_for(scene.session, scene.today) if person_id in each.care.people}
    days = {day.channel_id: day for day in shown_days(scene.session, scene.today, scene.today, list(mine))}
    gone_by = missed(scene.session, scene.today, scene.calendar, list(mine))
    return [
        _known(scene, row, mine[row.id], days.get(row.id), gone_by.get(row.id, []))
        for row in channels(scene.session, scene.today)
        if row.id in mine and (row.state != "paused" or row.has_comments)
    ]


def _known(scene: Scene, row: ChannelOverview, cared: CaredFor, day: ShownDay | None, gone_by: list[ShownDay]) -> Known:
    waiting = [] if row.id in staff_of(scene) else unanswered(scene.session, scene.now, channel_id=row.id)
    flagged = set(flags_of(scene.session, [item.comment_id for item in waiting]))
    return Known(row, cared, day, waiting, gone_by, flagged)


def parts_of(scene: Scene, person_id: str, known: Sequence[Known]) -> list[Part]:
    """A part for each, the gravest first: what cannot be read, then what is most overdue."""
    most = most_of_each(sum(bool(each.waiting) for each in known))
    return sorted((_part(scene, person_id, each, most) for each in known), key=_gravest_first)


def _gravest_first(part: Part) -> tuple[object, ...]:
    return (
        not part.failing,
        not part.unattended,
        part.due is None,
        part.due or datetime.max.replace(tzinfo=UTC),
        not part.unread,
        part.todo is None,
        not part.hidden,
    )


def _part(scene: Scene, person_id: str, known: Known, most: int) -> Part:
    row, failing = known.row, known.row.state == "failing"
    read = row.last_complete_read
    unread = row.has_comments and row.state in {"ok", "waiting"} and not _is_today(read, scene.now, scene.zone)
    hidden = [Said(sentence, bad=True) for sentence in row.coverage.warnings()]
    asks = todo(scene, person_id, known.cared.channel, known.day, failing=failing)
    waiting = [item for item in known.waiting if not needs_none(item, known.flagged)]
    return Part(
        name=row.name,
        said=(
            *_in_crisis(scene, row.id),
            *_whose(scene, known.cared),
            *_stands(scene, known, unread=unread, hidden=bool(hidden)),
        ),
        todo=asks,
        remarks=(*_missed_days(known.missed), *hidden, *decision_line(row, scene.today)),
        lines=lines(scene, person_id, waiting[:most]),
        more=left_out(scene, row.id, row.name, waiting[most:]),
        finish=_finish(scene, person_id, known, most),
        failing=failing,
        unread=unread,
        unattended=known.cared.care.unattended,
        close=row.id in staff_of(scene),
        hidden=bool(hidden),
        news=_is_news(row.coverage, scene.now),
        by_hand=asks is not None and asks.by_hand and not failing and not unread,
        due=min((item.due_at for item in known.waiting), default=None),
        fetched=read if row.has_comments and row.state == "ok" else None,
    )


def _stands(scene: Scene, known: Known, *, unread: bool, hidden: bool) -> list[Said]:
    """How the latest reading went, and today's watch."""
    row, read = known.row, known.row.last_complete_read
    reading = Said(
        _reading(row, unread, bool(known.waiting) or row.id in staff_of(scene), hidden),
        bad=unread or row.state == "failing",
    )
    last_read = [Said(f"{_('Last complete read')}: {moment(read, scene.zone)}")] if read is not None else []
    return [reading, *last_read, *standing(known.day)]


def _finish(scene: Scene, person_id: str, known: Known, most: int) -> Finish | None:
    """What seems to need no reply, with one link to close all of it."""
    items = [item for item in known.waiting if needs_none(item, known.flagged)]
    if not items:
        return None
    said, close = ONE_NEEDS_NONE if len(items) == 1 else SOME_NEED_NONE
    told = {"count": len(items), "channel": known.row.name}
    closed = told | {"count": min(len(items), MOST_AT_ONCE)}
    lead = Lead(_(close, **closed), finish_link(scene, person_id, known.row.id))
    more = left_out(scene, known.row.id, known.row.name, items[most:])
    return Finish(_(said, **told), lines(scene, person_id, items[:most], links=False), more, lead)


def _in_crisis(scene: Scene, channel_id: str) -> list[Said]:
    """Why nothing of what waits on the channel is told here, while that is so."""
    if channel_id not in staff_of(scene):
        return []
    sentence = N_(
        "Watched closely in a crisis: what comes in stands on the crisis board, and the crisis staff are told."
    )
    return [Said(_(sentence), bad=True)]


def _whose(scene: Scene, cared: CaredFor) -> list[Said]:
    """Why the channel has come to its reader, where that is not the person responsible."""
    said = []
    if cared.care.unattended:
        said.append(Said(_("Nobody can be reached: neither the person responsible nor a deputy."), bad=True))
    if cared.care.stands_in:
        person, *there = (
            scene.session.get_one(Person, id_).name for id_ in (cared.channel.responsible_id, *cared.care.people)
        )
        sentence = (ALONE if len(there) == 1 else SHARED)[cared.away]
        said.append(Said(_(sentence, person=person, names=", ".join(there)), bad=not cared.away))
    return said


def _missed_days(days: list[ShownDay]) -> list[Said]:
    found = {sentence: [each.day for each in days if each.verdict is verdict] for verdict, sentence in MISSED.items()}
    return [Said(_(sentence, days=days_in_words(of)), bad=True) for sentence, of in found.items() if of]


def _is_news(coverage: Coverage, now: datetime) -> bool:
    """A platform may count for ever what it shows to nobody: that is no news every morning. What it refuses is, until
    somebody gives the permission back."""
    return bool(coverage.degraded) or (coverage.newest_gap is not None and now - coverage.newest_gap < NEWS)


def _is_today(moment: datetime | None, now: datetime, zone: ZoneInfo) -> bool:
    return moment is not None and moment.astimezone(zone).date() == now.astimezone(zone).date()


def _reading(row: ChannelOverview, unread: bool, waiting: bool, not_shown: bool) -> str:
    if row.state == "failing":
        return _("Could not be read: {remedy}", remedy=_(row.remedy or ConnectorError.remedy))
    if row.state == "paused":
        return _("Reading is paused.")
    if not row.has_comments:
        return _("Has no comments to watch.")
    if row.state == "manual":
        return _("Watched by people.")
    if unread:
        return _("Not fetched today.")
    if not_shown:
        return _("Everything that the platform shows is fetched.")
    return _("Everything fetched.") if waiting else _("Nothing new, everything fetched.")
