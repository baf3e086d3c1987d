"""Which addresses a text has, where they lead, and whether that is the organisation's website."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.watch.hub_rules import Hub, Kind, Told, Verdict, Word, addresses, allowed_hosts, host, is_allowed, verdict

TIBRO = allowed_hosts("https://www.tibro.se", [])
LEADS_THERE = (
    "https://www.tibro.se",
    "Läs mer på https://www.tibro.se/vatten.",
    "Läs mer: www.tibro.se/vatten",
    "Läs mer:www.tibro.se",
    "tibro.se/vatten",
    "Allt finns på tibro.se!",
    "(se tibro.se)",
    "Mer (på https://tibro.se/a_(b)) finns.",
    "HTTPS://WWW.TIBRO.SE/VATTEN",
    "TIBRO.SE",
    "Tibro.se",
    "minasidor.tibro.se/barnomsorg",
    "https://tibro.se:443/x",
    "https://www.tibro.se./x",
    "https://tibro.se/?utm_source=facebook&fbclid=IwAR0_x#topp",
    "Nyheter\u2063\n\u2063\nwww.tibro.se\u200b\n#tibro",
    "Simhallen\u2028tibro.se/simhall\u2028",
    "»https://tibro.se«",
    "https://evil.com https://tibro.se",
    "https://webbredaktor@tibro.se/",
    "https://www.tibro.se\\vatten",
)
LEADS_ELSEWHERE = (
    "",
    "Tibro kommun",
    "info@tibro.se",
    "Skriv till fornamn.efternamn@tibro.se.",
    "mailto:info@tibro.se",
    "https://tibro.se.evil.com",
    "tibro.se.evil.com/x",
    "eviltibro.se",
    "evil-tibro.se",
    "https://evil.com/tibro.se",
    "evil.com/tibro.se",
    "evil.com\\tibro.se",
    "https://evil.com/?u=https://www.tibro.se/",
    "https://evil.com#tibro.se",
    "https://tibro.se@evil.com/",
    "https://www.tibro.se:443@evil.com/",
    "https://evil.com\\@tibro.se/",
    "tibro.se@evil.com",
    "tibro.se:x@evil.com",
    "https://tіbro.se",
    "https://xn--tbro-3ve.se",
    "tibro.sexa",
    "tibro.se-sidan.example",
    "kultur/tibro.se",
    "@tibro.se",
    "#tibro.se",
    "Vi ses i Tibro.Se mer nästa vecka",
    "https://tibro.seo",
    "https://tibro",
    "https://[tibro.se",
    "https:///tibro.se",
)


@pytest.mark.parametrize("text", LEADS_THERE)
def test_what_leads_to_the_website_counts(text: str) -> None:
    assert verdict(Told(text), None, TIBRO).hub == Hub.ON_WEBSITE


@pytest.mark.parametrize("text", LEADS_ELSEWHERE)
def test_what_only_looks_like_it_does_not(text: str) -> None:
    assert verdict(Told(text), None, TIBRO) == Verdict(Hub.MISSING)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Se https://a.se/x, www.b.se/y; och c.se.", ["https://a.se/x", "www.b.se/y", "c.se"]),
        ("(https://sv.wikipedia.org/wiki/Tibro_(ort))", ["https://sv.wikipedia.org/wiki/Tibro_(ort)"]),
        ("Öppet 07.30–16.00, den 1.12", []),
        ("ring 0504-180 00 t.ex. i dag", ["t.ex"]),
        ("Mötesplatsskövde.se/åäö", ["Mötesplatsskövde.se/åäö"]),
        ("https://", []),
        ("Nytt\u2063www.tibro.se/bad\u200b\u2063mer", ["www.tibro.se/bad"]),
    ],
)
def test_addresses_are_given_as_the_text_writes_them_without_the_sentence_around(text: str, found: list[str]) -> None:
    assert addresses(text) == found


def test_hosts_with_swedish_letters_are_the_same_in_every_spelling() -> None:
    allowed = allowed_hosts("https://www.åmål.se/", [])
    assert allowed == {"xn--ml-xiab.se"}
    for written in ("ÅMÅL.se", "www.åmål.se/a", "https://xn--ml-xiab.se/", "https://a\u030ama\u030al.se"):
        assert is_allowed(written, allowed)
    assert verdict(Told("Läs mer på A\u030ama\u030al.se/bad!"), None, allowed).hub == Hub.ON_WEBSITE
    assert not is_allowed("https://amal.se", allowed)


def test_a_host_that_old_and_new_programs_read_differently_is_none() -> None:
    assert not is_allowed("https://www.straße.se", allowed_hosts("https://www.strasse.se", []))
    assert is_allowed("https://www.strasse.se", allowed_hosts("https://www.strasse.se", []))


def test_a_host_counts_only_if_the_organisation_has_listed_it() -> None:
    event = Told("Höstmarknad: https://www.vastsverige.com/tibro/evenemang/1")
    assert verdict(event, None, TIBRO).hub == Hub.MISSING
    assert verdict(event, None, allowed_hosts("https://www.tibro.se", ["vastsverige.com"])).hub == Hub.ON_WEBSITE
    assert verdict(event, None, allowed_hosts("https://www.tibro.se", ["https://vastsverige.com/x"])).hub != Hub.MISSING
    assert verdict(event, None, allowed_hosts("https://www.tibro.se", ["sverige.com"])).hub == Hub.MISSING


def test_a_whole_top_level_is_never_allowed() -> None:
    assert allowed_hosts("https://se", ["www.com", "", "com"]) == frozenset()


def test_what_is_attached_and_where_it_stands_counts_as_what_it_says() -> None:
    assert verdict(Told("Hej", links=("https://www.tibro.se/a",)), None, TIBRO) == Verdict(
        Hub.ON_WEBSITE, "https://www.tibro.se/a"
    )
    assert verdict(Told("Hej", permalink="https://blogg.tibro.se/1"), None, TIBRO).hub == Hub.ON_WEBSITE
    assert verdict(Told("Hej", permalink="https://www.facebook.com/1"), None, TIBRO).hub == Hub.MISSING


def test_a_persons_word_counts_where_the_post_itself_says_nothing() -> None:
    linked = Word(Kind.LINKED, url="https://www.tibro.se/a")
    dismissed = Word(Kind.DISMISSED, reason="En hälsning, ingen information")
    assert verdict(Told("Hej"), linked, TIBRO) == Verdict(Hub.LINKED, "https://www.tibro.se/a")
    assert verdict(Told("Hej"), dismissed, TIBRO) == Verdict(Hub.DISMISSED, "En hälsning, ingen information")
    assert verdict(Told("Hej"), Word(Kind.REOPENED), TIBRO) == Verdict(Hub.MISSING)
    assert verdict(Told("tibro.se"), dismissed, TIBRO) == Verdict(Hub.ON_WEBSITE, "tibro.se")


def test_a_link_stops_counting_when_its_host_is_taken_off_the_list() -> None:
    word = Word(Kind.LINKED, url="https://www.vastsverige.com/a")
    assert verdict(Told("Hej"), word, allowed_hosts("https://tibro.se", ["vastsverige.com"])).hub == Hub.LINKED
    assert verdict(Told("Hej"), word, TIBRO).hub == Hub.MISSING


# -- whatever the text

ANYTHING = st.text(max_size=200)
NAMES = st.from_regex(r"\A[a-zåäö][a-zåäö0-9]{0,10}\Z").filter(lambda name: name != "www")
HOSTS = st.lists(NAMES, min_size=2, max_size=4).map(lambda parts: ".".join([*parts[:-1], "example"]))


@given(ANYTHING)
@example("a." * 5_000 + "@")
@example("https://" + "[" * 50)
@example("-" * 5_000)
def test_any_text_can_be_read(text: str) -> None:
    for address in addresses(text):
        assert host(address)
        assert not any(sign.isspace() for sign in address)


@given(HOSTS, HOSTS)
def test_exactly_a_host_and_its_subdomains_are_allowed(one: str, other: str) -> None:
    allowed = allowed_hosts(f"https://{one}/", [])
    same = other == one or other.endswith(f".{one}")
    for written in (other, f"https://{other}/x?y#z", f"HTTPS://{other.upper()}:8080", f"www.{other}"):
        assert is_allowed(written, allowed) == same
    assert is_allowed(f"a.b.{one}", allowed)
    assert not is_allowed(f"a{one}", allowed)
    assert not is_allowed(f"{one}.org", allowed)


SENTENCES = ("{words} {it}", "{words} ({it}). {words}", "{it}\n{words}", "”{it}”, {words}", "{words}:\n»{it}»!")
WORDS = st.text(alphabet=string.ascii_letters + "åäö ,!\n", max_size=30)


@given(HOSTS, WORDS, st.sampled_from(["", "/a", "/a/?b=c#d"]))
def test_an_address_in_any_sentence_is_found_and_no_other_is_made_up(name: str, words: str, path: str) -> None:
    for written in (f"https://{name}{path}", f"www.{name}{path}", f"{name}{path}"):
        for sentence in SENTENCES:
            assert addresses(sentence.format(words=words, it=written)) == [written]


@given(HOSTS, HOSTS)
def test_what_stands_in_a_path_or_before_an_at_sign_leads_nowhere(one: str, other: str) -> None:
    allowed = allowed_hosts(f"https://{one}", [])
    if is_allowed(other, allowed):
        return
    for told in ("https://{one}@{other}", "{other}/{one}", "kim@{one}", "https://{other}/?u={one}", "{one}@{other}"):
        text = told.format(one=one, other=other)
        assert verdict(Told(text), None, allowed).hub == Hub.MISSING
