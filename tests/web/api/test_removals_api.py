"""Taking comments away by a program: never without a saved copy, once for each key, and closed step by step."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import func, select

from monitor.access import tokens
from monitor.db import Database
from monitor.inbox.models import Action, Flag
from monitor.inbox.removal_models import RemovalStep, SavedCopy
from monitor.register.models import Person
from monitor.watch.models import Comment
from tests.web.api.conftest import Program, Programs

KEY = "en-nyckel-0001"
HIDE = {"how": "hide", "rule": "insult", "note": "Personangrepp"}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"how": "hide"}, "/rule"),
    ({"how": "vanish", "rule": "insult"}, "/how"),
    ({"how": "remove", "rule": "insult"}, "/how"),
    ({"how": "hide", "rule": "other"}, "/note"),
    (HIDE | {"told": {"answer": False}}, "/told/answer"),
    (HIDE | {"told": {"answer": "yes"}}, "/told/answer"),
    (HIDE | {"note": "x" * 1001}, "/note"),
    (HIDE | {"police": {"kind": "told", "answer": True}}, "/police/kind"),
]


@pytest.fixture
def id_(filled: Database) -> int:
    with filled.transaction() as session:
        for name, role in (("kom", "communicator"), ("annan", "moderator"), ("reg", "registrar"), ("rev", "auditor")):
            session.add(Person(id=name, name=f"{name.title()} Person", email=f"{name}@example.org", roles=[role]))
        return session.scalars(select(Comment.id).where(Comment.external_id == "c0")).one()


def rows(db: Database) -> tuple[int, ...]:
    with db.snapshot() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(each)) or 0 for each in (Action, SavedCopy, RemovalStep)
        )


def step(one: Program, case: int, **body: Any) -> Any:
    return one.post(f"/removals/{case}/steps", body)


def test_one_request_saves_a_copy_hides_it_and_writes_down_what_is_known(
    program: Programs, filled: Database, id_: int
) -> None:
    one = program("ersattare")
    assert one.get(f"/comments/{id_}/removal").json()["ways"] == ["hide"]
    body = HIDE | {"told": {"answer": True, "note": "I tråden"}}
    made = [one.post(f"/comments/{id_}/removal", body, KEY) for _press in range(2)]
    assert [each.status_code for each in made] == [201, 201]
    assert (made[0].json(), rows(filled)) == (made[1].json(), (1, 1, 3))
    case = made[0].json()
    assert (case["act"], case["rule"], case["missing"]) == ("hide", "insult", ["police", "registered"])
    told = one.get(f"/removals/{case['id']}").json()
    assert (told["whole"], told["answerable"]) == (True, ["rule", "told", "police"])
    saved = one.get(f"/removals/{case['id']}/copies/{told['copies'][0]['id']}")
    assert sha256(saved.content).hexdigest() == case["sha256"] == told["copies"][0]["sha256"]
    assert json.loads(saved.content)["comment"]["text"] == told["text"]
    assert one.get(f"/removals/{case['id']}/picture.png").content.startswith(b"\x89PNG")
    assert one.get(f"/removals/{case['id']}/case.pdf").content.startswith(b"%PDF")
    assert one.get(f"/removals/{case['id']}/copies/{told['copies'][0]['id'] + 1}").status_code == 404


def test_what_is_wrong_takes_nothing_away_and_saves_nothing(program: Programs, filled: Database, id_: int) -> None:
    one = program("ersattare")
    for body, at in WRONG:
        answer = one.post(f"/comments/{id_}/removal", body)
        assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, at), body
    assert rows(filled) == (0, 0, 0)


def test_a_case_is_closed_step_by_step_and_read_by_those_who_may(program: Programs, filled: Database, id_: int) -> None:
    one, registrar, auditor = program("ersattare"), program("reg"), program("rev")
    case = one.post(f"/comments/{id_}/removal", HIDE).json()["id"]
    early = step(registrar, case, kind="registered", answer=True, number="K1-26")
    assert (early.status_code, early.json()["errors"][0]["at"]) == (422, "/kind")
    for kind, more in (("told", {"note": "I tråden"}), ("police", {"number": "5000-K1-26"})):
        assert step(registrar, case, kind=kind, answer=True, **more).status_code == 422
        assert step(one, case, kind=kind, answer=True, **more).status_code == 201
    done = step(registrar, case, kind="registered", answer=True, number="K1-26")
    assert (done.status_code, done.json()["missing"]) == (201, [])
    assert step(auditor, case, kind="told", answer=True, note="x").status_code == 422
    looks_on = step(program("reg", *tokens.READING), case, kind="registered", answer=True, number="K2-26")
    assert (looks_on.status_code, looks_on.json()["type"]) == (403, "urn:kanalvakt:problem:scope-missing")
    assert one.get("/removals").json()["items"] == []
    assert [each["id"] for each in auditor.get("/removals", everything="true").json()["items"]] == [case]
    stranger = program("annan")
    assert stranger.get("/removals", everything="true").json()["items"] == []
    for path in ("", "/picture.png", "/case.pdf", "/copies/1"):
        assert stranger.get(f"/removals/{case}{path}").status_code == 404
    assert step(stranger, case, kind="told", answer=True).status_code == 404


def test_what_is_secret_is_read_by_few(program: Programs, filled: Database, id_: int) -> None:
    one, lead = program("ersattare"), program("kom")
    case = one.post(f"/comments/{id_}/removal", HIDE | {"rule": "secrecy"}).json()["id"]
    shut, open_ = one.get(f"/removals/{case}").json(), lead.get(f"/removals/{case}").json()
    assert (shut["text"], shut["author"], shut["secret"]) == (None, None, True)
    assert "citat" in open_["text"]
    with filled.transaction() as session:
        flag = {"kind": "danger", "channel_id": "fb", "comment_id": id_, "words": ["citat"]}
        session.add(Flag(key="k", at=datetime.now(UTC), **flag))
    acknowledged = one.post(f"/comments/{id_}/marks", {"kind": "acknowledge"})
    assert acknowledged.status_code == 201, acknowledged.text
    for answer in (one.get("/comments", everything="true"), one.get(f"/comments/{id_}"), acknowledged):
        assert "citat" not in answer.text
    assert "citat" in lead.get(f"/comments/{id_}").text
    copy = open_["copies"][0]["id"]
    for path in ("picture.png", "case.pdf", f"copies/{copy}"):
        assert one.get(f"/removals/{case}/{path}").status_code == 403
        assert lead.get(f"/removals/{case}/{path}").status_code == 200


def test_the_list_goes_on_where_it_ended_though_cases_come_in(program: Programs, filled: Database, id_: int) -> None:
    one = program("redaktor")
    with filled.snapshot() as session:
        others = session.scalars(select(Comment.id).where(Comment.external_id.in_(("c0", "c1")))).all()
    cases = [one.post(f"/comments/{each}/removal", HIDE).json()["id"] for each in others]
    first = one.get("/removals", limit=1).json()
    held = program("kom").get("/comments", state="held").json()["items"][0]["comment_id"]
    assert one.post(f"/comments/{held}/removal", HIDE | {"how": "reject"}).status_code == 201
    second = one.get("/removals", limit=1, after=first["next"]).json()
    assert [each["id"] for each in first["items"] + second["items"]] == cases[::-1]
    assert second["next"] is None
    for odd in ("x", "LTE", "InRleHQi"):
        assert one.get("/removals", after=odd).status_code == 422
