"""A link in a mail to a comment: looking changes nothing, a button says what is to be done about it, and works once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx2
import pytest
import time_machine

from monitor import State
from monitor.db import Database
from monitor.inbox.models import Flag
from monitor.register.links import Link
from monitor.register.models import Channel, Organisation, Person
from monitor.watch.models import Comment
from tests.monitor.days.almanac import MONDAY, at
from tests.web.links.comment_house import NOW, CommentHouse, comment_housed

PREFETCHING = ({}, {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"X-Moz": "prefetch"})
ELSEWHERE = ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"})


@pytest.fixture
def house(sqlite: Database) -> Iterator[CommentHouse]:
    with time_machine.travel(NOW):
        yield from comment_housed(sqlite)


@pytest.fixture
def any_house(db: Database) -> Iterator[CommentHouse]:
    with time_machine.travel(NOW):
        yield from comment_housed(db)


def test_looking_changes_nothing_however_often_and_whoever_looks_ahead(house: CommentHouse) -> None:
    before = house.everything()
    for address in (house.link("asks"), house.link("asks", "close"), house.finish()):
        for headers in PREFETCHING:
            answer = httpx2.get(address, headers=headers)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        httpx2.head(address)
    assert house.everything() == before


def test_the_page_says_who_what_when_and_until_when_and_leads_to_the_platform(house: CommentHouse) -> None:
    text = httpx2.get(house.link("asks")).text
    for said in ("Kommentar på Tibro kommun på fb", "Rut Redaktör", "mån 15 juni kl. 08.00", "mån 15 juni kl. 08.05"):
        assert said in text
    assert "Mitt nummer är [personnummer], när öppnar badet?" in text
    assert "811228" not in text
    assert "tis 16 juni kl. 16.00" in text
    assert "Ingen har svarat ännu." in text
    assert 'href="https://www.facebook.com/asks" rel="noreferrer">Öppna kommentaren från mån 15 juni kl. 08.00' in text


def test_where_mails_quote_nothing_neither_do_the_pages(house: CommentHouse) -> None:
    house.town.change(Organisation, 1, excerpts=False)
    for address in (house.link("asks"), house.finish()):
        text = httpx2.get(address).text
        for word in ("badet", "Tack så mycket", "🙏", "Anna"):
            assert word not in text
    assert "Kommentar från mån 15 juni kl. 08.10" in text


@pytest.mark.parametrize(
    ("which", "choice", "fields", "state"),
    [
        ("asks", "acknowledge", {}, State.ACKNOWLEDGED),
        ("asks", "close", {"reason": "opinion", "note": "Ingen fråga"}, State.CLOSED_NO_REPLY),
        ("asks", "private", {"note": "Ringde upp"}, State.ANSWERED_PRIVATELY),
        ("perhaps", "confirm", {}, State.ANSWERED),
        ("perhaps", "reject", {}, State.OPEN),
        ("perhaps", "acknowledge", {}, State.ACKNOWLEDGED),
        ("held", "acknowledge", {}, State.ACKNOWLEDGED),
    ],
)
def test_a_button_says_it_once_with_an_audit_entry_in_the_persons_name(
    any_house: CommentHouse, which: str, choice: str, fields: dict[str, str], state: State
) -> None:
    house, address = any_house, any_house.link(which, choice)
    assert httpx2.get(address).text.index(f'value="{choice}"') < httpx2.get(address).text.index("<h2>Eller")
    answer = house.press(address, choice, **fields)
    assert answer.status_code == 200
    assert "Rut Redaktör använde länken mån 15 juni kl. 10.00. Så här är läget nu: " in answer.text
    assert "<button" not in answer.text
    assert house.state(which) is state
    [mark] = house.marks()
    assert (mark.kind, mark.by_id, mark.note) == (choice, "redaktor", fields.get("note", ""))
    assert [(who, id_) for who, _act, id_ in house.audited()] == [("redaktor", str(house.ids[which]))]
    assert "Ringde" not in str(house.everything()["audit_entry"])


def test_a_second_press_is_told_by_whom_and_when_it_was_used_and_how_it_stands_now(any_house: CommentHouse) -> None:
    house, address = any_house, any_house.link("asks")
    house.press(address, "acknowledge")
    for choice in ("acknowledge", "wake", "close", ""):
        answer = house.press(address, choice, reason="spam")
        assert answer.status_code == 409
        assert "Rut Redaktör använde länken mån 15 juni kl. 10.00." in answer.text
        assert "Sedd av Rut Redaktör" in answer.text or "Rut Redaktör" in answer.text
        assert "<button" not in answer.text
    assert len(house.marks()) == len(house.uses()) == len(house.audited()) == 1


def test_pressed_many_times_at_once_it_is_said_once(any_house: CommentHouse) -> None:
    address = any_house.link("asks")
    with ThreadPoolExecutor(6) as hands:
        answers = list(hands.map(lambda _each: any_house.press(address, "acknowledge").status_code, range(6)))
    assert sorted(answers) == [200] + [409] * 5
    assert len(any_house.marks()) == len(any_house.uses()) == 1


def test_who_has_acknowledged_can_still_close_it_by_the_same_mail(house: CommentHouse) -> None:
    house.press(house.link("asks", "acknowledge"), "acknowledge")
    house.press(house.link("asks", "close"), "close", reason="not_for_us")
    assert house.state("asks") is State.CLOSED_NO_REPLY


def test_each_persons_link_is_a_link_of_its_own(house: CommentHouse) -> None:
    house.press(house.link("asks"), "acknowledge")
    text = httpx2.get(house.link("asks", person="ersattare")).text
    assert "Erik Ersättare" in text
    assert "<button" in text
    assert house.press(house.link("asks", "close", person="ersattare"), "close", reason="spam").status_code == 200


def test_without_a_reason_nothing_is_closed_and_the_link_still_works(house: CommentHouse) -> None:
    address = house.link("asks", "close")
    for fields in ({}, {"reason": ""}, {"reason": "because"}):
        answer = house.press(address, "close", note="Mina ord", **fields)
        assert answer.status_code == 409
        assert "Välj varför inget svar behövs." in answer.text
        assert "Mina ord" in answer.text
    assert house.marks() == house.uses() == []
    assert house.press(address, "close", reason="thanks").status_code == 200


def test_what_marking_refuses_is_said_and_the_link_still_works(house: CommentHouse) -> None:
    address = house.link("asks", "close")
    answer = house.press(address, "close", reason="registered", note="utan nummer")
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert 'value="registered" required checked' in answer.text
    assert house.uses() == []
    assert house.press(address, "close", reason="registered", note="KS 2026/17").status_code == 200


@pytest.mark.parametrize("choice", ["", "snooze", "reopen", "confirm", "nonsense", "acknowledge' OR 1=1"])
def test_what_no_button_offers_is_not_done(house: CommentHouse, choice: str) -> None:
    answer = house.press(house.link("asks"), choice)
    assert answer.status_code == 409
    assert house.marks() == house.uses() == []


def test_what_has_been_answered_since_needs_nobody_and_offers_nothing(house: CommentHouse) -> None:
    house.town.answer("later", at(MONDAY, "09.50"), to="asks")
    answer = httpx2.get(house.link("asks"))
    assert "Det finns inget kvar att göra: Besvarad av organisationen den 15 juni 2026." in answer.text
    assert "<button" not in answer.text
    assert house.press(house.link("asks"), "acknowledge").status_code == 409
    assert house.marks() == house.uses() == []


def test_who_no_longer_takes_care_of_the_channel_says_nothing(house: CommentHouse) -> None:
    house.town.person("annan", name="Ann Annan")
    for address in (house.link("asks", person="annan"), house.finish(person="annan")):
        for answer in (httpx2.get(address), house.press(address, "acknowledge")):
            assert answer.status_code == 403
            assert "Ann Annan" in answer.text
            assert "badet" not in answer.text
            assert "Tack" not in answer.text
    assert house.marks() == house.uses() == []


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_a_page_elsewhere_cannot_make_a_browser_press_the_button(house: CommentHouse, headers: dict[str, str]) -> None:
    for address in (house.link("asks"), house.finish()):
        answer = httpx2.post(address, data={"choice": "acknowledge"}, headers=headers)
        assert answer.status_code == 403
    assert house.marks() == house.uses() == []
    ours = httpx2.post(house.link("asks"), data={"choice": "acknowledge"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert ours.status_code == 303


@pytest.mark.parametrize("which", ["999999", "0", "-1", "x", ""])
def test_a_comment_that_is_not_there_is_no_crash(house: CommentHouse, which: str) -> None:
    answer = httpx2.get(house.link(which))
    assert answer.status_code in {404, 410}
    assert house.press(house.link(which), "acknowledge").status_code in {404, 410}


def test_a_comment_of_another_channel_cannot_be_reached_through_this_one(house: CommentHouse) -> None:
    house.town.channel("ig", platform="instagram")
    assert httpx2.get(house.link("asks", channel="ig")).status_code == 410


def test_old_changed_and_foreign_links_do_nothing(house: CommentHouse) -> None:
    link = Link("handle", "redaktor", f"fb/{house.ids['asks']}/acknowledge")
    old = house._address(link, NOW - timedelta(seconds=1))
    for address, status in ((old, 410), (house.link("asks")[:-1], 404)):
        for answer in (httpx2.get(address), house.press(address, "acknowledge")):
            assert answer.status_code == status
    assert "Använd länken i ett nyare mejl eller fråga kommunikatören." in httpx2.get(old).text
    house.town.change(Person, "redaktor", retired=True)
    assert house.press(house.link("asks"), "acknowledge").status_code == 403
    house.town.change(Person, "redaktor", retired=False)
    house.town.change(Channel, "fb", state="retired")
    assert house.press(house.link("asks"), "acknowledge").status_code == 410
    assert house.marks() == house.uses() == []


def test_a_note_that_is_too_long_is_refused_at_its_field(house: CommentHouse) -> None:
    answer = house.press(house.link("asks"), "acknowledge", note="å" * 1001)
    assert answer.status_code == 422
    assert answer.text.count('id="note-acknowledge-fault"') == 1
    assert 'aria-describedby="note-acknowledge-fault" aria-invalid="true" autofocus' in answer.text
    assert house.marks() == house.uses() == []


def picked(house: CommentHouse, *which: str) -> list[str]:
    return [str(house.ids[each]) for each in which]


def test_what_seems_to_need_no_reply_is_closed_at_once_each_for_its_own_reason(any_house: CommentHouse) -> None:
    house = any_house
    tag = house.town.comment("tag", at(MONDAY, "08.40"), "@Kalle", author_id="f")
    text = httpx2.get(house.finish()).text
    assert text.count('type="checkbox"') == text.count(" checked>") == 3
    assert "badet" not in text
    answer = house.press(house.finish(), picked=[*picked(house, "thanks", "emoji"), str(tag)])
    assert (answer.status_code, "Rut Redaktör avslutade det ikryssade mån 15 juni" in answer.text) == (200, True)
    assert [mark.reason for mark in house.marks()] == ["thanks", "thanks", "tag"]
    assert [who for who, _act, _id in house.audited()] == ["redaktor"] * 3
    assert house.state("asks") is State.OPEN
    assert house.press(house.finish(), picked=picked(house, "thanks")).status_code == 409
    assert len(house.uses()) == 1


def test_where_the_tick_is_taken_out_it_stays_open(house: CommentHouse) -> None:
    house.press(house.finish(), picked=picked(house, "emoji"))
    assert (house.state("thanks"), house.state("emoji")) == (State.OPEN, State.CLOSED_NO_REPLY)


@pytest.mark.parametrize("which", [[], ["asks"], ["thanks", "asks"], ["thanks", "perhaps"], ["thanks", "held"]])
def test_what_the_page_did_not_list_is_not_closed_and_nothing_with_it(house: CommentHouse, which: list[str]) -> None:
    answer = house.press(house.finish(), picked=picked(house, *which))
    assert answer.status_code == 409
    assert "<button" in answer.text
    assert house.marks() == house.uses() == []


def test_what_has_changed_meanwhile_is_not_closed(house: CommentHouse) -> None:
    house.town.change(Comment, house.ids["thanks"], text="Tack, men när öppnar ni?")
    answer = house.press(house.finish(), picked=picked(house, "thanks", "emoji"))
    assert (answer.status_code, "Något har ändrats" in answer.text) == (409, True)
    assert house.marks() == []


def test_what_is_flagged_is_never_among_what_needs_no_reply(house: CommentHouse) -> None:
    with house.db.transaction() as session:
        session.add(Flag(key="k", kind="report", channel_id="fb", at=NOW, comment_id=house.ids["thanks"]))
    assert httpx2.get(house.finish()).text.count('type="checkbox"') == 1


def test_when_nothing_is_left_the_page_says_so(house: CommentHouse) -> None:
    for which in ("thanks", "emoji"):
        house.town.change(Comment, house.ids[which], missing_since=NOW)
    text = httpx2.get(house.finish()).text
    assert "Här finns inget kvar att avsluta." in text
    assert "<button" not in text


def test_no_link_and_no_note_stands_in_the_log(house: CommentHouse, capsys: pytest.CaptureFixture[str]) -> None:
    address = house.link("asks")
    house.press(address, "acknowledge", note="hemlig anteckning")
    said = "".join(capsys.readouterr())
    assert address.rpartition("/")[2] not in said
    assert "hemlig" not in said + str(house.everything()["audit_entry"])


def test_the_word_itself_is_not_kept(house: CommentHouse) -> None:
    address = house.link("asks")
    house.press(address, "acknowledge")
    assert address.rpartition("/")[2] not in str(house.everything())


@pytest.mark.parametrize("added", ["!", "%20", ")", "%C3%A5", "==", "%0D%0A"])
def test_the_same_link_written_otherwise_is_no_other_link(house: CommentHouse, added: str) -> None:
    """What decodes to the same signature is let through: a bracket that a mail program took for part of the link."""
    address = house.link("asks")
    assert house.press(address, "acknowledge").status_code == 200
    answer = house.press(address + added, "close", reason="spam")
    assert answer.status_code in {404, 409}
    assert len(house.marks()) == len(house.uses()) == 1


def test_the_last_letter_of_a_link_can_be_another_and_it_still_works_only_once(house: CommentHouse) -> None:
    address = house.link("asks")
    assert house.press(address, "acknowledge").status_code == 200
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        assert house.press(address[:-1] + letter, "close", reason="spam").status_code in {404, 409}
    assert len(house.marks()) == len(house.uses()) == 1


def test_who_is_on_call_can_say_that_it_has_been_seen(house: CommentHouse) -> None:
    house.town.person("jour", name="Jo Jour")
    house.town.change(Organisation, 1, on_call="jour")
    assert house.press(house.link("asks", person="jour"), "acknowledge").status_code == 200
    assert house.state("asks") is State.ACKNOWLEDGED


def shown(address: str) -> str:
    """What the page's form says that it showed."""
    return httpx2.get(address).text.partition('name="newest" value="')[2].partition('"')[0]


@pytest.mark.parametrize("what", ["an edit", "another reply of ours"])
def test_nobody_speaks_of_what_the_page_did_not_show(any_house: CommentHouse, what: str) -> None:
    house = any_house
    which, choice = ("asks", "close") if what == "an edit" else ("perhaps", "confirm")
    address = house.link(which, choice)
    newest = shown(address)
    if what == "an edit":
        house.town.edit(house.ids["asks"], "Nu brinner det ju!", at(MONDAY, "09.59"))
    else:
        house.town.answer("another", at(MONDAY, "09.59"), to="perhaps")
    answer = house.press(address, choice, reason="spam", newest=newest)
    assert (answer.status_code, "Något har ändrats" in answer.text) == (409, True)
    assert house.marks() == house.uses() == []
    assert house.press(address, choice, reason="spam", newest=shown(address)).status_code == 200


def test_our_answer_is_shown_to_whoever_judges_it_and_a_way_to_whoever_has_to_answer(house: CommentHouse) -> None:
    judged, asked = (httpx2.get(house.link(which)).text for which in ("perhaps", "asks"))
    assert ("Badet öppnar på måndag." in judged, "Vårt svar" in asked) == (True, False)
    for which, text in (("perhaps", judged), ("asks", asked)):
        assert f'href="/comment/{house.ids[which]}"' in text
    assert "/comment/" not in house.press(house.link("asks"), "close", reason="thanks").text
