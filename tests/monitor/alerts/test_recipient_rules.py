"""Who takes care of a channel on a day: any register, anybody away, anybody without an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.recipient_rules import Care, Charge, care

PEOPLE = ("anna", "bo", "cilla", "david", "eva")
person = st.sampled_from(PEOPLE)
some = st.frozensets(person)
charges = st.builds(Charge, person, st.none() | person, st.lists(st.lists(person).map(tuple), max_size=3).map(tuple))
ALL = frozenset(PEOPLE)
CHARGE = Charge("anna", "bo", (("cilla", "david"), ("eva",)))


@pytest.mark.parametrize(
    ("away", "unreachable", "expected"),
    [
        ("", "", Care(("anna",), stands_in=False, unattended=False)),
        ("bo", "", Care(("anna",), stands_in=False, unattended=False)),
        ("anna", "", Care(("bo",), stands_in=True, unattended=False)),
        ("", "anna", Care(("bo",), stands_in=True, unattended=False)),
        ("anna bo", "", Care(("cilla", "david"), stands_in=True, unattended=True)),
        ("anna bo cilla", "", Care(("david",), stands_in=True, unattended=True)),
        ("anna", "bo", Care(("cilla", "david"), stands_in=True, unattended=False)),
        ("", "anna bo", Care(("cilla", "david"), stands_in=True, unattended=False)),
        ("anna bo cilla david", "", Care(("eva",), stands_in=True, unattended=True)),
        ("anna bo cilla david eva", "", Care((), stands_in=True, unattended=True)),
    ],
)
def test_who_is_there_takes_care_the_nearest_first(away: str, unreachable: str, expected: Care) -> None:
    assert care(CHARGE, set(away.split()), ALL - set(unreachable.split())) == expected


def test_a_channel_without_a_deputy_is_unattended_when_its_one_person_is_away() -> None:
    alone = Charge("anna", None, (("cilla",),))
    assert care(alone, {"anna"}, ALL) == Care(("cilla",), stands_in=True, unattended=True)


@given(charges, some, some)
def test_nobody_who_is_away_or_cannot_be_reached_is_asked_and_nobody_twice(
    charge: Charge, away: frozenset[str], reachable: frozenset[str]
) -> None:
    people = care(charge, away, reachable).people
    assert set(people) <= reachable - away
    assert len(people) == len(set(people))
    assert set(people) <= {charge.responsible, charge.deputy, *(id_ for group in charge.others for id_ in group)}


@given(charges, some, some)
def test_somebody_is_asked_whenever_anybody_is_left(
    charge: Charge, away: frozenset[str], reachable: frozenset[str]
) -> None:
    known = {charge.responsible, charge.deputy, *(id_ for group in charge.others for id_ in group)}
    assert bool(care(charge, away, reachable).people) == bool(known & (reachable - away))


@given(charges, some, some)
def test_the_person_responsible_is_passed_over_only_when_not_there(
    charge: Charge, away: frozenset[str], reachable: frozenset[str]
) -> None:
    found, there = care(charge, away, reachable), reachable - away
    assert found.stands_in == (charge.responsible not in there)
    if charge.responsible in there:
        assert found.people == (charge.responsible,)
    elif charge.deputy in there:
        assert found.people == (charge.deputy,)


@given(charges, some, some)
def test_unattended_means_that_both_are_away(charge: Charge, away: frozenset[str], reachable: frozenset[str]) -> None:
    assert care(charge, away, reachable).unattended == ({charge.responsible, charge.deputy} - {None} <= away)


@given(charges, some, some, person)
def test_who_comes_back_takes_nothing_from_somebody_nearer(
    charge: Charge, away: frozenset[str], reachable: frozenset[str], back: str
) -> None:
    """With one person more there, the others keep the channel, or that person gets it."""
    before, after = care(charge, away, reachable).people, care(charge, away - {back}, reachable).people
    assert after == before or back in after
