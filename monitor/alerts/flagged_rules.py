"""Who hears of a flagged comment, and when. Pure: people, times and the calendar go in; rungs come out.

In service hours whoever takes care of the channel hears at once; after half an hour of service without a word from
anybody the deputy, and after as much again the communicators. Outside service hours only the person on call does, if
there is one, and the others when the office opens.

While a channel is watched closely in a crisis, the crisis staff hear at once, at any time, in place of all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor import Calendar
from monitor.alerts.ladder_rules import Ladder, care

NOW, DEPUTY, COMMUNICATOR, ON_CALL, CLOSE = "now", "deputy", "communicator", "on_call", "close"
PATIENCE = timedelta(minutes=30)
"""How long a rung has, of service, before the next one hears; and how long after the last notice the person on call
hears of what nobody had seen to when the office closed."""
LATEST = timedelta(hours=8)
"""So much service after a notice nobody else hears of the flag: by then the reminders of deadlines have it."""


@dataclass(frozen=True, slots=True)
class Told:
    """When a rung's notices were written, and for whom."""

    at: datetime
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class Step:
    """A rung and who hears there."""

    rung: str
    people: tuple[str, ...]


def next_step(ladder: Ladder, told: Mapping[str, Told], *, danger: bool) -> Step | None:
    """Who hears next in service hours; None where nobody is left who has not heard. told: by rung.

    danger: the communicators hear at once too. A rung without anybody new is passed over; where no communicator is new,
    the next of the ladder hears instead.
    """
    if NOW not in told:
        first = dict.fromkeys([*care(ladder).people, *(ladder[2] if danger else ())])
        heard_closely = told[CLOSE].people if CLOSE in told else frozenset[str]()
        people = tuple(person for person in first if person not in heard_closely)
        if people or not heard_closely:
            return Step(NOW, people)
    heard = frozenset[str]().union(*(each.people for rung, each in told.items() if rung != ON_CALL))
    for rung, among in ((DEPUTY, ladder[1:2]), (COMMUNICATOR, ladder[2:])):
        new = (tuple(person for person in people if person not in heard) for people in among)
        if rung not in told and (people := next(filter(None, new), ())):
            return Step(rung, people)
    return None


def closely(people: Sequence[str], told: Mapping[str, Told]) -> Step | None:
    """Who of the crisis staff hears while the channel is watched closely: whoever has not heard at any rung."""
    heard = frozenset[str]().union(*(each.people for each in told.values()))
    new = tuple(person for person in people if person not in heard)
    return Step(CLOSE, new) if new else None


def due(
    flagged: datetime, ladder: Ladder, told: Mapping[str, Told], now: datetime, calendar: Calendar, *, danger: bool
) -> Step | None:
    """The step whose time has come; None when there is none, and outside service hours."""
    if not calendar.is_open(now) or flagged > now:
        return None
    step = next_step(ladder, told, danger=danger)
    if step is None or step.rung == NOW:
        return step
    last = max(each.at for rung, each in told.items() if rung != ON_CALL)
    return step if PATIENCE <= calendar.open_between(last, now) <= LATEST else None


def on_call_due(flagged: datetime, told: Mapping[str, Told], now: datetime, calendar: Calendar) -> bool:
    """Is it the time of the person on call: outside service hours, and nobody was told just now, nor that person?"""
    if calendar.is_open(now) or ON_CALL in told or flagged > now:
        return False
    return not told or now >= max(each.at for each in told.values()) + PATIENCE
