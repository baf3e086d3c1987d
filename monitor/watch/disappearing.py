"""What a reading listed to its end, and what was known there but is gone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from connectors.base import Covered
from monitor.db.bulk import among
from monitor.watch.changing import Noticed, observe
from monitor.watch.models import Comment, PollRun

Shape = Literal["post", "thread", "threads", "posts"]


class Stretch(NamedTuple):
    """Covered claims of one shape, to be looked up together."""

    what: Shape
    since: datetime | None
    held: bool


def mark_gone(session: Session, run: PollRun, covered: Iterable[Covered], seen: Collection[str], now: datetime) -> int:
    """Marks as missing what the claims cover and the reading did not show (`seen`: what it did). How many."""
    gone: dict[int, str] = {}
    for stretch, ids in _stretches(covered).items():
        gone |= _not_seen(session, run.channel_id, _claimed(session, stretch, ids), seen)
    if gone:
        ids = list(gone.values())
        # platforms delete a comment's replies, and what stands below a post, together with it
        below = or_(among(session, Comment.parent_external_id, ids), among(session, Comment.post_external_id, ids))
        gone |= _not_seen(session, run.channel_id, below, seen)
        _mark(session, run, list(gone), now)
    return len(gone)


def _stretches(covered: Iterable[Covered]) -> dict[Stretch, list[str]]:
    found: dict[Stretch, list[str]] = defaultdict(list)
    for claim in covered:
        found[Stretch(claim.what, claim.since, claim.held)].append(claim.external_id)
    return found


def _claimed(session: Session, stretch: Stretch, ids: Sequence[str]) -> ColumnElement[bool]:
    """The comments that the claims speak of."""
    chosen = _spoken_of(session, stretch.what, ids) & Comment.held.is_(stretch.held)
    return chosen if stretch.since is None else chosen & (Comment.posted_at >= stretch.since)


def _spoken_of(session: Session, what: Shape, ids: Sequence[str]) -> ColumnElement[bool]:
    match what:
        case "post":
            return ~Comment.is_post & among(session, Comment.post_external_id, ids)
        case "thread":
            return among(session, Comment.thread_external_id, ids) & ~among(session, Comment.external_id, ids)
        case "threads":
            return ~Comment.is_post & Comment.parent_external_id.is_(None)
        case "posts":
            return Comment.is_post.is_(True)


def _not_seen(session: Session, channel_id: str, chosen: ColumnElement[bool], seen: Collection[str]) -> dict[int, str]:
    query = select(Comment.id, Comment.external_id).where(Comment.channel_id == channel_id, chosen)
    known = session.execute(query.where(Comment.missing_since.is_(None)))
    return {id_: external_id for id_, external_id in known if external_id not in seen}


def _mark(session: Session, run: PollRun, ids: Sequence[int], now: datetime) -> None:
    missing = update(Comment).where(among(session, Comment.id, ids)).values(missing_since=now)
    session.execute(missing, execution_options={"synchronize_session": False})
    observe(session, run, [Noticed(id_, "gone") for id_ in ids], now)
