"""A comment that somebody has opened: its thread, where it stands, what colleagues do, and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from connectors.about import Writes
from monitor import State
from monitor.access.permission_rules import READS_SECRETS, Permission
from monitor.access.visitors import Visitor
from monitor.inbox.action_rules import Fate
from monitor.inbox.colleagues import Colleagues, colleagues_of
from monitor.inbox.desk_models import ReplyTemplate
from monitor.inbox.forwarding import waits_for_unit
from monitor.inbox.obligations import Obligation
from monitor.inbox.offer_rules import Offer, first_of, offers
from monitor.inbox.permitting import in_words, refusal
from monitor.inbox.removals import secret_comments
from monitor.inbox.templates import signature_of, templates_for
from monitor.inbox.threads import Done, Thread, thread_of
from monitor.inbox.writing import Draft, draft, takes
from monitor.register.models import Channel, Organisation
from monitor.watch.models import Comment

ANSWERED = frozenset({State.ANSWERED, State.PROBABLY_ANSWERED})
OF_THE_PLATFORM = {
    Offer.REPLY: Permission.ANSWER,
    Offer.HIDE: Permission.HIDE,
    Offer.UNHIDE: Permission.HIDE,
    Offer.RELEASE: Permission.HIDE,
    Offer.THROW_AWAY: Permission.HIDE,
}
"""What each asks for; everything else asks for HANDLE."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The comment, and who opened it."""

    session: Session
    owner: Organisation
    comment: Comment
    channel: Channel
    who: Visitor
    now: datetime

    def may(self, permission: Permission) -> bool:
        return self.who.may(permission, self.channel.id)

    @property
    def writes(self) -> Writes | None:
        """What can be done from here on the platform; None: nothing."""
        return takes(self.channel)


@dataclass(frozen=True, slots=True)
class View:
    """offered: to this visitor. may_not: why the visitor may not answer, in the language in use."""

    thread: Thread
    colleagues: Colleagues
    offered: frozenset[Offer]
    first: Offer | None
    may_not: str | None
    templates: list[ReplyTemplate] = field(repr=False)
    signature: str = field(repr=False)

    @property
    def obligation(self) -> Obligation | None:
        return self.thread.asked.obligation

    @property
    def waits_for_unit(self) -> bool:
        item = self.obligation
        return item is not None and waits_for_unit(item.state, self.colleagues.forwards)


def view_of(opened: Opened) -> View:
    """Everything that is known of it now."""
    thread = thread_of(opened.session, opened.comment.id, opened.now)
    if thread is None:
        raise LookupError(opened.comment.id)
    ids = [entry.comment.id for entry in thread.entries]
    offered = _offered(opened, thread.asked.obligation)
    may_not = _may_not(opened) if Offer.REPLY in offered else None
    offered -= {Offer.REPLY} if may_not else frozenset()
    item = thread.asked.obligation
    return View(
        thread,
        colleagues_of(opened.session, opened.comment.id, ids, opened.now),
        offered,
        first_of(item.state, offered) if item else None,
        may_not,
        templates_for(opened.session, opened.channel) if Offer.REPLY in offered else [],
        signature_of(opened.session, opened.who.person_id) if Offer.REPLY in offered else "",
    )


def _may_not(opened: Opened) -> str | None:
    about = (opened.session, opened.channel, opened.who.person_id)
    why = refusal(*about, "reply", opened.now)
    return in_words(*about, why, opened.now) if why else None


def _offered(opened: Opened, item: Obligation | None) -> frozenset[Offer]:
    if item is None:
        return frozenset()
    writes = opened.writes
    kinds = writes.kinds if writes else frozenset[str]()
    to_hidden = writes.to_hidden if writes else False
    paused = item.quiet_until is not None
    found = offers(item.state, item.verdict.state, kinds, paused=paused, to_hidden=to_hidden)
    return frozenset(each for each in found if opened.may(OF_THE_PLATFORM.get(each, Permission.HANDLE)))


def seen_in(view: View, person_id: str) -> str:
    """Another one when somebody else has answered, is about to, or is at it, or when the text is another."""
    own = [entry.comment.external_id for entry in view.thread.entries if entry.own]
    replies = [act.id for act in replies_in(view.thread)]
    busy = view.colleagues.busy(person_id)
    told = (own, replies, view.thread.asked.comment.text, busy.person_id if busy else None)
    return sha256(repr(told).encode()).hexdigest()[:16]


def replies_in(thread: Thread) -> list[Done]:
    """Answers that were asked for in the thread, but for those that were certainly not sent."""
    acts = (act for entry in thread.entries for act in entry.actions)
    return [act for act in acts if act.kind == "reply" and act.state != Fate.REFUSED]


def draft_of(opened: Opened, view: View, text: str, *, sign: bool) -> Draft | None:
    """The answer as it would be sent; None where none can be sent from here."""
    if opened.writes is None:
        return None
    return draft(opened.comment, opened.writes, text, view.signature if sign else "")


def kept_secret(here: Opened, view: View) -> set[int]:
    """Ids of the thread's comments of which whoever opened it may not read the text."""
    return _kept_secret(here, [entry.comment.id for entry in view.thread.entries])


def is_secret(here: Opened) -> bool:
    """May whoever opened it not read its own text?"""
    return bool(_kept_secret(here, [here.comment.id]))


def _kept_secret(here: Opened, ids: Sequence[int]) -> set[int]:
    if any(here.may(each) for each in READS_SECRETS):
        return set()
    return secret_comments(here.session, ids)
