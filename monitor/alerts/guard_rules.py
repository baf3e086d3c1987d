"""Who is told of a channel that nobody has watched yet today, and when. Pure: the calendar, now and people go in."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor import Calendar

RESPONSIBLE, DEPUTY, COMMUNICATOR = RUNGS = ("responsible", "deputy", "communicator")
LAST = RUNGS.index(COMMUNICATOR)
LAST_CALL = timedelta(hours=1)
"""So long after closing time the last rung may still go out; what is later is for the next morning."""

Ladder = Sequence[Sequence[str]]
"""Whom there is to tell of a channel, step by step: those of RUNGS, then others who must know. Only people who are
there and can be reached, so that a step may be empty."""


@dataclass(frozen=True, slots=True)
class Call:
    """What one person is told now: at the most urgent rung they stand for, of all channels that have come to them."""

    rung: str
    channels: tuple[str, ...]


def rungs_due(now: datetime, calendar: Calendar, reminder_minutes: Sequence[int]) -> tuple[str, ...]:
    """The rungs whose time has come today, the first one first; none on days off and outside service hours.

    A rung that would come before opening waits for it. After closing time only the last one is due, until LAST_CALL.
    """
    today = calendar.local_date(now)
    if not calendar.is_working_day(today):
        return ()
    opening, closing = calendar.opening(today), calendar.closing(today)
    if now >= closing:
        return RUNGS[LAST:] if now <= closing + LAST_CALL else ()
    times = zip(RUNGS, reminder_minutes, strict=False)
    return tuple(rung for rung, minutes in times if now >= max(opening, closing - timedelta(minutes=minutes)))


def calls(ladders: Mapping[str, Ladder], rungs: Sequence[str]) -> dict[str, Call]:
    """Whom to call: one call for each person, however many rungs came due at once. ladders: by channel."""
    urgent: dict[str, int] = {}
    theirs: defaultdict[str, list[str]] = defaultdict(list)
    for channel, ladder in sorted(ladders.items()):
        for person, place in _called(ladder, rungs).items():
            urgent[person] = max(place, urgent.get(person, place))
            theirs[person].append(channel)
    return {person: Call(RUNGS[place], tuple(theirs[person])) for person, place in urgent.items()}


def told_afterwards(ladder: Ladder) -> tuple[str, ...]:
    """Who hears on the next morning: everybody of RUNGS, and where nobody of them is there, the first after them."""
    of_rungs = tuple(dict.fromkeys(person for step in ladder[: len(RUNGS)] for person in step))
    return of_rungs or next((tuple(step) for step in ladder[len(RUNGS) :] if step), ())


def _called(ladder: Ladder, rungs: Sequence[str]) -> dict[str, int]:
    """By person the last of the rungs at which they hear of the channel.

    Whoever stands in and has heard of it at an earlier rung is left alone until a rung of their own: half an hour later
    there is nothing new to say to them. The last rung is everybody's own: that the day closes is new.
    """
    called: dict[str, int] = {}
    for place in map(RUNGS.index, rungs):
        for step in _from(place, len(ladder)):
            if ladder[step]:
                own = place in {step, LAST}
                called |= {person: place for person in ladder[step] if own or person not in called}
                break
    return called


def _from(place: int, steps: int) -> Iterator[int]:
    """Where to look for somebody: the rung's own step, those after it, and where they are all empty those before."""
    yield from range(place, steps)
    yield from range(place - 1, -1, -1)
