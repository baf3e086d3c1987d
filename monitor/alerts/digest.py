"""The morning digest: what one person is to do about each channel today, and what waits there, when it is built."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.dates import format_date

from config.language import N_, _, duration, language, moment
from connectors.errors import ConnectorError
from monitor import State
from monitor.alerts.decision_line import decision_line
from monitor.alerts.ladders import CaredFor, cared_for
from monitor.alerts.missed_days import missed
from monitor.alerts.telling import Scene
from monitor.alerts.todays_watch import Said, Todo, standing, todo
from monitor.alerts.wording import Letter, base_url, excerpt, letter, signed, web_address
from monitor.inbox.unanswered import Obligation, unanswered
from monitor.register.models import Person
from monitor.watch.coverage import Coverage
from monitor.watch.day_rules import Verdict
from monitor.watch.day_view import ShownDay, shown_days
from monitor.watch.overview import ChannelOverview, channels

NEWS = timedelta(days=7)
WRONG = {
    "failing": (N_("1 channel could not be read"), N_("{count} channels could not be read")),
    "unread": (N_("1 channel not fetched today"), N_("{count} channels not fetched today")),
    "unattended": (
        N_("1 channel where nobody responsible can be reached"),
        N_("{count} channels where nobody responsible can be reached"),
    ),
}
"""How many parts of the digest are so (one, or more), by what Part calls it."""
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
BY_HAND = (N_("1 channel to go through yourself"), N_("{count} channels to go through yourself"))


@dataclass(frozen=True, slots=True)
class Line:
    """One comment that waits. marks: overdue, held, check who was meant. platform_url is None where there is none."""

    marks: tuple[str, ...]
    excerpt: str = field(repr=False)
    waited: str
    answer_by: str
    platform_url: str | None
    page_url: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one channel. day: today's row of its watch; None on a day off. missed: days before it."""

    row: ChannelOverview
    cared: CaredFor
    day: ShownDay | None
    waiting: list[Obligation]
    missed: list[ShownDay]


@dataclass(frozen=True, slots=True)
class Part:
    """One channel. said: who takes care of it, how its latest reading went, how today's watch stands; todo follows.
    remarks: what else has to be known.

    failing: with an error. unread: not completely today. unattended: neither responsible nor deputy can be reached.
    hidden: the platform keeps something from us; news: somebody may not have read of it yet.
    """

    name: str
    said: tuple[Said, ...]
    todo: Todo | None
    remarks: tuple[Said, ...]
    lines: tuple[Line, ...]
    failing: bool
    unread: bool
    unattended: bool
    hidden: bool
    news: bool

    @property
    def by_hand(self) -> bool:
        """Somebody must go through it on the platform, though nothing is wrong with it."""
        return self.todo is not None and self.todo.by_hand and not self.failing and not self.unread


def digest(scene: Scene, person: Person) -> Letter:
    """The digest for one person as things stand, in the language in use."""
    known = _known(scene, person.id)
    parts = [_part(scene, person.id, each) for each in known]
    parts.sort(key=_gravest_first)
    headline = summary([item for each in known for item in each.waiting], parts)
    return letter(
        "digest",
        signed(headline, scene.owner.name),
        headline=headline,
        parts=parts,
        page_url=f"{base_url(scene.settings)}/",
        organisation=scene.owner.name,
    )


def summary(waiting: list[Obligation], parts: list[Part]) -> str:
    """'3 unanswered, 1 overdue', and what could not be read. Says that all is well only when it is."""
    wrong = [words for name in WRONG for words in _count([getattr(part, name) for part in parts], *WRONG[name])]
    by_hand = _count([part.by_hand for part in parts], *BY_HAND)
    if not waiting and not wrong:
        return ", ".join(by_hand) or _all_is_well(parts)
    said = [_("1 unanswered") if len(waiting) == 1 else _("{count} unanswered", count=len(waiting))]
    overdue = _count([item.overdue for item in waiting], N_("1 overdue"), N_("{count} overdue"))
    return ", ".join([*said, *overdue, *wrong, *by_hand])


def days_in_words(days: list[date]) -> str:
    """'mån 16 nov., tis 17 nov.'"""
    return ", ".join(format_date(day, "EEE d MMM", locale=language()) for day in days)


def _known(scene: Scene, person_id: str) -> list[Known]:
    """Of the channels that the person takes care of today; paused ones too, for those have to be watched as well."""
    mine = {each.channel.id: each for each in cared_for(scene.session, scene.today) if person_id in each.care.people}
    days = {day.channel_id: day for day in shown_days(scene.session, scene.today, scene.today, list(mine))}
    gone_by = missed(scene.session, scene.today, scene.calendar, list(mine))
    return [
        Known(
            row,
            mine[row.id],
            days.get(row.id),
            unanswered(scene.session, scene.now, channel_id=row.id),
            gone_by.get(row.id, []),
        )
        for row in channels(scene.session, scene.today)
        if row.id in mine and (row.state != "paused" or row.has_comments)
    ]


def _gravest_first(part: Part) -> tuple[bool, ...]:
    return (
        not part.failing,
        not part.unattended,
        not part.lines,
        not part.unread,
        part.todo is None,
        not part.hidden,
    )


def _count(which: list[bool], one: str, many: str) -> list[str]:
    """How many, in words; nothing for none."""
    count = sum(which)
    return [] if count == 0 else [_(one) if count == 1 else _(many, count=count)]


def _all_is_well(parts: list[Part]) -> str:
    if any(part.news for part in parts):
        return _("Nothing new, but the platform does not show everything")
    if any(part.hidden for part in parts):
        return _("Nothing new, everything that is shown is fetched")
    return _("Nothing new, everything fetched")


def _part(scene: Scene, person_id: str, known: Known) -> Part:
    row, zone = known.row, scene.zone
    read = row.last_complete_read
    unread = row.has_comments and row.state in {"ok", "waiting"} and not _is_today(read, scene.now, zone)
    hidden = [Said(sentence, bad=True) for sentence in row.coverage.warnings()]
    last_read = [Said(f"{_('Last complete read')}: {moment(read, zone)}")] if read is not None else []
    reading = Said(_reading(row, unread, bool(known.waiting), bool(hidden)), bad=unread or row.state == "failing")
    return Part(
        name=row.name,
        said=(*_whose(scene, known.cared), reading, *last_read, *standing(known.day)),
        todo=todo(scene, person_id, known.cared.channel, known.day, failing=row.state == "failing"),
        remarks=(*_missed_days(known.missed), *hidden, *decision_line(row, scene.today)),
        lines=tuple(_line(item, scene.now, zone, base_url(scene.settings)) for item in known.waiting),
        failing=row.state == "failing",
        unread=unread,
        unattended=known.cared.care.unattended,
        hidden=bool(hidden),
        news=_is_news(row.coverage, scene.now),
    )


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


def _line(item: Obligation, now: datetime, zone: ZoneInfo, base: str) -> Line:
    marks = {
        _("Overdue"): item.overdue,
        _("Held for approval"): item.state is State.HELD,
        _("Check who was meant"): item.state is State.PROBABLY_ANSWERED,
    }
    return Line(
        marks=tuple(mark for mark, holds in marks.items() if holds),
        excerpt=excerpt(item.text),
        waited=duration(now - item.posted_at),
        answer_by=moment(item.due_at, zone),
        platform_url=web_address(item.permalink),
        page_url=f"{base}/?channel={quote(item.channel)}#comment-{item.comment_id}",
    )
