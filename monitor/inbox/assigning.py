"""Whose turn it is to answer one comment. The channel's responsible person stays in the ladder all the same."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.language import _
from monitor.audit import audited
from monitor.db.bulk import among
from monitor.inbox.desk_models import Assignment
from monitor.inbox.marking import why_not
from monitor.register.models import Channel, Person
from monitor.watch.models import Comment


class CannotAssign(Exception):
    """It was not written down. The text says why and what to do, in the language in use."""


def assign(session: Session, comment: Comment, to_id: str | None, by_id: str, now: datetime) -> bool:
    """It is that person's turn; None: the responsible person's again. False where that was so already.

    Raises CannotAssign, also for somebody who takes no care of the channel.
    """
    channel = session.get_one(Channel, comment.channel_id)
    session.get_one(Comment, comment.id, with_for_update={"key_share": True})  # two at once take turns
    if why := why_not(session, channel, by_id, now):
        raise CannotAssign(why)
    if to_id is not None and (why := why_not(session, channel, to_id, now)):
        raise CannotAssign(_("It cannot be given to that person. {why}", why=why))
    before = assigned_to(session, [comment.id]).get(comment.id)
    if before == to_id:
        return False
    session.add(Assignment(channel_id=channel.id, comment_id=comment.id, by_id=by_id, at=now, to_id=to_id))
    session.flush()
    subject = ("comment", str(comment.id))
    audited(session, by_id, "comment.assigned", subject, now, before={"to": before}, after={"to": to_id})
    return True


def assigned_to(session: Session, comment_ids: Sequence[int]) -> dict[int, str]:
    """Ids of the people whose turn it is, by comment; who has left the register since has no turn."""
    there = among(session, Assignment.comment_id, list(comment_ids))
    latest = select(func.max(Assignment.id)).where(there).group_by(Assignment.comment_id)
    query = select(Assignment.comment_id, Assignment.to_id).join(Person, Person.id == Assignment.to_id)
    found = session.execute(query.where(Assignment.id.in_(latest), ~Person.retired))
    return {comment: person for comment, person in found if person is not None}


def assignable(session: Session, channel: Channel, now: datetime) -> list[Person]:
    """Who can be given a comment of the channel, by name."""
    people = session.scalars(select(Person).where(~Person.retired).order_by(Person.name, Person.id))
    return [person for person in people if why_not(session, channel, person.id, now) is None]
