"""However answers get lost, workers die and lists lag behind: never twice, and never silently not at all."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from monitor import State
from monitor.inbox.action_rules import (
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    UNDER_WAY,
    Fate,
    Look,
    Step,
    Why,
    after_look,
    before_sending,
    pause,
)

NOON = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
SETTLE = timedelta(seconds=60)
LEASE = timedelta(minutes=2)


class OneReply(RuleBasedStateMachine):
    """A reply on its way, by the rules alone, against a platform whose lists lag behind by less than they promise.

    `effects`: when each of our replies was really made. The machine is the worker: it does what the rules say, dies
    where it likes, and has its answers lost.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.fate, self.attempts, self.looks = Fate.PENDING, 0, 0
        self.lost_at = NOON
        self.effects: list[datetime] = []
        self.strangers: list[datetime] = []
        self.known_strangers = 0
        self.confirmed = False
        self.why = ""

    @initialize(lag=st.integers(0, 59), confirmed=st.booleans())
    def begin(self, lag: int, confirmed: bool) -> None:
        self.lag, self.confirmed = timedelta(seconds=lag), confirmed

    # -- the world

    @rule(seconds=st.integers(1, 90))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def a_colleague_writes_there(self) -> None:
        self.strangers.append(self.now)

    def look(self, complete: bool) -> Look:
        shown = [at for at in self.effects if at + self.lag <= self.now]
        others = [at for at in self.strangers if at + self.lag <= self.now]
        return Look(self.now, complete, bool(shown) and bool(self.attempts), len(others) > self.known_strangers)

    # -- the worker

    @precondition(lambda self: self.fate == Fate.PENDING)
    @rule(arrives=st.booleans(), answered=st.sampled_from(["yes", "lost", "died", "refused"]), after=st.integers(0, 40))
    def tries(self, arrives: bool, answered: str, after: int) -> None:
        look = self.look(complete=True)
        step = before_sending(look, State.OPEN, confirmed=self.confirmed, attempts=self.attempts)
        if step:
            self.take(step)
            return
        if not self.attempts:
            self.known_strangers = len([at for at in self.strangers if at + self.lag <= self.now])
        self.attempts += 1
        if answered == "refused":
            self.fate, self.attempts = Fate.REFUSED, self.attempts - 1
            return
        took = timedelta(seconds=after)
        if arrives or answered == "yes":
            self.effects.append(self.now + took)
        self.now += took
        self.fate = {"yes": Fate.DONE, "lost": Fate.UNKNOWN, "died": Fate.ARMED}[answered]
        self.lost_at = self.now

    @precondition(lambda self: self.fate == Fate.ARMED)
    @rule()
    def another_takes_over(self) -> None:
        self.now += LEASE
        self.fate, self.lost_at = Fate.UNKNOWN, self.now

    @precondition(lambda self: self.fate == Fate.UNKNOWN)
    @rule(complete=st.booleans())
    def looks_again(self, complete: bool) -> None:
        self.take(after_look(self.look(complete), self.lost_at, SETTLE, self.attempts, self.looks))
        self.looks += 1

    @precondition(lambda self: self.fate == Fate.ASKS)
    @rule()
    def a_person_confirms(self) -> None:
        self.fate, self.confirmed = Fate.PENDING, True

    def take(self, step: Step) -> None:
        assert step.next_at >= self.now
        self.fate, self.why = step.fate, step.why

    # -- what holds

    @invariant()
    def never_twice(self) -> None:
        assert len(self.effects) <= 1

    @invariant()
    def done_means_that_it_stands_there(self) -> None:
        assert self.fate != Fate.DONE or len(self.effects) == 1

    @invariant()
    def not_done_means_that_it_does_not(self) -> None:
        assert self.fate not in (Fate.REFUSED, Fate.ASKS) or self.effects == []

    @invariant()
    def nothing_is_tried_for_ever(self) -> None:
        assert self.attempts <= MOST_ATTEMPTS

    def teardown(self) -> None:
        """Left to itself it comes to an end."""
        for _round in range(80):
            if self.fate == Fate.ARMED:
                self.another_takes_over()
            elif self.fate == Fate.UNKNOWN:
                self.now += pause(self.looks)
                self.looks_again(complete=True)
            elif self.fate == Fate.PENDING:
                self.tries(arrives=True, answered="yes", after=0)
            self.never_twice()
            self.done_means_that_it_stands_there()
        assert self.fate not in UNDER_WAY


TestOneReply = OneReply.TestCase


@given(times=st.integers(0, 10_000))
def test_pauses_grow_and_stay_bearable(times: int) -> None:
    assert timedelta() < pause(times) <= pause(times + 1) <= LONGEST_PAUSE


@given(since=st.integers(0, 200), looks=st.integers(0, 50), attempts=st.integers(1, 2))
def test_absence_is_believed_only_once_the_lists_must_show_it(since: int, looks: int, attempts: int) -> None:
    began = NOON + timedelta(seconds=since)
    step = after_look(Look(began, complete=True, as_wanted=False), NOON, SETTLE, attempts, looks)
    if began < NOON + SETTLE:
        assert (step.fate, step.why) == (Fate.UNKNOWN, Why.LOOKING)
        assert began < step.next_at <= NOON + SETTLE
    else:
        assert step.fate == (Fate.PENDING if attempts < MOST_ATTEMPTS else Fate.NEEDS_HUMAN)


@given(since=st.integers(0, 200_000), looks=st.integers(0, 50))
def test_a_look_that_was_not_complete_proves_nothing(since: int, looks: int) -> None:
    began = NOON + timedelta(seconds=since)
    step = after_look(Look(began, complete=False, as_wanted=False, strangers=True), NOON, SETTLE, 1, looks)
    assert step.fate == (Fate.UNKNOWN if since < 86_400 else Fate.NEEDS_HUMAN)
