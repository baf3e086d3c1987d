"""Where a page of a list ends, so that the next one begins there, whatever has come in meanwhile. Pure."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
LARGEST = 2**63


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in an order. at: the time that the list is ordered by; posted: when the comment was written; id: its
    row's. Times are aware."""

    at: datetime
    posted: datetime
    id: int


def written(position: Position) -> str:
    """For an address: letters, digits, - and _."""
    parts = ((position.at - EPOCH) // TICK, (position.posted - EPOCH) // TICK, position.id)
    return urlsafe_b64encode(".".join(map(str, parts)).encode()).decode().rstrip("=")


def read(text: str) -> Position | None:
    """None for what `written` has not made: whoever changes an address begins at the beginning."""
    try:
        at, posted, id_ = (int(part) for part in urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split("."))
        found = Position(EPOCH + at * TICK, EPOCH + posted * TICK, id_)
    except (ValueError, OverflowError, binascii.Error):
        return None
    return found if -LARGEST < id_ < LARGEST and written(found) == text else None
