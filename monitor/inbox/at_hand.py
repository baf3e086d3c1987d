"""A comment with all that belongs to it one by one, in one look: what every page about it needs."""

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, defer

from monitor.db.once import once_in_a_snapshot
from monitor.inbox.desk_models import Assignment, Claim
from monitor.register.models import Person
from monitor.watch.models import Comment, Post, Schedule

CLAIMANT, ASSIGNEE, ANY = aliased(Person), aliased(Person), aliased(Assignment)
"""Made once, as that takes longer than to ask."""


@dataclass(frozen=True, slots=True)
class AtHand:
    """schedule: of its channel. claim: the latest one, lapsed or not. assignee: whose turn it is, as long as that
    person is in the register. names: of the people here, by id."""

    comment: Comment
    post: Post | None
    schedule: Schedule | None
    claim: Claim | None
    assignee: str | None
    names: dict[str, str] = field(repr=False)


@once_in_a_snapshot
def at_hand(session: Session, comment_id: int) -> AtHand | None:
    """None: no such comment."""
    last = select(func.max(ANY.id)).where(ANY.comment_id == Comment.id).correlate(Comment).scalar_subquery()
    below = (Post.channel_id == Comment.channel_id) & (Post.external_id == Comment.post_external_id)
    query = (
        select(Comment, Post, Schedule, Claim, CLAIMANT, ASSIGNEE)
        .select_from(Comment)
        .outerjoin(Post, below)
        .outerjoin(Schedule, Schedule.channel_id == Comment.channel_id)
        .outerjoin(Claim, Claim.comment_id == Comment.id)
        .outerjoin(CLAIMANT, CLAIMANT.id == Claim.person_id)
        .outerjoin(Assignment, Assignment.id == last)
        .outerjoin(ASSIGNEE, (ASSIGNEE.id == Assignment.to_id) & ~ASSIGNEE.retired)
        .options(defer(Schedule.connector_state))
    )
    found = session.execute(query.where(Comment.id == comment_id)).one_or_none()
    if found is None:
        return None
    comment, post, schedule, claim, who, whose = found
    names = {person.id: person.name for person in (who, whose) if person is not None}
    return AtHand(comment, post, schedule, claim, whose.id if whose is not None else None, names)
