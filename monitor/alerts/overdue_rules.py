"""Who is told that an obligation is past its deadline, and at which rung; or why nobody is.

Pure: the obligation, its terms, people, what was told, the calendar and now go in; rungs by person come out.

Each rung has its time, and nothing goes out outside service hours. A rung whose people are away or cannot be reached
passes at once to the next step that has somebody. Where several rungs have come due together, as after an outage or a
pause, each of them is told to its own people, and nobody hears of more than the most urgent one that is theirs.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor import Calendar, State, Term
from monitor.inbox.deadline_rules import due_at

RESPONSIBLE, DEPUTY, MANAGER = RUNGS = ("responsible", "deputy", "manager")
INTERIM = "interim"
"""The one reminder of what was answered for the time being; it is no rung of the ladder."""
PLACES = {rung: place for place, rung in enumerate(RUNGS)} | {INTERIM: 0}
"""The step of the ladder that each rung is for."""
CLIMBING = frozenset({State.OPEN, State.ACKNOWLEDGED, State.SNOOZED, State.HELD})

Ladder = Sequence[Sequence[str]]
"""Whom there is to tell, step by step: those of RUNGS, then others who must know. Only people who are there and can be
reached, so that a step may be empty."""
Told = AbstractSet[tuple[str, str]]
"""What has been told in this cycle, or is about to be: rung and person."""


class Silence(StrEnum):
    """Why nobody is told anything now."""

    SETTLED = "settled"
    DIGEST_ONLY = "digest_only"
    PAUSED = "paused"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    NOBODY = "nobody"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked about an obligation. quiet_until: somebody has seen it, or put it off, until then."""

    state: State
    due_at: datetime
    quiet_until: datetime | None = None


def calls(
    case: Case, terms: Mapping[str, Term], ladder: Ladder, told: Told, calendar: Calendar, now: datetime
) -> Mapping[str, str] | Silence:
    """The rung at which each person is to be told now, never empty; or why nobody is. terms: after due_at, by rung."""
    if (silence := _silence(case, now)) is not None:
        return silence
    rungs = [rung for rung in _rungs(case) if case.due_at < now and comes_at(case, terms, rung, calendar) <= now]
    if not rungs:
        return Silence.NOT_YET
    if not calendar.is_open(now):
        return Silence.CLOSED
    if not any(ladder):
        return Silence.NOBODY
    return _called(rungs, distinct(ladder), told) or Silence.TOLD


def comes_at(case: Case, terms: Mapping[str, Term], rung: str, calendar: Calendar) -> datetime:
    """When the rung's time comes. Aware, UTC."""
    return due_at(case.due_at, terms[RESPONSIBLE if rung == INTERIM else rung], calendar)


def distinct(ladder: Ladder) -> Ladder:
    """With everybody on the first of their steps only: who is responsible and the unit's manager is no second pair of
    eyes, and the rung goes on to the next."""
    seen: set[str] = set()
    steps = []
    for step in ladder:
        steps.append(tuple(person for person in dict.fromkeys(step) if person not in seen))
        seen.update(step)
    return steps


def stands_for(rung: str, ladder: Ladder) -> tuple[int, tuple[str, ...]]:
    """The step that is told at the rung, and its people: its own; else the next that has somebody; else, as everything
    after it is empty, the last before it. -1 and nobody where the whole ladder is empty."""
    steps = ((step, tuple(ladder[step])) for step in _from(PLACES[rung], len(ladder)) if ladder[step])
    return next(steps, (-1, ()))


def _silence(case: Case, now: datetime) -> Silence | None:
    if case.state is State.PROBABLY_ANSWERED:
        return Silence.DIGEST_ONLY
    if case.state is not State.INTERIM_ANSWERED and case.state not in CLIMBING:
        return Silence.SETTLED
    return Silence.PAUSED if case.quiet_until is not None and now < case.quiet_until else None


def _rungs(case: Case) -> Sequence[str]:
    return (INTERIM,) if case.state is State.INTERIM_ANSWERED else RUNGS


def _called(rungs: Sequence[str], ladder: Ladder, told: Told) -> dict[str, str]:
    """Whoever stands in and has heard of it is left alone until a rung of their own."""
    heard: defaultdict[str, set[int]] = defaultdict(set)
    for rung, person in told:
        if rung != INTERIM:
            heard[person].add(PLACES[rung])
    called: dict[str, str] = {}
    done = {rung for rung, _person in told}
    for rung in (each for each in rungs if each not in done):
        step, people = stands_for(rung, ladder)
        for person in people:
            before = heard[person] if rung != INTERIM else set()
            if not any(place >= PLACES[rung] or step != PLACES[rung] for place in before):
                called[person] = rung
    return called


def _from(place: int, steps: int) -> Iterator[int]:
    yield from range(place, steps)
    yield from range(place - 1, -1, -1)
