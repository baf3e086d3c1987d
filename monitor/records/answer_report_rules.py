"""The figures of the report on answers: what became of each comment, how soon, and how many are counted together. Pure.

Every comment of a resident is counted in exactly one Outcome. Only a public answer is an answer: what a person has
closed without a reply, or answered elsewhere, is neither in time nor late. What has not been answered by its deadline
counts as not answered in time from that moment on, and not only when it has got its answer.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from monitor import NEEDS_SOMEBODY, Calendar, State

MINUTE = timedelta(minutes=1)
DAYS, WEEKS = timedelta(days=31), timedelta(days=183)
"""The longest periods that are told day by day, and week by week; a longer one is told by months."""

Key = TypeVar("Key", bound=Hashable)


class Outcome(StrEnum):
    """What became of a comment. GONE: hidden, removed, or not to be seen any more, so that nobody has to answer it.
    HISTORIC: written before the channel was watched, so that nobody here could answer it in time."""

    ANSWERED = "answered"
    PRIVATELY = "answered_privately"
    CLOSED = "closed_no_reply"
    WAITING = "waiting"
    GONE = "gone"
    HISTORIC = "historic"


class Step(StrEnum):
    """By what a period is told."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Came:
    """A comment and where it stands. channel, unit: of the register. since: from when its deadline counts.

    answered_at: of the answer that counts; historic_before: what was written earlier on the channel is historic. Aware.
    """

    channel: str
    unit: str
    posted_at: datetime
    since: datetime
    due_at: datetime
    state: State
    answered_at: datetime | None = None
    historic_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A comment as the figures count it. day, hour: when it was written, on the organisation's clock; in_service: its
    service hours had begun and not ended then.

    in_time: answered by its deadline; late: answered after it; overdue: waits, and the deadline is past.
    clock, working: how long the answer took, by the clock and within service hours; None without one. waited: how long
    what still waits has waited, by the clock.
    """

    channel: str
    unit: str
    day: date
    hour: int
    in_service: bool
    outcome: Outcome
    in_time: bool = False
    late: bool = False
    overdue: bool = False
    clock: timedelta | None = None
    working: timedelta | None = None
    waited: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """Whole minutes, rounded down; None without any. median: half of them took no longer, between the two in the middle
    where their number is even. ninetieth: the shortest of them that nine in ten took no longer than."""

    median: int | None
    ninetieth: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """How many comments were written, and what became of them: each is in one of the six after `written`.

    in_time and late are of `answered`; overdue is of `waiting`, and longest_wait the minutes by the clock that the
    oldest of these has waited. clock, working: of those answered. outside: written outside service hours.
    """

    written: int
    answered: int
    answered_privately: int
    closed_no_reply: int
    waiting: int
    gone: int
    historic: int
    in_time: int
    late: int
    overdue: int
    outside: int
    clock: Times
    working: Times
    longest_wait: int | None

    @property
    def percent_in_time(self) -> float | None:
        """Answered in time, of all whose deadline is met or past: those answered and those overdue."""
        return percent(self.in_time, self.answered + self.overdue)

    @property
    def percent_outside(self) -> float | None:
        """Written outside service hours, of all."""
        return percent(self.outside, self.written)

    def percent_of(self, outcome: Outcome) -> float | None:
        """How many of all that were written came to that."""
        return percent(getattr(self, outcome.value), self.written)


def arrival(came: Came, calendar: Calendar, zone: ZoneInfo, now: datetime) -> Arrival:
    """zone: the calendar's. What is historic has no times: what was answered then was answered before anybody counted,
    and what was not is nobody's fault."""
    outcome, local = outcome_of(came), came.posted_at.astimezone(zone)
    known = (came.channel, came.unit, local.date(), local.hour, calendar.is_open(came.posted_at))
    if outcome is Outcome.WAITING:
        return Arrival(*known, outcome, overdue=now > came.due_at, waited=max(now - came.since, timedelta(0)))
    if outcome is not Outcome.ANSWERED or came.answered_at is None:
        return Arrival(*known, outcome)
    in_time = came.answered_at <= came.due_at
    clock = max(came.answered_at - came.since, timedelta(0))
    working = calendar.open_between(came.since, came.answered_at)
    return Arrival(*known, outcome, in_time=in_time, late=not in_time, clock=clock, working=working)


def outcome_of(came: Came) -> Outcome:
    if came.state in NEEDS_SOMEBODY:
        return Outcome.WAITING
    before = came.historic_before is not None and came.since < came.historic_before
    if came.state is State.HISTORIC or before:
        return Outcome.HISTORIC
    said = {
        State.ANSWERED: Outcome.ANSWERED,
        State.ANSWERED_PRIVATELY: Outcome.PRIVATELY,
        State.CLOSED_NO_REPLY: Outcome.CLOSED,
    }
    return said.get(came.state, Outcome.GONE)


def figures(arrivals: Iterable[Arrival]) -> Figures:
    told = list(arrivals)
    outcomes = [each.outcome for each in told]
    waits = [each.waited for each in told if each.waited is not None]
    return Figures(
        written=len(told),
        answered=outcomes.count(Outcome.ANSWERED),
        answered_privately=outcomes.count(Outcome.PRIVATELY),
        closed_no_reply=outcomes.count(Outcome.CLOSED),
        waiting=outcomes.count(Outcome.WAITING),
        gone=outcomes.count(Outcome.GONE),
        historic=outcomes.count(Outcome.HISTORIC),
        in_time=sum(each.in_time for each in told),
        late=sum(each.late for each in told),
        overdue=sum(each.overdue for each in told),
        outside=sum(not each.in_service for each in told),
        clock=times([each.clock for each in told if each.clock is not None]),
        working=times([each.working for each in told if each.working is not None]),
        longest_wait=max(waits) // MINUTE if waits else None,
    )


def times(lengths: Sequence[timedelta]) -> Times:
    if not lengths:
        return Times(None, None)
    ranked = sorted(lengths)
    nine_in_ten = -(-len(ranked) * 9 // 10)
    middle = (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2
    return Times(middle // MINUTE, ranked[nine_in_ten - 1] // MINUTE)


def percent(part: int, whole: int) -> float | None:
    """One decimal, never rounded up: 100.0 only when each is one. None of nothing."""
    return part * 1000 // whole / 10 if whole else None


def grouped(
    arrivals: Iterable[Arrival], keys: Iterable[Key], key: Callable[[Arrival], Key]
) -> Mapping[Key, Sequence[Arrival]]:
    """The arrivals by key, each of `keys` in that order, also those without any."""
    found: dict[Key, list[Arrival]] = {each: [] for each in keys}
    for each in arrivals:
        found.setdefault(key(each), []).append(each)
    return found


def step_of(first: date, last: date) -> Step:
    """By what the period from `first` to `last`, both included, is told."""
    length = last - first + timedelta(days=1)
    if length <= DAYS:
        return Step.DAY
    return Step.WEEK if length <= WEEKS else Step.MONTH


def step_begin(day: date, step: Step, first: date) -> date:
    """The first day of the step that `day` lies in; `first` where the period begins within it."""
    if step is Step.WEEK:
        day -= timedelta(days=day.weekday())
    if step is Step.MONTH:
        day = day.replace(day=1)
    return max(day, first)


def steps(first: date, last: date, step: Step) -> list[date]:
    """The first days of the period's steps."""
    days = (first + timedelta(number) for number in range((last - first).days + 1))
    return list(dict.fromkeys(step_begin(day, step, first) for day in days))
