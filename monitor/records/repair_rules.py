"""One thing that is wrong, and which comes first. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum, StrEnum

LAST = datetime.max.replace(tzinfo=UTC)


class Gravity(IntEnum):
    """NOW: somebody is left unread, untold or unanswered while it lasts. SOON: that comes in days, or has come and can
    only be explained. LATER: in order today."""

    NOW = 1
    SOON = 2
    LATER = 3


class Means(StrEnum):
    """What mends something or leads there, besides the page that shows it. Each is about something: a channel's id,
    a person's id, a person's way (person/ways/name), a decision's number, a channel's day (channel/day)."""

    CHECK = "check"  # ask the platform about the channel's token
    READ = "read"  # read the channel now
    RESUME = "resume"  # read a paused channel again
    DECIDE = "decide"
    CONFIRM = "confirm"  # that the decision arrived
    CORRECT = "correct"  # the day's verdict
    TRY = "try"  # each of the person's ways
    ENABLE = "enable"  # the way
    AWAY = "away"  # the person's absences
    LOGINS = "logins"  # invite somebody


@dataclass(frozen=True, slots=True)
class Repair:
    """kind: what it is about, in one word. problem, remedy: sentences. channel: id of the one that it is about, if any.

    address: of the page that mends it, or shows what to mend, and label: what the link says; empty where no page does.
    since: when it began, where that is known. means: each with what it is about, the best one first.
    command: what does the same, or tells more, for whoever is at the server; empty where none does.
    """

    kind: str
    gravity: Gravity
    problem: str
    remedy: str
    address: str
    label: str
    channel: str | None = None
    since: datetime | None = None
    means: tuple[tuple[Means, str], ...] = ()
    command: str = ""


def ranked(found: Iterable[Repair]) -> list[Repair]:
    """The gravest first, of equal ones the oldest; what nobody knows the beginning of comes after the others."""
    return sorted(found, key=lambda each: (each.gravity, each.since or LAST, each.kind, each.problem))
