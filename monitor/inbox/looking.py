"""A thread as it stands on the platform now: read afresh, stored, and compared with what an action wants."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from connectors.acting import Target
from connectors.base import Author, ReadComment, Reading
from connectors.errors import Refused
from monitor.inbox.action_rules import GONE, Look
from monitor.inbox.models import Action
from monitor.register.identities import identities
from monitor.register.models import Channel
from monitor.watch.models import Comment, PollRun
from monitor.watch.reading_told import tell_of_reading
from monitor.watch.recording import record


@dataclass(frozen=True, slots=True)
class Seen:
    """A look, and what it is made of. own: ids of all our comments there; matches: those that may be this reply."""

    look: Look
    own: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()


def target_of(comment: Comment) -> Target:
    """The comment as its connector needs to know it."""
    author = Author(comment.author_id, comment.author_handle, comment.author_name)
    return Target(
        comment.external_id,
        comment.post_external_id,
        comment.thread_external_id,
        is_post=comment.is_post,
        nested=comment.parent_external_id is not None,
        author=author,
    )


def store(
    session: Session, channel_id: str, reading: Reading, token: str, now: datetime, *, claims: bool = False
) -> None:
    """Records the reading of one thread. It leaves a PollRun of outcome "thread": no reading of the channel.

    claims: what it does not show any more is missing from now on; else only what it shows counts, as lists may lag.
    """
    shown = reading if claims else replace(reading, covered=())
    run = PollRun(channel_id=channel_id, claim=token, started_at=now, finished_at=now, full=False, outcome="thread")
    run.requests, run.counted_cost = reading.requests, reading.counted_cost
    session.add(run)
    session.flush()
    new = record(session, channel_id, shown, run, now)
    tell_of_reading(session, run, new, now)


def compare(session: Session, action: Action, comment: Comment, reading: Reading, sent: str, began: datetime) -> Seen:
    """What the reading says about the action. `sent`: a reply's text as it is sent. To be called before `store`."""
    if action.kind != "reply":
        return Seen(Look(began, reading.complete or _is_gone(reading), _stands(action.kind, comment, reading)))
    names = identities(session, session.get_one(Channel, action.channel_id))
    own = {one.external_id: one for one in reading.comments if _names(one) & names}
    taken = _taken(session, action)
    new = {id_: one for id_, one in own.items() if id_ not in taken and (id_ not in action.baseline)}
    matches = tuple(id_ for id_, one in new.items() if action.attempts and same_text(one.text, sent))
    known = set(session.scalars(_known(action.channel_id, comment)))
    strangers = len(new) > len(matches) if action.attempts else bool(own.keys() - known - taken)
    look = Look(began, reading.complete or _is_gone(reading), bool(matches), strangers)
    return Seen(look, tuple(own), matches)


def same_text(one: str, other: str) -> bool:
    """Platforms tidy up blanks, and may write an accented letter in another way."""
    return _plain(one) == _plain(other)


def with_reply(reading: Reading, channel: Channel, comment: Comment, made: str, sent: str, now: datetime) -> Reading:
    """The reading with our new reply in it, where the platform's list does not show it yet."""
    if any(one.external_id == made for one in reading.comments):
        return reading
    parent = None if comment.is_post else comment.parent_external_id or comment.external_id
    ours = ReadComment(
        external_id=made,
        post_external_id=comment.post_external_id,
        thread_external_id=comment.thread_external_id,
        posted_at=max(now, comment.posted_at),
        text=sent,
        author=Author(channel.external_id, None, channel.name),
        parent_external_id=parent,
    )
    return replace(reading, comments=(*reading.comments, ours), covered=())


def _stands(kind: str, comment: Comment, reading: Reading) -> bool:
    """Is the comment already as the action wants it?"""
    shown = next((one for one in reading.comments if one.external_id == comment.external_id), None)
    if kind in GONE:
        return reading.looked_up.get(comment.external_id) is False and (reading.complete or _is_gone(reading))
    if shown is None:
        return False
    return not shown.held if kind == "release" else shown.hidden == (kind == "hide")


def _is_gone(reading: Reading) -> bool:
    """The platform says that the whole thread is not there: that is an answer too."""
    return isinstance(reading.error, Refused)


def _taken(session: Session, action: Action) -> set[str]:
    """Own comments that other actions made."""
    others = select(Action.remote_id).where(Action.channel_id == action.channel_id, Action.id != action.id)
    return {id_ for id_ in session.scalars(others.where(Action.remote_id.is_not(None))) if id_}


def _known(channel_id: str, comment: Comment) -> Select[str]:
    there = (Comment.channel_id == channel_id, Comment.thread_external_id == comment.thread_external_id)
    return select(Comment.external_id).where(*there)


def _names(one: ReadComment) -> set[str]:
    author = one.author or Author()
    return {name.lower() for name in (author.external_id, author.handle) if name}


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
