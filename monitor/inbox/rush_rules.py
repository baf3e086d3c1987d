"""When so many comments come at once that somebody should look. Pure: times in, rushes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Rush:
    """So many comments within so many minutes are a rush."""

    comments: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Wave:
    """A rush: when the comment was written that made it one, and the last one of it so far."""

    begin: datetime
    last: datetime


def waves(posted: Iterable[datetime], rush: Rush) -> list[Wave]:
    """The rushes among the times at which a channel's comments were written, oldest first.

    One begins with the comment that makes them enough, and lasts until the same time brings less than half as many.
    """
    times, span = sorted(posted), timedelta(minutes=rush.minutes)
    found: list[Wave] = []
    lasts, oldest = False, 0
    for place, moment in enumerate(times):
        while times[oldest] < moment - span:
            oldest += 1
        lasts = lasts and 2 * (place - oldest) >= rush.comments
        if lasts:
            found[-1] = Wave(found[-1].begin, moment)
        elif place - oldest + 1 >= rush.comments:
            lasts = True
            found.append(Wave(moment, moment))
    return found
