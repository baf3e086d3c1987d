"""What a reading listed to its end, and what was known there but is gone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from connectors.base import Covered
from monitor.db.bulk import among
from monitor.watch.changing import Noticed, observe
from monitor.watch.models import IS_POST, Comment, PollRun
from monitor.watch.rules import READINGS_BEFORE_DELETED

Shape = Literal["post", "thread", "threads", "posts"]


class Stretch(NamedTuple):
    """Covered claims of one shape, to be looked up together."""

    what: Shape
    since: datetime | None
    held: bool


def mark_gone(
    session: Session, run: PollRun, covered: Iterable[Covered], seen: Collection[str], now: datetime, *, complete: bool
) -> int:
    """Marks as missing what the claims cover and the reading did not show (`seen`: what it did). How many.

    A complete reading also counts as one more that did not show what is missing; one that broke off proves nothing.
    """
    absent: dict[int, str] = {}
    for stretch, ids in _stretches(covered).items():
        absent |= _not_seen(session, run.channel_id, _claimed(session, stretch, ids), seen)
    if not absent:
        return 0
    # platforms delete a comment's replies, and what stands below a post, together with it
    absent |= _not_seen(session, run.channel_id, below(session, list(absent.values())), seen)
    was_there = among(session, Comment.id, list(absent)) & Comment.missing_since.is_(None)
    new = session.scalars(select(Comment.id).where(was_there).order_by(Comment.id)).all()
    _update(session, new, missing_since=now)
    observe(session, run, [Noticed(id_, "gone") for id_ in new], now)
    if complete:
        _update(session, list(absent), missed=Comment.missed + 1)
    return len(new)


def below(session: Session, ids: Sequence[str]) -> ColumnElement[bool]:
    """What stands below these comments and visitors' posts."""
    return or_(among(session, Comment.parent_external_id, ids), among(session, Comment.post_external_id, ids))


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
            return and_(IS_POST)


def _not_seen(session: Session, channel_id: str, chosen: ColumnElement[bool], seen: Collection[str]) -> dict[int, str]:
    """Of the chosen, those not shown now and not yet to be asked for one by one. That counts for unlisted ones too."""
    query = select(Comment.id, Comment.external_id)
    undecided = Comment.deleted_at.is_(None) & (Comment.missed < READINGS_BEFORE_DELETED)
    known = session.execute(query.where(Comment.channel_id == channel_id, chosen, undecided))
    return {id_: external_id for id_, external_id in known if external_id not in seen}


def _update(session: Session, ids: Sequence[int], **values: Any) -> None:
    changed = update(Comment).where(among(session, Comment.id, ids)).values(**values)
    session.execute(changed, execution_options={"synchronize_session": False})
