"""A stored comment and what the platform shows of it now: the row is brought up to date, every change is noted."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from connectors.base import ReadComment, ReadPost
from monitor.db.bulk import Columns, insert_many
from monitor.watch.models import Comment, Observation, PollRun, Post
from monitor.watch.shown import NOBODY


class Noticed(NamedTuple):
    """A change that a reading noticed in a comment; kinds, text and time as in Observation."""

    comment_id: int
    kind: str
    text: str | None = None
    platform_at: datetime | None = None


def change_comment(comment: Comment, shown: ReadComment, now: datetime) -> list[Noticed]:
    """Brings the row up to date; gives what changed. What a poorer answer withholds is not erased."""
    noticed = [Noticed(comment.id, kind) for kind in _turns(comment, shown)]
    if comment.text != shown.text:
        edited_at = shown.edited_at if shown.edited_at != comment.edited_at else None
        noticed.append(Noticed(comment.id, "edited", comment.text, edited_at))
        comment.text, comment.text_seen_at = shown.text, now
    if comment.held and not shown.held:
        comment.public_seen_at = comment.public_seen_at or now
    comment.held, comment.hidden, comment.missing_since = shown.held, shown.hidden, None
    comment.missed, comment.looked_up_at, comment.deleted_at, comment.unlisted = 0, None, None, False
    _place(comment, shown)
    _enrich(comment, shown)
    return noticed


def change_post(post: Post, shown: ReadPost) -> None:
    """Brings the row up to date. What a poorer answer withholds is not erased."""
    author = shown.author or NOBODY
    post.author_id = author.external_id or post.author_id
    post.author_name = author.name or post.author_name
    post.permalink = shown.permalink or post.permalink
    post.posted_at, post.text, post.by_visitor = shown.posted_at, shown.text, shown.by_visitor
    post.declared_comments, post.counts_replies = shown.declared_comments, shown.counts_replies
    post.links = list(shown.links) or post.links


def observe(session: Session, run: PollRun, noticed: Sequence[Noticed], now: datetime) -> None:
    """Writes down what a run noticed."""
    columns: Columns = {
        "comment_id": [each.comment_id for each in noticed],
        "poll_run_id": [run.id] * len(noticed),
        "kind": [each.kind for each in noticed],
        "seen_at": [now] * len(noticed),
        "text": [each.text for each in noticed],
        "platform_at": [each.platform_at for each in noticed],
    }
    insert_many(session, Observation, [columns])


def _turns(comment: Comment, shown: ReadComment) -> Iterator[str]:
    if comment.missing_since is not None or comment.unlisted:
        yield "back"
    if comment.hidden != shown.hidden:
        yield "hidden" if shown.hidden else "unhidden"
    if comment.held != shown.held:
        yield "held" if shown.held else "published"


def _place(comment: Comment, shown: ReadComment) -> None:
    comment.posted_at, comment.is_post = shown.posted_at, shown.is_post
    comment.post_external_id, comment.thread_external_id = shown.post_external_id, shown.thread_external_id
    comment.parent_external_id = shown.parent_external_id
    if comment.mentions != list(shown.mentions):
        comment.mentions = list(shown.mentions)


def _enrich(comment: Comment, shown: ReadComment) -> None:
    author = shown.author or NOBODY
    comment.author_id = author.external_id or comment.author_id
    comment.author_handle = author.handle or comment.author_handle
    comment.author_name = author.name or comment.author_name
    comment.permalink = shown.permalink or comment.permalink
    comment.edited_at = shown.edited_at or comment.edited_at
