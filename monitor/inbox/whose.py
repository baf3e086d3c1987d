"""In whose hands comments are: who is to answer them, and who is at them just now; and what else lists show beside
them. In one query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from monitor.db.within import within
from monitor.inbox.desk_models import Assignment, Claim
from monitor.inbox.removals import says_secret
from monitor.register.models import Person
from monitor.watch.models import Comment, Post


@dataclass(frozen=True, slots=True)
class Hands:
    """People by id and name: to whom a comment was given, and who is at it now; None: nobody."""

    given_to: tuple[str, str] | None = None
    busy: tuple[str, str] | None = None


NOBODY = Hands()


@dataclass(frozen=True, slots=True)
class Beside:
    """What a list shows beside a comment. post: what it stands below says; empty where that was never read. secret: the
    comment's text is shown in no list."""

    post: str = field(default="", repr=False)
    secret: bool = False
    hands: Hands = NOBODY


def hands_of(session: Session, comment_ids: Sequence[int], now: datetime) -> dict[int, Hands]:
    """Of these comments those that are in somebody's hands. Who has left the register since has none."""
    found = {id_: each.hands for id_, each in beside(session, comment_ids, now).items()}
    return {id_: hands for id_, hands in found.items() if hands != NOBODY}


def beside(session: Session, comment_ids: Sequence[int], now: datetime) -> dict[int, Beside]:
    """Of each of these comments, in one query."""
    if not comment_ids:
        return {}
    rows: Iterable[Any] = session.execute(_beside(), {"ids": list(comment_ids), "now": now})
    return {
        id_: Beside(post or "", secret, Hands(_named(*names[:2]), _named(*names[2:])))
        for id_, post, secret, *names in rows
    }


@cache
def _beside() -> Executable:
    every, given, busy = aliased(Assignment), aliased(Person), aliased(Person)
    latest = select(func.max(every.id)).where(every.comment_id == Comment.id).scalar_subquery()
    below = (Post.channel_id == Comment.channel_id) & (Post.external_id == Comment.post_external_id)
    return (
        select(Comment.id, Post.text, says_secret(Comment.id), given.id, given.name, busy.id, busy.name)
        .outerjoin(Post, below)
        .outerjoin(Assignment, Assignment.id == latest)
        .outerjoin(given, (given.id == Assignment.to_id) & ~given.retired)
        .outerjoin(Claim, (Claim.comment_id == Comment.id) & (Claim.until > bindparam("now", type_=Claim.until.type)))
        .outerjoin(busy, busy.id == Claim.person_id)
        .where(within(Comment.id, "ids"))
    )


def _named(id_: str | None, name: str | None) -> tuple[str, str] | None:
    return (id_, name or "") if id_ is not None else None


def given_to(session: Session, person_id: str, channels: Sequence[str]) -> frozenset[int]:
    """Row ids of the comments on those channels that are that person's to answer."""
    return frozenset(session.scalars(_given_to(), {"person": person_id, "channels": list(channels)}))


@cache
def _given_to() -> Executable:
    to_them = Assignment.to_id == bindparam("person")
    theirs = select(Assignment.comment_id).where(to_them)
    latest = select(func.max(Assignment.id)).where(Assignment.comment_id.in_(theirs)).group_by(Assignment.comment_id)
    return select(Assignment.comment_id).where(
        Assignment.id.in_(latest), to_them, within(Assignment.channel_id, "channels")
    )
