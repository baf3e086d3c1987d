"""What follows from what is known about a delivery: sent once, looked for, sent once more, or left to a person. Pure.

A platform that has lost its answer may have published. Only a look at its own list tells: what is there was published;
what is not there once the list must show it was not. Between the two nobody knows, and nothing is sent.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Fate(StrEnum):
    """Where a delivery stands. `armed`: about to be sent, or sent. `unknown`: sent, the answer lost. `confirmed`: the
    platform said yes; `verified`: read back. `held`: the kill switch. `needs_human`: seen, not seen, or skip."""

    PENDING = "pending"
    ARMED = "armed"
    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"
    VERIFIED = "verified"
    REJECTED = "rejected"
    HELD = "held"
    EXPIRED = "expired"
    NEEDS_HUMAN = "needs_human"


UNDER_WAY = frozenset({Fate.PENDING, Fate.ARMED, Fate.UNKNOWN, Fate.CONFIRMED, Fate.HELD})
"""A machine goes on with it by itself."""
UNDECIDED = UNDER_WAY - {Fate.CONFIRMED}
"""Nobody can say yet whether it is out: a later message of the place waits for it."""
FINAL = frozenset(Fate) - UNDER_WAY
MOST_ATTEMPTS = 3
SURFACED = timedelta(seconds=30)
"""Nothing is undecided for longer without being told."""
OVERTAKES = timedelta(seconds=10)
"""So long a correction or a cancel lets an earlier message of its place be decided first."""
SOON = timedelta(milliseconds=500)
A_TURN = timedelta(seconds=2)
PAUSES = tuple(timedelta(seconds=each) for each in (0, 1, 2, 4, 8))
LONGEST_PAUSE = timedelta(seconds=10)
MOST_TRIES = 62
"""So many pauses, one after the other, are ten minutes."""
PATIENCE = timedelta(minutes=10)
"""So long is looked on a platform that cannot be read, before a person has to."""
NOT_THERE = timedelta(minutes=1)
"""After this, what was confirmed and cannot be read back, or reads otherwise, is a person's."""
LONGEST_WAIT = timedelta(minutes=2)
"""Nothing waits longer without being looked at: what is to wait until later than that was written by a clock that has
been set back since."""
LATE = timedelta(seconds=30)
"""What is gone on with so long after it was due has slept, or the clock was set forward: nobody knows which."""
FROM_BACKUP = "from_backup"
"""Where in a delivery's progress it stands that it came from a backup: what has become of it since, nobody knows."""
CLOCKS_DIFFER = timedelta(seconds=10)
"""How far ahead the clocks of other processes may be."""


class Why(StrEnum):
    """Why a delivery stands where it stands; delivery_words says it to people."""

    SENT = "sent"
    FOUND = "found"
    READ_BACK = "read_back"
    LOOKING = "looking"
    ABSENT = "absent"
    NOT_FOUND = "not_found"
    UNREADABLE = "unreadable"
    READS_OTHERWISE = "reads_otherwise"
    HUB = "hub"
    TURN = "turn"
    PARKED = "parked"
    PREPARING = "preparing"
    STOPPED = "stopped"
    SLEPT = "slept"
    OVERTAKEN = "overtaken"
    TOO_LATE = "too_late"
    REHEARSED = "rehearsed"
    BY_HAND = "by_hand"
    NOT_OFFERED = "not_offered"
    FAILED = "failed"
    SEEN = "seen"
    NOT_SEEN = "not_seen"
    SKIPPED = "skipped"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of the delivery now, and when to go on with it."""

    fate: Fate
    why: Why
    next_at: datetime


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a delivery that is about to be sent. made_at: when it was committed.

    stopped_until: by the kill switch. overtaken: what it says has been taken back. hub: the fate of the same message on
    the hub; None: it does not go there, or this is the hub. earlier: fates of the earlier messages of its place.
    at_once: it takes back what was wrong. parked_until: the platform may not be asked before then.
    """

    made_at: datetime
    expires: datetime
    stopped_until: datetime | None = None
    overtaken: bool = False
    hub: Fate | None = None
    earlier: tuple[Fate, ...] = ()
    at_once: bool = False
    parked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class HubFirst:
    """patience: how long channels wait for the hub. without: whether they go on when it has not answered."""

    patience: timedelta
    without: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """What a look for the marker showed. began: before the platform was asked. complete: it saw everything."""

    began: datetime
    complete: bool
    found: bool


def before_sending(around: Around, hub_first: HubFirst, now: datetime) -> Step | None:
    """Why nothing is sent now; None to send."""
    if step := before_preparing(around, now):
        return step
    if until := _waits_for_hub(around, hub_first, now):
        return Step(Fate.PENDING, Why.HUB, until)
    if not _in_turn(around, now):
        return Step(Fate.PENDING, Why.TURN, now + A_TURN)
    return None


def before_preparing(around: Around, now: datetime) -> Step | None:
    """Why it is not even prepared: it must not go out at all, somebody has stopped it, or the platform may not be
    asked."""
    if around.overtaken:
        return Step(Fate.EXPIRED, Why.OVERTAKEN, now)
    if now >= around.expires:
        return Step(Fate.EXPIRED, Why.TOO_LATE, now)
    if around.stopped_until and around.stopped_until > now:
        return held(min(around.stopped_until, around.expires), now)
    if around.parked_until and around.parked_until > now:
        return Step(Fate.PENDING, Why.PARKED, min(around.parked_until, now + LONGEST_WAIT))
    return None


def held(until: datetime, now: datetime) -> Step:
    """Stopped until then; looked at before, as who lets go of it may do so while this is written."""
    return Step(Fate.HELD, Why.STOPPED, min(until, now + A_TURN))


def _waits_for_hub(around: Around, hub_first: HubFirst, now: datetime) -> datetime | None:
    """Until when to wait, at most; None: no longer."""
    if around.hub in (None, Fate.VERIFIED):
        return None
    if not hub_first.without:
        return now + SOON
    patient_until = around.made_at + hub_first.patience
    given_up = around.hub in FINAL or gone_by(around.made_at, now) >= hub_first.patience
    return None if given_up else min(now + SOON, patient_until)


def _in_turn(around: Around, now: datetime) -> bool:
    if not UNDECIDED & set(around.earlier):
        return True
    return around.at_once and gone_by(around.made_at, now) >= OVERTAKES


def certainly_not(tries: int, now: datetime, retry_at: datetime | None = None) -> Step:
    """The platform has certainly not published, for something that passes: again soon, or when it allows it; a person's
    where it has not passed after ten minutes of trying."""
    if retry_at is None and tries >= MOST_TRIES:
        return Step(Fate.NEEDS_HUMAN, Why.FAILED, now)
    why = Why.PARKED if retry_at else Why.PREPARING
    later = max(retry_at or now, now + pause(tries))
    return Step(Fate.PENDING, why, min(later, now + LONGEST_WAIT))


def after_look(
    look: Look, lost_at: datetime, settle: timedelta, attempts: int, looks: int, *, from_backup: bool = False
) -> Step:
    """What a look says about an attempt whose answer was lost. lost_at: the platform may have got it until then.

    from_backup: it may have been sent, and taken away again, since: that it is not there proves nothing."""
    if look.found:
        return Step(Fate.CONFIRMED, Why.FOUND, look.began)
    settled = lost_at + settle
    if not look.complete or look.began < settled:
        if look.began >= lost_at + max(PATIENCE, settle):
            return Step(Fate.NEEDS_HUMAN, Why.UNREADABLE, look.began)
        later = look.began + pause(looks + 1)
        return Step(Fate.UNKNOWN, Why.LOOKING, min(later, settled) if look.began < settled else later)
    if from_backup:
        return Step(Fate.NEEDS_HUMAN, Why.RESTORED, look.began)
    if attempts >= MOST_ATTEMPTS:
        return Step(Fate.NEEDS_HUMAN, Why.NOT_FOUND, look.began)
    return Step(Fate.PENDING, Why.ABSENT, look.began)


def not_read_back(confirmed_at: datetime, now: datetime, looks: int, *, otherwise: bool) -> Step:
    """It was confirmed, and reading it back failed. otherwise: the platform says that it is not there, or not so."""
    if now >= confirmed_at + (NOT_THERE if otherwise else PATIENCE):
        return Step(Fate.NEEDS_HUMAN, Why.READS_OTHERWISE if otherwise else Why.UNREADABLE, now)
    return Step(Fate.CONFIRMED, Why.LOOKING, now + pause(looks + 1))


def pause(times: int) -> timedelta:
    """How long to wait after so many looks, or tries to send, in vain."""
    return PAUSES[times] if times < len(PAUSES) else LONGEST_PAUSE


def must_be_told(fate: Fate, since: datetime, told_at: datetime | None, now: datetime) -> bool:
    """Has it been undecided for so long that people have to hear of it?"""
    return fate in UNDECIDED and told_at is None and gone_by(since, now) >= SURFACED


def is_due(next_at: datetime, now: datetime) -> bool:
    """May somebody go on with it? Also with what waits for a time that a clock showed before it was set back."""
    return not now < next_at <= now + LONGEST_WAIT


def gone_by(since: datetime, now: datetime) -> timedelta:
    """How long it is since then. Where that still lies ahead the clock was set back, and it may have been for ever."""
    return timedelta.max if since > now + CLOCKS_DIFFER else now - since


def begins_anew(lost_at: datetime, due: datetime, now: datetime) -> bool:
    """Has the time since an answer was lost to be reckoned from now? Where the clock was set it proves no absence:
    the platform's lists lag by real seconds."""
    return lost_at > now or now > due + LATE


def counts(fates: Iterable[Fate]) -> dict[Fate, int]:
    """How many stand where, those that there are, the best first. Never one word for all of them."""
    found = list(fates)
    return {fate: number for fate in _ORDER if (number := found.count(fate))}


def is_over(fates: Collection[Fate]) -> bool:
    """Does no machine go on with any of them?"""
    return not UNDER_WAY & set(fates)


_ORDER = (
    *(Fate.VERIFIED, Fate.CONFIRMED, Fate.UNKNOWN, Fate.ARMED, Fate.PENDING),
    *(Fate.HELD, Fate.NEEDS_HUMAN, Fate.REJECTED, Fate.EXPIRED),
)
