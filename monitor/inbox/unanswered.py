"""What waits for somebody: the stored comments, judged by the rules, with deadlines and who is responsible."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session

from monitor import NEEDS_SOMEBODY, Calendar, State
from monitor.inbox.models import Action
from monitor.inbox.reasons import sentence
from monitor.inbox.rules import Verdict, Version, Written, due_at, judge
from monitor.register.calendar import calendar_of
from monitor.register.identities import identities
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch.models import Comment, Observation, Schedule


@dataclass(frozen=True, slots=True)
class Obligation:
    """One resident's comment and where it stands. `channel` and `responsible` are the register's ids.

    thread_external_id: the top-level comment's id, or the visitor's post's. `author`: the name shown, if any.
    """

    comment_id: int
    external_id: str
    thread_external_id: str
    channel: str
    channel_name: str
    platform: str
    author: str | None = field(repr=False)
    text: str = field(repr=False)
    posted_at: datetime
    fetched_at: datetime
    due_at: datetime
    overdue: bool
    state: State
    responsible: str
    permalink: str | None
    verdict: Verdict = field(repr=False)
    zone: ZoneInfo = field(repr=False)

    @property
    def reason(self) -> str:
        """Why it stands there, in the language in use."""
        return sentence(self.verdict, self.zone)

    def as_json(self) -> dict[str, Any]:
        """With INTERFACE's keys."""
        shown = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in {"verdict", "zone"}}
        return shown | {"reason": self.reason}


def unanswered(
    session: Session, now: datetime, *, channel_id: str | None = None, all_states: bool = False
) -> list[Obligation]:
    """What needs somebody, the most overdue first; with `all_states` every obligation there is.

    Retired channels are left out unless asked for by name. Raises NotSetUp when no register has been imported.
    """
    owner = organisation(session)
    zone, calendar = ZoneInfo(owner.timezone), calendar_of(owner)
    found = [
        _obligation(channel, comment, verdict, now, calendar, zone)
        for channel, historic_before in _channels(session, channel_id)
        for comment, verdict in _judged(session, channel, historic_before, all_states)
        if all_states or verdict.state in NEEDS_SOMEBODY
    ]
    return sorted(
        found, key=lambda each: (each.state not in NEEDS_SOMEBODY, each.due_at, each.posted_at, each.comment_id)
    )


def standing_of(session: Session, comment: Comment) -> State | None:
    """Where one comment stands now; None for one of the organisation's own."""
    channel = session.get_one(Channel, comment.channel_id)
    own = identities(session, channel)
    below = (Comment.channel_id == channel.id) & (Comment.post_external_id == comment.post_external_id)
    verdict = _judge(session, channel, below, own, None)[1].get(comment.external_id)
    return verdict.state if verdict else None


def waiting_between(session: Session, channel: Channel, after: datetime | None, until: datetime) -> int:
    """How many of the comments that were fetched after `after` and no later than `until` need somebody."""
    fetched = (Comment.fetched_at <= until) & (Comment.fetched_at > after if after is not None else true())
    historic_before = session.scalar(select(Schedule.historic_before).where(Schedule.channel_id == channel.id))
    own = identities(session, channel)
    posts = _posts_that_matter(channel.id, own, historic_before).where(fetched)
    chosen = (Comment.channel_id == channel.id) & Comment.post_external_id.in_(posts)
    comments, verdicts = _judge(session, channel, chosen, own, historic_before)
    waiting = [comments[id_] for id_, verdict in verdicts.items() if verdict.state in NEEDS_SOMEBODY]
    return sum(each.fetched_at <= until and (after is None or each.fetched_at > after) for each in waiting)


def judged_between(session: Session, channel: Channel, begin: datetime, end: datetime) -> Iterator[Verdict]:
    """The verdicts on the comments by others that were written from `begin` on and before `end`."""
    below = select(Comment.post_external_id).where(
        Comment.channel_id == channel.id, Comment.posted_at >= begin, Comment.posted_at < end
    )
    chosen = (Comment.channel_id == channel.id) & Comment.post_external_id.in_(below)
    historic_before = session.scalar(select(Schedule.historic_before).where(Schedule.channel_id == channel.id))
    comments, verdicts = _judge(session, channel, chosen, identities(session, channel), historic_before)
    return (verdict for id_, verdict in verdicts.items() if begin <= comments[id_].posted_at < end)


def _channels(session: Session, channel_id: str | None) -> list[tuple[Channel, datetime | None]]:
    query = select(Channel, Schedule.historic_before).outerjoin(Schedule, Schedule.channel_id == Channel.id)
    chosen = Channel.state != "retired" if channel_id is None else Channel.id == channel_id
    return [(channel, since) for channel, since in session.execute(query.where(chosen).order_by(Channel.id))]


def _judged(
    session: Session, channel: Channel, historic_before: datetime | None, all_states: bool
) -> list[tuple[Comment, Verdict]]:
    """The obligations and their verdicts. Rules never reach across posts, so posts where nothing waits stay unread."""
    own = identities(session, channel)
    chosen = Comment.channel_id == channel.id
    if not all_states:
        chosen &= Comment.post_external_id.in_(_posts_that_matter(channel.id, own, historic_before))
    comments, verdicts = _judge(session, channel, chosen, own, historic_before)
    return [(comments[external_id], verdict) for external_id, verdict in verdicts.items()]


def _judge(
    session: Session,
    channel: Channel,
    chosen: ColumnElement[bool],
    own: frozenset[str],
    historic_before: datetime | None,
) -> tuple[dict[str, Comment], dict[str, Verdict]]:
    """The chosen comments, which are of whole posts, and the verdicts on them."""
    comments = {comment.external_id: comment for comment in session.scalars(select(Comment).where(chosen))}
    edits, addressed = _edits(session, chosen), _addressed(session, channel.id)
    ours = _removed_by_us(session, channel.id)
    written = (
        _written(each, edits[each.id], addressed[each.external_id], by_us=each.id in ours) for each in comments.values()
    )
    return comments, judge(written, own, historic_before)


def _addressed(session: Session, channel_id: str) -> dict[str, tuple[str, ...]]:
    """Whom the replies made from here are for: that we know, however the platform flattens and tags."""
    made = (Action.channel_id == channel_id, Action.remote_id.is_not(None))
    query = select(Action.remote_id, Comment.author_id, Comment.author_handle)
    query = query.join(Comment, Comment.id == Action.comment_id).where(*made)
    names: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for reply, author, handle in session.execute(query):
        names[reply or ""] = tuple(name for name in (author, handle) if name)
    return names


def _edits(session: Session, chosen: ColumnElement[bool]) -> dict[int, list[Observation]]:
    """What readings noticed of edits in the chosen comments, oldest first, by comment."""
    query = select(Observation).join(Comment, Comment.id == Observation.comment_id)
    query = query.where(chosen, Observation.kind == "edited").order_by(Observation.seen_at, Observation.id)
    edits: dict[int, list[Observation]] = defaultdict(list)
    for edit in session.scalars(query):
        edits[edit.comment_id].append(edit)
    return edits


def _removed_by_us(session: Session, channel_id: str) -> set[int]:
    """Comments that the organisation itself took away: nobody else deleted them."""
    removed = (Action.channel_id == channel_id, Action.kind.in_(("delete", "reject")), Action.state == "done")
    return set(session.scalars(select(Action.comment_id).where(*removed)))


def _posts_that_matter(channel_id: str, own: frozenset[str], historic_before: datetime | None) -> Select[str]:
    """The posts with something below that could wait: shown, by somebody else, and not historic."""
    recent = Comment.posted_at >= historic_before if historic_before is not None else true()
    return select(Comment.post_external_id).where(
        Comment.channel_id == channel_id,
        Comment.missing_since.is_(None),
        Comment.hidden.is_(False),
        or_(Comment.held, recent),
        func.lower(func.coalesce(Comment.author_id, "")).not_in(own),
        func.lower(func.coalesce(Comment.author_handle, "")).not_in(own),
    )


def _written(comment: Comment, edits: list[Observation], addressed: tuple[str, ...], *, by_us: bool) -> Written:
    return Written(
        id=comment.external_id,
        post=comment.post_external_id,
        posted_at=comment.posted_at,
        versions=_versions(comment, edits),
        parent=comment.parent_external_id,
        author_id=comment.author_id,
        author_handle=comment.author_handle,
        mentions=(*comment.mentions, *addressed),
        hidden=comment.hidden,
        held=comment.held,
        missing=comment.missing_since is not None,
        is_post=comment.is_post,
        public_seen_at=comment.public_seen_at,
        deleted_at=None if by_us else comment.deleted_at,
    )


def _versions(comment: Comment, edits: list[Observation]) -> tuple[Version, ...]:
    """What it said, from when. Where the platform tells no time of an edit, it counts from when we saw it."""
    texts = [*(edit.text for edit in edits), comment.text]
    times = [comment.posted_at, *(edit.platform_at or edit.seen_at for edit in edits)]
    if not edits and comment.edited_at is not None and comment.edited_at <= comment.fetched_at:
        texts, times = [None, comment.text], [comment.posted_at, comment.edited_at]
    return tuple(Version(text, since) for text, since in zip(texts, times, strict=True))


def _obligation(
    channel: Channel, comment: Comment, verdict: Verdict, now: datetime, calendar: Calendar, zone: ZoneInfo
) -> Obligation:
    due = due_at(verdict.since, calendar)
    return Obligation(
        comment_id=comment.id,
        external_id=comment.external_id,
        thread_external_id=comment.thread_external_id,
        channel=channel.id,
        channel_name=channel.name,
        platform=channel.platform,
        author=comment.author_name or comment.author_handle,
        text=comment.text,
        posted_at=comment.posted_at,
        fetched_at=comment.fetched_at,
        due_at=due,
        overdue=verdict.state in NEEDS_SOMEBODY and now > due,
        state=verdict.state,
        responsible=channel.responsible_id,
        permalink=comment.permalink,
        verdict=verdict,
        zone=zone,
    )
