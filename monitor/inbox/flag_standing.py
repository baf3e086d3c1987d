"""Which comments are flagged, and whether a flag still needs somebody."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Executable, or_, select
from sqlalchemy.orm import Session

from monitor import State
from monitor.db.within import within
from monitor.inbox.flag_rules import Kind
from monitor.inbox.models import Flag, Mark
from monitor.inbox.unanswered import obligation
from monitor.register.identities import identities
from monitor.register.models import Channel
from monitor.watch.day_arrivals import by_others
from monitor.watch.day_models import Review
from monitor.watch.models import Comment

NOT_LOOKED_AT = ("wake", "reopen", "reject")
"""Marks that put an obligation back among those that wait."""
TAKEN_AWAY = frozenset({State.HIDDEN_BY_US, State.REMOVED_BY_US, State.REMOVED_BY_AUTHOR, State.UNAVAILABLE})
WAITS = frozenset({State.OPEN, State.HELD, State.PROBABLY_ANSWERED})


def flags_of(session: Session, comments: Sequence[int]) -> dict[int, list[Kind]]:
    """Which of these comments are flagged, and as what, each kind once and the first flag first."""
    found: dict[int, list[Kind]] = {}
    for id_, kind in session.execute(_asked_flags(), {"ids": list(comments)}) if comments else ():
        if id_ is not None and kind not in found.setdefault(id_, []):
            found[id_].append(Kind(kind))
    return found


@cache
def _asked_flags() -> Executable:
    return select(Flag.comment_id, Flag.kind).where(within(Flag.comment_id, "ids")).order_by(Flag.id)


def is_settled(session: Session, flag: Flag, now: datetime) -> bool:
    """Has somebody dealt with it: answered, hidden or taken away the comment, acknowledged or closed it? Of a rush:
    gone through the channel since then. What is on a channel that is retired is settled.

    What was done before somebody reported a comment settles nothing: it spoke of something else.
    """
    channel = session.get_one(Channel, flag.channel_id)
    if channel.state == "retired":
        return True
    if flag.comment_id is None:
        later = (Review.channel_id == flag.channel_id, Review.at >= flag.at)
        return session.scalar(select(Review.id).where(*later).limit(1)) is not None
    found = obligation(session, flag.comment_id, now)
    if found is None or found.state in TAKEN_AWAY:
        return True
    if flag.by_id is None:
        return found.state not in WAITS
    comment = session.get_one(Comment, flag.comment_id)
    return _is_marked(session, flag) or _is_answered_since(session, channel, comment, flag)


def _is_marked(session: Session, flag: Flag) -> bool:
    """Has somebody said since then that it has been seen?"""
    said = select(Mark.kind).where(Mark.comment_id == flag.comment_id, Mark.at >= flag.at).order_by(Mark.id.desc())
    last = session.scalar(said.limit(1))
    return last is not None and last not in NOT_LOOKED_AT


def _is_answered_since(session: Session, channel: Channel, comment: Comment, flag: Flag) -> bool:
    """Has the organisation written in the thread since then?"""
    own = ~by_others(session, identities(session, channel))
    thread = Comment.thread_external_id == comment.thread_external_id
    below = or_(thread, Comment.parent_external_id == comment.external_id)
    query = select(Comment.id).where(Comment.channel_id == channel.id, own, below, Comment.posted_at >= flag.at)
    return session.scalar(query.limit(1)) is not None
