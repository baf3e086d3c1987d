"""Every own comment below one post, weighed in order of time: whom it answers, whom perhaps, whom for the time being.
Pure.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.inbox.written import Version, Written, name_of

Text = tuple[str | None, int]
"""A text with only what counts of it, and how often a person has reopened the comment by then: an answer is an answer
to one of these."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a comment came to say: since when, and since when that can be known."""

    text: Text
    since: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """An own comment that perhaps answers somebody, and how many persons waited when it was written."""

    reply: Written
    people: int


@dataclass(slots=True)
class Weighed:
    """A resident's comment, and what the own comments are to each of its texts."""

    comment: Written
    changes: tuple[Change, ...]
    answered: dict[Text, Written] = field(default_factory=dict)
    interim: dict[Text, Written] = field(default_factory=dict)
    candidates: dict[Text, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    rejected: dict[Text, Written] = field(default_factory=dict)

    @property
    def text(self) -> Text:
        """What it says now."""
        return self.changes[-1].text

    def change_at(self, moment: datetime) -> Change:
        """The text that stood there just before that moment: an edit counts as written when it was made."""
        return next((change for change in reversed(self.changes) if change.since < moment), self.changes[0])

    def waits(self, reply: Written) -> bool:
        """Was it there, and unanswered, when the own comment was written? What is no longer public does not wait."""
        change = self.change_at(reply.posted_at)
        return self.comment.public and change.text not in self.answered and self._stood(change, reply)

    def is_new(self, reply: Written, previous: Written | None) -> bool:
        """Was it written after the previous own reply?"""
        return previous is None or not self._stood(self.change_at(reply.posted_at), previous)

    def _stood(self, change: Change, reply: Written) -> bool:
        if change.since < reply.posted_at:
            return True
        answers_it = self.comment.id in (reply.parent, reply.post)
        return answers_it and change.since == self.comment.posted_at == reply.posted_at

    def answer(self, reply: Written) -> None:
        text = self.change_at(reply.posted_at).text
        if self.comment.id in reply.answers or not (reply.interim or self.comment.id in reply.not_for):
            self.answered.setdefault(text, reply)
        elif reply.interim:
            self.interim.setdefault(text, reply)

    def answer_perhaps(self, reply: Written, people: int) -> None:
        if not (reply.interim or self.comment.id in reply.not_for):
            self.candidates[self.change_at(reply.posted_at).text].append(Candidate(reply, people))

    def heed(self, reply: Written) -> None:
        """What a person said of this own comment and this resident's: what was written before it did not answer
        either, where this one did not."""
        text = self.change_at(reply.posted_at).text
        if self.comment.id in reply.not_for:
            self.candidates.pop(text, None)
            self.rejected[text] = reply


def weighed(below: Sequence[Written], identities: frozenset[str]) -> list[Weighed]:
    """The residents' comments below one post, every own comment that can be seen weighed."""
    obligations = [Weighed(comment, _changes(comment)) for comment in below if not comment.names & identities]
    groups: dict[str, list[Weighed]] = defaultdict(list)
    for obligation in obligations:
        groups[obligation.comment.parent or obligation.comment.id].append(obligation)
    previous: dict[str, Written] = {}
    replies = [each for each in below if each.names & identities and each.public]
    for reply in sorted(replies, key=lambda reply: (reply.posted_at, reply.id)):
        scope = obligations if reply.parent is None else groups[reply.parent]
        _weigh(reply, scope, previous.get(reply.parent or ""))
        if reply.parent is not None and not reply.interim:
            previous[reply.parent] = reply
    return obligations


def lost(below: Sequence[Written], identities: frozenset[str]) -> dict[str, datetime]:
    """When the last own comment that answered it, or said that an answer will come, was known to be gone; by id."""
    found: dict[str, datetime] = {}
    for moment in sorted({each.gone_at for each in below if each.gone_at is not None and each.names & identities}):
        then = [as_then for each in below if (as_then := _as_then(each, moment, identities)) is not None]
        for obligation in weighed(then, identities):
            text = obligation.change_at(moment).text
            if text in obligation.answered or text in obligation.interim:
                found[obligation.comment.id] = moment
    return found


def normalised(text: str) -> str:
    """What is left of a text when only letters and digits count, and not how they are written."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


def _as_then(comment: Written, moment: datetime, identities: frozenset[str]) -> Written | None:
    """As it stood just before: own comments that have gone since are there, later ones are not yet."""
    if not comment.names & identities:
        return comment
    if comment.posted_at >= moment or (comment.gone_at is None and not comment.public):
        return None
    if comment.gone_at is not None and comment.gone_at < moment:
        return None
    return replace(comment, hidden=False, held=False, missing=False)


def _weigh(reply: Written, scope: list[Weighed], previous: Written | None) -> None:
    waiting = [obligation for obligation in scope if obligation.waits(reply)]
    said = [obligation for obligation in waiting if obligation.comment.id in reply.answers | reply.interim_for]
    addressed = _addressed(reply, scope)
    if addressed:
        _answer(reply, (obligation for obligation in waiting if obligation.comment.author in addressed))
    elif reply.parent is None:
        _answer(reply, (obligation for obligation in waiting if obligation.comment.is_post))
    else:
        _weigh_unaddressed(reply, waiting, {each.comment.author for each in waiting if each.is_new(reply, previous)})
    _answer(reply, said)
    for obligation in waiting:
        obligation.heed(reply)


def _addressed(reply: Written, scope: list[Weighed]) -> set[str]:
    """The authors whom it addresses, of those who had written there by then."""
    mentions = {name_of(mention) for mention in reply.mentions}
    return {
        obligation.comment.author
        for obligation in scope
        if mentions & obligation.comment.names and obligation.comment.posted_at <= reply.posted_at
    }


def _weigh_unaddressed(reply: Written, waiting: list[Weighed], people: set[str]) -> None:
    """`people`: who had begun to wait since the previous own reply."""
    if len(people) == 1:
        _answer(reply, (obligation for obligation in waiting if obligation.comment.author in people))
        return
    for obligation in waiting:
        obligation.answer_perhaps(reply, len(people))


def _answer(reply: Written, obligations: Iterable[Weighed]) -> None:
    for obligation in obligations:
        obligation.answer(reply)


def _changes(comment: Written) -> tuple[Change, ...]:
    """What a text came to say: the versions that differ from the one before in more than punctuation, and every time
    that a person wanted it open again."""
    first, *later = comment.versions
    texts = [Change((_letters(first) if later else "", 0), comment.posted_at, comment.posted_at)]
    for version in later:
        if (text := _letters(version)) != texts[-1].text[0]:
            texts.append(Change((text, 0), version.since, version.seen_at or version.since))
    for moment in sorted(comment.reopened):
        texts = _reopened(texts, moment)
    return tuple(texts)


def _reopened(texts: list[Change], at: datetime) -> list[Change]:
    before = [each for each in texts if each.since < at]
    stood = before[-1] if before else texts[0]
    again = [Change(stood.text, at, at), *(each for each in texts if each.since >= at)]
    return [*before, *(replace(each, text=(each.text[0], each.text[1] + 1)) for each in again)]


def _letters(version: Version) -> str | None:
    return None if version.text is None else normalised(version.text)
