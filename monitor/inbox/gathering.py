"""What the rules go by, read from the database: stored comments, what readings noticed, what people did and said."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, select
from sqlalchemy.orm import Session

from monitor.inbox import about_comments
from monitor.inbox.about_comments import About
from monitor.inbox.mark_rules import Kind, Marked, Reason, Replies, Said, said_of_replies
from monitor.inbox.models import Action
from monitor.inbox.rules import Verdict, judge
from monitor.inbox.written import Version, Written
from monitor.register.models import Person
from monitor.watch.models import Comment, Observation

MANY = 10_000
"""From so many comments on it is quicker to read what belongs to all of the channel's."""
FOR_LONG = timedelta(days=1)
"""Whoever is away for less has only been missed by a reading or two."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A stored comment, as monitor.watch.models.Comment tells of it; it belongs to no session."""

    id: int
    external_id: str
    post_external_id: str
    thread_external_id: str
    posted_at: datetime
    fetched_at: datetime
    text: str = field(repr=False)
    parent_external_id: str | None
    author_id: str | None = field(repr=False)
    author_handle: str | None = field(repr=False)
    author_name: str | None = field(repr=False)
    mentions: list[str] = field(repr=False)
    permalink: str | None
    edited_at: datetime | None
    hidden: bool
    held: bool
    is_post: bool
    public_seen_at: datetime | None
    missing_since: datetime | None
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Judged:
    """An obligation: the comment, the verdict on it, and what people have said of it."""

    comment: Fetched
    verdict: Verdict
    marks: tuple[Marked, ...]


@dataclass(frozen=True, slots=True)
class Acts:
    """What was done from here. addressed: whom a reply is for, by its id; interim: ids of replies that only say that
    an answer will come; removed: ids of rows that the organisation itself took away."""

    addressed: dict[str, tuple[str, ...]]
    interim: set[str]
    removed: set[int]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Comments of one channel, and by their rows' ids what readings noticed of them (oldest first) and people said of
    them. people: who did, so that a session that is asked for them has them at hand.
    whole_acts: every action, the first one first, where somebody wants them in full."""

    comments: list[Fetched]
    noticed: dict[int, list[Observation]]
    marks: dict[int, list[Marked]]
    acts: Acts
    people: dict[str, Person] = field(repr=False)
    whole_acts: Sequence[Action] = ()


FETCHED: Select[Any] = select(Comment.channel_id, *(getattr(Comment, each.name) for each in fields(Fetched)))
"""Each row: the channel, and what makes a Fetched."""


def gather(session: Session, channel_id: str, chosen: ColumnElement[bool]) -> Gathered:
    """The channel's chosen comments, which must be of whole posts, with everything the rules go by."""
    return gather_where(session, FETCHED.where(Comment.channel_id == channel_id, chosen), [channel_id])[channel_id]


def gather_where(
    session: Session,
    query: Executable,
    channels: Sequence[str],
    given: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    *,
    whole_acts: bool = False,
) -> dict[str, Gathered]:
    """The comments that the query finds, one of FETCHED, all in these channels; by channel, in as many queries as for
    one. given: the values of the query."""
    comments: dict[str, list[Fetched]] = {channel: [] for channel in channels}
    for channel, *row in session.execute(query, given):
        comments[channel].append(Fetched(*row))
    ids = [each.id for found in comments.values() for each in found]
    of = About(session, "ids", ids) if len(ids) <= MANY else About(session, "channels", channels)
    people: dict[str, Person] = {}
    noticed, marks, whole = _noticed(of), _marks(of, people), list[Action]()
    acts = _acts(of, whole if whole_acts else None)
    return {
        channel: Gathered(found, noticed, marks, acts[channel], people, whole) for channel, found in comments.items()
    }


def judged(
    session: Session,
    channel_id: str,
    chosen: ColumnElement[bool],
    own: frozenset[str],
    historic_before: datetime | None,
) -> list[Judged]:
    """The obligations among the channel's chosen comments, which must be of whole posts. own: its identities."""
    return judge_all(gather(session, channel_id, chosen), own, historic_before)


def judge_all(gathered: Gathered, own: frozenset[str], historic_before: datetime | None) -> list[Judged]:
    """The obligations among the comments. own: the identities of their channel."""
    said = _said(gathered.comments, gathered.marks)
    written = (_written(each, gathered.noticed[each.id], gathered.acts, said) for each in gathered.comments)
    verdicts = judge(written, own, historic_before)
    return [
        Judged(each, verdicts[each.external_id], tuple(gathered.marks[each.id]))
        for each in gathered.comments
        if each.external_id in verdicts
    ]


@dataclass(frozen=True, slots=True)
class _Said:
    """What people said. reopened, closed: when, by the comment's id. The rest, said of own comments, is turned round:
    by the own comment's id, the ids of those it was said for."""

    reopened: dict[int, tuple[datetime, ...]]
    closed: dict[int, tuple[datetime, ...]]
    answers: dict[str, frozenset[str]]
    not_for: dict[str, frozenset[str]]
    interim_for: dict[str, frozenset[str]]


def _said(comments: Sequence[Fetched], marks: dict[int, list[Marked]]) -> _Said:
    said = [(each, said_of_replies(marks[each.id])) for each in comments if each.id in marks]

    def turned(which: Callable[[Replies], frozenset[str]]) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for comment, replies in said:
            for reply in which(replies):
                found[reply].add(comment.external_id)
        return {reply: frozenset(ids) for reply, ids in found.items()}

    return _Said(
        {comment.id: replies.reopened for comment, replies in said},
        {comment.id: replies.closed for comment, replies in said},
        turned(lambda replies: replies.answers),
        turned(lambda replies: replies.not_for),
        turned(lambda replies: replies.interim),
    )


def _marks(of: About, people: dict[str, Person]) -> dict[int, list[Marked]]:
    found: dict[int, list[Marked]] = defaultdict(list)
    for mark, person in of.ask(about_comments.marks(of.by)):
        reason = Reason(mark.reason) if mark.reason else None
        said = Said(Kind(mark.kind), mark.until, reason, mark.reply, mark.note)
        found[mark.comment_id].append(Marked(said, mark.by_id, mark.at, mark.id))
        people[person.id] = person
    return found


def _noticed(of: About) -> dict[int, list[Observation]]:
    """What readings noticed of the comments, oldest first, by comment."""
    found: dict[int, list[Observation]] = defaultdict(list)
    for (each,) in of.ask(about_comments.noticed(of.by)):
        found[each.comment_id].append(each)
    return found


def _acts(of: About, whole: list[Action] | None) -> dict[str, Acts]:
    """Whom the replies made from here are for, we know, however the platform flattens and tags. By channel.

    whole: takes every action, in full; those alone that came to something are read where nobody wants that.
    """
    found: dict[str, Acts] = defaultdict(lambda: Acts(defaultdict(tuple), set(), set()))
    rows = of.ask(about_comments.acts(of.by, whole=whole is not None))
    for channel, comment_id, removed, reply, interim, author, handle, *full in rows:
        acts = found[channel]
        if whole is not None:
            whole.extend(full)
        if removed:
            acts.removed.add(comment_id)
        if reply is not None:
            acts.addressed[reply] = tuple(name for name in (author, handle) if name)
            acts.interim.update([reply] if interim else [])
    return found


def _written(comment: Fetched, noticed: Sequence[Observation], acts: Acts, said: _Said) -> Written:
    id_ = comment.external_id
    return Written(
        id=id_,
        post=comment.post_external_id,
        posted_at=comment.posted_at,
        versions=_versions(comment, [each for each in noticed if each.kind == "edited"]),
        parent=comment.parent_external_id,
        author_id=comment.author_id,
        author_handle=comment.author_handle,
        mentions=(*comment.mentions, *acts.addressed.get(id_, ())),
        hidden=comment.hidden,
        held=comment.held,
        missing=comment.missing_since is not None,
        is_post=comment.is_post,
        public_seen_at=comment.public_seen_at,
        deleted_at=comment.deleted_at,
        removed_by_us=comment.id in acts.removed,
        unhidden_at=_last(noticed, "unhidden"),
        back_at=_back(noticed),
        seen_at=comment.fetched_at,
        reopened=said.reopened.get(comment.id, ()),
        closed=said.closed.get(comment.id, ()),
        gone_at=_gone(comment, noticed),
        interim=id_ in acts.interim or id_ in said.interim_for,
        answers=said.answers.get(id_, frozenset()),
        not_for=said.not_for.get(id_, frozenset()),
        interim_for=said.interim_for.get(id_, frozenset()),
    )


def _last(noticed: Iterable[Observation], kind: str) -> datetime | None:
    return max((each.seen_at for each in noticed if each.kind == kind), default=None)


def _gone(comment: Fetched, noticed: Sequence[Observation]) -> datetime | None:
    """Since when it cannot be seen any more, as far as readings noticed."""
    if comment.missing_since is not None:
        return comment.missing_since
    if comment.hidden:
        return _last(noticed, "hidden")
    return _last(noticed, "held") if comment.held else None


def _back(noticed: Sequence[Observation]) -> datetime | None:
    gone_at, back_at = None, None
    for each in noticed:
        if each.kind == "gone":
            gone_at = each.seen_at
        elif each.kind in ("back", "unlisted"):
            if gone_at is not None and each.seen_at - gone_at > FOR_LONG:
                back_at = each.seen_at
            gone_at = None
    return back_at


def _versions(comment: Fetched, edits: list[Observation]) -> tuple[Version, ...]:
    """What it said, from when. Where the platform tells no time of an edit, it counts from when we saw it."""
    texts = [*(edit.text for edit in edits), comment.text]
    times = [comment.posted_at, *(edit.platform_at or edit.seen_at for edit in edits)]
    seen = [comment.fetched_at, *(edit.seen_at for edit in edits)]
    if not edits and comment.edited_at is not None and comment.edited_at <= comment.fetched_at:
        texts, times = [None, comment.text], [comment.posted_at, comment.edited_at]
        seen = [comment.fetched_at] * 2
    return tuple(Version(*each) for each in zip(texts, times, seen, strict=True))
