"""What is asked about comments that have been read: what people said and did, and what readings noticed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, or_, select
from sqlalchemy.orm import Session

from monitor.db.within import within
from monitor.inbox.action_rules import GONE
from monitor.inbox.models import Action, Mark
from monitor.register.models import Person
from monitor.watch.models import Comment, Observation


@dataclass(frozen=True, slots=True)
class About:
    """Which comments. by: "ids", their rows', or "channels"."""

    session: Session
    by: str
    values: Sequence[Any]

    def ask(self, question: Executable) -> Iterable[Any]:
        return self.session.execute(question, {self.by: self.values})


@cache
def marks(by: str) -> Executable:
    query = select(Mark, Person).join(Comment, Comment.id == Mark.comment_id).join(Person, Person.id == Mark.by_id)
    return query.where(_chosen(by)).order_by(Mark.at, Mark.id)


@cache
def noticed(by: str) -> Executable:
    query = select(Observation).join(Comment, Comment.id == Observation.comment_id)
    return query.where(_chosen(by)).order_by(Observation.seen_at, Observation.id)


@cache
def acts(by: str, *, whole: bool) -> Executable:
    """Those alone that came to something; whole: every one, each with all of it."""
    taken_away = Action.kind.in_(GONE) & (Action.state == "done")
    about = (Action.channel_id, Action.comment_id, taken_away, Action.remote_id, Action.interim)
    query = select(*about, Comment.author_id, Comment.author_handle).join(Comment, Comment.id == Action.comment_id)
    if whole:
        return query.add_columns(Action).where(_chosen(by)).order_by(Action.id)
    return query.where(_chosen(by), or_(taken_away, Action.remote_id.is_not(None)))


def _chosen(by: str) -> ColumnElement[bool]:
    return within(Comment.id if by == "ids" else Comment.channel_id, by)
