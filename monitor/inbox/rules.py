"""Who answered whom, and until when the rest waits. Pure: comments go in, verdicts with reasons come out.

The platforms flatten threads, so that a reply stands below a comment is no proof that it answers that comment. An own
reply answers whom it addresses, else the only person who waits; with several waiting, nobody is known to be answered.
When unsure, an obligation stays open.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from monitor import Calendar, State


class Why(StrEnum):
    """Why an obligation stands where it stands; monitor.inbox.reasons says it in words."""

    NOBODY_ANSWERED = "nobody_answered"
    EDITED = "edited"
    ANSWERED = "answered"
    SEVERAL_WAITED = "several_waited"
    NOBODY_ADDRESSED = "nobody_addressed"
    HELD = "held"
    HIDDEN = "hidden"
    GONE = "gone"
    DELETED = "deleted"
    HISTORIC = "historic"


@dataclass(frozen=True, slots=True)
class Version:
    """A text, and since when it has stood there as far as we know. None: a text that was edited before we saw it."""

    text: str | None = field(repr=False)
    since: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """One comment, reply or visitor's post. `versions`: oldest first, at least one. `parent`: the top-level comment.

    hidden, held, missing: as the platform shows it now. deleted_at: when the platform confirmed that a missing one is
    no more. public_seen_at: when a held one was first seen published.
    """

    id: str
    post: str
    posted_at: datetime
    versions: tuple[Version, ...]
    parent: str | None = None
    author_id: str | None = None
    author_handle: str | None = None
    mentions: tuple[str, ...] = ()
    hidden: bool = False
    held: bool = False
    missing: bool = False
    is_post: bool = False
    public_seen_at: datetime | None = None
    deleted_at: datetime | None = None

    @property
    def names(self) -> frozenset[str]:
        """What its author can be called by: id and handle. Empty where the platform withholds the author."""
        return frozenset(_name(name) for name in (self.author_id, self.author_handle) if name)

    @property
    def public(self) -> bool:
        """Can everybody see it?"""
        return not (self.hidden or self.held or self.missing)

    @property
    def author(self) -> str:
        """The same for two comments by the same person only. Without an author, each comment is a person of its own."""
        return self.author_id or (f"@{_name(self.author_handle)}" if self.author_handle else f"?{self.id}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where one obligation stands. `since`: from when its deadline counts.

    at: when what the reason tells of happened; by: id of the own comment it tells of; people: how many persons waited
    when that was written.
    """

    state: State
    why: Why
    since: datetime
    at: datetime
    by: str | None = None
    people: int = 0


def judge(
    comments: Iterable[Written], identities: frozenset[str], historic_before: datetime | None = None
) -> dict[str, Verdict]:
    """The verdict on every obligation among the comments of one channel, by id; own comments get none.

    `identities`: the organisation's ids and handles on that network, lower case. Every post must come whole; the order
    of the comments and other posts beside it change nothing.
    """
    posts: dict[str, list[Written]] = defaultdict(list)
    for comment in comments:
        posts[comment.post].append(comment)
    return {
        obligation.comment.id: _verdict(obligation, historic_before)
        for below in posts.values()
        for obligation in _weighed(below, identities)
    }


def due_at(since: datetime, calendar: Calendar) -> datetime:
    """When an answer is due: when service hours end on the working day after the day that `since` lies in."""
    return calendar.closing(calendar.next_working_day(calendar.local_date(since)))


def normalised(text: str) -> str:
    """What is left of a text when only letters and digits count, and not how they are written."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


@dataclass(frozen=True, slots=True)
class _Probable:
    reply: Written
    people: int


@dataclass(slots=True)
class _Obligation:
    """A resident's comment while the own comments are weighed one by one. An answer is an answer to one text."""

    comment: Written
    changes: tuple[Version, ...]
    answered: dict[str | None, Written] = field(default_factory=dict)
    probable: dict[str | None, _Probable] = field(default_factory=dict)

    def change_at(self, moment: datetime) -> Version:
        """The text that stood there just before that moment: an edit counts as written when it was made."""
        return next((change for change in reversed(self.changes) if change.since < moment), self.changes[0])

    def waits(self, reply: Written) -> bool:
        """Was it there, and unanswered, when the own comment was written? What is no longer public does not wait."""
        change = self.change_at(reply.posted_at)
        return self.comment.public and change.text not in self.answered and self._stood(change, reply)

    def is_new(self, reply: Written, previous: Written | None) -> bool:
        """Was it written after the previous own reply?"""
        return previous is None or not self._stood(self.change_at(reply.posted_at), previous)

    def _stood(self, change: Version, reply: Written) -> bool:
        if change.since < reply.posted_at:
            return True
        answers_it = self.comment.id in (reply.parent, reply.post)
        return answers_it and change.since == self.comment.posted_at == reply.posted_at

    def answer(self, reply: Written) -> None:
        self.answered.setdefault(self.change_at(reply.posted_at).text, reply)

    def answer_perhaps(self, reply: Written, people: int) -> None:
        self.probable[self.change_at(reply.posted_at).text] = _Probable(reply, people)


def _weighed(below: list[Written], identities: frozenset[str]) -> list[_Obligation]:
    """The obligations below one post, every own comment weighed in order of time."""
    obligations = [_Obligation(comment, _changes(comment)) for comment in below if not comment.names & identities]
    groups: dict[str, list[_Obligation]] = defaultdict(list)
    for obligation in obligations:
        groups[obligation.comment.parent or obligation.comment.id].append(obligation)
    previous: dict[str, Written] = {}
    replies = [each for each in below if each.names & identities and each.public]
    for reply in sorted(replies, key=lambda reply: (reply.posted_at, reply.id)):
        scope = obligations if reply.parent is None else groups[reply.parent]
        _weigh(reply, scope, previous.get(reply.parent or ""))
        if reply.parent is not None:
            previous[reply.parent] = reply
    return obligations


def _weigh(reply: Written, scope: list[_Obligation], previous: Written | None) -> None:
    waiting = [obligation for obligation in scope if obligation.waits(reply)]
    addressed = _addressed(reply, scope)
    if addressed:
        _answer(reply, (obligation for obligation in waiting if obligation.comment.author in addressed))
    elif reply.parent is None:
        _answer(reply, (obligation for obligation in waiting if obligation.comment.is_post))
    else:
        _weigh_unaddressed(reply, waiting, {each.comment.author for each in waiting if each.is_new(reply, previous)})


def _addressed(reply: Written, scope: list[_Obligation]) -> set[str]:
    """The authors whom it addresses, of those who had written there by then."""
    mentions = {_name(mention) for mention in reply.mentions}
    return {
        obligation.comment.author
        for obligation in scope
        if mentions & obligation.comment.names and obligation.comment.posted_at <= reply.posted_at
    }


def _weigh_unaddressed(reply: Written, waiting: list[_Obligation], people: set[str]) -> None:
    """`people`: who had begun to wait since the previous own reply."""
    if len(people) == 1:
        _answer(reply, (obligation for obligation in waiting if obligation.comment.author in people))
        return
    for obligation in waiting:
        obligation.answer_perhaps(reply, len(people))


def _answer(reply: Written, obligations: Iterable[_Obligation]) -> None:
    for obligation in obligations:
        obligation.answer(reply)


def _verdict(obligation: _Obligation, historic_before: datetime | None) -> Verdict:
    comment, since = obligation.comment, _waiting_since(obligation)
    answer = obligation.answered.get(obligation.changes[-1].text)
    if comment.missing and comment.deleted_at is not None:
        return Verdict(State.REMOVED_BY_AUTHOR, Why.DELETED, since, comment.deleted_at)
    if comment.missing:
        return Verdict(State.UNAVAILABLE, Why.GONE, since, since)
    if comment.hidden:
        return Verdict(State.HIDDEN_BY_US, Why.HIDDEN, since, since)
    if comment.held:
        return Verdict(State.HELD, Why.HELD, since, since)
    if answer is not None:
        return Verdict(State.ANSWERED, Why.ANSWERED, since, answer.posted_at, answer.id)
    if historic_before is not None and comment.posted_at < historic_before:
        return Verdict(State.HISTORIC, Why.HISTORIC, since, historic_before)
    return _waiting(obligation, since)


def _waiting(obligation: _Obligation, since: datetime) -> Verdict:
    probable = obligation.probable.get(obligation.changes[-1].text)
    if probable is not None:
        why = Why.SEVERAL_WAITED if probable.people else Why.NOBODY_ADDRESSED
        reply = probable.reply
        return Verdict(State.PROBABLY_ANSWERED, why, since, reply.posted_at, reply.id, probable.people)
    if obligation.answered:
        earliest = min(obligation.answered.values(), key=lambda reply: reply.posted_at)
        return Verdict(State.OPEN, Why.EDITED, since, since, earliest.id)
    return Verdict(State.OPEN, Why.NOBODY_ANSWERED, since, since)


def _waiting_since(obligation: _Obligation) -> datetime:
    """When it was written (a held one: was first seen published), or when an answered one was last edited anew."""
    since = obligation.comment.public_seen_at or obligation.comment.posted_at
    for earlier, later in pairwise(obligation.changes):
        if earlier.text in obligation.answered and later.text not in obligation.answered:
            since = later.since
    return since


def _changes(comment: Written) -> tuple[Version, ...]:
    """The versions that differ from the one before in more than punctuation, their texts normalised."""
    first, *later = comment.versions
    if not later:  # what it says makes no difference then
        return (Version("", comment.posted_at),)
    changes = [Version(_letters(first), comment.posted_at)]
    for version in later:
        if _letters(version) != changes[-1].text:
            changes.append(Version(_letters(version), version.since))
    return tuple(changes)


def _letters(version: Version) -> str | None:
    return None if version.text is None else normalised(version.text)


def _name(name: str) -> str:
    return name.strip().removeprefix("@").casefold()
