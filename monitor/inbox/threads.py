"""One thread as people see it: the post as context, who wrote what and when, what was done, and why it waits."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import Executable, select
from sqlalchemy.orm import Session

from monitor.db.bulk import among
from monitor.db.within import within
from monitor.inbox.around import Around, gather_around
from monitor.inbox.at_hand import at_hand
from monitor.inbox.flag_rules import Kind as FlagKind
from monitor.inbox.gathering import Fetched, Gathered, judge_all
from monitor.inbox.mark_rules import Marked
from monitor.inbox.models import Action, Flag
from monitor.inbox.obligations import Obligation, place_of, scene_of, told
from monitor.register.channels import all_channels
from monitor.register.identities import identities
from monitor.register.models import Channel, Person
from monitor.watch.close_watching import still_close
from monitor.watch.models import Comment, Observation, Post


@dataclass(frozen=True, slots=True)
class Context:
    """The post that a thread stands below. external_id: always known; the rest only where the post has been read."""

    external_id: str
    text: str = field(default="", repr=False)
    author: str | None = field(default=None, repr=False)
    posted_at: datetime | None = None
    permalink: str | None = None
    by_visitor: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """A text that stood there before. until: when it was changed, as the platform says, or as we noticed."""

    text: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """What a reading noticed: Observation's kinds but `edited`, which are Earlier."""

    kind: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Spoken:
    """A mark, with the name of who made it."""

    mark: Marked
    person: str


@dataclass(frozen=True, slots=True)
class Done:
    """An action, whatever became of it. person: the name of who asked for it. state: of action_rules.Fate; reason,
    remedy: as in Action. text: of a reply."""

    id: int
    kind: str
    person: str
    created_at: datetime
    state: str
    done_at: datetime | None
    remote_id: str | None
    reason: str | None
    remedy: str | None
    interim: bool
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flag that a rule set (words: what matched, as it was written), or a person (note: in own words)."""

    kind: FlagKind
    at: datetime
    words: tuple[str, ...] = field(repr=False)
    person: str | None
    note: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """One comment, reply or visitor's post of a thread. `comment` is as it was last shown.

    own: written in the organisation's name; sent_by: the name of who wrote it, where it was sent from here.
    obligation: where a resident's stands, and why; None for an own one. earlier: former texts, the oldest first.
    marks, actions, flags: of this comment, the oldest first.
    """

    comment: Fetched
    own: bool
    obligation: Obligation | None
    sent_by: str | None = None
    earlier: tuple[Earlier, ...] = ()
    changes: tuple[Change, ...] = ()
    marks: tuple[Spoken, ...] = ()
    actions: tuple[Done, ...] = ()
    flags: tuple[Flagged, ...] = ()

    @property
    def author(self) -> str | None:
        """The name that the platform shows, if any."""
        return self.comment.author_name or self.comment.author_handle


@dataclass(frozen=True, slots=True)
class Thread:
    """A top-level comment, or a visitor's post, with its replies, in order of time. `asked`: the entry that was asked
    for."""

    channel: Channel
    zone: ZoneInfo
    post: Context
    entries: tuple[Entry, ...]
    asked: Entry


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is kept of the thread's comments besides what the rules go by, by the comments' row ids."""

    actions: dict[int, list[Done]]
    flags: dict[int, list[Flagged]]
    people: dict[str, Person]


def thread_of(session: Session, comment_id: int, now: datetime) -> Thread | None:
    """The thread that a comment, a resident's or an own one, stands in. None: no such comment.

    At most ten queries, however long the thread is; six where who asks has read the register. Raises NotSetUp when
    no register has been imported.
    """
    scene = scene_of(session, now)
    here = at_hand(session, comment_id)
    if here is None:
        return None
    comment = here.comment
    channel = next(each for each in all_channels(session) if each.id == comment.channel_id)
    own = identities(session, channel)
    watches = still_close([here.close] if here.close else [], now)
    place = place_of(scene, channel, here.schedule, own, watches)
    around = Around(own, {comment.post_external_id}, {comment.thread_external_id})
    gathered = gather_around(session, {channel.id: around}, whole_acts=True)[channel.id]
    there = [each for each in gathered.comments if each.thread_external_id == comment.thread_external_id]
    there.sort(key=lambda each: (each.posted_at, each.parent_external_id is not None, each.id))
    beside = _beside(session, there, gathered)
    stands = {
        each.comment.id: told(scene, place, each)
        for each in judge_all(gathered, own, place.historic_before)
        if each.comment.thread_external_id == comment.thread_external_id
    }
    entries = tuple(_entry(each, stands.get(each.id), gathered, beside) for each in there)
    asked = next(each for each in entries if each.comment.id == comment_id)
    return Thread(channel, scene.zone, _context(comment, here.post), entries, asked)


@cache
def _asked_flags() -> Executable:
    return select(Flag).where(within(Flag.comment_id, "ids")).order_by(Flag.id)


def _context(comment: Comment, post: Post | None) -> Context:
    if post is None:
        return Context(comment.post_external_id)
    shown = (post.text, post.author_name, post.posted_at, post.permalink, post.by_visitor)
    return Context(post.external_id, *shown)


def _beside(session: Session, there: Sequence[Fetched], gathered: Gathered) -> _Beside:
    ids = {each.id for each in there}
    acts = [act for act in gathered.whole_acts if act.comment_id in ids]
    flags: Sequence[Flag] = session.scalars(_asked_flags(), {"ids": sorted(ids)}).all()
    wanted = {act.by_id for act in acts} | {flag.by_id for flag in flags if flag.by_id is not None}
    wanted -= gathered.people.keys()
    others = session.scalars(select(Person).where(among(session, Person.id, sorted(wanted)))).all() if wanted else ()
    people = gathered.people | {person.id: person for person in others}
    beside = _Beside(defaultdict(list), defaultdict(list), people)
    for act in acts:
        beside.actions[act.comment_id].append(done(act, beside.people[act.by_id].name))
    for flag in flags:
        by = beside.people[flag.by_id].name if flag.by_id is not None else None
        seen = Flagged(FlagKind(flag.kind), flag.at, tuple(flag.words), by, flag.note)
        beside.flags[flag.comment_id or 0].append(seen)
    return beside


def done(act: Action, person: str) -> Done:
    """As people see it. person: the name of who asked for it."""
    became = (act.state, act.done_at, act.remote_id, act.reason, act.remedy)
    return Done(act.id, act.kind, person, act.created_at, *became, act.interim, act.text)


def _entry(comment: Fetched, stands: Obligation | None, gathered: Gathered, beside: _Beside) -> Entry:
    noticed = gathered.noticed.get(comment.id, ())
    sent = (act.person for acts in beside.actions.values() for act in acts if act.remote_id == comment.external_id)
    return Entry(
        comment,
        own=stands is None,
        obligation=stands,
        sent_by=next(sent, None),
        earlier=tuple(_earlier(each) for each in noticed if each.kind == "edited"),
        changes=tuple(Change(each.kind, each.seen_at) for each in noticed if each.kind != "edited"),
        marks=tuple(Spoken(each, beside.people[each.by].name) for each in gathered.marks.get(comment.id, ())),
        actions=tuple(beside.actions.get(comment.id, ())),
        flags=tuple(beside.flags.get(comment.id, ())),
    )


def _earlier(edit: Observation) -> Earlier:
    return Earlier(edit.text or "", edit.platform_at or edit.seen_at)
