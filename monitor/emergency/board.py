"""The board of an incident: what residents write, who needs help first, what many ask, and what is done about it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from config.language import N_
from monitor.db.bulk import among
from monitor.emergency.intake import words
from monitor.emergency.intake_rules import IN_GROUPS, MANY, Kind, groups, sort
from monitor.emergency.models import Incident, Intake, Topic
from monitor.inbox.action_rules import Fate
from monitor.inbox.models import Action
from monitor.inbox.removals import secret_comments
from monitor.register.models import Channel, Person
from monitor.watch.models import Comment

KINDS = {
    Kind.HELP: N_("Needs help"),
    Kind.RUMOUR: N_("Rumour"),
    Kind.OBSERVATION: N_("Observation"),
    Kind.QUESTION: N_("Question"),
    Kind.OTHER: N_("Everything else"),
}
"""In the order in which people look."""
MOST_SHOWN = 100
LOOKED_AT = 2000
"""So many of what is not done are grouped, the newest: that takes well under a second."""
PLACES = {kind: place for place, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Item:
    """One comment on the board. text: None where it is said to be secret. because: words that made it of its kind.

    edited_at: None where nobody has changed the text. by: who sorted it; None: a rule. answered: an answer was sent
    from here, or is on its way.
    """

    id: int
    comment_id: int
    kind: Kind
    posted_at: datetime
    edited_at: datetime | None
    channel_id: str
    channel: str
    permalink: str | None
    topic_id: int | None
    done_at: datetime | None
    by: str | None
    answered: bool
    author: str = field(repr=False)
    text: str | None = field(repr=False)
    because: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Group:
    """Comments that are alike and of no topic yet; many: worth one answer to all."""

    ids: tuple[int, ...]
    text: str = field(repr=False)

    @property
    def many(self) -> bool:
        return len(self.ids) >= MANY


@dataclass(frozen=True, slots=True)
class Board:
    """items: the chosen ones, at most MOST_SHOWN; left: how many more there are. counts: of what is not done, by kind.
    done: how many are. groups: of two and more, the largest first. topics: with how many comments of each wait, and
    how many there are."""

    items: Sequence[Item]
    left: int
    counts: Mapping[Kind, int]
    done: int
    groups: Sequence[Group]
    topics: Sequence[tuple[Topic, int, int]]


@dataclass(frozen=True, slots=True)
class Wish:
    """kind, topic: only those. done: those that are done, in place of the others."""

    kind: Kind | None = None
    topic: int | None = None
    done: bool = False


def board(session: Session, incident: Incident, channels: frozenset[str], wish: Wish) -> Board:
    """As it stands, of the channels that the reader may read; whose need of help stands first, then the newest."""
    rows = _rows(session, incident.id, channels)
    waiting = [row for row in rows if row.Intake.done_at is None]
    chosen = [row for row in rows if _wanted(row.Intake, wish)]
    chosen.sort(key=lambda row: PLACES[Kind(row.Intake.kind)])
    loose = [row for row in waiting if row.Intake.topic_id is None]
    secret = secret_comments(session, [row.Intake.comment_id for row in (*chosen[:MOST_SHOWN], *loose)])
    return Board(
        items=_items(session, chosen[:MOST_SHOWN], secret),
        left=max(0, len(chosen) - MOST_SHOWN),
        counts=Counter(Kind(row.Intake.kind) for row in waiting),
        done=len(rows) - len(waiting),
        groups=_groups(loose, secret),
        topics=_topics(session, incident.id, rows),
    )


def state_of(session: Session, incident_id: int, channels: frozenset[str]) -> str:
    """Another one whenever something on the board has changed: for whoever waits for that."""
    columns = (Intake.kind, Intake.topic_id, Intake.done_at, Comment.text_seen_at)
    query = select(Intake.id, *columns).join(Comment, Comment.id == Intake.comment_id)
    query = query.where(Intake.incident_id == incident_id, among(session, Comment.channel_id, sorted(channels)))
    topics = select(Topic.id, Topic.title, Topic.answer, Topic.shown_at).where(Topic.incident_id == incident_id)
    both = (query.order_by(Intake.id), topics.order_by(Topic.id))
    seen = [tuple(row) for each in both for row in session.execute(each)]
    return sha256(repr(seen).encode()).hexdigest()[:16]


def _rows(session: Session, incident_id: int, channels: frozenset[str]) -> Sequence[Row[Intake, Comment, str, str]]:
    """The newest first."""
    query = select(Intake, Comment, Channel.name, Person.name.label("by")).join(
        Comment, Comment.id == Intake.comment_id
    )
    query = query.join(Channel, Channel.id == Comment.channel_id).outerjoin(Person, Person.id == Intake.by_id)
    theirs = (Intake.incident_id == incident_id, among(session, Comment.channel_id, sorted(channels)))
    return session.execute(query.where(*theirs).order_by(Comment.posted_at.desc(), Intake.id.desc())).all()


def _wanted(intake: Intake, wish: Wish) -> bool:
    fits = (wish.kind is None or intake.kind == wish.kind) and (wish.topic is None or intake.topic_id == wish.topic)
    return fits and (intake.done_at is not None) == wish.done


def _items(session: Session, rows: Sequence[Row[Intake, Comment, str, str]], secret: set[int]) -> list[Item]:
    ids = [row.Intake.comment_id for row in rows]
    sent = (Action.kind == "reply", Action.state != Fate.REFUSED, among(session, Action.comment_id, ids))
    answered = set(session.scalars(select(Action.comment_id).where(*sent))) if ids else set()
    return [_item(row, hidden=row.Intake.comment_id in secret, answered=row.Comment.id in answered) for row in rows]


def _item(row: Row[Intake, Comment, str, str], *, hidden: bool, answered: bool) -> Item:
    intake, comment, channel, by = row
    sorted_ = sort(comment.text, words()) if not hidden and by is None else None
    said = (each for match in sorted_.because for each in match.words) if sorted_ else ()
    return Item(
        id=intake.id,
        comment_id=comment.id,
        kind=Kind(intake.kind),
        posted_at=comment.posted_at,
        edited_at=_edited_at(comment),
        channel_id=comment.channel_id,
        channel=channel,
        permalink=comment.permalink,
        topic_id=intake.topic_id,
        done_at=intake.done_at,
        by=by,
        answered=answered,
        author=comment.author_name or comment.author_handle or "",
        text=None if hidden else comment.text,
        because=tuple(dict.fromkeys(said)),
    )


def _edited_at(comment: Comment) -> datetime | None:
    """By the platform's word, else when a reading noticed."""
    noticed = comment.text_seen_at if comment.text_seen_at > comment.fetched_at else None
    return comment.edited_at or noticed


def _groups(rows: Iterable[Row[Intake, Comment, str, str]], secret: set[int]) -> list[Group]:
    """The first texts of a group say what it is about, so the oldest come first. Each kind by itself: what somebody
    asks is not answered by what another one sees."""
    told = [row for row in rows if row.Intake.comment_id not in secret and row.Intake.kind in IN_GROUPS][:LOOKED_AT]
    texts = {row.Intake.id: row.Comment.text for row in reversed(told)}
    kinds = {row.Intake.id: row.Intake.kind for row in told}
    found = [
        Group(each, texts[each[0]])
        for kind in IN_GROUPS
        for each in groups(((id_, text) for id_, text in texts.items() if kinds[id_] == kind), words())
        if len(each) > 1
    ]
    return sorted(found, key=lambda group: -len(group.ids))


def _topics(
    session: Session, incident_id: int, rows: Iterable[Row[Intake, Comment, str, str]]
) -> list[tuple[Topic, int, int]]:
    rows = list(rows)
    all_ = Counter(row.Intake.topic_id for row in rows)
    waiting = Counter(row.Intake.topic_id for row in rows if row.Intake.done_at is None)
    found = session.scalars(select(Topic).where(Topic.incident_id == incident_id).order_by(Topic.id)).all()
    return sorted(((each, waiting[each.id], all_[each.id]) for each in found), key=lambda each: -each[1])
