"""A comment with all that belongs to it one by one, in one look: what every page about it needs."""

from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import Executable, bindparam, func, select
from sqlalchemy.orm import Session, aliased, defer

from monitor.db.once import once_in_a_snapshot
from monitor.inbox.desk_models import Assignment, Claim
from monitor.register.models import Person
from monitor.watch.models import CloseWatch, Comment, Post, Schedule


@dataclass(frozen=True, slots=True)
class AtHand:
    """schedule, close: of its channel. claim: the latest one, lapsed or not. assignee: whose turn it is, as long as
    that person is in the register. names: of the people here, by id."""

    comment: Comment
    post: Post | None
    schedule: Schedule | None
    close: CloseWatch | None
    claim: Claim | None
    assignee: str | None
    names: dict[str, str] = field(repr=False)


@once_in_a_snapshot
def at_hand(session: Session, comment_id: int) -> AtHand | None:
    """None: no such comment."""
    found = session.execute(_asked(), {"comment": comment_id}).one_or_none()
    if found is None:
        return None
    comment, post, schedule, close, claim, *people = found
    named = (people[:2], people[2:])
    names = {id_: name for id_, name in named if id_ is not None}
    return AtHand(comment, post, schedule, close, claim, people[2], names)


@cache
def _asked() -> Executable:
    given, claimant, assignee = aliased(Assignment), aliased(Person), aliased(Person)
    last = select(func.max(given.id)).where(given.comment_id == Comment.id).correlate(Comment).scalar_subquery()
    below = (Post.channel_id == Comment.channel_id) & (Post.external_id == Comment.post_external_id)
    return (
        select(Comment, Post, Schedule, CloseWatch, Claim, claimant.id, claimant.name, assignee.id, assignee.name)
        .select_from(Comment)
        .outerjoin(Post, below)
        .outerjoin(Schedule, Schedule.channel_id == Comment.channel_id)
        .outerjoin(CloseWatch, CloseWatch.channel_id == Comment.channel_id)
        .outerjoin(Claim, Claim.comment_id == Comment.id)
        .outerjoin(claimant, claimant.id == Claim.person_id)
        .outerjoin(Assignment, Assignment.id == last)
        .outerjoin(assignee, (assignee.id == Assignment.to_id) & ~assignee.retired)
        .where(Comment.id == bindparam("comment"))
        .options(defer(Schedule.connector_state))
    )
