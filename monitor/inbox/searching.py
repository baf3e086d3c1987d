"""Comments newest first, and those of them where something was said: by any part of a word, in their text or in that of
the post they stand below. Never by who wrote it: nobody is to be looked up.

Newest first among very many has two ways, and neither is good for every word. What is frequent stands among the newest,
so some thousands of those are looked through; what is hardly found there is rare enough for the index of trigrams.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    column,
    false,
    func,
    literal_column,
    or_,
    select,
    table,
    true,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from monitor.db.bulk import among
from monitor.db.trigrams import FOLDED
from monitor.inbox.cursor_rules import Position
from monitor.inbox.search_rules import ESCAPE, findable, near_pattern, pattern, phrase
from monitor.watch.models import Comment, Post

WALK = (2000, 6000)
RARE = 12
FAR = (20_000,)
"""So many of the newest are looked through; the second stretch only where the first held at least RARE. FAR: where no
index can help."""
COLUMNS = ("id", "posted_at", "channel_id", "post_external_id", "thread_external_id", "author_id", "author_handle")

Searched = type[Comment] | type[Post]


@dataclass(frozen=True, slots=True)
class Hit:
    """As much of a comment as is needed to judge the thread it stands in."""

    id: int
    posted_at: datetime
    channel_id: str
    post_external_id: str
    thread_external_id: str
    author_id: str | None = field(repr=False)
    author_handle: str | None = field(repr=False)

    @property
    def position(self) -> Position:
        return Position(self.posted_at, self.posted_at, self.id)


@dataclass(frozen=True, slots=True)
class Hits:
    """Newest first. reached: so far back has been looked; None: to the very first."""

    found: list[Hit]
    reached: Position | None


def newest(
    session: Session, chosen: Sequence[ColumnElement[bool]], words: Sequence[str], before: Position | None, most: int
) -> Hits:
    """At most `most` of the comments that fulfil every condition and hold every word, from `before` on back."""
    query = _newest_first(select(*_columns()).where(*chosen, *_older(before)))
    if not words:
        found = [Hit(*row) for row in session.execute(query.limit(most))]
        return Hits(found, found[-1].position if len(found) == most else None)
    can_be_found, found, reached = any(map(findable, words)), list[Hit](), before
    for stretch in WALK if can_be_found else FAR:
        more, reached = _walked(session, [*chosen, *_older(reached)], words, stretch, most - len(found))
        found += more
        if len(found) == most:
            return Hits(found, found[-1].position)
        if reached is None or len(found) < RARE:
            break
    if reached is None or not can_be_found:
        return Hits(found, reached)
    rare = _by_index(session, [*chosen, *_older(reached)], words, most - len(found))
    found += [Hit(*row) for row in session.execute(rare)]
    return Hits(found, found[-1].position if len(found) == most else None)


def holding(session: Session, ids: Sequence[int], words: Sequence[str]) -> set[int]:
    """Which of these comments hold every word."""
    said = or_(_holds(session, words, _text(session, Comment)), _holds(session, words, _text(session, Post)))
    query = select(Comment.id).outerjoin(Post, _below()).where(among(session, Comment.id, ids), said)
    return set(session.scalars(query))


def _columns() -> list[InstrumentedAttribute[Any]]:
    return [getattr(Comment, name) for name in COLUMNS]


def _newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(Comment.posted_at.desc(), Comment.id.desc())


def _older(before: Position | None) -> list[ColumnElement[bool]]:
    if before is None:
        return []
    same = (Comment.posted_at == before.posted) & (Comment.id < before.id)
    # the first part alone is what an index can begin at
    return [Comment.posted_at <= before.posted, or_(Comment.posted_at < before.posted, same)]


def _below() -> ColumnElement[bool]:
    return and_(Post.channel_id == Comment.channel_id, Post.external_id == Comment.post_external_id)


def _walked(
    session: Session, chosen: Sequence[ColumnElement[bool]], words: Sequence[str], stretch: int, most: int
) -> tuple[list[Hit], Position | None]:
    """What is found in the stretch, and where it ends; None: at the very first."""
    query = _newest_first(select(*_columns()).where(*chosen))
    hits = _walk(session, query.add_columns(_text(session, Comment).label(FOLDED)).limit(stretch), words, most)
    last = query.offset(stretch - 1).limit(1).subquery()
    rows = session.execute(union_all(select(hits.subquery(), false()), select(last, true()))).all()
    found = sorted((Hit(*row[:-1]) for row in rows if not row[-1]), key=lambda hit: hit.position, reverse=True)
    return found, next((Hit(*row[:-1]).position for row in rows if row[-1]), None)


def _walk(session: Session, query: Select[Any], words: Sequence[str], most: int) -> Select[Any]:
    """Among the comments of the query. Its order is asked for again, so that the database stops where it has enough."""
    recent, there = query.subquery(), query.subquery()
    same = and_(Post.channel_id == there.c.channel_id, Post.external_id == there.c.post_external_id)
    under = (
        select(Post.channel_id, Post.external_id).join(there, same).where(_holds(session, words, _text(session, Post)))
    )
    post = tuple_(recent.c.channel_id, recent.c.post_external_id)
    either = or_(_holds(session, words, recent.c[FOLDED]), post.in_(under))
    found = select(*(recent.c[name] for name in COLUMNS)).where(either)
    return found.order_by(recent.c.posted_at.desc(), recent.c.id.desc()).limit(most)


def _by_index(session: Session, chosen: Sequence[ColumnElement[bool]], words: Sequence[str], most: int) -> Select[Any]:
    said = select(*_columns()).where(*chosen, *_indexed(session, words, Comment))
    under = select(*_columns()).join(Post, _below()).where(*chosen, *_indexed(session, words, Post))
    found = union(said, under).subquery()
    return select(found).order_by(found.c.posted_at.desc(), found.c.id.desc()).limit(most)


def _indexed(session: Session, words: Sequence[str], model: Searched) -> list[ColumnElement[bool]]:
    """Conditions that the trigram index of the table serves."""
    text = _text(session, model)
    if not _is_sqlite(session):
        near = (text.like(func.lower(near_pattern(word)), escape=ESCAPE) for word in words)
        return [*near, *(func.strpos(text, func.lower(word)) > 0 for word in words)]
    name = f"{model.__tablename__}_trigrams"
    wanted = " AND ".join(phrase(word) for word in words if findable(word))
    index = table(name, column("rowid"))
    there = model.id.in_(select(index.c.rowid).where(literal_column(name).op("MATCH")(wanted)))
    rest = [word for word in words if not findable(word)]
    return [there, *([_holds(session, rest, text)] if rest else [])]


def _text(session: Session, model: Searched) -> ColumnElement[str]:
    """In small letters."""
    if _is_sqlite(session):
        return func.fold(model.text, type_=String)
    return literal_column(f"{model.__tablename__}.{FOLDED}", String)


def _holds(session: Session, words: Sequence[str], folded: ColumnElement[str]) -> ColumnElement[bool]:
    small = func.fold if _is_sqlite(session) else func.lower
    return and_(*(folded.like(small(pattern(word)), escape=ESCAPE) for word in words))


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
