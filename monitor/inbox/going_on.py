"""Which comment comes next, for somebody who answers one after the other."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from monitor import State
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.db.bulk import among
from monitor.inbox.action_rules import UNDER_WAY, Fate
from monitor.inbox.claims import claims_of
from monitor.inbox.models import Action
from monitor.inbox.unanswered import unanswered
from monitor.watch.models import Comment

PAUSED = frozenset({State.ACKNOWLEDGED, State.SNOOZED})


def next_for(session: Session, who: Visitor, done: int, now: datetime) -> int | None:
    """The most overdue that waits for this visitor, that nobody else is at, and to which no answer is on its way:
    whoever is quicker than the platform is not asked for the same comment again. done: the one just left."""
    mine = who.channels_for(Permission.HANDLE)
    waits = [item for item in unanswered(session, now) if item.channel in mine and item.state not in PAUSED]
    ids = [item.comment_id for item in waits]
    taken = {id_ for id_, each in claims_of(session, ids, now).items() if each.person_id != who.person_id}
    unread = (Action.kind == "reply") & (Action.state == Fate.DONE) & ~_read_back()
    on_its_way = among(session, Action.comment_id, ids) & (Action.state.in_(UNDER_WAY) | unread)
    left = {*taken, *session.scalars(select(Action.comment_id).where(on_its_way)), done}
    return next((id_ for id_ in ids if id_ not in left), None)


def _read_back() -> ColumnElement[bool]:
    """Has a reading brought what was sent?"""
    return exists().where(Comment.channel_id == Action.channel_id, Comment.external_id == Action.remote_id)
