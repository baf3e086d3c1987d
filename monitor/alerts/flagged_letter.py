"""What a mail says of flagged comments: what to assess, why it was flagged, and where to act."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from config.language import N_, _, moment
from monitor.alerts.flagged_rules import CLOSE, COMMUNICATOR, DEPUTY, NOW, ON_CALL
from monitor.alerts.lines import CHOICES, Lead
from monitor.alerts.models import Notice
from monitor.alerts.tasks import handle_link
from monitor.alerts.telling import Scene
from monitor.alerts.wording import Letter, base_url, comment_url, excerpt, inbox_url, letter, signed, web_address
from monitor.inbox import mark_rules
from monitor.inbox.flag_listing import LABELS
from monitor.inbox.flag_rules import Kind
from monitor.inbox.models import Flag, FlagRule
from monitor.inbox.removal_words import SECRET
from monitor.inbox.removals import secret_comments
from monitor.register.models import Channel, Person
from monitor.watch.models import Comment

MOST = 30  # comments in a mail: a longer list is for the page
ORDER = (Kind.DANGER, Kind.BREACH, Kind.REPORT, Kind.RUSH)
BECAUSE = {
    NOW: N_("You get this mail at once, as it should not wait for its turn."),
    DEPUTY: N_("You get this mail because nobody has acknowledged, answered or hidden it for half an hour."),
    COMMUNICATOR: N_("You get this mail because nobody has acknowledged, answered or hidden it for an hour."),
    ON_CALL: N_("You get this mail as the one on call outside service hours."),
    CLOSE: N_("You get this mail at once, as the channel is watched closely in a crisis."),
}
ASSESS = N_(
    "Kanalvakt has only found words, or counted comments; it decides nothing. What to do: read it where it stands and "
    "assess it. Then answer it, hide it or acknowledge it."
)
EMERGENCY = N_("If somebody's life is in danger, call 112.")


@dataclass(frozen=True, slots=True)
class Line:
    """One comment or rush. labels: what it may be. said: why."""

    labels: tuple[str, ...]
    channel: str
    excerpt: str | None = field(repr=False)
    said: tuple[str, ...] = field(repr=False)
    links: tuple[Lead, ...] = field(repr=False)


def flagged_letter(scene: Scene, notices: Sequence[Notice]) -> Letter:
    """All that these notices to one person tell of, in the language in use. The subject quotes nobody."""
    ids = [int(notice.subject) for notice in notices]
    flags = scene.session.scalars(select(Flag).where(Flag.id.in_(ids)).order_by(Flag.id)).all()
    gathered = _gathered(flags)
    headline = _headline(scene, gathered)
    return letter(
        "flagged",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        paragraphs=_paragraphs(scene, notices, flags),
        lines=[_line(scene, notices[0].recipient_id, each) for each in gathered[:MOST]],
        more=max(0, len(gathered) - MOST),
        page_url=_page(scene, gathered),
    )


def _page(scene: Scene, gathered: Sequence[Sequence[Flag]]) -> str:
    """Of the one comment; else where everything is."""
    comment = gathered[0][0].comment_id if len(gathered) == 1 else None
    return comment_url(scene.settings, comment) if comment is not None else f"{base_url(scene.settings)}/"


def _gathered(flags: Iterable[Flag]) -> list[list[Flag]]:
    """What is about the same comment together; danger first, and the newest of a kind."""
    found: defaultdict[tuple[str, int], list[Flag]] = defaultdict(list)
    for flag in flags:
        found["rush" if flag.comment_id is None else "comment", flag.comment_id or flag.id].append(flag)
    each = [sorted(group, key=lambda flag: (_place(flag), flag.id)) for group in found.values()]
    return sorted(each, key=lambda group: (_place(group[0]), -group[0].id))


def _place(flag: Flag) -> int:
    return ORDER.index(Kind(flag.kind))


def _headline(scene: Scene, gathered: Sequence[Sequence[Flag]]) -> str:
    if len(gathered) > 1:
        return _("{count} flagged – assess", count=len(gathered))
    flag = gathered[0][0]
    channel = scene.session.get_one(Channel, flag.channel_id).name
    return _("{label}: {channel}", label=_(LABELS[Kind(flag.kind)]), channel=channel)


def _paragraphs(scene: Scene, notices: Sequence[Notice], flags: Sequence[Flag]) -> list[str]:
    rungs = dict.fromkeys(notice.rung for notice in notices)
    said = [_(BECAUSE[rung]) for rung in BECAUSE if rung in rungs]
    if NOW in rungs:
        said += _who_was_on_call(scene, [flag.id for flag in flags])
    said.append(_(ASSESS))
    return [*said, _(EMERGENCY)] if any(flag.kind == Kind.DANGER for flag in flags) else said


def _who_was_on_call(scene: Scene, ids: Iterable[int]) -> list[str]:
    about = (Notice.subject_kind == "flag", Notice.rung == ON_CALL, Notice.subject.in_([str(id_) for id_ in ids]))
    query = select(Notice).where(*about, Notice.sent_at.is_not(None)).order_by(Notice.sent_at)
    first = {notice.recipient_id: notice.sent_at for notice in reversed(scene.session.scalars(query).all())}
    return [
        _(
            "{person} was told as the one on call, {moment}.",
            person=scene.session.get_one(Person, person).name,
            moment=moment(at, scene.zone),
        )
        for person, at in first.items()
        if at is not None
    ]


def _line(scene: Scene, person_id: str, flags: Sequence[Flag]) -> Line:
    first = flags[0]
    channel = scene.session.get_one(Channel, first.channel_id)
    comment = scene.session.get(Comment, first.comment_id) if first.comment_id is not None else None
    return Line(
        labels=tuple(dict.fromkeys(_(LABELS[Kind(flag.kind)]) for flag in flags)),
        channel=channel.name,
        excerpt=_quote(scene, comment) if comment is not None else None,
        said=tuple(sentence for flag in flags for sentence in _why(scene, flag)),
        links=_of_comment(scene, person_id, comment) if comment is not None else _of_channel(scene, channel),
    )


def _quote(scene: Scene, comment: Comment) -> str | None:
    if secret_comments(scene.session, [comment.id]):
        return _(SECRET)
    return excerpt(comment.text) if scene.owner.excerpts else None


def _of_comment(scene: Scene, person_id: str, comment: Comment) -> tuple[Lead, ...]:
    """To look at it, and to say without logging in that it has been seen."""
    when, url = moment(comment.posted_at, scene.zone), web_address(comment.permalink)
    page = comment_url(scene.settings, comment.id)
    seen = handle_link(scene, person_id, comment.channel_id, comment.id, mark_rules.Kind.ACKNOWLEDGE)
    there = (Lead(_("Open the comment of {moment} on the platform", moment=when), url),) if url else ()
    return (
        *there,
        Lead(_("Open the comment of {moment} in Kanalvakt", moment=when), page),
        Lead(_(CHOICES[mark_rules.Kind.ACKNOWLEDGE], moment=when), seen),
    )


def _of_channel(scene: Scene, channel: Channel) -> tuple[Lead, ...]:
    url = web_address(channel.address)
    there = (Lead(_("Open the channel"), url),) if url else ()
    return (*there, Lead(_("Open it in Kanalvakt"), inbox_url(scene.settings, channel.id)))


def _why(scene: Scene, flag: Flag) -> list[str]:
    """With excerpts turned off, in no words but our own."""
    if flag.by_id is not None:
        person = scene.session.get_one(Person, flag.by_id).name
        told = _("A resident has told {person}, {moment}.", person=person, moment=moment(flag.at, scene.zone))
        return [told, excerpt(flag.note)] if flag.note and scene.owner.excerpts else [told]
    rule = scene.session.get_one(FlagRule, flag.rule_id)
    if flag.comment_id is None:
        much = {"count": rule.comments, "minutes": rule.minutes, "moment": moment(flag.at, scene.zone)}
        return [_("At least {count} comments within {minutes} minutes, {moment}. Rule {rule}.", **much, rule=rule.id)]
    if not scene.owner.excerpts:
        return [_("Rule {rule}: {word}.", rule=rule.id, word=rule.word)]
    words = ", ".join(f"“{excerpt(word)}”" for word in flag.words)
    return [_("Because of {words}, by rule {rule}: {word}.", words=words, rule=rule.id, word=rule.word)]
