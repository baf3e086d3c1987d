"""Who really waits for an answer: worked out from everything that happened, for tests to compare with.

Plain and slow on purpose, and written apart from the product's own rule. It judges the comments as the platform shows
them (a reply's parent is always the top-level comment, authors may be missing), but knows the true time of each edit.
What the platform no longer shows takes no part: a reader who came later could not know it either.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connectors.emulator.world import Account, Comment, Person, Post, World

_HANDLE = re.compile(r"(?<![\w.])@(\w(?:[\w.-]*\w)?)")


class TruthState(StrEnum):
    """How it stands with one resident's comment, reply or post. There is no go-live here, so nothing is historic."""

    OPEN = "open"
    PROBABLY_ANSWERED = "probably_answered"
    ANSWERED = "answered"
    HELD = "held"
    HIDDEN_BY_US = "hidden_by_us"
    UNAVAILABLE = "unavailable"


NEEDS_SOMEBODY = frozenset({TruthState.OPEN, TruthState.PROBABLY_ANSWERED, TruthState.HELD})


def truth(world: World, *accounts: Account, from_outside: Sequence[Account] = ()) -> dict[str, TruthState]:
    """The state of everything that residents ever wrote to these accounts (default: all), by the platform's own id.

    The accounts are also the organisation: what any of them wrote on its own network is no resident's. Comments that
    the platform shows to nobody (unpublished post, restricted writer) are left out. `from_outside`: the accounts that
    are read as any visitor sees them (instagram_public), to whom what is hidden is gone.
    """
    organisation = accounts or tuple(world.accounts.values())
    states: dict[str, TruthState] = {}
    for account in organisation:
        own, outside = _identities(account, organisation), account in from_outside
        for post in world.posts_ever(account):
            states |= _below(world, post, own, outside)
    return states


def waiting(world: World, *accounts: Account, from_outside: Sequence[Account] = ()) -> set[str]:
    """Ids of what needs somebody: what the product has to list as unanswered."""
    states = truth(world, *accounts, from_outside=from_outside)
    return {id_ for id_, state in states.items() if state in NEEDS_SOMEBODY}


def shown(world: World, account: Account, *, from_outside: bool = False) -> dict[str, str]:
    """Id and present text of everything the account's reader can see: comments at all levels (the held queue and the
    organisation's own too) and visitors' posts. What a database must hold after a full reading."""
    posts = [post for post in world.posts_of(account) if post.published]
    texts = {post.id: post.text for post in posts if post.visitor}
    return texts | {c.id: c.text for post in posts for c in world.comments_of(post) if _is_shown(c, from_outside)}


@dataclass
class _Obligation:
    """What one resident wrote. `answer`: the state an answer of ours gave it, and its text at that moment."""

    thing: Comment | Post
    author: Person | None
    answer: tuple[TruthState, str] | None = None

    @property
    def who(self) -> str:
        """One person's key; two comments without author are two persons."""
        return self.author.id if self.author else f"author of {self.thing.id}"

    def is_named(self, mentions: frozenset[str]) -> bool:
        return self.author is not None and bool(mentions & _names(self.thing, self.author))

    def before(self, reply: Comment) -> bool:
        """Written before it; what a reply answers directly is so even in the same second."""
        return self.thing.at < reply.at or self.thing is (reply.parent or reply.post)

    def after(self, previous: Comment | None, reply: Comment) -> bool:
        """Written, or changed before `reply`, after our previous reply."""
        if previous is None:
            return True
        changed = [at for at in _changes(self.thing) if at < reply.at]
        return changed[-1] >= previous.at if changed else not self.before(previous)

    def waits_for(self, reply: Comment) -> bool:
        """Public, written before the reply, and not answered yet as it read then."""
        if isinstance(self.thing, Comment) and (self.thing.held or self.thing.hidden):
            return False
        answered = self.answer == (TruthState.ANSWERED, self.text_at(reply.at))
        return self.before(reply) and not answered

    def take(self, state: TruthState, reply: Comment) -> None:
        self.answer = (state, self.text_at(reply.at))

    def text_at(self, moment: datetime) -> str:
        """As it read just before that moment, without what makes no difference."""
        earlier = [text for at, text in self.thing.versions if at < moment]
        return _plain(earlier[-1] if earlier else self.thing.versions[0][1])

    def state(self) -> TruthState:
        if isinstance(self.thing, Comment) and self.thing.hidden:
            return TruthState.HIDDEN_BY_US
        if isinstance(self.thing, Comment) and self.thing.held:
            return TruthState.HELD
        if self.answer is None or self.answer[1] != _plain(self.thing.text):
            return TruthState.OPEN
        return self.answer[0]


def _below(world: World, post: Post, own: frozenset[str], outside: bool) -> dict[str, TruthState]:
    """The states of a post's comments, and of the post itself where it is a visitor's."""
    if not post.published:
        return {}
    things: list[Comment | Post] = [post] if post.visitor else []
    things += [comment for comment in world.comments_ever(post) if not _is_restricted(comment)]
    residents = [thing for thing in things if not _is_own(thing, own)]
    obligations = [_Obligation(thing, _author(thing)) for thing in residents if _is_shown(thing, outside)]
    replies = [c for c in things if isinstance(c, Comment) and _is_own(c, own) and _is_public(c, outside)]
    _answer_all(obligations, sorted(replies, key=lambda reply: (reply.at, reply.id)))
    gone = {thing.id: TruthState.UNAVAILABLE for thing in residents if not _is_shown(thing, outside)}
    return gone | {obligation.thing.id: obligation.state() for obligation in obligations}


def _answer_all(obligations: Sequence[_Obligation], replies: Iterable[Comment]) -> None:
    """What each reply of ours does, in order of time."""
    previous: dict[str, Comment] = {}
    for reply in replies:
        if reply.parent is None:
            _top_level(reply, obligations)
            continue
        group = [one for one in obligations if isinstance(one.thing, Comment) and one.thing.thread is reply.parent]
        _in_group(reply, group, previous.get(reply.parent.id))
        previous[reply.parent.id] = reply


def _top_level(reply: Comment, obligations: Sequence[_Obligation]) -> None:
    """A new comment of ours answers those it names, or else the visitor's post it stands directly below."""
    if _answer_named(reply, obligations):
        return
    for obligation in obligations:
        if obligation.thing is reply.post and obligation.waits_for(reply):
            obligation.take(TruthState.ANSWERED, reply)


def _in_group(reply: Comment, group: Sequence[_Obligation], previous: Comment | None) -> None:
    """A reply of ours answers those it names, or else the only one who waited for it; otherwise perhaps everybody."""
    if _answer_named(reply, group):
        return
    waits = [obligation for obligation in group if obligation.waits_for(reply)]
    asked = {obligation.who for obligation in waits if obligation.after(previous, reply)}
    for obligation in waits:
        if len(asked) != 1:
            obligation.take(TruthState.PROBABLY_ANSWERED, reply)
        elif obligation.who in asked:
            obligation.take(TruthState.ANSWERED, reply)


def _answer_named(reply: Comment, obligations: Sequence[_Obligation]) -> bool:
    """Everything waiting by those whom the reply names is answered. False if it names nobody who wrote here."""
    mentions = _mentions(reply)
    there = [obligation for obligation in obligations if obligation.thing.at <= reply.at]
    named = {obligation.who for obligation in there if obligation.is_named(mentions)}
    for obligation in there:
        if obligation.who in named and obligation.waits_for(reply):
            obligation.take(TruthState.ANSWERED, reply)
    return bool(named)


# -- what the platform shows


def _is_restricted(comment: Comment) -> bool:
    return comment.restricted or comment.thread.restricted


def _is_shown(thing: Comment | Post, from_outside: bool) -> bool:
    """To the reader: not gone, alone or with what it stands below."""
    if isinstance(thing, Post):
        return thing.deleted_at is None
    line = (thing, thing.thread)
    lost = any(comment.deleted_at or comment.rejected for comment in line)
    unseen = from_outside and any(comment.hidden or comment.held for comment in line)
    return not lost and not unseen and not _is_restricted(thing)


def _is_public(comment: Comment, from_outside: bool) -> bool:
    return _is_shown(comment, from_outside) and not comment.held and not comment.hidden


def _author(thing: Comment | Post) -> Person | None:
    return None if isinstance(thing, Comment) and thing.anonymous else thing.author


def _account(thing: Comment | Post) -> Account:
    return thing.account if isinstance(thing, Post) else thing.post.account


def _names(thing: Comment | Post, person: Person) -> frozenset[str]:
    """How the platform names a writer: id and, but not on Facebook, handle. Lower case."""
    handle = () if _account(thing).platform == "facebook" else (person.handle,)
    return frozenset(name.lower() for name in (person.id, *handle))


def _identities(account: Account, organisation: Iterable[Account]) -> frozenset[str]:
    """Ids and handles of the organisation on the account's network."""
    same = [one for one in organisation if one.platform == account.platform]
    return frozenset(name.lower() for one in same for name in (one.id, one.pk, one.handle) if name)


def _is_own(thing: Comment | Post, own: frozenset[str]) -> bool:
    author = _author(thing)
    return author is not None and bool(_names(thing, author) & own)


def _mentions(reply: Comment) -> frozenset[str]:
    """Ids that Facebook tells as tags; handles that stand in the text on the other two."""
    if reply.post.account.platform == "facebook":
        return frozenset(person.id.lower() for person in reply.tags)
    return frozenset(handle.lower() for handle in _HANDLE.findall(reply.text))


# -- texts


def _plain(text: str) -> str:
    """Letters and digits only: an edit that leaves them alone changes nothing."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _changes(thing: Comment | Post) -> list[datetime]:
    """The times of the edits that changed more than signs and case."""
    pairs = zip(thing.versions, thing.versions[1:], strict=False)
    return [at for (_, old), (at, new) in pairs if _plain(old) != _plain(new)]
