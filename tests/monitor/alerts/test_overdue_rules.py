"""Who is told what at which rung of an obligation past its deadline: for any ladder, any past and any moment."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from monitor import NEEDS_SOMEBODY, State, Term
from monitor.alerts.overdue_rules import CLIMBING, INTERIM, RUNGS, Case, Silence, calls
from monitor.inbox.deadline_rules import due_at
from monitor.register.calendar import calendar_of
from monitor.register.models import Organisation

ZONE = ZoneInfo("Europe/Stockholm")
CALENDAR = calendar_of(Organisation(name="Tibro kommun", other_hours={"2026-06-18": "07:30-12:00"}))
OURS = {"responsible": Term(hours=0), "deputy": Term(days=1), "manager": Term(days=2)}
R, D, M, K, A = LADDER = (("r",), ("d",), ("m",), ("k1", "k2"), ("a",))
PEOPLE = st.lists(st.sampled_from("abcdefg"), max_size=2, unique=True).map(tuple)
LADDERS = st.lists(PEOPLE, min_size=5, max_size=5)
TERMS = st.one_of(
    st.builds(lambda hours: Term(hours=hours), st.sampled_from([0, 0.5, 4, 12])),
    st.builds(lambda days, at: Term(days=days, at=at), st.integers(0, 5), st.sampled_from([None, time(12)])),
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
TOLD = st.sets(st.tuples(st.sampled_from([*RUNGS, INTERIM]), st.sampled_from("abcdefg")), max_size=4)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def told(
    due: str,
    now: str,
    ladder: tuple[tuple[str, ...], ...] = LADDER,
    before: tuple[tuple[str, str], ...] = (),
    *,
    state: State = State.OPEN,
    quiet: str | None = None,
    terms: Mapping[str, Term] = OURS,
) -> Mapping[str, str] | Silence:
    case = Case(state, local(due), local(quiet) if quiet else None)
    return calls(case, terms, ladder, set(before), CALENDAR, local(now))


TUESDAY = "2026-06-09 16:00"
RUNG_BY_RUNG = ((("responsible", "r"),), (("responsible", "r"), ("deputy", "d")))


@pytest.mark.parametrize(
    ("due", "first", "second", "third"),
    [
        (TUESDAY, "2026-06-10 07:30", "2026-06-11 07:30", "2026-06-12 07:30"),
        ("2026-06-12 16:00", "2026-06-15 07:30", "2026-06-16 07:30", "2026-06-17 07:30"),  # a weekend
        ("2026-06-17 16:00", "2026-06-18 07:30", "2026-06-22 07:30", "2026-06-23 07:30"),  # noon, Midsummer's Eve
        ("2026-03-27 16:00", "2026-03-30 07:30", "2026-03-31 07:30", "2026-04-01 07:30"),  # summer time begins
        ("2026-10-23 16:00", "2026-10-26 07:30", "2026-10-27 07:30", "2026-10-28 07:30"),  # and ends
        ("2026-12-23 16:00", "2026-12-28 07:30", "2026-12-29 07:30", "2026-12-30 07:30"),
        ("2026-06-09 12:00", "2026-06-09 12:01", "2026-06-11 07:30", "2026-06-12 07:30"),
    ],
)
def test_each_working_day_brings_the_next_rung_at_opening(due: str, first: str, second: str, third: str) -> None:
    moments, people = (first, second, third), ("r", "d", "m")
    before: tuple[tuple[str, str], ...] = ()
    for moment, rung, person in zip(moments, RUNGS, people, strict=True):
        earlier = (local(moment) - timedelta(minutes=1)).astimezone(ZONE).replace(tzinfo=None).isoformat()
        assert isinstance(told(due, earlier, before=before), Silence)
        assert told(due, moment, before=before) == {person: rung}
        before = (*before, (rung, person))
        assert told(due, moment, before=before) is Silence.TOLD


@pytest.mark.parametrize("night", ["2026-06-10 02:00", "2026-06-12 16:00", "2026-06-13 12:00", "2026-06-19 10:00"])
def test_nothing_is_told_outside_service_hours_though_its_time_has_come(night: str) -> None:
    due = "2026-06-09 15:00" if night < "2026-06-11" else TUESDAY
    assert told(due, night) is Silence.CLOSED


def test_terms_in_hours_are_told_in_the_middle_of_the_day() -> None:
    terms = {"responsible": Term(hours=0), "deputy": Term(hours=1), "manager": Term(hours=2)}
    assert told("2026-06-09 11:30", "2026-06-09 11:30:05", terms=terms) == {"r": "responsible"}
    before = (("responsible", "r"),)
    assert told("2026-06-09 11:30", "2026-06-09 12:29", before=before, terms=terms) is Silence.TOLD
    assert told("2026-06-09 11:30", "2026-06-09 12:30", before=before, terms=terms) == {"d": "deputy"}
    assert told("2026-06-09 15:30", "2026-06-10 08:00", before=before, terms=terms) == {"d": "deputy"}


def test_after_an_outage_of_three_days_each_rung_is_told_to_its_own_people_at_once() -> None:
    friday = "2026-06-12 09:00"
    assert told(TUESDAY, friday) == {"r": "responsible", "d": "deputy", "m": "manager"}
    assert told(TUESDAY, friday, ((), ("d",), ("m",), (), ())) == {"d": "deputy", "m": "manager"}
    assert told(TUESDAY, friday, ((), (), ("m",), (), ())) == {"m": "manager"}
    assert told(TUESDAY, friday, ((), (), (), ("k1", "k2"), ())) == {"k1": "manager", "k2": "manager"}
    assert told(TUESDAY, friday, ((), (), ("m",), (), ()), (("manager", "m"),)) is Silence.TOLD


def test_an_empty_step_passes_its_rung_on_at_once() -> None:
    wednesday, thursday, friday = "2026-06-10 07:30", "2026-06-11 07:30", "2026-06-12 07:30"
    assert told(TUESDAY, wednesday, ((), D, M, K, A)) == {"d": "responsible"}
    assert told(TUESDAY, thursday, ((), D, M, K, A), (("responsible", "d"),)) == {"d": "deputy"}
    assert told(TUESDAY, wednesday, ((), (), M, K, A)) == {"m": "responsible"}
    assert told(TUESDAY, thursday, ((), (), M, K, A), (("responsible", "m"),)) is Silence.TOLD
    assert told(TUESDAY, friday, ((), (), M, K, A), (("responsible", "m"),)) == {"m": "manager"}
    assert told(TUESDAY, wednesday, ((), (), (), (), A)) == {"a": "responsible"}
    assert told(TUESDAY, friday, (R, D, (), K, A), RUNG_BY_RUNG[1]) == {"k1": "manager", "k2": "manager"}
    assert told(TUESDAY, friday, (R, D, (), (), ()), RUNG_BY_RUNG[1]) is Silence.TOLD
    assert told(TUESDAY, friday, (R, D, (), (), ())) == {"r": "responsible", "d": "manager"}
    assert told(TUESDAY, wednesday, ((), (), (), (), ())) is Silence.NOBODY


def test_who_is_responsible_and_manager_as_well_is_no_second_pair_of_eyes() -> None:
    friday = "2026-06-12 07:30"
    assert told(TUESDAY, friday, (R, D, R, K, A), RUNG_BY_RUNG[1]) == {"k1": "manager", "k2": "manager"}


def test_what_somebody_has_seen_or_put_off_is_quiet_and_then_goes_on() -> None:
    for state in (State.ACKNOWLEDGED, State.SNOOZED):
        assert told(TUESDAY, "2026-06-11 09:59", state=state, quiet="2026-06-11 10:00") is Silence.PAUSED
    after = told(TUESDAY, "2026-06-11 10:00", before=RUNG_BY_RUNG[0], quiet="2026-06-11 10:00")
    assert after == {"d": "deputy"}


def test_an_interim_answer_brings_one_reminder_to_the_responsible() -> None:
    before = RUNG_BY_RUNG[1]
    assert told(TUESDAY, "2026-06-09 15:00", before=before, state=State.INTERIM_ANSWERED) is Silence.NOT_YET
    assert told(TUESDAY, "2026-06-10 07:30", before=before, state=State.INTERIM_ANSWERED) == {"r": INTERIM}
    told_of_it = (*before, (INTERIM, "r"))
    assert told(TUESDAY, "2026-06-12 07:30", before=told_of_it, state=State.INTERIM_ANSWERED) is Silence.TOLD
    assert told(TUESDAY, "2026-06-10 07:30", ((), D, M, K, A), state=State.INTERIM_ANSWERED) == {"d": INTERIM}
    assert told(TUESDAY, "2026-06-12 07:30", before=told_of_it) == {"m": "manager"}


@pytest.mark.parametrize("state", sorted(set(State) - CLIMBING - {State.INTERIM_ANSWERED}))
def test_nobody_is_told_of_what_does_not_wait(state: State) -> None:
    expected = Silence.DIGEST_ONLY if state in NEEDS_SOMEBODY else Silence.SETTLED
    assert told(TUESDAY, "2026-06-12 07:30", state=state) is expected


def by_hand(
    case: Case, terms: Mapping[str, Term], ladder: list[tuple[str, ...]], told: set[tuple[str, str]], now: datetime
) -> dict[str, str]:
    """The same, from the sentences of the docs: person by person, and for each the most urgent rung that is theirs."""
    interim = case.state is State.INTERIM_ANSWERED
    quiet = case.quiet_until is not None and case.quiet_until > now
    if quiet or not (case.state in CLIMBING or interim) or not CALENDAR.is_open(now) or now <= case.due_at:
        return {}
    home = {person: min(i for i, step in enumerate(ladder) if person in step) for step in ladder for person in step}
    found = {}
    for number, rung in enumerate((INTERIM,) if interim else RUNGS):
        comes = due_at(case.due_at, terms["responsible" if interim else rung], CALENDAR)
        if now >= comes and all(each != rung for each, _who in told):
            found |= {who: rung for who in home if is_theirs(who, number, home, set() if interim else told)}
    return found


def is_theirs(who: str, number: int, home: dict[str, int], told: set[tuple[str, str]]) -> bool:
    """Is the rung with that number to be told to this person?"""
    from_there_on = [step for step in home.values() if step >= number]
    if home[who] != (min(from_there_on) if from_there_on else max(home.values())):
        return False
    heard = [RUNGS.index(rung) for rung, person in told if person == who and rung in RUNGS]
    return not heard or (home[who] == number and max(heard) < number)


@given(
    st.builds(Case, st.sampled_from(State), MOMENTS, st.none() | MOMENTS),
    st.fixed_dictionaries(dict.fromkeys(RUNGS, TERMS)),
    LADDERS,
    TOLD,
    st.timedeltas(timedelta(hours=-3), timedelta(days=9)),
)
@settings(max_examples=400)
def test_who_is_called_is_what_the_sentences_say(
    case: Case, terms: dict[str, Term], ladder: list[tuple[str, ...]], told: set[tuple[str, str]], later: timedelta
) -> None:
    now = case.due_at + later
    called = calls(case, terms, ladder, told, CALENDAR, now)
    expected = by_hand(case, terms, ladder, told, now)
    assert (dict(called) if not isinstance(called, Silence) else {}) == expected
    assert called != {}


class Waiting(RuleBasedStateMachine):
    """One comment that nobody answers, while people come and go, and judges that sleep now and then."""

    @initialize(begin=MOMENTS, terms=st.fixed_dictionaries(dict.fromkeys(RUNGS, TERMS)), ladder=LADDERS)
    def begins(self, begin: datetime, terms: dict[str, Term], ladder: list[tuple[str, ...]]) -> None:
        self.due = self.now = begin
        self.terms, self.ladder = terms, ladder
        self.quiet: datetime | None = None
        self.passes: list[dict[str, str]] = []

    @rule(ladder=LADDERS)
    def people_come_and_go(self, ladder: list[tuple[str, ...]]) -> None:
        self.ladder = ladder

    @rule(passed=st.timedeltas(timedelta(minutes=1), timedelta(days=4)))
    def time_passes(self, passed: timedelta) -> None:
        self.now += passed

    @rule(hours=st.integers(1, 40))
    def somebody_puts_it_off(self, hours: int) -> None:
        self.quiet = CALENDAR.after(self.now, timedelta(hours=hours))

    @rule()
    def somebody_judges(self) -> None:
        called = self.called()
        if not isinstance(called, Silence):
            self.passes.append(dict(called))
            assert CALENDAR.is_open(self.now)
            assert self.quiet is None or self.now >= self.quiet
            assert set(called) <= {person for step in self.ladder for person in step}
            for rung in called.values():
                assert self.now >= due_at(self.due, self.terms[rung], CALENDAR)

    def called(self) -> Mapping[str, str] | Silence:
        told = {(rung, person) for each in self.passes for person, rung in each.items()}
        return calls(Case(State.OPEN, self.due, self.quiet), self.terms, self.ladder, told, CALENDAR, self.now)

    @invariant()
    def no_rung_is_told_in_two_passes(self) -> None:
        rungs = [rung for each in getattr(self, "passes", []) for rung in set(each.values())]
        assert len(rungs) == len(set(rungs))

    @invariant()
    def judging_again_at_once_changes_nothing(self) -> None:
        if hasattr(self, "passes") and self.passes:
            called = self.called()
            if not isinstance(called, Silence):
                again = {(rung, person) for each in [*self.passes, dict(called)] for person, rung in each.items()}
                assert isinstance(
                    calls(Case(State.OPEN, self.due, self.quiet), self.terms, self.ladder, again, CALENDAR, self.now),
                    Silence,
                )

    @invariant()
    def what_is_overdue_is_known_to_somebody_as_soon_as_somebody_judges(self) -> None:
        """To somebody who could be told at that time."""
        if hasattr(self, "passes") and not self.passes and any(self.ladder):
            come = any(self.now >= due_at(self.due, term, CALENDAR) for term in self.terms.values())
            open_now = CALENDAR.is_open(self.now) and self.now > self.due
            if come and open_now and (self.quiet is None or self.now >= self.quiet):
                assert not isinstance(self.called(), Silence)


TestWaiting = Waiting.TestCase
