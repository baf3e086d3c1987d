"""Passwords are refused for being short or easy to guess, never for the signs they have."""

import itertools
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.access.password_rules import LONGEST, SHORTEST, Weakness, same, weakness

OWN = ("rut", "Rut Redaktör", "rut.redaktor example.org", "Tibro kommun")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("kort", Weakness.SHORT),
        ("elva tecken", Weakness.SHORT),
        ("x1" * 65, Weakness.LONG),
        ("Tibrokommun2026!", Weakness.OWN),
        ("Redaktör-Rut-99!", Weakness.OWN),
        ("Lösenord123456", Weakness.COMMON),
        ("qwertyuiop12", Weakness.COMMON),
        ("Sommar2026Sommar", Weakness.COMMON),
        ("123456789012", Weakness.COMMON),
        ("abcdefghijklmn", Weakness.COMMON),
        ("aaaaaaaaaaaaaaaa", Weakness.COMMON),
        ("blåbär kaffe tåg", None),
        ("correct horse battery staple", None),
        ("83920174650192", None),
        ("мороз и солнце день", None),
    ],
)
def test_what_is_refused_and_why(password: str, why: Weakness | None) -> None:
    assert weakness(password, OWN) == why


@given(st.text(max_size=SHORTEST - 1))
def test_a_short_one_is_refused_whatever_it_holds(password: str) -> None:
    if len(same(password)) < SHORTEST:
        assert weakness(password, OWN) == Weakness.SHORT


@given(st.lists(st.sampled_from(string.ascii_lowercase[::3]), min_size=24, max_size=LONGEST))
def test_no_kind_of_sign_is_asked_for(letters: list[str]) -> None:
    """Lower-case letters alone are accepted as soon as they are no words and no runs."""
    steps = sum(first != second for first, second in itertools.pairwise(letters))
    if steps >= 12:
        assert weakness("".join(letters), ()) is None


@given(st.text(min_size=1, max_size=200), st.lists(st.text(max_size=30), max_size=4))
def test_it_is_decided_for_any_text(password: str, own: list[str]) -> None:
    assert weakness(password, own) in {None, *Weakness}


@given(st.text(min_size=SHORTEST, max_size=40))
def test_however_letters_are_composed_the_password_is_the_same(password: str) -> None:
    assert same(same(password)) == same(password)


def test_an_a_with_a_ring_is_one_letter_on_every_keyboard() -> None:
    assert same("bla\u030abär") == same("blåbär")
