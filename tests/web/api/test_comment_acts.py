"""What a program does with comments: each thing once for each key, asked first where a person would be, and refused
where the pages refuse; effects counted on the emulated platform."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from starlette.testclient import TestClient

from config.settings import Settings
from connectors.emulator.server import Emulator
from monitor import State
from monitor.access import tokens
from monitor.access.models import ApiAnswer
from monitor.access.permission_rules import Permission
from monitor.db import Database
from monitor.inbox.desk_models import Assignment, Claim, Forward, Note
from monitor.inbox.models import Mark
from monitor.register.models import Person
from monitor.watch.models import Comment
from monitor.web.app import create_app
from tests.monitor.conftest import emulator
from tests.monitor.inbox.desk import TEXT, Desk
from tests.web.api.conftest import Program, Programs
from tests.web.comment.desk_house import DeskHouse, desk_housed, hidden

__all__ = ["emulator"]
KEY = "en-nyckel-0001"


def soon(days: int = 1) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "/kind"),
    ({"kind": "forget"}, "/kind"),
    ({"kind": "close"}, "/reason"),
    ({"kind": "close", "reason": "registered"}, "/note"),
    ({"kind": "private"}, "/note"),
    ({"kind": "snooze", "note": "Väntar"}, "/until"),
    ({"kind": "snooze", "until": soon()}, "/note"),
    ({"kind": "snooze", "note": "Väntar", "until": soon(-1)}, "/until"),
    ({"kind": "snooze", "note": "Väntar", "until": soon(300)}, "/until"),
    ({"kind": "snooze", "note": "Väntar", "until": 1_800_000_000}, "/until"),
    ({"kind": "snooze", "note": "Väntar", "until": "2026-12-01T12:00:00"}, "/until"),
    ({"kind": "acknowledge", "until": soon()}, "/until"),
    ({"kind": "acknowledge", "reason": "spam"}, "/reason"),
    ({"kind": "acknowledge", "note": "x" * 1001}, "/note"),
    ({"kind": "acknowledge", "note": "a\0b"}, "/note"),
    ({"kind": "acknowledge", "nota": "x"}, "/nota"),
]


@pytest.fixture
def house(sqlite: Database, emulator: Emulator) -> Iterator[DeskHouse]:
    yield from desk_housed(Desk(sqlite, emulator, "facebook"))


@pytest.fixture
def programs(house: DeskHouse) -> Iterator[Programs]:
    with TestClient(create_app(Settings(), house.db), base_url="http://localhost") as client:

        def made(person_id: str, *scopes: Permission) -> Program:
            with house.db.transaction() as session:
                names = scopes or tokens.SCOPES
                _row, word = tokens.issue(session, person_id, "Test", names, 30, person_id, datetime.now(UTC))
            return Program(client, word)

        yield made


def answers(one: Program, id_: int, key: str | None = None, text: str = TEXT, **more: Any) -> Any:
    """From the comment as it is read now."""
    seen = more.pop("seen", None) or one.get(f"/comments/{id_}").json()["seen"]
    return one.post(f"/comments/{id_}/answers", {"text": text, "seen": seen, **more}, key)


def test_an_answer_sent_many_times_is_one_and_is_taken_back_as_it_says(house: DeskHouse, programs: Programs) -> None:
    id_, _made = house.asked()
    one = programs("redaktor")
    seen = one.get(f"/comments/{id_}").json()["seen"]
    draft = one.client.post(
        f"/api/v1/comments/{id_}/draft",
        json={"text": TEXT, "sign": True},
        headers={"Authorization": f"Bearer {one.word}"},
    ).json()
    sent = [answers(one, id_, KEY, seen=seen, sign=True) for _press in range(3)]
    assert [each.status_code for each in sent] == [202] * 3
    assert len({each.text for each in sent}) == 1
    assert [each.headers.get("Idempotency-Replayed") for each in sent] == [None, "true", "true"]
    action = sent[0].json()
    with house.db.transaction() as session:
        session.execute(delete(ApiAnswer))  # as after a day
    assert answers(one, id_, KEY, seen=seen, sign=True).json()["id"] == action["id"]
    assert (action["state"], action["comment_id"], action["person"]) == ("pending", id_, "Rut Redaktör")
    assert one.get(f"/comments/{id_}/after").json()["done"]["pending"] is True
    house.work()
    assert (house.texts(), house.state(id_)) == ([draft["whole"]], State.ANSWERED)
    assert one.get(f"/actions/{action['id']}").json()["state"] == "done"
    undo = one.get(f"/comments/{id_}/after").json()["done"]["undo"]
    assert one.post(undo["path"], undo["body"]).status_code == 202
    house.work()
    assert [effect.kind for effect in house.effects] == ["reply", "delete"]
    assert house.acts().count("action.requested") == 2


def test_of_two_the_second_is_asked_first_as_on_the_page_and_says_yes_to_what_stood_there(
    house: DeskHouse, programs: Programs
) -> None:
    id_, _made = house.asked()
    rut, erik = programs("redaktor"), programs("ersattare")
    seen = erik.get(f"/comments/{id_}").json()["seen"]
    form = house.hand("ersattare").form(id_, "Också ett svar")
    assert answers(rut, id_).status_code == 202
    asks = answers(erik, id_, KEY, "Också ett svar", seen=seen)
    page = house.hand("ersattare").post(f"/comment/{id_}/answer", form)
    assert (asks.status_code, page.status_code) == (409, 409)
    assert asks.json()["errors"][0]["detail"] in page.text
    assert asks.json()["confirm"] == hidden(page.text, "answer")["confirmed"]
    house.work()
    again = answers(erik, id_, KEY, "Också ett svar", seen=seen, confirmed=asks.json()["confirm"])
    assert again.status_code == 409
    assert again.json()["errors"][0]["detail"].startswith("Rut Redaktör svarade")
    assert house.texts() == [TEXT]
    yes = answers(erik, id_, KEY, "Också ett svar", seen=seen, confirmed=again.json()["confirm"])
    assert yes.status_code == 202
    house.work()
    assert house.texts() == [TEXT, "Också ett svar"]


def test_what_the_worker_holds_back_is_decided(house: DeskHouse, programs: Programs) -> None:
    id_, made = house.asked()
    one = programs("redaktor")
    action = answers(one, id_).json()
    house.desk.world.answer(made, "Redan besvarat.")
    house.work()
    path = f"/actions/{action['id']}"
    assert one.get(path).json()["state"] == "asks"
    assert one.get(f"/comments/{id_}/after").json()["done"]["needs_person"] is True
    assert programs("chef").post(f"{path}/decision", {"what": "send"}).status_code == 422
    assert programs("utanfor").get(path).status_code == 403
    assert one.post(f"{path}/decision", {"what": "withdraw"}).json()["state"] == "refused"
    assert one.post(f"{path}/decision", {"what": "send"}).json()["state"] == "refused"
    house.work()
    assert house.effects == []


def test_a_comment_is_hidden_once_and_shown_again_and_what_cannot_be_is_not(
    house: DeskHouse, programs: Programs
) -> None:
    id_, _made = house.asked()
    one = programs("redaktor")
    for _press in range(2):
        assert one.post(f"/comments/{id_}/acts", {"kind": "hide"}, KEY).status_code == 202
    house.work()
    undo = one.get(f"/comments/{id_}/after").json()["done"]["undo"]
    assert undo == {"method": "POST", "path": f"/comments/{id_}/acts", "body": {"kind": "unhide"}}
    assert one.post(undo["path"], undo["body"]).status_code == 202
    house.work()
    assert [effect.kind for effect in house.effects] == ["hide", "unhide"]
    wrong = one.post(f"/comments/{id_}/acts", {"kind": "release"})
    assert (wrong.status_code, wrong.json()["errors"][0]["at"]) == (422, "/kind")
    for kind in ("delete", "remove", "", 1, None):
        assert one.post(f"/comments/{id_}/acts", {"kind": kind}).status_code == 422
    assert one.post(f"/comments/{id_}/take-back").status_code == 422
    assert one.post(f"/comments/{id_}/acts", {"kind": "unhide"}, KEY).json()["type"].endswith(":key-used")


def test_an_answer_that_cannot_be_sent_says_where_it_is_wrong(house: DeskHouse, programs: Programs) -> None:
    id_, _made = house.asked()
    one = programs("redaktor")
    for text in ("", " \n", "x" * 10_000, "Ring {phone}", "a\0b"):
        answer = answers(one, id_, text=text)
        assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, "/text"), text[:9]
    asks = answers(one, id_, seen="gammal")
    assert (asks.status_code, house.actions()) == (409, [])
    assert answers(programs("chef"), id_).status_code == 422
    assert answers(programs("annan"), id_).status_code == 403
    template, interim = one.get(f"/comments/{id_}/templates").json()["items"]
    assert (template["kind"], interim["kind"]) == ("answer", "interim")
    assert template["text"] == "Tack för din fråga till Tibro kommun!"


# -- without a platform


@pytest.fixture
def id_(filled: Database) -> int:
    with filled.transaction() as session:
        session.add(Person(id="annan", name="Annan Moderator", roles=["moderator"]))
        session.add(Person(id="reg", name="Rigmor Registrator", roles=["registrar"]))
        return session.scalars(select(Comment.id).where(Comment.external_id == "c0")).one()


def count(db: Database, table: type[Any]) -> int:
    with db.snapshot() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_what_a_person_says_counts_once_and_is_taken_back(program: Programs, filled: Database, id_: int) -> None:
    one = program("redaktor")
    body = {"kind": "close", "reason": "opinion", "note": " Ingen fråga "}
    said = [one.post(f"/comments/{id_}/marks", body, KEY) for _press in range(2)]
    assert [each.status_code for each in said] == [201, 201]
    assert said[0].json() == said[1].json()
    assert (said[0].json()["state"], count(filled, Mark)) == ("closed_no_reply", 1)
    undo = one.get(f"/comments/{id_}/after").json()["done"]["undo"]
    assert one.post(undo["path"], undo["body"]).json()["state"] == "open"
    marks = one.get(f"/comments/{id_}").json()["comment"]["marks"]
    assert [(each["kind"], each["note"]) for each in marks] == [("close", "Ingen fråga"), ("reopen", "")]


def test_what_cannot_be_said_is_refused_where_it_is_wrong(program: Programs, filled: Database, id_: int) -> None:
    one = program("redaktor")
    for body, at in WRONG:
        answer = one.post(f"/comments/{id_}/marks", body)
        assert (answer.status_code, [each["at"] for each in answer.json()["errors"]]) == (422, [at]), body
    headers = {"Authorization": f"Bearer {one.word}", "Idempotency-Key": KEY, "Content-Type": "application/json"}
    for half in (rb'{"kind":"acknowledge","note":"\ud800"}', b'{"kind":"acknowledge","note":"\xff"}'):
        answer = one.client.post(f"/api/v1/comments/{id_}/marks", content=half, headers=headers)
        assert answer.status_code in {400, 422}
    assert count(filled, Mark) == 0


def test_whoever_is_at_it_is_told_of_and_can_be_passed_knowingly(program: Programs, filled: Database, id_: int) -> None:
    rut, eva = program("redaktor"), program("ersattare")
    assert rut.write("PUT", f"/comments/{id_}/claim", {}).json()["person"] == "redaktor"
    taken = eva.write("PUT", f"/comments/{id_}/claim", {}, KEY)
    assert (taken.status_code, "Rut Redaktör" in taken.json()["detail"]) == (409, True)
    assert eva.write("PUT", f"/comments/{id_}/claim", {"over": 1}).status_code == 422
    assert eva.write("PUT", f"/comments/{id_}/claim", {"over": True}, KEY).json()["name"] == "Eva Ersättare"
    assert rut.get(f"/comments/{id_}").json()["claim"]["person"] == "ersattare"
    assert eva.write("DELETE", f"/comments/{id_}/claim").status_code == 204
    assert count(filled, Claim) == 0


def test_notes_turns_and_questions_to_units_are_kept_once(program: Programs, filled: Database, id_: int) -> None:
    one = program("redaktor")
    writes: list[tuple[str, str, dict[str, Any], int]] = [
        ("POST", "notes", {"text": "Ring först"}, 201),
        ("PUT", "assignment", {"to": "ersattare"}, 200),
        ("POST", "forwards", {"unit": "kommunikation", "note": "Vet ni?"}, 201),
    ]
    for method, what, body, status in writes:
        for _press in range(2):
            answer = one.write(method, f"/comments/{id_}/{what}", body, f"{KEY}-{what}")
            assert answer.status_code == status, answer.text
    assert [count(filled, table) for table in (Note, Assignment, Forward)] == [1, 1, 1]
    told = one.get(f"/comments/{id_}").json()
    assert [each["text"] for each in told["notes"]] == ["Ring först"]
    assert (told["assigned"], told["forwards"][0]["unit_name"]) == ("ersattare", "Kommunikation")
    assert one.write("PUT", f"/comments/{id_}/assignment", {"to": None}).json() == {"to": None}
    assert one.get(f"/comments/{id_}").json()["assigned"] is None
    for method, what, wrong, at in (
        ("POST", "notes", {"text": " "}, "/text"),
        ("POST", "notes", {"text": "x" * 2001}, "/text"),
        ("PUT", "assignment", {"to": "annan-person"}, "/to"),
        ("PUT", "assignment", {}, "/to"),
        ("POST", "forwards", {"unit": "kommunikation"}, "/unit"),
        ("POST", "forwards", {"unit": "finns-inte"}, "/unit"),
    ):
        answer = one.write(method, f"/comments/{id_}/{what}", wrong)
        assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, at)


def test_who_may_only_read_or_not_even_that_changes_nothing(program: Programs, filled: Database, id_: int) -> None:
    stranger, reader = program("annan"), program("reg")
    without = program("redaktor", Permission.READ_INBOX)
    for method, what, body in (
        ("POST", "answers", {"text": "x", "seen": "x"}),
        ("POST", "draft", {"text": "x"}),
        ("POST", "marks", {"kind": "acknowledge"}),
        ("PUT", "claim", {}),
        ("DELETE", "claim", None),
        ("POST", "notes", {"text": "x"}),
        ("PUT", "assignment", {"to": None}),
        ("POST", "forwards", {"unit": "kommunikation"}),
        ("POST", "acts", {"kind": "hide"}),
        ("POST", "take-back", None),
        ("POST", "removal", {"how": "hide", "rule": "insult"}),
    ):
        for who, status in ((stranger, 404), (reader, 403), (without, 403)):
            assert who.write(method, f"/comments/{id_}/{what}", body).status_code == status, what
    assert [count(filled, table) for table in (Mark, Claim, Note, Assignment, Forward)] == [0] * 5
