"""What a link in a mail lets its holder do: looking changes nothing, the button does it once."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import quote

import httpx2
import pytest
import time_machine
from sqlalchemy import select

from config.language import use_language
from monitor.alerts.tasks import ATTEST, CONFIRM, REVIEW
from monitor.db import Database
from monitor.register.models import Channel, Person
from tests.monitor.days.almanac import MONDAY
from tests.web.conftest import NASTY
from tests.web.links.task_house import DOERS, NOW, PURPOSES, SUBJECTS, House, housed

PREFETCHING = ({}, {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"X-Moz": "prefetch"})
DONE = {
    ATTEST: "Rut Redaktör gick igenom kanalen mån 15 juni kl. 10.00.",
    REVIEW: "Rut Redaktör gick igenom det nya mån 15 juni kl. 10.00.",
    CONFIRM: "Kommunikator bekräftade mån 15 juni kl. 10.00 att beslutet är mottaget.",
}


@pytest.fixture
def house(sqlite: Database) -> Iterator[House]:
    with time_machine.travel(NOW):
        yield from housed(sqlite)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_looking_changes_nothing_however_often_and_whoever_looks_ahead(house: House, purpose: str) -> None:
    before, address = house.everything(), house.address(purpose)
    for headers in PREFETCHING:
        answer = httpx2.get(address, headers=headers)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert answer.headers["referrer-policy"] == "same-origin"
    httpx2.head(address)
    httpx2.get(f"{address}/decision.pdf")
    assert house.everything() == before


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_button_does_it_once_and_the_page_says_by_whom_and_when(house: House, purpose: str) -> None:
    assert "<button" in house.get(purpose).text
    for answer in (house.post(purpose), house.get(purpose), house.post(purpose)):
        assert answer.status_code == 200
        assert DONE[purpose] in answer.text
        assert "<button" not in answer.text
    assert house.done(purpose) == [DOERS[purpose]]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_pressed_many_times_at_once_it_is_done_once(house: House, purpose: str) -> None:
    with ThreadPoolExecutor(6) as hands:
        answers = list(hands.map(lambda _each: house.post(purpose).status_code, range(6)))
    assert answers == [200] * 6
    assert house.done(purpose) == [DOERS[purpose]]


def test_what_is_done_by_a_second_person_is_said_with_the_first_ones_name(house: House) -> None:
    house.post(REVIEW)
    house.almanac.town.person("kom2", name="Ulla Andra", roles=["communicator"])
    house.post(CONFIRM)
    answer = house.post(CONFIRM, person="kom2")
    assert DONE[CONFIRM] in answer.text
    assert DONE[REVIEW] in house.post(REVIEW, person="ersattare").text
    assert house.done(CONFIRM) == ["kommunikator"]
    assert house.done(REVIEW) == ["redaktor"]


def refused(house: House, purpose: str, status: int, word: str, address: str = "") -> None:
    """Neither looking nor pressing does anything, and both say why on a whole page in the house's own dress."""
    before, address = house.everything(), address or house.address(purpose)
    for answer in (httpx2.get(address), httpx2.post(address), httpx2.get(f"{address}/decision.pdf")):
        assert answer.status_code == status
        assert word in answer.text
        assert "<h1>" in answer.text
        assert "<button" not in answer.text
    assert house.everything() == before


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_link_that_is_too_old_is_gone_and_says_what_to_do(house: House, purpose: str) -> None:
    address = house.address(purpose, until=NOW - timedelta(seconds=1))
    refused(house, purpose, 410, "Använd länken i ett nyare mejl", address)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_link_that_somebody_has_changed_does_not_work(house: House, purpose: str) -> None:
    whole = house.address(purpose)
    for address in (whole[:-1], whole + "A", whole.replace("/task/", "/task/W", 1), f"{house.url}/task/{'x' * 3000}"):
        refused(house, purpose, 404, "Länken fungerar inte", address)


def test_a_link_of_ours_for_something_else_does_nothing_here(house: House) -> None:
    refused(house, "", 404, "Länken fungerar inte", house.address("login", person="redaktor", subject="fb"))


@pytest.mark.parametrize("purpose", PURPOSES)
def test_who_has_left_can_use_no_link(house: House, purpose: str) -> None:
    address = house.address(purpose)
    house.almanac.town.change(Person, DOERS[purpose], retired=True)
    refused(house, purpose, 403, "inte längre finns i registret", address)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_channel_that_is_no_longer_watched_needs_nobody(house: House, purpose: str) -> None:
    address = house.address(purpose)
    house.almanac.town.change(Channel, SUBJECTS[purpose].partition("/")[0], state="retired")
    refused(house, purpose, 410, "Den har tagits ur bruk", address)


def test_the_refusal_is_wholly_in_the_language_of_who_reads_it(house: House) -> None:
    house.almanac.town.change(Person, "redaktor", language="en", retired=True)
    text = house.get(ATTEST).text
    assert '<html lang="en" ' in text
    assert "no longer in the register" in text


def test_a_note_that_is_too_long_is_refused_at_its_field_and_not_lost(house: House) -> None:
    note = "å" * 1001
    answer = house.post(ATTEST, {"note": note, "count": "3"})
    assert answer.status_code == 422
    assert "<title>Inte sparat: " in answer.text
    assert (
        '<p class="ds-validation-message" id="note-fault">Anteckningen har 1001 tecken. Korta den till högst 1000.'
        in answer.text
    )
    assert 'aria-describedby="note-hint note-fault" aria-invalid="true" autofocus' in answer.text
    assert note in answer.text
    assert 'value="3"' in answer.text
    assert house.attestations() == []
    assert house.post(ATTEST, {"note": note[1:], "count": "3"}).status_code == 200
    [made] = house.attestations()
    assert (made.note, made.count) == (note[1:], 3)


@pytest.mark.parametrize("count", ["-1", "1,5", "tre", "100001", "٣", "9" * 400])
def test_a_count_that_is_no_number_is_refused_at_its_field(house: House, count: str) -> None:
    answer = house.post(ATTEST, {"count": count})
    assert answer.status_code == 422
    assert 'aria-describedby="count-fault" aria-invalid="true" autofocus' in answer.text
    assert house.attestations() == []


def test_a_note_keeps_emoji_and_lines_and_nothing_that_the_database_cannot_hold(house: House) -> None:
    house.post(ATTEST, {"note": "  Lugnt 😀👩‍👧\r\nInget\x00 nytt \ud83d".encode("utf-8", "replace").decode() + "  "})
    [made] = house.attestations()
    assert made.note.startswith("Lugnt 😀👩‍👧\nInget")
    assert "\x00" not in made.note
    assert not made.note.endswith(" ")


def test_a_note_is_shown_as_text_and_never_run(house: House) -> None:
    answer = house.post(ATTEST, {"note": f"</textarea>{NASTY}", "count": '"><script>'})
    assert answer.status_code == 422
    assert "<script>" not in answer.text


def test_more_than_any_form_holds_is_not_read_to_its_end(house: House) -> None:
    answer = house.post(ATTEST, {"note": "a" * 60_000})
    assert (answer.status_code, "För mycket text" in answer.text) == (413, True)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe%00%zz", b"&".join([b"note=a"] * 50), b"{}", b"note=%ff%fe"])
def test_a_body_that_no_form_sends_is_no_crash(house: House, body: bytes) -> None:
    answer = httpx2.post(house.address(ATTEST), content=body, follow_redirects=True)
    assert answer.status_code < 500


def test_an_attestation_that_would_not_count_is_refused_with_what_to_do_instead(house: House) -> None:
    answer = house.post(ATTEST, subject=f"fb/{MONDAY}")
    assert answer.status_code == 409
    assert "gå i stället igenom det nya i Kanalvakt" in answer.text
    assert house.attestations() == []


def test_a_review_of_what_no_machine_reads_is_refused(house: House) -> None:
    assert house.post(REVIEW, subject="grupp").status_code == 409
    assert house.reviews() == []


def test_who_is_no_communicator_any_more_confirms_nothing(house: House) -> None:
    answer = house.post(CONFIRM, person="redaktor")
    assert answer.status_code == 409
    assert "Rut Redaktör är inte kommunikatör" in answer.text
    assert house.receipts() == []


def test_what_residents_wrote_is_not_shown_to_who_holds_a_link(house: House) -> None:
    text = house.get(REVIEW).text
    assert "2 kommentarer väntar på att någon tittar på dem." in text
    assert text.count('rel="noreferrer">Kommentar inkommen mån 15 juni') == 2
    assert "taken" not in text
    assert "Anna" not in text


def test_what_comes_after_it_was_gone_through_needs_somebody_again(house: House) -> None:
    house.post(REVIEW)
    house.almanac.comes("c3", MONDAY, "10.30")
    with time_machine.travel(NOW + timedelta(hours=1)):
        text = house.get(REVIEW).text
        assert "1 kommentar väntar på att någon tittar på den." in text
        house.post(REVIEW)
    assert house.done(REVIEW) == ["redaktor"] * 2


def shown(text: str) -> dict[str, str]:
    """What the page's button sends with it."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\d+)">', text))


def test_what_came_while_the_page_was_open_is_not_gone_through_with_the_rest(house: House) -> None:
    fields = shown(house.get(REVIEW).text)
    house.almanac.comes("c3", MONDAY, "09.59")
    answer = house.post(REVIEW, fields)
    assert answer.status_code == 409
    assert "Det har kommit mer sedan du öppnade sidan" in answer.text
    assert answer.text.count('rel="noreferrer">Kommentar inkommen mån 15 juni') == 3
    assert house.reviews() == []
    assert DONE[REVIEW] in house.post(REVIEW, shown(answer.text)).text
    assert house.done(REVIEW) == ["redaktor"]


@pytest.mark.parametrize("newest", ["", "-1", "x", "9" * 30, "٣"])
def test_what_no_page_says_of_what_it_showed_is_no_crash(house: House, newest: str) -> None:
    assert house.post(REVIEW, {"newest": newest}).status_code == 200


def test_the_decision_is_there_to_read_before_it_is_confirmed(house: House) -> None:
    text = house.get(CONFIRM).text
    for said in ("Syfte", "Social mediekanal (adress)", "Huvudsaklig målgrupp", "Ansvarig för kanalen", "Karin Chef"):
        assert said in text
    assert "<script>" not in text
    assert house.path(CONFIRM) + "/decision.pdf" in text
    paper = httpx2.get(house.address(CONFIRM) + "/decision.pdf")
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.content.startswith(b"%PDF-")
    assert "beslut-fb-1.pdf" in paper.headers["content-disposition"]


def test_only_a_decision_has_a_paper(house: House) -> None:
    for purpose in (ATTEST, REVIEW):
        assert httpx2.get(house.address(purpose) + "/decision.pdf").status_code == 404


def test_a_channel_with_letters_of_its_own_has_a_paper_too(house: House) -> None:
    house.almanac.town.channel("łódź")
    house.almanac.town.decision("łódź", confirmed=False)
    paper = httpx2.get(house.address(CONFIRM, subject="łódź/1") + "/decision.pdf")
    assert paper.status_code == 200
    assert quote("łódź") in paper.headers["content-disposition"]


def test_a_version_that_another_has_replaced_says_so_and_is_not_confirmed(house: House) -> None:
    house.almanac.town.decision("fb", confirmed=False)
    answer = house.get(CONFIRM)
    assert "Ett nyare beslut har ersatt det." in answer.text
    assert "<button" not in answer.text
    assert house.post(CONFIRM).status_code == 409
    assert house.receipts() == []
    assert httpx2.get(house.address(CONFIRM) + "/decision.pdf").status_code == 200
    assert house.post(CONFIRM, subject="fb/2").status_code == 200
    assert house.done(CONFIRM) == ["kommunikator"]


def test_a_version_that_was_confirmed_before_it_was_replaced_stays_confirmed(house: House) -> None:
    house.post(CONFIRM)
    house.almanac.town.decision("fb", confirmed=False)
    assert DONE[CONFIRM] in house.post(CONFIRM).text
    assert house.done(CONFIRM) == ["kommunikator"]


def test_without_a_communicator_an_administrator_confirms(house: House) -> None:
    house.almanac.town.person("it", name="Ivar Drift", roles=["administrator"])
    assert house.post(CONFIRM, person="it").status_code == 409
    house.almanac.town.change(Person, "kommunikator", retired=True)
    assert "Ivar Drift bekräftade" in house.post(CONFIRM, person="it").text


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_page_speaks_the_holders_language_and_the_one_chosen_on_the_device(house: House, purpose: str) -> None:
    assert '<html lang="sv" ' in house.get(purpose).text
    house.almanac.town.change(Person, DOERS[purpose], language="en")
    text = house.get(purpose).text
    assert '<html lang="en" ' in text
    with use_language("sv"):
        assert "Du är" not in text
    with httpx2.Client(follow_redirects=True) as device:
        device.get(f"{house.url}/language/sv")
        assert '<html lang="sv" ' in device.get(house.address(purpose)).text
        word = house.path(purpose).rpartition("/")[2]
        back = device.get(f"{house.url}/language/en", params={"back": f"/task/{word}"})
        assert (back.url.path, '<html lang="en" ' in back.text) == (f"/task/{word}", True)


def test_no_link_and_no_note_stands_in_the_log(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.post(ATTEST, {"note": "hemlig anteckning"})
    with house.db.snapshot() as session:
        assert session.scalars(select(Person.id)).first() is not None
    said = "".join(capsys.readouterr())
    assert house.path(ATTEST).rpartition("/")[2] not in said
    assert "hemlig" not in said
    assert "hemlig" not in str(house.everything()["audit_entry"])


def test_a_day_that_is_over_is_not_attested_by_reading_the_channel_now(house: House) -> None:
    with time_machine.travel(NOW + timedelta(days=1)):
        asked, done = house.get(ATTEST).text, house.post(ATTEST).text
    assert "Tryck på knappen bara om du gick igenom kanalen den dagen." in asked
    assert "sedan sist" not in asked
    assert "Rut Redaktör intygade tis 16 juni kl. 10.00 att kanalen gicks igenom den dagen." in done
