"""What befalls the town, drawn from a seed before its first day: nothing of it depends on what Kanalvakt does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from tests.truth.two_years.chronicle import Absence, Span

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LENGTHS = (10 * MINUTE, 45 * MINUTE, 2 * HOUR, 5 * HOUR, 11 * HOUR, DAY, 3 * DAY, 8 * DAY)
LONG = (14 * DAY, 42 * DAY)
CERTAIN = (
    (datetime(2025, 3, 29, 21, tzinfo=UTC), 12 * HOUR),  # the night that skips an hour
    (datetime(2025, 3, 30, 22, 50, tzinfo=UTC), 24 * HOUR),  # a day that was read just after midnight, and never more
    (datetime(2025, 10, 24, 13, 10, tzinfo=UTC), 3 * DAY),  # the night that has one twice, from before a closing time
    (datetime(2025, 10, 27, 23, 50, tzinfo=UTC), 24 * HOUR),  # the same, in normal time
    (datetime(2025, 12, 19, 9, tzinfo=UTC), 18 * DAY),  # Christmas
    (datetime(2026, 3, 27, 14, 50, tzinfo=UTC), 90 * MINUTE),  # over closing time
    (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), HOUR),  # in the middle of the hour that comes twice
)
"""Outages of Kanalvakt that every history has."""


@dataclass(frozen=True)
class Fate:
    """down: Kanalvakt stands still. no_acts: and people can do nothing in it either. refusing: the mail server takes
    no mail. trouble: of each channel, while its platform fails: and how."""

    down: tuple[Span, ...]
    no_acts: tuple[Span, ...]
    refusing: tuple[Span, ...]
    trouble: dict[str, tuple[tuple[Span, str], ...]]
    absences: tuple[Absence, ...]


def draw(random: Random, first: date, last: date, channels: Sequence[str], people: Sequence[str]) -> Fate:
    begin, end = datetime.combine(first, time(12), UTC) + 2 * DAY, datetime.combine(last, time(12), UTC)
    days = (last - first).days
    certain = [Span(at, at + length) for at, length in CERTAIN if begin < at < end]
    down = [*certain, *_spans(random, begin, end, days // 18, LENGTHS), *_spans(random, begin, end, days // 350, LONG)]
    lengths = (20 * MINUTE, 2 * HOUR, 5 * HOUR, DAY, 4 * DAY)
    refusing = tuple(span for span in _spans(random, begin, end, days // 40, lengths) if span.last < end)
    trouble = {channel: tuple(_trouble(random, begin, end, days // 45)) for channel in channels}
    away = tuple(each for person in people for each in _absences(random, person, first, last))
    return Fate(tuple(down), tuple(span for span in down if random.random() < 0.6), refusing, trouble, away)


def _spans(random: Random, begin: datetime, end: datetime, count: int, lengths: Sequence[timedelta]) -> Iterator[Span]:
    for _each in range(count):
        first = begin + random.randrange((end - begin) // MINUTE) * MINUTE + 30 * timedelta(seconds=1)
        yield Span(first, first + random.choice(lengths) * random.uniform(0.8, 1.0))


def _trouble(random: Random, begin: datetime, end: datetime, count: int) -> Iterator[tuple[Span, str]]:
    for span in _spans(random, begin, end, count, (3 * HOUR, 10 * HOUR, DAY, 2 * DAY, 6 * DAY)):
        yield span, random.choice(("failed", "partial"))


def _absences(random: Random, person: str, first: date, last: date) -> Iterator[Absence]:
    """None of one person's overlap."""
    day = first + random.randrange(10, 60) * DAY
    while day < last:
        length, ahead = random.choice((1, 1, 2, 5, 12, 25)), random.choice((0, 1, 5))
        told = datetime.combine(day - ahead * DAY, time(6, random.randrange(60)), UTC)
        yield Absence(person, day, day + (length - 1) * DAY, told)
        day += (length + random.randrange(20, 110)) * DAY
