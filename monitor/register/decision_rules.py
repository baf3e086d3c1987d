"""Where the decision about a channel stands on a day, and who may act on the channel. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

REMINDER_DAYS = (60, 30, 7)  # before the end
UNCONFIRMED_AFTER = 3  # working days that the communicator has to confirm


class Status(StrEnum):
    """A channel's decision on a day. Only VALID lets people answer; none of them stops the watch."""

    VALID = "valid"
    EXPIRED = "expired"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a decision, as far as rules need it. confirmed: the communicator has confirmed that it arrived."""

    version: int
    decided_on: date
    valid_until: date
    responsible: str
    authorised: tuple[str, ...] = ()
    confirmed: bool = False


def in_force(versions: Iterable[Version], day: date) -> Version | None:
    """The version that speaks for the channel on that day, expired or not: the latest one decided by then."""
    made = [each for each in versions if each.decided_on <= day]
    return max(made, key=lambda each: each.version, default=None)


def status(versions: Sequence[Version], day: date) -> Status:
    """Where the decision stands on that day. It holds on its last day too."""
    current = in_force(versions, day)
    if current is None:
        return Status.MISSING
    return Status.VALID if day <= current.valid_until else Status.EXPIRED


def may_answer(versions: Sequence[Version], person: str, day: date) -> bool:
    """May this person answer and post in the organisation's name? Who is named in a decision that is valid that day."""
    current = in_force(versions, day)
    if current is None or status(versions, day) is not Status.VALID:
        return False
    return person in {current.responsible, *current.authorised}
