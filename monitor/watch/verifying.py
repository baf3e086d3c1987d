"""What listings do not show any more is asked for by its id: only the platform's own word makes it deleted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import literal_column, or_, select
from sqlalchemy.orm import Session

from connectors.base import Reading
from monitor.db.bulk import among
from monitor.watch.changing import Noticed, observe
from monitor.watch.disappearing import below
from monitor.watch.models import Comment, PollRun
from monitor.watch.rules import may_be_deleted

AGAIN_AFTER = timedelta(days=1)
MOST = 50  # as many as one YouTube call asks for


def to_look_up(session: Session, channel_id: str, now: datetime) -> tuple[str, ...]:
    """Ids that two complete readings did not show, at most MOST, each once a day; the longest missing first, and after
    them those that were found unlisted, which may be deleted meanwhile."""
    missed = Comment.missed > literal_column("0")  # a literal, so that the small index serves
    query = select(Comment.external_id, Comment.missed).where(
        Comment.channel_id == channel_id,
        missed,
        Comment.deleted_at.is_(None),
        or_(Comment.looked_up_at.is_(None), Comment.looked_up_at <= now - AGAIN_AFTER),
    )
    oldest_first = (Comment.unlisted, Comment.missing_since, Comment.looked_up_at, Comment.id)
    rows = session.execute(query.order_by(*oldest_first))
    return tuple(id_ for id_, count in rows if may_be_deleted(count))[:MOST]


def note_answers(session: Session, run: PollRun, asked: Sequence[str], reading: Reading, now: datetime) -> None:
    """Notes which of the ids asked for are deleted, and which are there though listings do not show them.

    One without a clear answer stays as it is, and is asked for again the next day.
    """
    noticed = [
        each
        for comment in _asked_for(session, run.channel_id, asked)
        if comment.external_id in reading.looked_up or reading.complete
        for each in _answered(comment, reading.looked_up.get(comment.external_id), now)
    ]
    session.flush()
    deleted = [each.comment_id for each in noticed if each.kind == "deleted"]
    observe(session, run, noticed + _delete_below(session, run.channel_id, deleted, now), now)


def _asked_for(session: Session, channel_id: str, asked: Sequence[str]) -> list[Comment]:
    """Without those that this very reading showed after all."""
    if not asked:
        return []
    there = (Comment.channel_id == channel_id, among(session, Comment.external_id, asked), Comment.deleted_at.is_(None))
    rows = session.scalars(select(Comment).where(*there), execution_options={"populate_existing": True})
    return [comment for comment in rows if may_be_deleted(comment.missed)]


def _answered(comment: Comment, is_there: bool | None, now: datetime) -> list[Noticed]:
    comment.looked_up_at = now
    if is_there is None:
        return []
    if is_there:
        found_before, comment.unlisted, comment.missing_since = comment.unlisted, True, None
        return [] if found_before else [Noticed(comment.id, "unlisted")]
    comment.deleted_at, comment.unlisted = now, False
    comment.missing_since = comment.missing_since or now
    return [Noticed(comment.id, "deleted")]


def _delete_below(session: Session, channel_id: str, deleted: Sequence[int], now: datetime) -> list[Noticed]:
    """What stood below something deleted, and is missing too, was deleted with it."""
    if not deleted:
        return []
    ids = session.scalars(select(Comment.external_id).where(among(session, Comment.id, deleted))).all()
    missing = Comment.missing_since.is_not(None) & Comment.deleted_at.is_(None)
    rows = session.scalars(select(Comment).where(Comment.channel_id == channel_id, below(session, ids), missing)).all()
    for comment in rows:
        comment.deleted_at = now
    session.flush()
    return [Noticed(comment.id, "deleted") for comment in rows]
