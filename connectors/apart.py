"""One comment that cannot be understood keeps no other from being read: it is set apart, and that is said."""

import traceback
from collections.abc import Iterator, Sized
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog

ODD = (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
"""What happens to whoever reads an answer of another shape than the platform's."""
MOST = 5
"""So many may be odd in one reading. More are no odd comments, but another format."""
UNREADABLE = "unreadable"
"""How a reading says in `degraded` that it has set something apart."""
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""No platform is older, and no calendar of ours reaches further."""

log = structlog.get_logger(__name__)


class Apart:
    """What one reading could not understand. places: ids of posts and threads that it stands below: nothing can be
    claimed of them, for what is not shown there may only have been unreadable."""

    def __init__(self) -> None:
        self.places = set[str]()
        self._odd = list[Exception]()

    @contextmanager
    def each(self, *places: str) -> Iterator[None]:
        """Sets apart what makes no sense inside. Raises it where too much does."""
        try:
            yield
        except ODD as error:
            self._odd.append(error)
            if len(self._odd) > MOST:
                raise
            self.places.update(places)
            # not the traceback: what it holds may be a resident's text
            log.warning("set_apart", kind=type(error).__name__, where=place_of(error))

    @property
    def degraded(self) -> tuple[str, ...]:
        return (UNREADABLE,) if self._odd else ()

    def settle(self, understood: Sized) -> None:
        """Raises what was odd where nothing was understood beside it: that is another format as well."""
        if self._odd and not understood:
            raise self._odd[0]


def place_of(error: BaseException) -> str:
    """File and line where it happened: whose time was read, not where times are."""
    frames = traceback.extract_tb(error.__traceback__)
    place = next((each for each in reversed(frames) if each.filename != __file__), frames[-1])
    return f"{Path(place.filename).name}:{place.lineno}"


def moment(text: str) -> datetime:
    """A platform's time ("2026-11-16T07:00:00+0000", with or without milliseconds) in UTC. Raises ValueError for what
    is none, or can be none."""
    return possible(datetime.fromisoformat(text).astimezone(UTC))


def second(number: float) -> datetime:
    """A platform's time in seconds since 1970 (1795000000) in UTC. Raises ODD for what is none, or can be none."""
    return possible(datetime.fromtimestamp(number, UTC))


def possible(time: datetime) -> datetime:
    """The time. Raises ValueError for one that can be none of a platform's."""
    if not FIRST <= time < LAST:
        raise ValueError("a time at which nobody can have written")
    return time
