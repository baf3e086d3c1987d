"""Declared against stored: comments that a platform counts below a post but does not show are said, never silent."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from connectors.base import Covered, ReadComment, Reading, ReadPost
from monitor.db.bulk import among
from monitor.watch.models import Comment, Post
from monitor.watch.rules import gap


class Below(NamedTuple):
    """How many comments are stored below a post and there for all we know; held ones do not count."""

    everything: int = 0
    top_level: int = 0


def note_gaps(
    session: Session,
    channel_id: str,
    reading: Reading,
    comments: Iterable[ReadComment],
    now: datetime,
    *,
    thorough: bool,
    whole: bool,
) -> None:
    """Compares the counts of every post that the reading listed to its end with what is stored, and writes down the
    difference.

    comments: the reading's, each once. thorough: it looked into every post whose count may have changed, so that all it
    gave are compared, those too that nothing can be claimed of because nothing is shown below them. whole: it showed
    all posts that there are, so that the others are gone, their gaps with them.
    """
    posts = {post.external_id: post for post in reading.posts}
    listed, below = set(posts if thorough else ()) | set(_listed(posts, reading.covered)), _shown(comments)
    # what was shown is stored: only where that is not enough the database has to be asked for what is unlisted
    doubtful = [id_ for id_ in listed & posts.keys() if _gap(posts[id_], below.get(id_, Below()))]
    below |= stored_below(session, channel_id, doubtful)
    gaps = {id_: _gap(posts[id_], below.get(id_, Below())) if id_ in posts else 0 for id_ in listed}
    open_ = _open(session, channel_id)
    if whole:
        gaps |= dict.fromkeys(open_ - posts.keys(), 0)
    changed = [id_ for id_, size in gaps.items() if size or id_ in open_]
    _write(session, channel_id, changed, gaps, now)


def stored_below(session: Session, channel_id: str, post_ids: Sequence[str]) -> dict[str, Below]:
    """By post; posts without comments are left out."""
    if not post_ids:
        return {}
    top_level = func.sum(case((Comment.parent_external_id.is_(None), 1), else_=0))
    query = select(Comment.post_external_id, func.count(), top_level).where(
        Comment.channel_id == channel_id,
        among(session, Comment.post_external_id, post_ids),
        Comment.missing_since.is_(None),
        Comment.held.is_(False),
        Comment.is_post.is_(False),
    )
    rows = session.execute(query.group_by(Comment.post_external_id))
    return {post: Below(everything, top) for post, everything, top in rows}


def _listed(posts: Iterable[str], covered: Iterable[Covered]) -> Iterator[str]:
    """The posts whose public comments were listed to the end: claimed one by one, or with all threads there are."""
    for claim in covered:
        if claim.held or claim.since is not None:
            continue
        if claim.what == "post":
            yield claim.external_id
        elif claim.what == "threads":
            yield from posts


def _shown(comments: Iterable[ReadComment]) -> dict[str, Below]:
    """By post, the comments that the reading itself brought."""
    public = [comment for comment in comments if not (comment.held or comment.is_post)]
    everything = Counter(comment.post_external_id for comment in public)
    top_level = Counter(comment.post_external_id for comment in public if comment.parent_external_id is None)
    return {post: Below(count, top_level[post]) for post, count in everything.items()}


def _gap(post: ReadPost, below: Below) -> int:
    return gap(post.declared_comments, below.everything, below.top_level, post.counts_replies)


def _open(session: Session, channel_id: str) -> set[str]:
    gaps = select(Post.external_id).where(Post.channel_id == channel_id, Post.gap_since.is_not(None))
    return set(session.scalars(gaps))


def _write(session: Session, channel_id: str, ids: Collection[str], gaps: dict[str, int], now: datetime) -> None:
    if not ids:
        return
    chosen = (Post.channel_id == channel_id, among(session, Post.external_id, list(ids)))
    for post in session.scalars(select(Post).where(*chosen)):
        post.gap = gaps[post.external_id]
        post.gap_since = (post.gap_since or now) if post.gap else None
    session.flush()
