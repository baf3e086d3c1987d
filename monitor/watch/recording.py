"""Storing a reading: once and only once however often it is read, and nothing is ever overwritten by absence."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, literal, select
from sqlalchemy.orm import Session

from connectors.base import ReadComment, Reading, ReadPost
from monitor.db.bulk import Columns, among, chunks, insert_many
from monitor.watch.changing import Noticed, change_comment, change_post, observe
from monitor.watch.disappearing import mark_gone
from monitor.watch.gaps import note_gaps
from monitor.watch.models import Comment, PollRun, Post, Schedule
from monitor.watch.shown import NOBODY, Marked
from monitor.watch.stirring import note_stirred
from monitor.watch.verifying import note_answers

MANY = 10_000


def record(
    session: Session, channel_id: str, reading: Reading, run: PollRun, now: datetime, asked: Sequence[str] = ()
) -> list[str]:
    """Stores posts, comments and every change, marks what has disappeared, and notes what the platform counts but does
    not show; writes the counts into `run`, whose id must be known. `asked`: the ids that were to be looked up. Gives
    the platform's ids of the comments that are new.

    Safe to repeat. Two recordings of one channel wait for each other, by its schedule row or SQLite's write lock.
    """
    failing = select(Schedule.failing_since).where(Schedule.channel_id == channel_id).with_for_update()
    goes_on = session.scalar(failing) is not None  # perhaps where another broke off: then not all posts are in it
    posts, comments = Marked.of(reading.posts), Marked.of(reading.comments)
    _record_posts(session, channel_id, posts, now)
    new, changed, stirred = _record_comments(session, run, comments, now)
    run.posts, run.comments_seen = len(posts.things), len(comments.things)
    seen = comments.things.keys()
    run.gone = mark_gone(session, run, reading.covered, seen, now, complete=reading.complete)
    note_answers(session, run, asked, reading, now)
    is_stirred = run.new or changed or run.gone or asked
    if is_stirred:
        note_stirred(session, run, stirred, asked, now)
    run.quiet = run.outcome != "thread" and not is_stirred
    if run.outcome != "thread":  # a look at one thread claims without the posts and their counts
        thorough = reading.complete and (run.full or run.daily)
        whole = thorough and run.full and not goes_on
        note_gaps(session, channel_id, reading, comments.things.values(), now, thorough=thorough, whole=whole)
    return new


def _record_posts(session: Session, channel_id: str, posts: Marked[ReadPost], now: datetime) -> None:
    query = select(Post.external_id, Post.content_hash)
    there = _there(session, Post, channel_id, list(posts.things))
    known: dict[str, bytes] = dict(iter(session.execute(query.where(there))))
    new = [id_ for id_ in posts.things if id_ not in known]
    insert_many(session, Post, (_post_columns(channel_id, posts, ids, now) for ids in chunks(new)))
    for ids in chunks([id_ for id_, mark in posts.marks.items() if known.get(id_, mark) != mark]):
        for post in session.scalars(select(Post).where(_there(session, Post, channel_id, ids))):
            post.content_hash = posts.marks[post.external_id]
            change_post(post, posts.things[post.external_id])
        session.flush()


def _record_comments(
    session: Session, run: PollRun, comments: Marked[ReadComment], now: datetime
) -> tuple[list[str], int, set[str]]:
    """Those that are new, how many were known and have changed in anything, and the posts of all these."""
    # what was missing is back, and so changed, however alike it looks
    is_listed = Comment.missing_since.is_(None) & ~Comment.unlisted
    query = select(Comment.external_id, case((is_listed, Comment.content_hash), else_=literal(b"")))
    there = _there(session, Comment, run.channel_id, list(comments.things))
    known: dict[str, bytes] = dict(iter(session.execute(query.where(there))))
    new = [id_ for id_ in comments.things if id_ not in known]
    insert_many(session, Comment, (_comment_columns(run.channel_id, comments, ids, now) for ids in chunks(new)))
    run.new = len(new)
    changed = [id_ for id_, mark in comments.marks.items() if known.get(id_, mark) != mark]
    posts = {comments.things[id_].post_external_id for id_ in (*new, *changed)}
    for ids in chunks(changed):
        posts |= _change_comments(session, run, comments, ids, now)
    return new, len(changed), posts


def _change_comments(
    session: Session, run: PollRun, comments: Marked[ReadComment], ids: Sequence[str], now: datetime
) -> set[str]:
    """The posts that they were below before."""
    noticed, posts = list[Noticed](), set[str]()
    for comment in session.scalars(select(Comment).where(_there(session, Comment, run.channel_id, ids))):
        comment.content_hash = comments.marks[comment.external_id]
        posts.add(comment.post_external_id)
        noticed += change_comment(comment, comments.things[comment.external_id], now)
    session.flush()
    observe(session, run, noticed, now)
    run.edited += sum(each.kind == "edited" for each in noticed)
    return posts


def _there(
    session: Session, model: type[Post] | type[Comment], channel_id: str, ids: Sequence[str]
) -> ColumnElement[bool]:
    """Those ids in the channel; or, where so many are looked for that it is quicker, all that the channel has."""
    channel = model.channel_id == channel_id
    return channel if len(ids) > MANY else channel & among(session, model.external_id, ids)


def _post_columns(channel_id: str, marked: Marked[ReadPost], ids: Sequence[str], now: datetime) -> Columns:
    posts = [marked.things[id_] for id_ in ids]
    authors = [post.author or NOBODY for post in posts]
    return {
        "channel_id": [channel_id] * len(ids),
        "external_id": ids,
        "posted_at": [post.posted_at for post in posts],
        "fetched_at": [now] * len(ids),
        "content_hash": [marked.marks[id_] for id_ in ids],
        "author_id": [author.external_id for author in authors],
        "author_name": [author.name for author in authors],
        "text": [post.text for post in posts],
        "permalink": [post.permalink for post in posts],
        "declared_comments": [post.declared_comments for post in posts],
        "by_visitor": [post.by_visitor for post in posts],
        "counts_replies": [post.counts_replies for post in posts],
        "gap": [0] * len(ids),
        "links": [list(post.links) for post in posts],
    }


def _comment_columns(channel_id: str, marked: Marked[ReadComment], ids: Sequence[str], now: datetime) -> Columns:
    comments = [marked.things[id_] for id_ in ids]
    authors = [comment.author or NOBODY for comment in comments]
    return {
        "channel_id": [channel_id] * len(ids),
        "external_id": ids,
        "post_external_id": [comment.post_external_id for comment in comments],
        "thread_external_id": [comment.thread_external_id for comment in comments],
        "posted_at": [comment.posted_at for comment in comments],
        "fetched_at": [now] * len(ids),
        "text_seen_at": [now] * len(ids),
        "text": [comment.text for comment in comments],
        "content_hash": [marked.marks[id_] for id_ in ids],
        "parent_external_id": [comment.parent_external_id for comment in comments],
        "author_id": [author.external_id for author in authors],
        "author_handle": [author.handle for author in authors],
        "author_name": [author.name for author in authors],
        "mentions": [comment.mentions for comment in comments],
        "permalink": [comment.permalink for comment in comments],
        "edited_at": [comment.edited_at for comment in comments],
        "hidden": [comment.hidden for comment in comments],
        "held": [comment.held for comment in comments],
        "is_post": [comment.is_post for comment in comments],
        "missed": [0] * len(ids),
        "unlisted": [False] * len(ids),
    }
