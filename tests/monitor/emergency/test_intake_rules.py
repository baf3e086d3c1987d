"""What residents' words are during an incident, and which are alike."""

import random
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import monitor.emergency.intake_rules as rules
from monitor.emergency.intake_rules import ALIKE, Kind, about, alike, groups, listed, nearest, sort

KNOWN = listed(tomllib.loads(Path(rules.__file__).with_name("intake_words.toml").read_text(encoding="utf-8")))
words = st.sampled_from(["vatten", "ström", "skolan", "bussen", "gatan", "öppet", "kokas", "och", "är"])
texts = st.lists(st.lists(words, max_size=6).map(" ".join), max_size=30).map(lambda some: list(enumerate(some)))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("När kommer strömmen tillbaka?", Kind.QUESTION),
        ("Hur länge måste vi koka vattnet", Kind.QUESTION),
        ("How long will the power be out?", Kind.QUESTION),
        ("Vi har inget vatten på Storgatan", Kind.OBSERVATION),
        ("Strömlöst i Fagersanna sedan 18", Kind.OBSERVATION),
        ("Vi har inget vatten, när kommer det?", Kind.QUESTION),
        ("Vi har inget vatten, nån som vet nåt", Kind.QUESTION),
        ("We have no power in Tibro", Kind.OBSERVATION),
        ("Jag hörde att vattnet är giftigt", Kind.RUMOUR),
        ("Stämmer det att skolan brinner?", Kind.RUMOUR),
        ("I heard that the school is closed", Kind.RUMOUR),
        ("Min mamma behöver hjälp, hemtjänsten kommer inte!", Kind.HELP),
        ("Kan någon hjälpa oss? Jag hörde att ni kör ut vatten", Kind.HELP),
        ("Please help, we are trapped", Kind.HELP),
        ("Tack för all hjälp", Kind.OTHER),
        ("Bra jobbat", Kind.OTHER),
        ("", Kind.OTHER),
    ],
)
def test_words_are_sorted_by_what_has_to_be_looked_at_first(text: str, kind: Kind) -> None:
    assert sort(text, KNOWN).kind is kind


def test_why_it_was_sorted_so_is_said_in_the_residents_own_words() -> None:
    found = sort("Snälla HJÄLP, jag sitter fast i hissen", KNOWN)
    assert {words for match in found.because for words in match.words} >= {"Snälla HJÄLP", "sitter fast"}


def test_a_question_that_many_ask_in_their_own_words_is_one_group() -> None:
    asked = [
        "När kommer strömmen tillbaka?",
        "när är strömmen tillbaka??",
        "Strömmen tillbaka när?",
        "Är skolan öppen?",
    ]
    first, *_rest = groups(enumerate(asked), KNOWN)
    assert first == (0, 1, 2)


@given(texts)
def test_each_text_is_in_one_group_with_a_first_one_that_it_is_like(some: list[tuple[int, str]]) -> None:
    found = groups(some, KNOWN)
    assert sorted(id_ for group in found for id_ in group) == [id_ for id_, _text in some]
    said = dict(some)
    for first, *others in found:
        for other in others:
            assert alike(about(said[first], KNOWN), about(said[other], KNOWN)) >= ALIKE


@given(texts, texts)
def test_what_comes_later_moves_nobody(before: list[tuple[int, str]], after: list[tuple[int, str]]) -> None:
    later = [(id_ + len(before), text) for id_, text in after]
    now = {frozenset(id_ for id_ in group if id_ < len(before)) for group in groups(before + later, KNOWN)}
    assert now - {frozenset()} == {frozenset(group) for group in groups(before, KNOWN)}


@given(texts, st.lists(words, max_size=6).map(" ".join))
def test_the_nearest_is_as_near_as_any(some: list[tuple[int, str]], text: str) -> None:
    near = nearest(text, some, KNOWN)
    scores = {id_: alike(about(text, KNOWN), about(other, KNOWN)) for id_, other in some}
    best = max(scores.values(), default=0.0)
    assert (near is None) == (best < ALIKE)
    if near is not None:
        assert scores[near] == best


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_any_text_is_something(text: str) -> None:
    assert sort(text, KNOWN).kind in Kind
    assert alike(about(text, KNOWN), about(text, KNOWN)) in {0.0, 1.0}


def test_each_of_two_thousand_comments_is_held_against_few_others(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = list[int]()
    monkeypatch.setattr(rules, "alike", lambda one, other: compared.append(1) or alike(one, other))
    chance = random.Random(7)  # noqa: S311 - any words will do
    some = ["vattnet", "strömmen", "skolan", "bussen", "gatan", "när", "kommer", "tillbaka", "öppet", "hjälp"]
    many = some + [f"ord{number}" for number in range(300)]
    said = [" ".join(chance.choices(many, k=chance.randint(1, 40))) for _each in range(2000)]
    kinds = [sort(text, KNOWN).kind for text in said]
    found = groups(enumerate(said), KNOWN)
    assert 2000 < len(compared) <= 2000 * rules.LOOKED_AT
    assert len(kinds) == sum(map(len, found)) == 2000
