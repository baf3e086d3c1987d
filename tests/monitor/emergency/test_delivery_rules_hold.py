"""The rules of a delivery against a platform that may do anything: at most one public post, and nothing silent."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from monitor.emergency import rules
from monitor.emergency.rules import UNDER_WAY, Around, Fate, HubFirst, Look

BEGAN = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
SETTLE = timedelta(seconds=60)
LEASE = timedelta(seconds=6)
NO_WAIT = HubFirst(timedelta(0))


class OneDelivery(RuleBasedStateMachine):
    """A delivery, whoever carries it, and a platform that shows what it has after a lag of its own.

    now: what our clock shows, which somebody may set; real: what the platform's does.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = self.real = BEGAN
        self.fate, self.next_at = Fate.PENDING, BEGAN
        self.attempts = self.looks = 0
        self.lost_at = self.armed_at = self.confirmed_at = BEGAN
        self.told_at: datetime | None = None
        self.public: list[datetime] = []
        self.stopped_until: datetime | None = None
        self.expires = BEGAN + timedelta(hours=1)

    def take(self, step: rules.Step) -> None:
        assert step.next_at <= self.now + rules.LONGEST_WAIT
        self.fate, self.next_at = step.fate, step.next_at

    @property
    def due(self) -> bool:
        return self.fate in UNDER_WAY and rules.is_due(self.next_at, self.now)

    @rule(seconds=st.sampled_from([1.0, 2.0, 7.0, 30.0, 61.0]))
    def time_goes_by(self, seconds: float) -> None:
        """At most until the sweeper's next look finds what is due or has to be told."""
        self.real += timedelta(seconds=seconds)
        self._show(self.now + timedelta(seconds=seconds))

    @rule(hours=st.sampled_from([-1, 1]))
    def somebody_sets_the_clock(self, hours: int) -> None:
        self._show(self.now + timedelta(hours=hours))

    def _show(self, now: datetime) -> None:
        self.now = now
        if rules.must_be_told(self.fate, BEGAN, self.told_at, self.now):
            self.told_at = self.now

    @rule()
    def somebody_stops_it(self) -> None:
        self.stopped_until = self.now + timedelta(minutes=1)

    @precondition(lambda self: self.fate in (Fate.PENDING, Fate.HELD) and self.due)
    @rule(
        arrives=st.booleans(),
        answer=st.sampled_from(["yes", "lost", "lost", "certainly not", "slow down", "refused", "killed"]),
    )
    def it_is_carried(self, arrives: bool, answer: str) -> None:
        around = Around(BEGAN, self.expires, stopped_until=self.stopped_until)
        step = rules.before_sending(around, NO_WAIT, self.now)
        if step is not None:
            self.take(step)
            return
        self.fate, self.armed_at, self.next_at = Fate.ARMED, self.now, self.now + LEASE
        self.attempts += 1
        self.looks = 0
        if answer == "yes" or (answer in ("lost", "killed") and arrives):
            self.public.append(self.real)
        if answer == "yes":
            self.fate, self.next_at, self.confirmed_at = Fate.CONFIRMED, self.now, self.now
        elif answer == "lost":
            self.fate, self.lost_at, self.next_at = Fate.UNKNOWN, self.now, self.now + rules.pause(1)
        elif answer in ("certainly not", "slow down"):
            self.attempts -= 1
            retry_at = self.now + timedelta(seconds=20) if answer == "slow down" else None
            self.take(rules.certainly_not(self.looks, self.now, retry_at))
        elif answer == "refused":
            self.fate = Fate.REJECTED

    @precondition(lambda self: self.fate is Fate.ARMED and self.due)
    @rule()
    def somebody_takes_over(self) -> None:
        self.fate, self.lost_at, self.next_at, self.looks = Fate.UNKNOWN, self.now, self.now, 0

    @precondition(lambda self: self.fate is Fate.UNKNOWN and self.due)
    @rule(lag=st.sampled_from([0.0, 5.0, 60.0]), readable=st.booleans())
    def it_is_looked_for(self, lag: float, readable: bool) -> None:
        if rules.begins_anew(self.lost_at, self.next_at, self.now):
            self.lost_at = self.now
        shown = any(at + timedelta(seconds=lag) <= self.real for at in self.public)
        look = Look(self.now, complete=readable, found=shown and readable)
        self.take(rules.after_look(look, self.lost_at, SETTLE, self.attempts, self.looks))
        self.looks += 1
        if self.fate is Fate.CONFIRMED:
            self.confirmed_at = self.now

    @precondition(lambda self: self.fate is Fate.CONFIRMED and self.due)
    @rule(how=st.sampled_from(["there", "otherwise", "cannot"]))
    def it_is_read_back(self, how: str) -> None:
        if how == "there":
            self.fate = Fate.VERIFIED
        else:
            self.take(rules.not_read_back(self.confirmed_at, self.now, 0, otherwise=how == "otherwise"))

    @invariant()
    def at_most_one_is_public(self) -> None:
        assert len(self.public) <= 1

    @invariant()
    def what_is_verified_is_public_and_what_is_refused_is_not(self) -> None:
        if self.fate in (Fate.CONFIRMED, Fate.VERIFIED):
            assert self.public
        if self.fate in (Fate.REJECTED, Fate.EXPIRED):
            assert not self.public

    @invariant()
    def nothing_is_silent(self) -> None:
        if self.fate in rules.UNDECIDED and self.real > BEGAN + rules.SURFACED:
            assert self.told_at is not None


TestOneDelivery = OneDelivery.TestCase
TestOneDelivery.settings = settings(max_examples=100, stateful_step_count=30)


def around(**values: object) -> Around:
    return Around(BEGAN, BEGAN + timedelta(hours=1), **values)  # type: ignore[arg-type]


def test_a_correction_lets_what_is_undecided_go_first_but_not_for_long() -> None:
    stuck = around(earlier=(Fate.UNKNOWN,), at_once=True)
    step = rules.before_sending(stuck, NO_WAIT, BEGAN)
    assert step is not None
    assert step.why is rules.Why.TURN
    assert rules.before_sending(stuck, NO_WAIT, BEGAN + rules.OVERTAKES) is None
    assert rules.before_sending(around(earlier=(Fate.UNKNOWN,)), NO_WAIT, BEGAN + rules.OVERTAKES) is not None
    for fate in (Fate.CONFIRMED, *rules.FINAL):
        assert rules.before_sending(around(earlier=(fate,)), NO_WAIT, BEGAN) is None


def test_a_platform_that_asks_to_wait_is_not_asked_for_preparing_either() -> None:
    parked = around(parked_until=BEGAN + timedelta(hours=1))
    step = rules.before_preparing(parked, BEGAN)
    assert step is not None
    assert (step.why, step.next_at) == (rules.Why.PARKED, BEGAN + rules.LONGEST_WAIT)
    assert rules.before_preparing(parked, BEGAN + timedelta(minutes=61)) is not None, "its time is over"


def test_what_does_not_pass_within_ten_minutes_is_a_persons() -> None:
    now, tries = BEGAN, 0
    while (step := rules.certainly_not(tries, now)).fate is Fate.PENDING:
        now, tries = step.next_at, tries + 1
    assert step.fate is Fate.NEEDS_HUMAN
    assert timedelta(minutes=9, seconds=30) < now - BEGAN < timedelta(minutes=10, seconds=30)
    assert rules.certainly_not(tries, now, now + timedelta(hours=1)).fate is Fate.PENDING, "the platform says when"


def test_the_hub_goes_first_for_as_long_as_was_chosen() -> None:
    first = HubFirst(timedelta(seconds=5))
    for fate in UNDER_WAY:
        assert rules.before_sending(around(hub=fate), first, BEGAN + timedelta(seconds=4.9)) is not None
        assert rules.before_sending(around(hub=fate), first, BEGAN + timedelta(seconds=5)) is None
    assert rules.before_sending(around(hub=Fate.VERIFIED), first, BEGAN) is None
    patient = HubFirst(timedelta(seconds=5), without=False)
    assert rules.before_sending(around(hub=Fate.NEEDS_HUMAN), patient, BEGAN + timedelta(minutes=30)) is not None


def test_what_is_counted_is_never_one_word() -> None:
    fates = [Fate.VERIFIED] * 6 + [Fate.UNKNOWN, Fate.REJECTED]
    assert rules.counts(fates) == {Fate.VERIFIED: 6, Fate.UNKNOWN: 1, Fate.REJECTED: 1}


def test_what_waits_for_a_time_before_the_clock_was_set_back_is_due_now() -> None:
    for waits in (timedelta(seconds=1), rules.LONGEST_WAIT):
        assert not rules.is_due(BEGAN + waits, BEGAN)
    for waits in (timedelta(0), -timedelta(hours=1), timedelta(hours=1), rules.LONGEST_WAIT + timedelta(seconds=1)):
        assert rules.is_due(BEGAN + waits, BEGAN)


def test_a_clock_that_is_a_little_ahead_elsewhere_was_not_set() -> None:
    committed_elsewhere = Around(BEGAN + timedelta(seconds=2), BEGAN + timedelta(hours=1), hub=Fate.PENDING)
    assert rules.before_sending(committed_elsewhere, HubFirst(timedelta(seconds=5)), BEGAN) is not None
    set_back = Around(BEGAN + timedelta(hours=1), BEGAN + timedelta(hours=2), hub=Fate.PENDING)
    assert rules.before_sending(set_back, HubFirst(timedelta(seconds=5)), BEGAN) is None


@given(
    lag=st.none() | st.floats(0, SETTLE.total_seconds()),
    sets=st.dictionaries(st.integers(0, 20), st.sampled_from([-3600, 3600, -86400, 86400]), max_size=2),
)
def test_no_clock_proves_that_nothing_is_there_and_none_makes_it_wait_for_ever(
    lag: float | None, sets: dict[int, int]
) -> None:
    """lag: None: nothing was published. sets: by how much the clock is set, and before which look."""
    real, shown_by = timedelta(0), BEGAN
    lost_at, due, looks = BEGAN, BEGAN + rules.pause(1), 0
    while True:
        real += max(due - shown_by, timedelta(0)) if due - shown_by <= rules.LONGEST_WAIT else timedelta(0)
        now = BEGAN + real + timedelta(seconds=sum(by for before, by in sets.items() if before <= looks))
        shown_by = now
        lost_at = now if rules.begins_anew(lost_at, due, now) else lost_at
        found = lag is not None and real.total_seconds() >= lag
        step = rules.after_look(Look(now, complete=True, found=found), lost_at, SETTLE, 1, looks)
        if step.fate is not Fate.UNKNOWN:
            break
        due, looks = step.next_at, looks + 1
    assert step.fate is (Fate.PENDING if lag is None else Fate.CONFIRMED)
    assert real <= SETTLE * (1 + len(sets)) + rules.LONGEST_WAIT
