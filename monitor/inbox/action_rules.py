"""What follows from what is known about an action: sent once, looked for, sent once more, or left to a person. Pure.

No platform lets a write be repeated safely. So after an attempt whose answer was lost only a look at the thread counts:
what is there was done; what is not there once the platform's lists must show it was not done. Between the two nobody
knows, and nothing is sent.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor import State

GONE = ("delete", "remove", "reject")
"""Kinds of actions after which the comment is not there any more."""
MOST_ATTEMPTS = 2
PAUSES = (timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=15), timedelta(seconds=30))
LONGEST_PAUSE = timedelta(minutes=5)
PATIENCE = timedelta(hours=24)
"""So long is looked for an outcome on a platform that cannot be read, before a person has to."""


class Fate(StrEnum):
    """Where an action stands. `asks`: somebody has answered meanwhile, and a person has to say whether to go on."""

    PENDING = "pending"
    ARMED = "armed"
    UNKNOWN = "unknown"
    DONE = "done"
    REFUSED = "refused"
    NEEDS_HUMAN = "needs_human"
    ASKS = "asks"


UNDER_WAY = frozenset({Fate.PENDING, Fate.ARMED, Fate.UNKNOWN})
"""A machine goes on with it by itself."""


class Why(StrEnum):
    """Why an action stands where it stands; acting_words says it to people."""

    SENT = "sent"
    FOUND = "found"
    ALREADY_SO = "already_so"
    ANSWERED_MEANWHILE = "answered_meanwhile"
    LOOKING = "looking"
    ABSENT = "absent"
    UNREADABLE = "unreadable"
    SOMETHING_ELSE = "something_else"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Look:
    """What a reading of the thread showed, beside what stood there before the first attempt and belongs to others.

    began: before the platform was asked. complete: it saw everything. as_wanted: the comment is hidden, gone, public …
    as the action wants it; for a reply: one of ours with its text is there. strangers: other new comments of ours.
    """

    began: datetime
    complete: bool
    as_wanted: bool
    strangers: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of the action now, and when to go on with it."""

    fate: Fate
    why: Why
    next_at: datetime


def before_sending(look: Look, state: State | None, *, confirmed: bool, attempts: int) -> Step | None:
    """Why nothing is sent now; None to send. `state`: of the resident's comment that a reply is to answer."""
    if look.as_wanted:
        return Step(Fate.DONE, Why.FOUND if attempts else Why.ALREADY_SO, look.began)
    if not confirmed and (look.strangers or state in (State.ANSWERED, State.PROBABLY_ANSWERED)):
        return Step(Fate.ASKS, Why.ANSWERED_MEANWHILE, look.began)
    return None


def after_look(look: Look, lost_at: datetime, settle: timedelta, attempts: int, looks: int) -> Step:
    """What a look says about an attempt whose answer was lost. lost_at: the platform may have got it until then."""
    if look.as_wanted:
        return Step(Fate.DONE, Why.FOUND, look.began)
    settled = lost_at + settle
    if not look.complete or look.began < settled:
        if look.began >= lost_at + PATIENCE:
            return Step(Fate.NEEDS_HUMAN, Why.UNREADABLE, look.began)
        later = look.began + pause(looks)
        return Step(Fate.UNKNOWN, Why.LOOKING, min(later, settled) if look.began < settled else later)
    if look.strangers:
        return Step(Fate.NEEDS_HUMAN, Why.SOMETHING_ELSE, look.began)
    if attempts >= MOST_ATTEMPTS:
        return Step(Fate.NEEDS_HUMAN, Why.NOT_FOUND, look.began)
    return Step(Fate.PENDING, Why.ABSENT, look.began)


def pause(times: int) -> timedelta:
    """How long to wait after so many looks, or tries to send, in vain."""
    return PAUSES[times] if times < len(PAUSES) else min(LONGEST_PAUSE, PAUSES[-1] * (times - len(PAUSES) + 2))
