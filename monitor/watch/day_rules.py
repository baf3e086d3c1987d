"""What a working day of a channel came to: watched, partly or not watched, how, and why. Pure.

Four things are kept apart: the machine has read the channel completely; a person has gone through what was new; each
comment has been dealt with; each has been answered. A day is watched when the first two hold, or when a person says to
have gone through a channel that no machine has read. Reading in part, or in vain, never counts.
"""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a day came to. Exactly one when it is over."""

    WATCHED = "watched"
    PARTLY = "partly"
    NOT_WATCHED = "not_watched"


class How(StrEnum):
    """By what a day was watched."""

    AUTOMATIC = "automatic"
    ATTESTED = "attested"
    NONE = "none"


class Why(StrEnum):
    """Why a verdict is what it is; the sentence for each is where it is shown."""

    REVIEWED = "reviewed"  # read completely, and a person has gone through what was new
    NOTHING_NEW = "nothing_new"  # read completely, and nothing had come
    HANDLED = "handled"  # read completely, and all that had come has been dealt with
    ATTESTED = "attested"  # a person has gone through the channel
    NOT_REVIEWED = "not_reviewed"  # read completely, and nobody has gone through what was new
    NOT_READ = "not_read"  # nothing tried to read it: Kanalvakt did not run
    READ_IN_PART = "read_in_part"
    READING_FAILED = "reading_failed"
    PAUSED = "paused"  # reading was paused by a person
    NOT_ATTESTED = "not_attested"  # a manual channel that nobody has gone through
    CORRECTED = "corrected"  # a person has put it right afterwards


class Fetch(StrEnum):
    """The best reading of a day."""

    NONE = "none"
    FAILED = "failed"
    PARTIAL = "partial"
    COMPLETE = "complete"


class Looked(StrEnum):
    """Whether somebody has gone through what was new."""

    NONE = "none"
    NOTHING_NEW = "nothing_new"
    HANDLED = "handled"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one channel's day. automatic: a machine reads it. attested: a person has said so in words."""

    automatic: bool
    fetch: Fetch = Fetch.NONE
    looked: Looked = Looked.NONE
    attested: bool = False
    paused: bool = False


def verdict(facts: Facts) -> tuple[Verdict, How, Why]:
    """What the day comes to, as things stand. Total: every combination of facts has one."""
    if facts.automatic and facts.fetch is Fetch.COMPLETE:
        return _read(facts.looked)
    if facts.attested:
        return Verdict.WATCHED, How.ATTESTED, Why.ATTESTED
    return Verdict.NOT_WATCHED, How.NONE, _why_not(facts)


def may_attest(facts: Facts) -> bool:
    """Does a person's word count? Where a machine reads the channel, only when it has failed to."""
    return not (facts.automatic and facts.fetch is Fetch.COMPLETE)


def _read(looked: Looked) -> tuple[Verdict, How, Why]:
    if looked is Looked.NONE:
        return Verdict.PARTLY, How.AUTOMATIC, Why.NOT_REVIEWED
    whys = {Looked.NOTHING_NEW: Why.NOTHING_NEW, Looked.HANDLED: Why.HANDLED, Looked.PERSON: Why.REVIEWED}
    return Verdict.WATCHED, How.AUTOMATIC, whys[looked]


def _why_not(facts: Facts) -> Why:
    if not facts.automatic:
        return Why.NOT_ATTESTED
    if facts.paused and facts.fetch is Fetch.NONE:
        return Why.PAUSED
    reasons = {Fetch.NONE: Why.NOT_READ, Fetch.FAILED: Why.READING_FAILED, Fetch.PARTIAL: Why.READ_IN_PART}
    return reasons[facts.fetch]
