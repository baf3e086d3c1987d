"""Which threads have to be judged to know what waits: nearly all of a channel's are over, and plainly so.

A thread is over, whatever the rules weigh, where one resident has written, every comment of that resident is followed
by an own reply there or has been closed by a person, and nothing out of the ordinary has happened: no edit, nothing
hidden, held or gone, nobody tagged by us, nothing said of a reply. Everything else is left to the rules.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, distinct, func, not_, or_, select, true
from sqlalchemy.orm import Session, aliased

from monitor.db.bulk import among
from monitor.inbox.around import Around
from monitor.inbox.mark_rules import CLOSINGS, Kind
from monitor.inbox.models import Action, Mark
from monitor.watch.day_arrivals import by_others
from monitor.watch.models import Comment, Observation

Of = Callable[[type[Mark] | type[Action]], ColumnElement[bool]]
"""Which rows of a table are about the comments that are looked at."""


def unsettled(
    session: Session,
    channel_id: str,
    own: frozenset[str],
    historic_before: datetime | None,
    posts: Sequence[str] | None = None,
) -> Around:
    """The channel's threads where something could wait: shown, by somebody else, and not historic, or reopened; of
    these posts alone, where any are named."""
    here, of = _places(session, channel_id, posts)
    resident = by_others(session, own)
    rows = select(
        Comment.post_external_id.label("post"),
        Comment.thread_external_id.label("thread"),
        Comment.posted_at.label("at"),
        resident.label("resident"),
        (resident & _could_wait(of, historic_before)).label("could_wait"),
        func.coalesce(Comment.author_id, "@" + func.lower(Comment.author_handle)).label("author"),
        Comment.id.in_(_marked(of, Mark.kind.in_(CLOSINGS))).label("closed"),
        _out_of_the_ordinary(of, here, resident).label("odd"),
    ).where(here)
    around = Around(own)
    for post, thread in session.execute(_left_open(rows.subquery().c)):
        around.posts.add(post)
        around.threads.add(thread)
    return around


def _could_wait(of: Of, historic_before: datetime | None) -> ColumnElement[bool]:
    """Of a resident's: shown, and not historic, or held, or reopened."""
    recent: ColumnElement[bool] = true()
    if historic_before is not None:
        recent = (Comment.posted_at >= historic_before) | (Comment.public_seen_at >= historic_before)
    shown = Comment.missing_since.is_(None) & Comment.hidden.is_(False)
    return shown & or_(Comment.held, recent, Comment.id.in_(_marked(of, Mark.kind == Kind.REOPEN)))


def _places(session: Session, channel_id: str, posts: Sequence[str] | None) -> tuple[ColumnElement[bool], Of]:
    """The comments to look at, and what is about them."""
    if posts is None:
        return Comment.channel_id == channel_id, lambda table: table.channel_id == channel_id
    other = aliased(Comment)
    these = select(other.id).where(other.channel_id == channel_id, among(session, other.post_external_id, posts))
    here = (Comment.channel_id == channel_id) & among(session, Comment.post_external_id, posts)
    return here, lambda table: table.comment_id.in_(these)


def _left_open(row: Any) -> Any:
    """Posts and threads; `row`: a comment's columns."""

    def any_of(condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return func.max(case((condition, 1), else_=0)) == 1

    waits_since = func.max(case((row.resident & not_(row.closed), row.at)))
    answered_at = func.max(case((not_(row.resident), row.at)))
    over = and_(
        not_(any_of(row.odd)),
        not_(any_of(row.resident & row.author.is_(None))),
        func.count(distinct(case((row.resident, row.author)))) == 1,
        or_(waits_since.is_(None), func.coalesce(waits_since < answered_at, False)),
    )
    return select(row.post, row.thread).group_by(row.post, row.thread).having(any_of(row.could_wait) & not_(over))


def _out_of_the_ordinary(of: Of, here: ColumnElement[bool], resident: ColumnElement[bool]) -> ColumnElement[bool]:
    noticed = select(Observation.comment_id).join(Comment, Comment.id == Observation.comment_id).where(here)
    at_the_top = select(Comment.post_external_id).where(
        here, not_(resident), Comment.parent_external_id.is_(None), _is_unseen()
    )
    odd_acts = or_(Action.interim, Action.kind.in_(("delete", "reject")))
    return or_(
        _is_unseen(),
        Comment.is_post,
        Comment.edited_at.is_not(None),
        Comment.id.in_(noticed),
        Comment.id.in_(_marked(of, Mark.kind.not_in(CLOSINGS))),
        Comment.external_id.in_(select(Mark.reply).where(of(Mark), Mark.reply.is_not(None))),
        Comment.id.in_(select(Action.comment_id).where(of(Action), odd_acts)),
        Comment.post_external_id.in_(at_the_top),
        not_(resident) & or_(Comment.parent_external_id.is_(None), cast(Comment.mentions, String) != "[]"),
    )


def _is_unseen() -> ColumnElement[bool]:
    return or_(Comment.hidden, Comment.held, Comment.missing_since.is_not(None))


def _marked(of: Of, which: ColumnElement[bool]) -> Any:
    return select(Mark.comment_id).where(of(Mark), which)
