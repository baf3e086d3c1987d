"""Taking in what a person wants done to a comment: once, however often the button is pressed."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.audit import audited
from monitor.db.guarding import TAKES_AWAY
from monitor.inbox.action_rules import UNDER_WAY, Fate
from monitor.inbox.models import Action
from monitor.inbox.permitting import in_words, refusal
from monitor.inbox.removal_rules import Kind, Step
from monitor.inbox.removal_steps import CannotStep, acted, begun
from monitor.register.identities import identities
from monitor.register.models import Channel
from monitor.watch.models import Comment

KINDS = ("reply", "hide", "unhide", "remove", "delete", "release", "reject")


class CannotAct(Exception):
    """It was not taken in. The text says why, in the language in use, to the person who asked."""


def request(
    session: Session,
    key: str,
    comment: Comment,
    kind: str,
    by: str,
    text: str,
    now: datetime,
    *,
    confirmed: bool = False,
    interim: bool = False,
    rule: Step | None = None,
) -> Action:
    """Writes down what person `by` wants done, due at once, and who asked. The same key gives the same action back.

    confirmed: even if somebody has answered meanwhile; said about an action that asks for it, it goes on. interim: the
    reply only says that an answer will come. rule: that the comment breaks, where it is said at once: what takes one
    away begins with a copy and a case (monitor.inbox.removals). Raises CannotAct, also for who may not, and for the
    same text to the same comment again, unless the earlier one was certainly not done.
    """
    take_turns_at(session, comment)
    earlier = session.scalar(select(Action).where(Action.key == key)) or _the_same(session, comment, kind, text)
    if earlier is not None:
        return _again(earlier, key, comment, kind, text, now, confirmed=confirmed)
    _check(session, comment, kind, text)
    _permitted(session, comment, kind, by, now)
    about: dict[str, Any] = {"channel_id": comment.channel_id, "comment_id": comment.id, "kind": kind, "text": text}
    action = Action(key=key, by_id=by, created_at=now, next_at=now, confirmed=confirmed, interim=interim, **about)
    _keep(session, action, rule, now)
    return action


def take_turns_at(session: Session, comment: Comment) -> None:
    """From here to the end of the transaction nobody else asks for anything to be done to the comment."""
    session.get_one(Comment, comment.id, with_for_update={"key_share": True})


def _keep(session: Session, action: Action, rule: Step | None, now: datetime) -> None:
    if action.kind in TAKES_AWAY:
        _take_away(session, action, rule, now)
    else:
        session.add(action)
        session.flush()
    subject, told = ("comment", str(action.comment_id)), {"action": action.id, "kind": action.kind}
    audited(session, action.by_id, "action.requested", subject, now, after=told)


def _take_away(session: Session, action: Action, rule: Step | None, now: datetime) -> None:
    """The copy first: without one the database does not take the action in."""
    try:
        case = begun(session, action.comment_id, Kind(action.kind), action.by_id, now, rule)
    except CannotStep as why:
        raise CannotAct(str(why)) from None
    session.add(action)
    session.flush()
    acted(session, case, action, now)


def _the_same(session: Session, comment: Comment, kind: str, text: str) -> Action | None:
    """An earlier action that this one would repeat."""
    query = select(Action).where(Action.comment_id == comment.id, Action.kind == kind)
    if kind == "reply":
        query = query.where(Action.text == text, Action.state != Fate.REFUSED)
    else:
        query = query.where(Action.state.in_(UNDER_WAY))
    return session.scalars(query.order_by(Action.id.desc())).first()


def _again(
    earlier: Action, key: str, comment: Comment, kind: str, text: str, now: datetime, *, confirmed: bool
) -> Action:
    if earlier.key == key and (earlier.comment_id, earlier.kind, earlier.text) != (comment.id, kind, text):
        raise CannotAct(_("This was asked for before, about something else: start again."))
    if earlier.state == Fate.ASKS and confirmed:
        earlier.state, earlier.confirmed, earlier.next_at = Fate.PENDING, True, now
    elif earlier.key != key:
        raise CannotAct(
            _(
                "The same was asked for before (action {id}, by {by}): see `kanalvakt actions`.",
                id=earlier.id,
                by=earlier.by_id,
            )
        )
    return earlier


def _check(session: Session, comment: Comment, kind: str, text: str) -> None:
    channel = session.get_one(Channel, comment.channel_id)
    if channel.state == "retired" or channel.watch_mode == "manual":
        raise CannotAct(_("The channel is not connected: do it on the platform itself."))
    names = {name.lower() for name in (comment.author_id, comment.author_handle) if name}
    own = bool(names & identities(session, channel))
    if kind not in KINDS:
        raise ValueError(kind)
    if kind == "reply" and not text.strip():
        raise CannotAct(_("A reply needs a text."))
    if kind == "delete" and (not own or comment.is_post):
        raise CannotAct(_("Only the organisation's own comments can be removed: hide it instead."))
    if kind != "delete" and own:
        raise CannotAct(_("That is the organisation's own comment."))


def _permitted(session: Session, comment: Comment, kind: str, by: str, now: datetime) -> None:
    channel = session.get_one(Channel, comment.channel_id)
    why = refusal(session, channel, by, kind, now)
    if why is not None:
        raise CannotAct(in_words(session, channel, by, why, now))
