"""Who may do what to a message when, and what is wrong with it: whatever happens to it, in whatever order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from monitor.emergency import message_rules as rules
from monitor.emergency.message_rules import Content, Kind, Obstacle, Place, Standing, State, What

NOW = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)
MINUTES = 3
PEOPLE = st.sampled_from(["anna", "bo", "cia"])
SAID = Content(
    Kind.ALERT,
    "Strömavbrott i Tibro",
    {"happened": "Strömmen är borta."},
    next_update_at=NOW + timedelta(hours=1),
    texts={"hub": "Strömmen är borta."},
)


class OneMessage(RuleBasedStateMachine):
    """What people do to a message; beside it, who has written what is in it and who has read just that."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.is_at = Standing(Kind.ALERT, State.DRAFT, "anna")
        self.hands = {"anna"}
        self.read_by: str | None = None
        self.frozen: Standing | None = None

    @rule(by=PEOPLE)
    def edit(self, by: str) -> None:
        if rules.why_not_edit(self.is_at) is None:
            self.hands.add(by)
            self.read_by = None
            self.is_at = replace(
                self.is_at, state=State.DRAFT, editor=by, submitter=None, submitted_at=None, alone="",
                revision=self.is_at.revision + 1,
            )  # fmt: skip

    @rule(by=PEOPLE)
    def submit(self, by: str) -> None:
        if rules.why_not_submit(self.is_at, []) is None and self.is_at.state is State.DRAFT:
            self.is_at = replace(self.is_at, state=State.SUBMITTED, submitter=by, submitted_at=self.now)

    @rule(by=PEOPLE, behind=st.integers(0, 1))
    def approve(self, by: str, behind: int) -> None:
        if rules.why_not_approve(self.is_at, by, self.is_at.revision - behind) is None:
            assert not behind, "approved what nobody reads any more"
            self.read_by = by
            self.is_at = replace(self.is_at, state=State.APPROVED)

    @rule(minutes=st.integers(0, 5), reason=st.sampled_from(["", " ", "ingen svarar"]))
    def send_alone(self, minutes: int, reason: str) -> None:
        self.now += timedelta(minutes=minutes)
        if rules.why_not_alone(self.is_at, reason, MINUTES, self.now) is None:
            assert reason.strip()
            assert self.is_at.submitted_at
            assert self.now >= self.is_at.submitted_at + timedelta(minutes=MINUTES)
            self.is_at = replace(self.is_at, alone=reason)

    @precondition(lambda self: self.is_at.state is State.SUBMITTED and not self.is_at.alone)
    @rule(hours=st.integers(1, 3))
    def clock_is_set_back(self, hours: int) -> None:
        assert self.is_at.submitted_at
        then = self.is_at.submitted_at - timedelta(hours=hours)
        assert rules.why_not_alone(self.is_at, "ingen svarar", MINUTES, then) is None, "nobody can wait so long"

    @precondition(lambda self: self.frozen is None)
    @rule()
    def commit(self) -> None:
        if rules.why_not_commit(self.is_at) is None:
            second = self.read_by is not None and self.read_by not in {self.is_at.author, self.is_at.editor}
            assert second or self.is_at.alone, "went out without a second person, and nobody said why"
            self.is_at = replace(self.is_at, state=State.COMMITTED)
            self.frozen = self.is_at

    @invariant()
    def what_is_out_never_changes(self) -> None:
        assert self.frozen is None or self.is_at == self.frozen


TestOneMessage = OneMessage.TestCase


@given(st.sampled_from(State), st.sampled_from([Kind.CORRECTION, Kind.CANCEL]))
def test_what_takes_back_something_wrong_needs_nobody_else(state: State, kind: Kind) -> None:
    obstacle = rules.why_not_commit(Standing(kind, state, "anna"))
    assert (obstacle is None) == (state in rules.BEFORE)


def test_who_had_a_hand_in_it_does_not_approve_it() -> None:
    waiting = Standing(Kind.ALERT, State.SUBMITTED, "anna", "bo", "cia", NOW, 2)
    assert [rules.why_not_approve(waiting, by, 2) for by in ("anna", "bo", "cia", "dan")] == [Obstacle.OWN] * 3 + [None]
    assert rules.why_not_approve(waiting, "dan", 1) is Obstacle.CHANGED


@pytest.mark.parametrize(
    ("change", "field", "what"),
    [
        ({"headline": " "}, "headline", What.EMPTY),
        ({"parts": {}}, "happened", What.EMPTY),
        ({"headline": "VMA: gå inomhus"}, "headline", What.OTHERS_WORD),
        ({"parts": {"happened": "Nu är Faran  över."}}, "happened", What.OTHERS_WORD),
        ({"texts": {"fb": "Viktigt meddelande till allma\u0308nheten!"}}, "text-fb", What.OTHERS_WORD),
        ({"parts": {"happened": "Strömmen är borta i [område]."}}, "happened", What.GAP),
        ({"short": "x" * 281}, "short", What.TOO_LONG),
        ({"next_update_at": None}, "next_update", What.NO_PROMISE),
        ({"next_update_at": NOW}, "next_update", What.PROMISE_PAST),
        ({"texts": {"ig": "x" * 2201}}, "text-ig", What.PLACE_TOO_LONG),
        ({"texts": {}}, "places", What.NOWHERE),
    ],
)
def test_each_fault_is_named_with_its_field(change: dict[str, object], field: str, what: What) -> None:
    places = [Place("ig", "Instagram", 2200), Place("hub", "Webbplatsen")]
    assert rules.faults(SAID, places, NOW) == []
    [fault] = rules.faults(replace(SAID, **change), places, NOW)  # type: ignore[arg-type]
    assert (fault.at, fault.what) == (field, what)


def test_what_is_final_promises_nothing_and_words_of_a_name_are_no_warning() -> None:
    assert rules.faults(replace(SAID, final=True, next_update_at=None, headline="Svmaleden är stängd"), [], NOW) == []


@given(st.text(max_size=400), st.integers(0, 3000), st.none() | st.datetimes(timezones=st.just(UTC)))
def test_a_correction_is_held_up_by_no_length_and_no_time(text: str, length: int, promise: datetime | None) -> None:
    said = Content(Kind.CORRECTION, "R", {"happened": "x" + text}, next_update_at=promise, texts={"ig": "x" * length})
    found = rules.faults(said, [Place("ig", "Instagram", 2200)], NOW)
    assert {fault.what for fault in found} <= {What.OTHERS_WORD}


@pytest.mark.parametrize("state", list(State))
def test_only_what_has_been_sent_stops_holding_and_in_the_moment_it_said(state: State) -> None:
    assert rules.as_of(state, None, NOW) is state
    assert rules.as_of(state, NOW + timedelta(seconds=1), NOW) is state
    assert rules.as_of(state, NOW, NOW) is (State.EXPIRED if state is State.COMMITTED else state)
