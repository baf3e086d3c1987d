"""What a decision about a channel must say, where it stands on a day, and who may act on the channel. Pure."""

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

REMINDER_DAYS = (60, 30, 7)  # before the end
UNCONFIRMED_AFTER = 3  # working days that the communicator has to confirm
MANAGER = "unit_manager"
CONTENTS = ("purpose", "address", "audience", "responsible")
"""What a decision must say, each by itself."""


class Status(StrEnum):
    """A channel's decision on a day. Only VALID lets people answer; none of them stops the watch.

    NOT_NEEDED: there is none, and none is asked for.
    """

    VALID = "valid"
    EXPIRED = "expired"
    MISSING = "missing"
    NOT_NEEDED = "not_needed"


class Wrong(StrEnum):
    """Why a decision cannot be made; decision_words says it to people. The first four are CONTENTS, left empty."""

    PURPOSE = "purpose"
    ADDRESS = "address"
    AUDIENCE = "audience"
    RESPONSIBLE = "responsible"
    NO_END = "no_end"
    ENDS_BEFORE = "ends_before"
    TOO_LONG = "too_long"
    TO_COME = "to_come"
    BEFORE_LATEST = "before_latest"
    NO_MANAGER = "no_manager"
    OTHER_UNIT = "other_unit"


class Refusal(StrEnum):
    """Why a person may not act on a channel."""

    MISSING = "no decision"
    EXPIRED = "decision expired"
    NOT_NAMED = "not named in the decision"
    NOT_CHARGED = "not charged with the channel"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a manager wants to decide. responsible, authorised: ids of people. valid_until: None when not given."""

    purpose: str
    address: str
    audience: str
    responsible: str
    valid_until: date | None
    decided_on: date
    authorised: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a decision, as far as rules need it. confirmed: the communicator has confirmed that it arrived."""

    version: int
    decided_on: date
    valid_until: date
    responsible: str
    authorised: tuple[str, ...] = ()
    confirmed: bool = False

    @property
    def named(self) -> frozenset[str]:
        """Who may answer in the organisation's name while it is valid."""
        return frozenset((self.responsible, *self.authorised))


def wrongs(draft: Draft, today: date, longest_months: int, earlier: Sequence[Version] = ()) -> list[Wrong]:
    """Everything that stands against the draft's words and dates, in the order of the form. earlier: its versions."""
    empty = [Wrong(key) for key in CONTENTS if not str(getattr(draft, key)).strip()]
    return [*empty, *_term(draft, longest_months), *_day(draft.decided_on, today, earlier)]


def _term(draft: Draft, longest_months: int) -> Iterator[Wrong]:
    if draft.valid_until is None:
        yield Wrong.NO_END
    elif draft.valid_until < draft.decided_on:
        yield Wrong.ENDS_BEFORE
    elif draft.valid_until > latest_end(draft.decided_on, longest_months):
        yield Wrong.TOO_LONG


def _day(decided_on: date, today: date, earlier: Sequence[Version]) -> Iterator[Wrong]:
    if decided_on > today:
        yield Wrong.TO_COME
    elif any(each.decided_on > decided_on for each in earlier):
        yield Wrong.BEFORE_LATEST


def latest_end(decided_on: date, longest_months: int) -> date:
    """The last day on which a decision of that day may end: the same day of the month, or the month's last."""
    years, month = divmod(decided_on.month - 1 + longest_months, 12)
    year = min(decided_on.year + years, date.max.year)
    return date(year, month + 1, min(decided_on.day, monthrange(year, month + 1)[1]))


def decides(person: str, roles: Collection[str], manager: str | None) -> Wrong | None:
    """Why this person cannot decide about a channel of the unit whose manager is `manager`; None: may decide."""
    if MANAGER not in roles:
        return Wrong.NO_MANAGER
    return None if person == manager else Wrong.OTHER_UNIT


def in_force(versions: Iterable[Version], day: date) -> Version | None:
    """The version that speaks for the channel on that day, expired or not: the latest one decided by then."""
    made = [each for each in versions if each.decided_on <= day]
    return max(made, key=lambda each: (each.decided_on, each.version), default=None)


def status(versions: Iterable[Version], day: date, *, needed: bool = True) -> Status:
    """Where the decision stands on that day. It holds on its last day too. needed: one is asked for where none is."""
    current = in_force(versions, day)
    if current is None:
        return Status.MISSING if needed else Status.NOT_NEEDED
    return Status.VALID if day <= current.valid_until else Status.EXPIRED


def answering(versions: Sequence[Version], person: str, day: date) -> Refusal | None:
    """Why this person may not answer, or take back what was said, in the organisation's name; None: may."""
    current = in_force(versions, day)
    if current is None:
        return Refusal.MISSING
    if day > current.valid_until:
        return Refusal.EXPIRED
    return None if person in current.named else Refusal.NOT_NAMED


def moderating(versions: Sequence[Version], person: str, day: date, charged: Collection[str]) -> Refusal | None:
    """Why this person may not hide, show, publish or throw away what residents wrote; None: may.

    What is unlawful must go away whatever the decision says: who is `charged` with the channel (responsible, deputy,
    the unit's manager, communicators) may, and whom the decision in force names, though it has expired.
    """
    current = in_force(versions, day)
    named = current.named if current else frozenset()
    return None if person in charged or person in named else Refusal.NOT_CHARGED
