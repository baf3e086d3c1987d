"""Words that flag: a plain oracle, the list to begin with, disguises, questions; and rushes against a slow count."""

import tomllib
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import monitor.inbox.flag_listing
from monitor.inbox.flag_phrases import Fault, NotARule, phrase, same_rule
from monitor.inbox.flag_rules import Kind, Word, asks, compiled, matches
from monitor.inbox.rush_rules import Rush, Wave, waves

LIST: dict[str, Any] = tomllib.loads(
    Path(monitor.inbox.flag_listing.__file__).with_name("flag_words.toml").read_text(encoding="utf-8")
)
KINDS = ("breach", "report", "danger")
ALL = tuple(
    Word(number, Kind(kind), word)
    for number, (kind, word) in enumerate(
        (kind, word) for kind in KINDS for language in ("sv", "en") for word in LIST[kind][language]
    )
)
BEGIN = datetime(2026, 6, 15, 6, 0, tzinfo=UTC)
LETTERS = "abåäöé"
words = st.text(LETTERS, min_size=1, max_size=4)
cores = st.text(LETTERS, min_size=3, max_size=4)
pieces = st.one_of(words, cores.map("{}*".format), cores.map("*{}".format), cores.map("*{}*".format))
rules = st.lists(pieces, min_size=1, max_size=3).map(" ".join)
separators = st.sampled_from([" ", "  ", "\n", ", ", "!!! ", " – ", "...", "(", '" '])
texts = st.lists(st.tuples(words, separators), max_size=8).map(lambda some: "".join(word + sep for word, sep in some))


def kinds(text: str) -> set[str]:
    """As what the first list flags a text."""
    return {str(match.word.kind) for match in matches(text, compiled(ALL))}


def found(rule: str, text: str) -> bool:
    return bool(matches(text, compiled((Word(1, Kind.BREACH, rule),))))


def because(rule: str, text: str) -> tuple[str, ...]:
    (match,) = matches(text, compiled((Word(1, Kind.BREACH, rule),)))
    return match.words


def fits_plainly(piece: str, word: str) -> bool:
    core = piece.strip("*")
    places = [at for at in range(len(word) - len(core) + 1) if word[at : at + len(core)] == core]
    before, after = piece.startswith("*"), piece.endswith("*")
    return any((before or at == 0) and (after or at + len(core) == len(word)) for at in places)


def found_plainly(rule: str, text: str) -> bool:
    """Every run of words of the text, held against the rule word by word."""
    there, wanted = "".join(sign if sign.isalnum() else " " for sign in text).split(), rule.split()
    runs = (there[at : at + len(wanted)] for at in range(len(there) - len(wanted) + 1))
    return any(all(fits_plainly(*pair) for pair in zip(wanted, run, strict=True)) for run in runs)


@settings(max_examples=1000)
@given(rules, texts)
def test_a_rule_is_found_where_reading_word_by_word_finds_it(rule: str, text: str) -> None:
    assume(not any(letter * 3 in text for letter in LETTERS))  # drawn out: see below
    assume(not any(len(word) == 1 for word in text.split()))  # perhaps spread out
    assume("..." not in text)
    assert found(rule, text) == found_plainly(rule, text)


@given(st.lists(rules, max_size=12), texts)
def test_many_rules_find_what_each_finds_alone(some: list[str], text: str) -> None:
    together = compiled(tuple(Word(number, Kind.DANGER, rule) for number, rule in enumerate(some)))
    numbers = [match.word.rule for match in matches(text, together)]
    assert numbers == [number for number, rule in enumerate(some) if found(rule, text)]


@given(rules, texts, st.sampled_from(["NFC", "NFD", "NFKD"]))
def test_how_letters_are_coded_and_their_case_change_nothing(rule: str, text: str, form: Any) -> None:
    for other in (unicodedata.normalize(form, text), text.upper(), text.title()):
        assert found(rule, text) == found(rule, other)
    assert found(unicodedata.normalize(form, rule.upper()), text) == found(rule, text)


@given(rules, texts)
def test_a_match_names_words_that_stand_in_the_text(rule: str, text: str) -> None:
    for match in matches(text, compiled((Word(1, Kind.BREACH, rule),))):
        assert match.words
        seen = " ".join(unicodedata.normalize("NFKC", text).split())
        assert all(word in seen for word in match.words)


@given(st.text(), st.text())
def test_any_text_can_be_held_against_any_rule(rule: str, text: str) -> None:
    try:
        written = same_rule(rule)
    except NotARule:
        return
    assert same_rule(written) == written
    assert found(written, text) == found(rule, text)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("vattenläck*", "Vattenläckan vid torget"),
        ("*hot", "Det där är ett mordhot!"),
        ("*brand*", "en skogsbrandsrök"),
        ("luktar gas", "Det LUKTAR –\n gas här"),
        ("mörda", "vi ska m.ö.r.d.a dem"),
        ("mörda", "M-Ö-R-D-A"),
        ("mörda", "m ö r d a"),
        ("döda dig", "d0da dig"),
        ("döda dig", "dööööda dig"),
        ("hatar", "h4t4r"),
        ("brinner", "brinnnnerrrr"),
        ("brinner", "𝗯𝗿𝗶𝗻𝗻𝗲𝗿"),
        ("brinner", "brin\u00adner"),
        ("brinner", "b̶r̶i̶n̶n̶e̶r̶"),
        ("farlig*?", "Är vattnet farligt"),
        ("farlig*?", "farligt det här?"),
    ],
)
def test_it_is_found(rule: str, text: str) -> None:
    assert found(rule, text)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("hot", "Vi bor på hotell"),
        ("hot", "shot"),
        ("hot*", "Ett mordhot"),
        ("*hot", "hotell"),
        ("gas", "gäs på gräset"),
        ("gas", "gås"),
        ("far", "får"),
        ("ide", "idé"),
        ("döda", "doda"),
        ("luktar gas", "gas luktar"),
        ("luktar gas", "luktar inte gas"),
        ("gas", "g.a.s.o.l"),
        ("gas", "a.g.a.s"),
        ("mord", "m0rdet"),
        ("hat", "hatt"),
        ("bad", "b4dd"),
        ("112", "1124"),
        ("farlig*?", "När det är farligt, stanna hemma."),
        ("farlig*?", "Var försiktig, det är farligt."),
        ("farlig*?", "farligt: https://tibro.se/?id=1"),
    ],
)
def test_it_is_not_found(rule: str, text: str) -> None:
    assert not found(rule, text)


def test_a_match_says_which_words_as_they_were_written() -> None:
    assert because("vattenläck*", "VattenLÄCKAN och vattenläckor, och VattenLÄCKAN") == ("VattenLÄCKAN", "vattenläckor")
    assert because("luktar gas", "Luktar,\n  gas") == ("Luktar, gas",)
    assert because("mörda", "m.ö.r.d.a") == ("m.ö.r.d.a",)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.EMPTY),
        ("?", Fault.EMPTY),
        ("*", Fault.EMPTY),
        ("!!!", Fault.EMPTY),
        ("lä*cka", Fault.STAR_INSIDE),
        ("ab*", Fault.SHORT),
        ("*å", Fault.SHORT),
        ("a" * 101, Fault.LONG),
    ],
)
def test_what_is_no_rule_is_refused_with_its_fault(text: str, fault: Fault) -> None:
    with pytest.raises(NotARule) as refused:
        phrase(text)
    assert refused.value.fault == fault


def test_what_asks() -> None:
    assert asks("Kan man dricka det")
    assert asks("Hej! Är det öppet")
    assert asks("öppet?")
    assert not asks("Vi är öppna. Välkomna!")
    assert not asks("Areal: 3 ha")


# The first list


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Vi vet var du bor, akta dig", "breach"),
        ("Såna som ni borde skjutas", "breach"),
        ("Jag ska döda dig", "breach"),
        ("Utrota dem allihop", "breach"),
        ("Det kommer ett bombhot snart", "breach"),
        ("I will kill you", "breach"),
        ("Kan ni ta bort den här kommentaren, den är kränkande", "report"),
        ("Det där är hets mot folkgrupp", "report"),
        ("Please remove this comment", "report"),
        ("Är vattnet farligt?", "danger"),
        ("Kan man dricka vattnet", "danger"),
        ("Det luktar gas på Storgatan", "danger"),
        ("DET BRINNER vid skolan!!!", "danger"),
        ("Ring 112 nu", "danger"),
        ("Stor vattenläcka på Nygatan", "danger"),
        ("Är röken giftig?", "danger"),
        ("En elledning ligger över vägen", "danger"),
        ("Håller isen på sjön?", "danger"),
        ("Is it safe to swim there?", "danger"),
        ("I smell gas at the station", "danger"),
        ("Jag orkar inte leva längre", "danger"),
    ],
)
def test_the_first_list_flags_it(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hur länge är badet stängt?",
        "Vi söker dig som brinner för skolan och för barnens rätt",
        "Mördarsniglarna äter upp rabatterna i parken",
        "Barnen gjorde bomben från trampolinen hela dagen",
        "Det kostar 112 kronor",
        "Finns det gasol på macken?",
        "Mitt lokala hotell är hotat av nedläggning",
        "Vattnet i sjön är 21 grader, härligt!",
        "Trädet borde tas bort, det skymmer sikten",
        "Jag har polisanmält skadegörelsen på busskuren",
        "När öppnar biblioteket i Tibro?",
        "Vilken fin brandbil ni har",
        "Vi åker till stranden med farmor",
        "Skattesatsen är på tok för hög",
        "Ni borde skämmas!",
        "Grattis till alla studenter, vilken dag!!!!",
        "Hunden Rex är död. Sorgligt.",
        "Snöröjningen på Hörnebo är under all kritik",
        "Tack för svaret, jag återkommer",
        "Kan man anmäla sig till simskolan här?",
        "Det vore livsviktigt med en cykelbana",
        "Great job, thank you all!",
        "When does the library open?",
        "The killer whale film was dead good",
        "🎉🎉🎉",
        "",
    ],
)
def test_the_first_list_leaves_it_alone(text: str) -> None:
    assert kinds(text) == set()


def test_the_first_list_has_no_rule_twice() -> None:
    written = [(word.kind, same_rule(word.text)) for word in ALL]
    assert len(set(written)) == len(written) > 250


# Rushes


def waves_slowly(posted: list[datetime], rush: Rush) -> list[Wave]:
    """Each comment held against all that were written in the minutes before it."""
    times, span = sorted(posted), timedelta(minutes=rush.minutes)
    found: list[Wave] = []
    for place, moment in enumerate(times):
        before = sum(1 for each in times[:place] if moment - each <= span)
        if found and found[-1].last == (times[place - 1] if place else None) and before * 2 >= rush.comments:
            found[-1] = Wave(found[-1].begin, moment)
        elif before + 1 >= rush.comments:
            found.append(Wave(moment, moment))
    return found


minutes = st.lists(st.integers(0, 120), max_size=60)
limits = st.builds(Rush, st.integers(2, 8), st.integers(1, 30))


@settings(max_examples=500)
@given(minutes, limits)
def test_a_rush_is_what_a_slow_count_finds(at: list[int], rush: Rush) -> None:
    posted = [BEGIN + timedelta(minutes=each) for each in at]
    assert waves(posted, rush) == waves_slowly(posted, rush)


@given(minutes, minutes, limits)
def test_what_is_fetched_later_never_makes_a_second_rush_of_one(at: list[int], later: list[int], rush: Rush) -> None:
    """Every rush that was there lies within one that is there then."""
    posted = [BEGIN + timedelta(minutes=each) for each in at]
    more = [*posted, *(BEGIN + timedelta(minutes=each) for each in later)]
    then = waves(more, rush)
    for wave in waves(posted, rush):
        assert any(each.begin <= wave.begin and wave.last <= each.last for each in then)


def test_a_lasting_rush_is_one_and_another_begins_after_calm() -> None:
    def every(step: float, first: float, count: int) -> list[datetime]:
        return [BEGIN + timedelta(minutes=first + step * each) for each in range(count)]

    rush = Rush(10, 10)
    assert len(waves(every(1, 0, 300), rush)) == 1
    assert waves(every(2, 0, 300), rush) == []
    assert len(waves([*every(0.5, 0, 30), *every(1.6, 16, 30), *every(0.5, 65, 30)], rush)) == 1  # never calm
    assert len(waves([*every(0.5, 0, 30), *every(0.5, 120, 30)], rush)) == 2
