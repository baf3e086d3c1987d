"""A comment that waits, as mails tell of it: what must be seen first, how long it has waited, and what can be done.

The digest and the notices of what is overdue say it in the same words.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from config.language import N_, _, duration, moment
from monitor import State
from monitor.alerts.tasks import handle_link
from monitor.alerts.telling import Scene
from monitor.alerts.todays_watch import Said
from monitor.alerts.wording import comment_url, excerpt, web_address
from monitor.inbox.flag_standing import flags_of
from monitor.inbox.mark_rules import Kind
from monitor.inbox.removal_words import SECRET
from monitor.inbox.removals import secret_comments
from monitor.inbox.unanswered import Obligation
from monitor.inbox.whose import NOBODY, Hands, hands_of
from monitor.register.models import Organisation

LATE = timedelta(hours=1)
"""So much later than a comment was written it has to be fetched for both times to be said."""
MOST_AT_ONCE = 100
"""So many comments one link closes at most."""
CHOICES = {
    Kind.ACKNOWLEDGE: N_("Acknowledge the comment of {moment}"),
    Kind.CLOSE: N_("Close the comment of {moment} without a reply"),
    Kind.CONFIRM: N_("Confirm that the comment of {moment} is answered"),
    Kind.REJECT: N_("Say that the comment of {moment} is not answered"),
}
"""What a mail offers, in the words of its link: read alone, they say what they do."""
OFFERED = {
    State.OPEN: (Kind.ACKNOWLEDGE, Kind.CLOSE),
    State.HELD: (Kind.ACKNOWLEDGE,),
    State.PROBABLY_ANSWERED: (Kind.CONFIRM, Kind.REJECT),
    State.ACKNOWLEDGED: (Kind.CLOSE,),
    State.SNOOZED: (Kind.CLOSE,),
    State.INTERIM_ANSWERED: (Kind.CLOSE,),
}
QUIET = {
    State.ACKNOWLEDGED: N_("Acknowledged by {person} until {moment}"),
    State.SNOOZED: N_("Put off by {person} until {moment}"),
}


@dataclass(frozen=True, slots=True)
class Lead:
    """A link whose words say where it leads, wherever they are read."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """One comment that waits. marks: what must be seen first. quote: how it begins, or when it was written where mails
    quote nothing; said: sentences about it.
    """

    marks: tuple[Said, ...]
    quote: str = field(repr=False)
    said: tuple[str, ...]
    links: tuple[Lead, ...] = field(repr=False)


def lines(scene: Scene, person_id: str, items: Sequence[Obligation], *, links: bool = True) -> tuple[Line, ...]:
    """One for each obligation, in their order, for that person. links: with what can be done about each without logging
    in."""
    flagged = flags_of(scene.session, [item.comment_id for item in items])
    secret = secret_comments(scene.session, [item.comment_id for item in items])
    hands = hands_of(scene.session, [item.comment_id for item in items], scene.now)
    return tuple(
        Line(
            marks=_marks(scene, item, flagged=item.comment_id in flagged),
            quote=_(SECRET) if item.comment_id in secret else quoted(scene.owner, item),
            said=(*_whose(person_id, hands.get(item.comment_id, NOBODY)), *_times(scene, item), _waited(scene, item)),
            links=(*_ways(scene, item), *(_choices(scene, person_id, item) if links else ())),
        )
        for item in items
    )


def needs_none(item: Obligation, flagged: Container[int]) -> bool:
    """Does it seem to need no reply, and is it nothing that somebody has to see? flagged: ids of comments that are."""
    return item.suggested is not None and item.state is State.OPEN and item.comment_id not in flagged


def quoted(owner: Organisation, item: Obligation) -> str:
    """How the comment begins; only when it was written where the organisation wants nothing quoted in mails."""
    if not owner.excerpts:
        return _("Comment of {moment}", moment=moment(item.posted_at, ZoneInfo(owner.timezone)))
    return excerpt(item.text) or _("(no text: a picture, a sticker or the like)")


def comment_page(scene: Scene, item: Obligation) -> str:
    """Where the comment is in Kanalvakt."""
    return comment_url(scene.settings, item.comment_id)


def _marks(scene: Scene, item: Obligation, *, flagged: bool) -> tuple[Said, ...]:
    known = [
        (item.overdue, Said(_("Overdue"), bad=True)),
        (flagged, Said(_("Flagged: assess it"), bad=True)),
        (item.state is State.HELD, Said(_("Held for approval"), bad=True)),
        (item.state is State.PROBABLY_ANSWERED, Said(_("Check who was meant"), bad=True)),
        (item.state is State.INTERIM_ANSWERED, Said(_("Has had an interim answer"))),
    ]
    return (*(mark for holds, mark in known if holds), *_quiet(scene, item), *_unverified(scene, item))


def _quiet(scene: Scene, item: Obligation) -> list[Said]:
    """Who has said that it may wait, and until when."""
    if item.state not in QUIET or item.quiet_until is None:
        return []
    until = moment(item.quiet_until, scene.zone)
    return [Said(_(QUIET[item.state], person=item.marked_by or "", moment=until))]


def _unverified(scene: Scene, item: Obligation) -> list[Said]:
    if item.unverified_since is None:
        return []
    return [Said(_("Not read anew since {moment}", moment=moment(item.unverified_since, scene.zone)))]


def _whose(person_id: str, hands: Hands) -> list[str]:
    """Whose turn it is, and who is at it just now, where somebody is."""
    said = []
    if hands.given_to is not None:
        id_, name = hands.given_to
        said.append(_("It is yours to answer.") if id_ == person_id else _("{person} is to answer it.", person=name))
    if hands.busy is not None and hands.busy[0] != person_id:
        said.append(_("{person} is at it.", person=hands.busy[1]))
    return said


def _times(scene: Scene, item: Obligation) -> list[str]:
    """When it was written and when we saw it, where those lie apart; and from when it has to be answered."""
    written, seen = item.posted_at, item.fetched_at
    said = []
    if seen - written > LATE:
        times = {"posted": moment(written, scene.zone), "fetched": moment(seen, scene.zone)}
        said.append(_("Received {posted}, fetched {fetched}.", **times))
    if item.since - written > LATE:
        said.append(_("The time to answer counts from {moment}.", moment=moment(item.since, scene.zone)))
    return said


def _waited(scene: Scene, item: Obligation) -> str:
    waited, due = duration(scene.now - item.posted_at), moment(item.due_at, scene.zone)
    return _("Has waited {duration}. Answer by {moment}.", duration=waited, moment=due)


def _ways(scene: Scene, item: Obligation) -> list[Lead]:
    when, url = moment(item.posted_at, scene.zone), web_address(item.permalink)
    there = [Lead(_("Open the comment of {moment} on the platform", moment=when), url)] if url else []
    return [*there, Lead(_("Open the comment of {moment} in Kanalvakt", moment=when), comment_page(scene, item))]


def _choices(scene: Scene, person_id: str, item: Obligation) -> list[Lead]:
    when = moment(item.posted_at, scene.zone)
    return [
        Lead(_(CHOICES[kind], moment=when), handle_link(scene, person_id, item.channel, item.comment_id, kind))
        for kind in OFFERED.get(item.state, ())
    ]
