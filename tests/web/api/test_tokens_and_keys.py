"""What every address of the API does alike: who may come in, what goes wrong and how it is told, and writes that happen
once."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any

import pytest
import time_machine
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from config.settings import Settings
from monitor.access import tokens
from monitor.access.models import ApiAnswer, ApiToken
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.register.models import Person
from monitor.web.api.asking import Caller
from monitor.web.api.once import Asked, once
from monitor.web.api.problems import Refused
from monitor.web.api.shapes import paged, read_cursor, written_cursor
from tests.web.api.conftest import Programs


class Said(BaseModel):
    text: str


def test_whoever_has_a_token_is_told_whose_it_is(program: Programs) -> None:
    answer = program("redaktor", Permission.READ_INBOX).get("/me")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["person"], told["scopes"], told["permissions"]) == ("redaktor", ["read_inbox"], ["read_inbox"])
    assert told["version"] == version("kanalvakt")
    assert told["channels"] == ["fb", "yt"] or "fb" in told["channels"]


@pytest.mark.parametrize("word", ["", "kanalvakt_", "kanalvakt_x" * 9, "å", "Bearer"])
def test_without_one_that_holds_nothing_is_said(program: Programs, word: str) -> None:
    client = program().client
    headers = {"Authorization": f"Bearer {word}".encode()}
    for answer in (client.get("/api/v1/me"), client.get("/api/v1/me", headers=headers)):  # type: ignore[arg-type]
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["type"] == "urn:kanalvakt:problem:not-authenticated"


def test_a_session_of_the_pages_is_worth_nothing_here(
    signed_in: Callable[[str], TestClient],
) -> None:
    client = signed_in("redaktor")
    assert client.get("/channels").status_code == 200
    assert client.get("/api/v1/me").status_code == 401


def test_a_token_ends_when_its_time_is_over_when_its_person_leaves_and_when_it_is_ended(
    program: Programs, filled: Database
) -> None:
    one = program()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31)):
        assert one.get("/me").status_code == 401
    assert one.get("/me").status_code == 200
    assert one.write("DELETE", "/me/token").status_code == 204
    assert one.get("/me").status_code == 401
    other = program()
    with filled.transaction() as session:
        session.get_one(Person, "redaktor").retired = True
    assert other.get("/me").status_code == 401


def test_no_table_has_the_word_and_the_log_tells_who_made_it(program: Programs, filled: Database) -> None:
    one = program()
    with filled.snapshot() as session:
        row = session.scalars(select(ApiToken)).one()
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert one.word not in repr(vars(row))
    assert entry is not None
    assert entry.act == "api_token.made"
    assert one.word not in repr(vars(entry))


@pytest.mark.parametrize(
    ("name", "scopes", "days", "field"),
    [
        (" ", ["read_inbox"], 1, "name"),
        ("x" * 81, ["read_inbox"], 1, "name"),
        ("a\nb", ["read_inbox"], 1, "name"),
        ("x", [], 1, "scopes"),
        ("x", ["manage_logins"], 1, "scopes"),
        ("x", ["everything"], 1, "scopes"),
        ("x", ["read_inbox"], 0, "days"),
        ("x", ["read_inbox"], 367, "days"),
    ],
)
def test_a_token_that_says_too_little_or_may_too_much_is_not_made(
    filled: Database, name: str, scopes: list[str], days: int, field: str
) -> None:
    with filled.transaction() as session, pytest.raises(tokens.CannotIssue) as why:
        tokens.issue(session, "redaktor", name, scopes, days, "redaktor", datetime.now(UTC))
    assert why.value.field == field


def test_what_is_not_there_and_what_is_not_readable_is_a_problem_in_the_asked_language(program: Programs) -> None:
    one = program()
    missing = one.get("/nothing")
    assert (missing.status_code, missing.json()["title"]) == (404, "Det finns inte")
    english = {"Authorization": f"Bearer {one.word}", "Accept-Language": "en-GB,en;q=0.9"}
    assert one.client.get("/api/v1/nothing", headers=english).json()["title"] == "There is no such thing"
    wrong = one.client.post("/api/v1/me", headers=english)
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET")
    keyless = one.client.delete("/api/v1/me/token", headers=english)
    assert keyless.status_code == 422
    assert keyless.json()["errors"][0]["at"] == "header/Idempotency-Key"
    assert one.get("/me").status_code == 200


def test_more_than_there_is_room_for_is_refused_whatever_the_headers_say(program: Programs) -> None:
    one = program()
    headers = {"Authorization": f"Bearer {one.word}", "Idempotency-Key": "12345678"}

    def flood() -> Any:
        yield from (b"x" * 1000 for _ in range(301))

    answer = one.client.request("DELETE", "/api/v1/me/token", headers=headers, content=flood())
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:kanalvakt:problem:too-large")
    assert one.get("/me").status_code == 200


def _known(db: Database) -> Caller:
    now = datetime.now(UTC)
    with db.transaction() as session:
        row, _word = tokens.issue(session, "redaktor", "Test", ["handle"], 1, "redaktor", now)
    who = Visitor("redaktor", "Rut", frozenset(), 0, {}, frozenset())
    return Caller(who, row.id, frozenset(), row.good_until, db, Settings())


def test_the_same_key_does_it_once_and_answers_the_same(db: Database, redaktor: None) -> None:
    known, asked, done = _known(db), Asked("key-1234", "f"), list[str]()

    def act(session: Session) -> Said:
        done.append("done")
        session.get_one(Person, "redaktor").name = f"Rut {len(done)}"
        return Said(text="å" * 3)

    first, again = once(known, asked, act, 201), once(known, asked, act, 201)
    assert done == ["done"]
    assert (first.status_code, first.body) == (again.status_code, again.body)
    assert [each.headers.get("idempotency-replayed") for each in (first, again)] == [None, "true"]
    with pytest.raises(Refused, match="Idempotency-Key"):
        once(known, Asked("key-1234", "other"), act)
    assert len(done) == 1


def test_what_was_refused_changed_nothing_and_the_key_is_free(db: Database, redaktor: None) -> None:
    known, asked = _known(db), Asked("key-1234", "f")

    def refuse(session: Session) -> None:
        session.get_one(Person, "redaktor").name = "Changed"
        session.flush()
        raise Refused(422, "no")

    with pytest.raises(Refused, match="no"):
        once(known, asked, refuse)
    assert once(known, asked, lambda _session: Said(text="yes")).status_code == 200
    with db.snapshot() as session:
        assert session.get_one(Person, "redaktor").name != "Changed"


def test_many_at_once_with_one_key_are_one(db: Database, redaktor: None) -> None:
    known, asked, done = _known(db), Asked("key-1234", "f"), list[int]()
    together, answers = threading.Barrier(8), list[bytes]()

    def act(_session: Session) -> Said:
        done.append(1)
        return Said(text="one")

    def press() -> None:
        together.wait()
        answers.append(bytes(once(known, asked, act).body))

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(done), len(answers), len(set(answers))) == (1, 8, 1)


def test_a_key_is_forgotten_after_a_day_and_the_answer_is_not_readable_in_the_table(
    db: Database, redaktor: None
) -> None:
    known, act = _known(db), lambda _session: Said(text="secret")
    once(known, Asked("key-1234", "f"), act)
    with db.snapshot() as session:
        row = session.execute(select(ApiAnswer.__table__)).one()
    assert b"secret" not in bytes(repr(row), "utf-8")
    tomorrow = datetime.now(UTC) + timedelta(hours=25)
    assert "idempotency-replayed" not in once(known, Asked("key-1234", "f", tomorrow), act).headers


def test_pages_go_through_everything_once_and_foreign_cursors_are_refused() -> None:
    rows, seen, after = list(range(10)), list[int](), None
    while True:
        page, after = paged(rows, lambda row: row, after, 3)
        seen += page
        if after is None:
            break
    assert seen == rows
    for odd in ("", "x", "Int4fQ", written_cursor("text"), "bnVsbA", "dHJ1ZQ"):
        with pytest.raises(Refused):
            paged(rows, lambda row: row, odd, 3)
    assert read_cursor(written_cursor("å")) == "å"
