"""The figures of a watch report: how days are counted, and which follow each other. Pure."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from monitor.watch.day_rules import How, Verdict

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many days there are, and what they came to. Each is in exactly one of the other four.

    pending: days that have not come to closing time, and are not watched yet.
    """

    days: int = 0
    watched: int = 0
    partly: int = 0
    not_watched: int = 0
    pending: int = 0

    @property
    def percent(self) -> float | None:
        """Watched of those that are over or watched already, in percent; None without any.

        One decimal, never rounded up: 100.0 only when each was watched.
        """
        counted = self.days - self.pending
        return self.watched * 1000 // counted / 10 if counted else None


def tally(days: Iterable[tuple[Verdict, bool]]) -> Tally:
    """Counts days, each with its verdict and whether it is pending."""
    marks = [None if pending else verdict for verdict, pending in days]
    return Tally(
        len(marks),
        marks.count(Verdict.WATCHED),
        marks.count(Verdict.PARTLY),
        marks.count(Verdict.NOT_WATCHED),
        marks.count(None),
    )


def as_it_stands(verdict: Verdict | None, how: How) -> Verdict:
    """The verdict that a day would have if it closed now. None: nothing is said of it yet."""
    return verdict or (Verdict.PARTLY if how is How.AUTOMATIC else Verdict.NOT_WATCHED)


def stretches(rows: Iterable[Row], alike: Callable[[Row], Hashable]) -> Iterator[list[Row]]:
    """Rows that follow each other and are alike, in their order."""
    return (list(group) for _key, group in groupby(rows, alike))
