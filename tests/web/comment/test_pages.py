"""A moderator with one comment: each form through the real application, effects counted on the emulated platform."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, select, update

from connectors.emulator.server import Emulator
from monitor import State
from monitor.db import Database
from monitor.inbox.assigning import assigned_to
from monitor.inbox.claims import LASTS, claim_of
from monitor.inbox.desk_models import Note
from monitor.inbox.forwarding import forwards_of
from monitor.inbox.models import Action
from tests.monitor.conftest import emulator
from tests.monitor.inbox.desk import TEXT, Desk
from tests.web.comment.desk_house import DeskHouse, Hand, desk_housed, hidden

__all__ = ["emulator"]
NASTY = '<script>document.title="taken"</script> & "citat" {organisation}'
SIGNED = f"{TEXT}\n\nTibro kommun"


@pytest.fixture
def house(sqlite: Database, emulator: Emulator) -> Iterator[DeskHouse]:
    yield from desk_housed(Desk(sqlite, emulator, "facebook"))


@pytest.fixture
def any_house(db: Database, emulator: Emulator) -> Iterator[DeskHouse]:
    yield from desk_housed(Desk(db, emulator, "facebook"))


def test_looking_changes_nothing_and_shows_the_thread_with_its_post(house: DeskHouse) -> None:
    id_, _made = house.asked(NASTY)
    hand, before = house.hand("redaktor"), house.everything()
    for path in (f"/comment/{id_}", f"/comment/{id_}?after={id_}", f"/comment/{id_}/assign", f"/comment/{id_}/forward"):
        assert hand.page(path).status_code == 200
    assert house.everything() == before
    text = hand.page(f"/comment/{id_}").text
    assert "<script>document" not in text
    assert "&lt;script&gt;document" in text
    for said in ("Badhuset öppnar på måndag", "Ingen har svarat ännu.", "Besvaras senast", "Signera: Tibro kommun"):
        assert said in text


def test_an_answer_is_sent_once_and_leads_to_the_next_that_waits_with_a_way_back(house: DeskHouse) -> None:
    (first, _made), (second, _other) = house.asked(), house.asked("Och på söndagar?")
    hand = house.hand("redaktor")
    answer = hand.answers(first, TEXT, sign="1")
    assert answer.headers["location"] == f"/comment/{second}?after={first}"
    under_way = hand.follow(answer).text
    assert "Ditt svar skickas." in under_way
    house.work()
    assert (house.texts(), house.state(first)) == ([SIGNED], State.ANSWERED)
    sent = hand.page(f"/comment/{second}?after={first}").text
    assert "Ditt svar är skickat." in sent
    assert "Ditt svar är skickat." in hand.page(f"/comment/{first}/after").text
    taken_back = hand.follow(hand.post(*undo(sent)))
    assert taken_back.url.path == f"/comment/{first}"
    assert "Ditt svar tas tillbaka." in taken_back.text
    house.work()
    assert [effect.kind for effect in house.effects] == ["reply", "delete"]
    assert house.state(first) is State.OPEN
    assert hand.answers(second).headers["location"] == f"/comment/{first}?after={second}"


def test_whoever_answers_quicker_than_the_platform_is_not_led_back_to_what_is_being_sent(house: DeskHouse) -> None:
    (first, _made), (second, _other), (third, _more) = (house.asked(f"Fråga {number}?") for number in range(3))
    rut, erik = house.hand("redaktor"), house.hand("ersattare")
    assert rut.answers(first).headers["location"] == f"/comment/{second}?after={first}"
    with house.db.transaction() as session:  # sent, and no reading has brought it yet
        session.execute(update(Action).values(state="done", remote_id="not-read-back"))
    assert rut.answers(second, "Ja.").headers["location"] == f"/comment/{third}?after={second}"
    last = erik.answers(third, "Nej.")
    assert last.headers["location"] == f"/comment/{third}?after={third}&kept=last"
    assert "Inget mer väntar på dig." in erik.follow(last).text
    house.work()
    assert sorted(house.texts()) == ["Ja.", "Nej."]


def undo(html: str) -> tuple[str, dict[str, str]]:
    """Where the banner's button sends what."""
    before = html[: html.index(">Ångra<")]
    address = before[before.rindex('action="') + 8 :].split('"')[0]
    return address, hidden(before + "</form>", address.rpartition("/")[2])


def test_pressed_many_times_at_once_it_is_answered_once(any_house: DeskHouse) -> None:
    id_, _made = any_house.asked()
    hand = any_house.hand("redaktor")
    form = hand.form(id_, TEXT)
    with ThreadPoolExecutor(4) as fingers:
        pressed = list(fingers.map(lambda _n: hand.post(f"/comment/{id_}/answer", form).status_code, range(4)))
    any_house.work()
    assert (pressed, any_house.texts()) == ([303] * 4, [TEXT])
    assert any_house.acts().count("action.requested") == 1
    other = hand.post(f"/comment/{id_}/answer", form | {"text": "Något annat"})
    any_house.work()
    assert (other.status_code, any_house.texts()) == (422, [TEXT])
    assert "Något annat" in other.text


def test_of_two_who_answer_at_once_the_second_is_asked_first(house: DeskHouse) -> None:
    id_, _made = house.asked()
    rut, erik = house.hand("redaktor"), house.hand("ersattare")
    theirs = erik.form(id_, "Också ett svar")
    assert rut.answers(id_, TEXT).status_code == 303
    asks = erik.post(f"/comment/{id_}/answer", theirs)
    assert asks.status_code == 409
    assert "Rut Redaktör har ett svar på väg sedan" in asks.text
    assert "Också ett svar" in asks.text
    house.work()
    asks_again = erik.post(f"/comment/{id_}/answer", hidden(asks.text, "answer") | {"step": "send"})
    assert asks_again.status_code == 409
    assert "Rut Redaktör svarade mån 16 nov." in asks_again.text
    house.work()
    assert house.texts() == [TEXT]
    assert erik.post(f"/comment/{id_}/answer", hidden(asks_again.text, "answer") | {"step": "send"}).status_code == 303
    house.work()
    assert house.texts() == [TEXT, "Också ett svar"]


def test_who_answered_on_the_platform_is_told_of_before_anything_is_sent(house: DeskHouse) -> None:
    id_, made = house.asked()
    hand = house.hand("redaktor")
    form = hand.form(id_, TEXT)
    house.desk.world.answer(made, "Redan besvarat.")
    house.desk.read()
    asks = hand.post(f"/comment/{id_}/answer", form)
    assert (asks.status_code, house.actions()) == (409, [])
    assert "Någon på plattformen svarade" in asks.text
    assert "Redan besvarat." in asks.text


@pytest.mark.parametrize(("what", "sent"), [("send", ["Redan besvarat.", TEXT]), ("withdraw", ["Redan besvarat."])])
def test_what_the_worker_holds_back_is_decided_by_a_person(house: DeskHouse, what: str, sent: list[str]) -> None:
    """Nobody has read the thread since somebody answered there: only the worker, about to send, sees it."""
    id_, made = house.asked()
    hand = house.hand("redaktor")
    assert hand.answers(id_, TEXT).status_code == 303
    house.desk.world.answer(made, "Redan besvarat.")
    house.work()
    page = hand.page(f"/comment/{id_}?after={id_}").text
    assert "någon hann svara före" in page
    assert house.effects == []
    held = hidden(page, "asked")
    assert house.hand("chef").post(f"/comment/{id_}/asked", held | {"what": "send"}).status_code == 422
    assert hand.post(f"/comment/{id_}/asked", held | {"what": what}).status_code == 303
    house.work()
    assert house.texts() == sent[1:]
    assert "asks" not in str(house.actions())
    assert f"action.{'confirmed' if what == 'send' else 'withdrawn'}" in house.acts()


def test_a_comment_that_somebody_else_is_at_asks_first_and_is_passed_by(house: DeskHouse) -> None:
    (first, _made), (second, _other) = house.asked(), house.asked("Och på söndagar?")
    rut, erik = house.hand("redaktor"), house.hand("ersattare")
    assert erik.post(f"/comment/{first}/claim", {"what": "take"}).status_code == 303
    shown = rut.page(f"/comment/{first}").text
    assert "Erik Ersättare håller på med den sedan" in shown
    assert rut.post(f"/comment/{first}/claim", {"what": "take"}).status_code == 422
    asks = rut.answers(first, TEXT)
    assert (asks.status_code, house.actions()) == (409, [])
    assert rut.answers(second, TEXT).headers["location"] == f"/comment/{second}?after={second}&kept=last"
    assert rut.post(f"/comment/{first}/claim", {"what": "over"}).status_code == 303
    with house.db.snapshot() as session:
        assert getattr(claim_of(session, first, house.clock()), "person_id", None) == "redaktor"
        assert claim_of(session, first, house.clock() + LASTS) is None
    assert rut.answers(first, TEXT).status_code == 303
    with house.db.snapshot() as session:
        assert claim_of(session, first, house.clock()) is None


def test_who_may_not_is_refused_and_nothing_happens(house: DeskHouse) -> None:
    """person, and the status of reading, answering and closing."""
    id_, _made = house.asked()
    form = house.hand("redaktor").form(id_, TEXT)
    for person, read, answer, close in (
        ("registrator", 200, 403, 403),
        ("utanfor", 403, 403, 403),
        ("chef", 200, 422, 303),
        ("annan", 200, 403, 422),
    ):
        hand = house.hand(person)
        page = hand.page(f"/comment/{id_}")
        assert (page.status_code, f'action="/comment/{id_}/answer"' in page.text) == (read, False)
        assert hand.post(f"/comment/{id_}/answer", form).status_code == answer
        assert hand.post(f"/comment/{id_}/mark", {"kind": "close", "reason": "thanks"}).status_code == close
        if person == "registrator":
            assert "<textarea" not in page.text
            assert '/mark"' not in page.text
        if person == "chef":
            assert "nämner inte Karin Chef" in page.text
    house.work()
    assert (house.effects, house.actions(), house.marks()) == ([], [], [("chef", "close")])


def test_a_comment_that_is_not_there_is_no_crash_and_a_stranger_is_led_to_the_login(house: DeskHouse) -> None:
    hand = house.hand("redaktor")
    for path in ("/comment/99", "/comment/0", "/comment/99999999999999999999", "/comment/99/assign"):
        assert hand.page(path).status_code == 404
    assert hand.post("/comment/99/mark", {"kind": "close"}).status_code == 404
    id_, _made = house.asked()
    hand.client.cookies.clear()
    assert hand.page(f"/comment/{id_}").headers["location"].startswith("/login?next=")
    cross = hand.client.post(f"{house.url}/comment/{id_}/note", headers={"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 403


WRONG = [
    ({"kind": "close", "note": "Mina ord"}, "Ange varför", "Mina ord"),
    ({"kind": "close", "reason": "because", "note": "Mina ord"}, "Ange varför", "Mina ord"),
    ({"kind": "close", "reason": "registered", "note": "utan nummer"}, "anteckningen", "utan nummer"),
    ({"kind": "close", "reason": "thanks", "note": "å" * 1001}, "högst 1000", "å" * 1001),
    ({"kind": "snooze", "note": "Semester"}, "Ange till när", "Semester"),
    ({"kind": "snooze", "until": "i morgon", "note": "Semester"}, "2026-06-18 12:00", "i morgon"),
    ({"kind": "snooze", "until": "2026-11-16T12:00", "note": ""}, "anteckning", "2026-11-16T12:00"),
    ({"kind": "snooze", "until": "2020-01-01T09:00", "note": "x"}, "har passerat", "2020-01-01T09:00"),
    ({"kind": "private", "note": " "}, "anteckning", ""),
    ({"kind": "confirm"}, "Inget av våra svar", ""),
    ({"kind": "nonsense"}, "Välj en av knapparna", ""),
]
"""What is sent, what is said about it, and what is still there."""


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(house: DeskHouse) -> None:
    id_, _made = house.asked()
    hand = house.hand("redaktor")
    for fields, sentence, kept in WRONG:
        answer = hand.post(f"/comment/{id_}/mark", fields)
        assert answer.status_code == 422, fields
        assert (sentence in answer.text, kept in answer.text) == (True, True), fields
        if kept:
            assert 'aria-invalid="true"' in answer.text or 'id="close-reason-fault"' in answer.text
    assert house.marks() == []


UNFIT = [
    ("", "Skriv ett svar först."),
    ("å" * 8001, "Svaret är 15 tecken för långt"),
    ("Ring {phone}", "i stället för {phone}"),
]


def test_an_answer_that_cannot_be_sent_so_is_kept_and_says_why(house: DeskHouse) -> None:
    id_, _made = house.asked()
    hand = house.hand("redaktor")
    for text, sentence in UNFIT:
        for step in ("send", "preview"):
            refused = hand.answers(id_, text, sign="1", step=step)
            assert (refused.status_code, sentence in refused.text) == (422, True)
            assert f">{text}</textarea>" in refused.text
            assert 'aria-describedby="text-hint text-fault" aria-invalid="true"' in refused.text
    assert house.actions() == []


def ticked(html: str) -> set[str]:
    return {name for name in ("sign", "interim") if re.search(rf'<input[^>]* name="{name}"[^>]* checked', html)}


def test_the_preview_is_exactly_what_is_sent_also_with_a_name_before_it(house: DeskHouse) -> None:
    _id, made = house.asked()
    nested = house.desk.stage.comment(made, "Och på söndagar?")
    house.desk.read()
    id_, hand = house.desk.row(nested).id, house.hand("redaktor")
    begun = hand.answers(id_, "Hej!", step="template", template="1")
    assert "Hej!\n\nTack för din fråga till Tibro kommun!</textarea>" in begun.text
    assert ticked(begun.text) == set()
    promised = hand.answers(id_, "", step="template", template="2")
    assert "Vi tar reda på det.</textarea>" in promised.text
    assert ticked(promised.text) == {"interim"}, "what only says that an answer will come is ticked to be so"
    preview = hand.answers(id_, "Nej, då är det stängt.", step="preview", sign="1")
    whole = "Anna Berg Nej, då är det stängt.\n\nTibro kommun"
    assert f'<blockquote class="text" dir="auto">{whole}</blockquote>' in preview.text
    draft = hand.post(f"/comment/{id_}/draft", {"text": "Nej, då är det stängt.", "sign": "1"})
    assert whole in draft.text
    assert f"Tecken kvar: {8000 - len(whole)}." in draft.text
    assert house.actions() == []
    changed = hand.post(f"/comment/{id_}/answer", hidden(preview.text, "answer") | {"step": "edit"})
    assert ">Nej, då är det stängt.</textarea>" in changed.text
    assert hand.post(f"/comment/{id_}/answer", hidden(preview.text, "answer") | {"step": "send"}).status_code == 303
    house.work()
    assert house.texts() == [whole]


SAID = [
    ({"kind": "acknowledge"}, State.ACKNOWLEDGED),
    ({"kind": "snooze", "until": "2026-11-16T15:00", "note": "Väntar"}, State.SNOOZED),
    ({"kind": "close", "reason": "opinion"}, State.CLOSED_NO_REPLY),
    ({"kind": "private", "note": "Ringde upp"}, State.ANSWERED_PRIVATELY),
]


def test_what_a_person_says_of_it_counts_and_can_be_taken_back(house: DeskHouse) -> None:
    id_, _made = house.asked()
    hand = house.hand("redaktor")
    for fields, state in SAID:
        told = hand.follow(hand.post(f"/comment/{id_}/mark", fields)).text
        assert house.state(id_) is state
        hand.follow(hand.post(*undo(told)))
        assert house.state(id_) is State.OPEN
    assert house.effects == []


def test_an_answer_that_may_be_for_either_of_two_is_confirmed_or_not(house: DeskHouse) -> None:
    id_, made = house.asked()
    other = house.desk.world.person("facebook", "Bo Ek")
    house.desk.world.advance(60)
    house.desk.world.comment(made, other, "Jag undrar också.")
    house.desk.world.advance(60)
    house.desk.world.answer(made, "På måndag.")
    house.desk.read()
    hand = house.hand("redaktor")
    page = hand.page(f"/comment/{id_}").text
    assert house.state(id_) is State.PROBABLY_ANSWERED
    assert page.index("Ja, den är besvarad") < page.index("Skriv ett svar")
    told = hand.follow(hand.post(f"/comment/{id_}/mark", {"kind": "confirm"})).text
    assert (house.state(id_), "Noterat: den är besvarad." in told) == (State.ANSWERED, True)
    hand.post(*undo(told))
    assert house.state(id_) is State.OPEN


def test_what_a_platform_holds_is_published_from_its_page(sqlite: Database, emulator: Emulator) -> None:
    desk = Desk(sqlite, emulator, "youtube")
    for house in desk_housed(desk):
        held = desk.asked("release")
        id_, hand = desk.row(held).id, house.hand("redaktor")
        page = hand.page(f"/comment/{id_}").text
        assert "Plattformen håller kvar den" in page
        assert "Dölj kommentaren" not in page
        assert 'name="text"' not in page
        assert "Avvisa" in page
        asked = hand.post(f"/comment/{id_}/act", hidden(page, "act"))
        assert "Avvisa" not in hand.follow(asked).text, "offered once more while it is being published"
        house.work()
        assert [effect.kind for effect in house.effects] == ["release"]
        assert "Kommentaren är publicerad." in hand.page(f"/comment/{id_}?after={id_}").text


def test_a_first_answer_keeps_it_waiting_and_shows_that_a_unit_is_asked(house: DeskHouse) -> None:
    id_, _made = house.asked()
    hand = house.hand("redaktor")
    wrong = hand.post(f"/comment/{id_}/forward", {"unit": "", "note": "När?"})
    assert (wrong.status_code, ">När?</textarea>" in wrong.text) == (422, True)
    hand.follow(hand.post(f"/comment/{id_}/forward", {"unit": "kommunikation", "note": "När?"}))
    page = hand.page(f"/comment/{id_}").text
    assert "det ser inte den som väntar" in page
    assert "Väntar på verksamheten" not in page
    hand.answers(id_, "Vi tar reda på det.", interim="1")
    house.work()
    assert (house.texts(), house.state(id_)) == (["Vi tar reda på det."], State.INTERIM_ANSWERED)
    assert "Väntar på verksamheten" in hand.page(f"/comment/{id_}").text
    with house.db.snapshot() as session:
        assert [each.to_id for each in forwards_of(session, [id_])] == ["chef"]


def test_notes_and_turns_are_kept_and_shown(house: DeskHouse) -> None:
    id_, _made = house.asked()
    hand = house.hand("annan")
    assert hand.post(f"/comment/{id_}/note", {"note": " "}).status_code == 422
    page = hand.follow(hand.post(f"/comment/{id_}/note", {"note": "Ring <b>Anna</b>"})).text
    assert "Intern anteckning" in page
    assert "Den interna anteckningen är sparad." in page
    assert "Ring &lt;b&gt;Anna&lt;/b&gt;" in page
    assert hand.post(f"/comment/{id_}/assign", {"to": "utanfor"}).status_code == 422
    assert "Erik Ersättare tar den" in hand.follow(hand.post(f"/comment/{id_}/assign", {"to": "ersattare"})).text
    with house.db.snapshot() as session:
        assert assigned_to(session, [id_]) == {id_: "ersattare"}
        assert [note.by_id for note in session.scalars(select(Note))] == ["annan"]
    assert {"comment.noted", "comment.assigned"} <= set(house.acts())


def test_a_comment_is_hidden_once_and_shown_again(house: DeskHouse) -> None:
    id_, _made = house.asked()
    hand = house.hand("redaktor")
    form = {"kind": "hide", "key": "0" * 32}
    for _press in range(3):
        assert hand.post(f"/comment/{id_}/act", form).status_code == 303
    house.work()
    page = hand.page(f"/comment/{id_}?after={id_}").text
    assert ("Kommentaren är dold." in page, house.state(id_)) == (True, State.HIDDEN_BY_US)
    assert hand.post(*undo(page)).status_code == 303
    house.work()
    assert [effect.kind for effect in house.effects] == ["hide", "unhide"]
    for wrong in (
        {"kind": "release", "key": "1" * 32},
        {"kind": "delete", "key": "1" * 32},
        {"kind": "hide", "key": "1"},
    ):
        assert hand.post(f"/comment/{id_}/act", wrong).status_code == 422
    assert len(house.effects) == 2


def test_a_page_asks_the_database_no_more_often_for_a_long_thread(house: DeskHouse) -> None:
    id_, made = house.asked()
    hand = house.hand("redaktor")
    hand.post(f"/comment/{id_}/note", {"note": "x"})
    short = queries(house, hand, id_)
    for number in range(12):
        house.desk.stage.comment(made, f"Och {number}?")
    house.desk.read()
    assert queries(house, hand, id_) == short
    assert short <= 12, short


def queries(house: DeskHouse, hand: Hand, id_: int) -> int:
    asked = list[str]()

    def heard(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(house.db.engine, "before_cursor_execute", heard)
    assert hand.page(f"/comment/{id_}").status_code == 200
    event.remove(house.db.engine, "before_cursor_execute", heard)
    return len([each for each in asked if each.startswith(("SELECT", "WITH"))])
