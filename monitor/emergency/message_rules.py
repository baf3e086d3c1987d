"""What may become of a message, who may approve it, and what is wrong with it before it goes out. Pure."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.emergency.rules import CLOCKS_DIFFER

SHORT = 280
"""Characters of the text that fits everywhere, its link included."""
LONGEST_HEADLINE = 100
LONGEST_PART = 5_000
PROMISE = timedelta(hours=1)
"""When residents hear more where nobody has said otherwise."""
FARTHEST = timedelta(days=30)
"""No promise reaches further: what is written by mistake must not hold for years."""
LASTS = timedelta(hours=24)
"""How long a message holds beyond the promised update, or from now where it is final."""
PARTS = ("happened", "meaning", "doing", "to_do", "learn_more")
"""The five questions, in the order in which they are read."""
OTHERS = ("vma", "viktigt meddelande till allmänheten", "faran över")
"""Words of the public warning system, which a municipality's own message must never look like."""
GAP = re.compile(r"\[[^\[\]\n]{1,40}\]")
"""What a template leaves to be filled in: [place]."""


class Kind(StrEnum):
    """What a message is to what was said before."""

    ALERT = "alert"
    UPDATE = "update"
    CORRECTION = "correction"
    CANCEL = "cancel"


class State(StrEnum):
    """`committed`: frozen, and on its way or there. After it a later message, or time, says what became of it.
    `discarded`: never sent, and never to be."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    COMMITTED = "committed"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DISCARDED = "discarded"


class Obstacle(StrEnum):
    """Why something cannot be done with a message now."""

    FROZEN = "frozen"
    FAULTY = "faulty"
    NOT_SUBMITTED = "not_submitted"
    OWN = "own"
    CHANGED = "changed"
    NOT_APPROVED = "not_approved"
    TOO_EARLY = "too_early"
    NO_REASON = "no_reason"


BEFORE = frozenset({State.DRAFT, State.SUBMITTED, State.APPROVED})
"""What it says may still change."""
AT_ONCE = frozenset({Kind.CORRECTION, Kind.CANCEL})
"""What takes back something wrong needs no second person, and is never held up."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a message stands, and whose it is. editor: who changed it last; submitter: who asked for approval.
    revision: counts its changes. alone: why one person has to do, where that was said."""

    kind: Kind
    state: State
    author: str
    editor: str | None = None
    submitter: str | None = None
    submitted_at: datetime | None = None
    revision: int = 0
    alone: str = ""

    @property
    def whose(self) -> frozenset[str]:
        """Who has had a hand in it, so that somebody else has to approve it."""
        return frozenset(person for person in (self.author, self.editor, self.submitter) if person)


def why_not_edit(standing: Standing) -> Obstacle | None:
    return None if standing.state in BEFORE else Obstacle.FROZEN


def why_not_submit(standing: Standing, faults: Collection["Fault"]) -> Obstacle | None:
    if standing.state not in BEFORE:
        return Obstacle.FROZEN
    return Obstacle.FAULTY if faults else None


def why_not_approve(standing: Standing, by: str, revision: int) -> Obstacle | None:
    """revision: the one that was read. What has been changed since then has to be read again."""
    if standing.state not in BEFORE:
        return Obstacle.FROZEN
    if standing.state is not State.SUBMITTED:
        return Obstacle.NOT_SUBMITTED
    if revision != standing.revision:
        return Obstacle.CHANGED
    return Obstacle.OWN if by in standing.whose else None


def alone_from(standing: Standing, minutes: int, now: datetime) -> datetime | None:
    """From when one person may do, as nobody has approved; None: approval has not been asked for, or is there.

    Now, where the clock was set back since: nobody knows how long it has been asked for.
    """
    if standing.state is not State.SUBMITTED or standing.submitted_at is None:
        return None
    if standing.submitted_at > now + CLOCKS_DIFFER:
        return now
    return standing.submitted_at + timedelta(minutes=minutes)


def why_not_alone(standing: Standing, reason: str, minutes: int, now: datetime) -> Obstacle | None:
    """Why one person may not send it without a second one."""
    if standing.state not in BEFORE:
        return Obstacle.FROZEN
    since = alone_from(standing, minutes, now)
    if since is None:
        return Obstacle.NOT_SUBMITTED
    if now < since:
        return Obstacle.TOO_EARLY
    return None if reason.strip() else Obstacle.NO_REASON


def why_not_commit(standing: Standing) -> Obstacle | None:
    """Why it may not go out now."""
    if standing.state not in BEFORE:
        return Obstacle.FROZEN
    if standing.kind in AT_ONCE or standing.state is State.APPROVED or standing.alone:
        return None
    return Obstacle.NOT_APPROVED


def after(kind: Kind) -> State | None:
    """What becomes of the message that this kind of message follows, when it goes out."""
    return {Kind.UPDATE: State.SUPERSEDED, Kind.CORRECTION: State.SUPERSEDED, Kind.CANCEL: State.CANCELLED}.get(kind)


def as_of(state: State, expires: datetime | None, now: datetime) -> State:
    """The state that is kept, or that its time is over: nobody has to write that down when it happens."""
    over = state is State.COMMITTED and expires is not None and expires <= now
    return State.EXPIRED if over else state


# -- what it says


class What(StrEnum):
    """What is wrong with a field."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    OTHERS_WORD = "others_word"
    GAP = "gap"
    NO_PROMISE = "no_promise"
    PROMISE_PAST = "promise_past"
    PROMISE_FAR = "promise_far"
    PLACE_TOO_LONG = "place_too_long"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Fault:
    """at: the field of the form, or of a place's version ("text-PLACE"). values: for the sentence."""

    at: str
    what: What
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes. longest: characters; None: no limit that we know of. whole: what is left out where this
    is, of which it is the first part; empty: itself."""

    id: str
    name: str
    longest: int | None = None
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """All that a message says. parts: by PARTS. texts: as it goes out, by place, those that get it."""

    kind: Kind
    headline: str
    parts: Mapping[str, str]
    short: str = ""
    final: bool = False
    next_update_at: datetime | None = None
    texts: Mapping[str, str] = field(default_factory=dict)


def faults(content: Content, places: Collection[Place], now: datetime) -> list[Fault]:
    """Everything that has to be mended first, in the order of the form. A correction or a cancel is stopped by nothing
    but having no words at all, or by words that would make it look like a public warning."""
    found = [*_missing(content), *_others_words(content)]
    if content.kind in AT_ONCE:
        return found
    return [*found, *_gaps(content), *_lengths(content), *_promise(content, now), *_places(content, places)]


def _missing(content: Content) -> list[Fault]:
    said = {"headline": content.headline, "happened": content.parts.get("happened", "")}
    return [Fault(name, What.EMPTY) for name, text in said.items() if not text.strip()]


def _texts(content: Content) -> dict[str, str]:
    versions = {f"text-{place}": text for place, text in content.texts.items()}
    return {"headline": content.headline, **content.parts, "short": content.short, **versions}


def _others_words(content: Content) -> list[Fault]:
    """Each once, where it was written: what is put together of the parts repeats them."""
    own = {name: text for name, text in _texts(content).items() if not name.startswith("text-")}
    found = [Fault(name, What.OTHERS_WORD, {"word": word}) for name, text in own.items() if (word := others_word(text))]
    if found:
        return found
    return [
        Fault(f"text-{place}", What.OTHERS_WORD, {"word": word})
        for place, text in content.texts.items()
        if (word := others_word(text))
    ]


def others_word(text: str) -> str:
    """The first of OTHERS that stands in a text, as words of their own; else empty."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = " ".join("".join(letter if letter.isalnum() else " " for letter in plain).split())
    return next((each for each in OTHERS if f" {each} " in f" {words} "), "")


def _gaps(content: Content) -> list[Fault]:
    """What a template left to be filled in."""
    found = ((name, GAP.search(text)) for name, text in _texts(content).items())
    return [Fault(name, What.GAP, {"gap": gap.group()}) for name, gap in found if gap and not name.startswith("text-")]


def _lengths(content: Content) -> list[Fault]:
    most = {"headline": LONGEST_HEADLINE, "short": SHORT, **dict.fromkeys(PARTS, LONGEST_PART)}
    said = _texts(content)
    return [
        Fault(name, What.TOO_LONG, {"count": len(said[name]), "most": longest})
        for name, longest in most.items()
        if len(said.get(name, "")) > longest
    ]


def _promise(content: Content, now: datetime) -> list[Fault]:
    if content.final:
        return []
    wrong = promise_fault(content.next_update_at, now)
    return [wrong] if wrong else []


def promise_fault(promise: datetime | None, now: datetime) -> Fault | None:
    """What is wrong with the time of the next update."""
    if promise is None:
        return Fault("next_update", What.NO_PROMISE)
    if promise <= now:
        return Fault("next_update", What.PROMISE_PAST)
    return Fault("next_update", What.PROMISE_FAR) if promise > now + FARTHEST else None


def _places(content: Content, places: Collection[Place]) -> list[Fault]:
    if not content.texts:
        return [Fault("places", What.NOWHERE)]
    return [
        Fault(f"text-{place.id}", What.PLACE_TOO_LONG, {"place": place.name, "count": count, "most": place.longest})
        for place in places
        if place.longest is not None and (count := len(content.texts.get(place.id, ""))) > place.longest
    ]


def expires(next_update_at: datetime | None, now: datetime) -> datetime:
    """Until when it holds."""
    return max(next_update_at or now, now) + LASTS


def is_overdue(state: State, next_update_at: datetime | None, now: datetime) -> bool:
    """Has a promised update not come? Of what is out and has not been followed."""
    return state is State.COMMITTED and next_update_at is not None and next_update_at <= now
