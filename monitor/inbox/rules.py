"""Who answered whom, and until when the rest waits. Pure: comments go in, verdicts with reasons come out.

The platforms flatten threads, so that a reply stands below a comment is no proof that it answers that comment. An own
reply answers whom it addresses, else the only person who waits; with several waiting, nobody is known to be answered.
A reply that only says that an answer will come answers nobody. When unsure, an obligation stays open.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from monitor import State
from monitor.inbox.weighing_rules import Change, Weighed, lost, normalised, weighed
from monitor.inbox.written import Version, Written

__all__ = ["Verdict", "Version", "Why", "Written", "judge", "normalised"]


class Why(StrEnum):
    """Why an obligation stands where it stands; monitor.inbox.reasons says it in words."""

    NOBODY_ANSWERED = "nobody_answered"
    EDITED = "edited"
    ANSWER_GONE = "answer_gone"
    NOT_MEANT = "not_meant"
    REOPENED = "reopened"
    INTERIM = "interim"
    ANSWERED = "answered"
    SEVERAL_WAITED = "several_waited"
    NOBODY_ADDRESSED = "nobody_addressed"
    HELD = "held"
    HIDDEN = "hidden"
    GONE = "gone"
    DELETED = "deleted"
    REMOVED = "removed"
    HISTORIC = "historic"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where one obligation stands. `since`: from when its deadline counts.

    at: when what the reason tells of happened; by: id of the own comment it tells of; people: how many persons waited
    when that was written. candidates: ids of all own comments that perhaps answered it, the earliest first.
    begun: when a reading first brought what stands there now; None: it has never been anything else. back_at: when it
    was last seen again after it had been missing for long. again_at: when the author was last seen to have written
    something else in the thread.
    """

    state: State
    why: Why
    since: datetime
    at: datetime
    by: str | None = None
    people: int = 0
    candidates: tuple[str, ...] = ()
    begun: datetime | None = None
    back_at: datetime | None = None
    again_at: datetime | None = None


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
    return {id_: verdict for below in posts.values() for id_, verdict in _verdicts(below, identities, historic_before)}


def _verdicts(
    below: list[Written], identities: frozenset[str], historic_before: datetime | None
) -> Iterator[tuple[str, Verdict]]:
    gone, again = lost(below, identities), _writings(below)
    for obligation in weighed(below, identities):
        comment = obligation.comment
        verdict = _verdict(obligation, gone.get(comment.id), historic_before)
        mine = again[comment.author, comment.parent or comment.id]
        later = max((at for id_, at in mine if id_ != comment.id), default=None)
        begun = _begun(obligation, gone.get(comment.id))
        yield comment.id, replace(verdict, begun=begun, back_at=comment.back_at, again_at=later)


def _writings(below: list[Written]) -> dict[tuple[str, str], list[tuple[str, datetime]]]:
    """When what each author wrote in each thread was first seen."""
    found: dict[tuple[str, str], list[tuple[str, datetime]]] = defaultdict(list)
    for each in below:
        found[each.author, each.parent or each.id].append((each.id, each.seen_at or each.posted_at))
    return found


def _verdict(obligation: Weighed, gone_at: datetime | None, historic_before: datetime | None) -> Verdict:
    comment, since = obligation.comment, _waiting_since(obligation, gone_at)
    if comment.missing and comment.removed_by_us:
        return Verdict(State.REMOVED_BY_US, Why.REMOVED, since, since)
    if comment.missing and comment.deleted_at is not None:
        return Verdict(State.REMOVED_BY_AUTHOR, Why.DELETED, since, comment.deleted_at)
    if comment.missing:
        return Verdict(State.UNAVAILABLE, Why.GONE, since, since)
    if comment.hidden:
        return Verdict(State.HIDDEN_BY_US, Why.HIDDEN, since, since)
    if comment.held:
        return Verdict(State.HELD, Why.HELD, since, since)
    answer = obligation.answered.get(obligation.text)
    if answer is not None:
        return Verdict(State.ANSWERED, Why.ANSWERED, since, answer.posted_at, answer.id)
    is_old = historic_before is not None and (comment.public_seen_at or comment.posted_at) < historic_before
    if historic_before is not None and is_old and not comment.reopened:
        return Verdict(State.HISTORIC, Why.HISTORIC, since, historic_before)
    return _waiting(obligation, since, gone_at)


def _waiting(obligation: Weighed, since: datetime, gone_at: datetime | None) -> Verdict:
    text = obligation.text
    if candidates := obligation.candidates.get(text):
        reply, people = candidates[-1].reply, candidates[-1].people
        why, ids = Why.SEVERAL_WAITED if people else Why.NOBODY_ADDRESSED, tuple(each.reply.id for each in candidates)
        return Verdict(State.PROBABLY_ANSWERED, why, since, reply.posted_at, reply.id, people, ids)
    if interim := obligation.interim.get(text):
        begins = max(since, interim.posted_at)
        return Verdict(State.INTERIM_ANSWERED, Why.INTERIM, begins, interim.posted_at, interim.id)
    if rejected := obligation.rejected.get(text):
        return Verdict(State.OPEN, Why.NOT_MEANT, since, rejected.posted_at, rejected.id)
    if since == gone_at:
        return Verdict(State.OPEN, Why.ANSWER_GONE, since, since)
    if since in obligation.comment.reopened:
        return Verdict(State.OPEN, Why.REOPENED, since, since)
    if obligation.answered:
        earliest = min(obligation.answered.values(), key=lambda reply: reply.posted_at)
        return Verdict(State.OPEN, Why.EDITED, since, since, earliest.id)
    return Verdict(State.OPEN, Why.NOBODY_ANSWERED, since, since)


def _waiting_since(obligation: Weighed, gone_at: datetime | None) -> datetime:
    """When it was written (a held one: was first seen published), or when it last began to wait anew: one that had its
    answer, an interim one or a person's word was edited, a hidden or vanished one is shown again, its answer is gone, a
    person has reopened it."""
    comment, answer = obligation.comment, obligation.answered.get(obligation.text)
    turns = (comment.unhidden_at, comment.back_at, gone_at, *comment.reopened)
    anew = [each for each in turns if each is not None and (answer is None or each <= answer.posted_at)]
    for earlier, later in pairwise(obligation.changes):
        if _had_enough(obligation, earlier, later, gone_at) and later.text not in obligation.answered:
            anew.append(later.since)
    return max((comment.public_seen_at or comment.posted_at, *anew))


def _had_enough(obligation: Weighed, earlier: Change, later: Change, gone_at: datetime | None) -> bool:
    """Did it not wait, or wait for less, when its text was changed?"""
    if earlier.text in obligation.answered or earlier.text in obligation.interim:
        return True
    comment = obligation.comment
    turns = (comment.public_seen_at, comment.unhidden_at, gone_at)
    since = max((earlier.seen_at, *(each for each in turns if each is not None and each <= later.seen_at)))
    return any(since < at <= later.seen_at for at in comment.closed)


def _begun(obligation: Weighed, gone_at: datetime | None) -> datetime | None:
    comment = obligation.comment
    edited = obligation.changes[-1].seen_at if len(obligation.changes) > 1 else None
    begun = (edited, comment.public_seen_at, comment.unhidden_at, gone_at, *comment.reopened)
    return max((moment for moment in begun if moment is not None), default=None)
