"""Tokens of programs on the pages: made and shown once, listed with their last use, and ended by whoever may."""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from monitor.access import accounts, tokens
from monitor.access.permission_rules import Permission
from monitor.access.token_words import SCOPE_WORDS
from monitor.db import Database
from monitor.register.models import Person
from tests.small_disk import small_disk
from tests.web.login.house import NEW, House, shown, sign_in

FORM = {"name": "Siffror på intranätet", "may": "reading", "days": "30"}


@pytest.fixture
def mine(lived_in: House) -> TestClient:
    browser = lived_in.browser()
    sign_in(browser, "redaktor")
    return browser


def word_of(answer: Response) -> str:
    assert answer.status_code == 200
    found = re.search(r"kanalvakt_[\w-]{43}", answer.text)
    assert found is not None
    return found[0]


def holds(client: TestClient, word: str) -> bool:
    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {word}"})
    assert answer.status_code in {200, 401}
    return answer.status_code == 200


def numbers(client: TestClient, page: str = "/account") -> list[str]:
    return re.findall(rf"{page}/tokens/(\d+)/end", client.get(page).text)


def test_every_scope_has_words() -> None:
    assert SCOPE_WORDS.keys() == tokens.SCOPES


def test_what_one_may_is_offered_and_one_s_own_absences_always(mine: TestClient) -> None:
    page = mine.get("/account").text
    assert ('id="scope-answer"' in page, 'id="scope-edit_absences"' in page) == (True, True)
    assert ('id="scope-read_audit"' in page, 'id="scope-manage_logins"' in page) == (False, False)


def test_a_token_is_shown_once_and_only_reads_unless_more_is_chosen(lived_in: House, mine: TestClient) -> None:
    word = word_of(mine.post("/account/tokens", data=FORM))
    assert word not in mine.get("/account").text
    assert "Siffror på intranätet" in shown(mine.get("/account"))
    told = mine.get("/api/v1/me", headers={"Authorization": f"Bearer {word}"}).json()
    assert set(told["scopes"]) == tokens.READING
    chosen = {**FORM, "may": "chosen", "scope-answer": "1", "scope-manage_logins": "1"}
    word = word_of(mine.post("/account/tokens", data=chosen))
    assert mine.get("/api/v1/me", headers={"Authorization": f"Bearer {word}"}).json()["scopes"] == [Permission.ANSWER]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": " "}, "token-name"), ({"may": "chosen"}, "token-scopes"), ({"days": "år"}, "token-days")],
)
def test_what_is_missing_is_told_at_its_field_and_what_was_typed_stays(
    mine: TestClient, change: dict[str, str], field: str
) -> None:
    answer = mine.post("/account/tokens", data={**FORM, **change})
    assert (answer.status_code, f'href="#{field}"' in answer.text, f'id="{field}-fault"' in answer.text) == (
        422,
        True,
        True,
    )
    assert f'value="{ {**FORM, **change}["name"] }"' in answer.text
    assert numbers(mine) == []


def test_on_a_full_disk_no_token_is_made_and_that_is_said(mine: TestClient, tmp_path: Path, lived_in: House) -> None:
    with small_disk(tmp_path / "disk") as disk:
        lived_in.app.state.db = moved(lived_in.db, disk.path)
        disk.fill()
        answer = mine.post("/account/tokens", data=FORM)
        assert (answer.status_code, "Disken är full" in answer.text, "kanalvakt_" in answer.text) == (503, True, False)
        disk.free()
        assert numbers(mine) == []
        assert holds(mine, word_of(mine.post("/account/tokens", data=FORM)))
        lived_in.app.state.db.close()


def moved(db: Database, folder: Path) -> Database:
    """The same on another disk."""
    db.close()
    assert db.url.database
    return Database(f"sqlite:///{shutil.copy(db.url.database, folder)}")


def test_one_ends_ones_own_and_nobody_elses(lived_in: House, mine: TestClient) -> None:
    word = word_of(mine.post("/account/tokens", data=FORM))
    (number,) = numbers(mine)
    other = lived_in.browser()
    sign_in(other, "revisor")
    assert other.post(f"/account/tokens/{number}/end").status_code == 404
    assert mine.post(f"/account/tokens/{2**40}/end").status_code == 404
    assert holds(mine, word)
    assert mine.post(f"/account/tokens/{number}/end").headers["location"] == "/account?done=token-ended"
    assert not holds(mine, word)


def test_an_administrator_sees_everybodys_and_ends_them(lived_in: House, mine: TestClient) -> None:
    word, admin = word_of(mine.post("/account/tokens", data=FORM)), lived_in.browser()
    sign_in(admin, "admin")
    assert "Siffror på intranätet" in shown(admin.get("/accounts"))
    (number,) = numbers(admin, "/accounts")
    assert mine.post(f"/accounts/tokens/{number}/end").status_code == 403
    assert admin.post(f"/accounts/tokens/{2**40}/end").status_code == 404
    assert holds(mine, word)
    admin.post(f"/accounts/tokens/{number}/end")
    assert not holds(mine, word)
    assert numbers(admin, "/accounts") == []


def test_what_shuts_somebody_out_ends_tokens_and_what_one_does_oneself_does_not(
    lived_in: House, mine: TestClient
) -> None:
    admin = lived_in.browser()
    sign_in(admin, "admin")
    word = word_of(mine.post("/account/tokens", data=FORM))
    mine.post("/account/sessions/end-others")
    with lived_in.db.transaction() as session:
        accounts.set_password(session, session.get_one(Person, "redaktor"), "a hash", datetime.now(UTC))
    assert holds(mine, word)
    assert admin.post("/accounts/redaktor/end-sessions").status_code == 303
    assert not holds(mine, word)
    with lived_in.db.transaction() as session:
        word = tokens.issue(session, "redaktor", "x", ["handle"], 1, "redaktor", datetime.now(UTC))[1]
    assert lived_in.browser().post(lived_in.link("redaktor"), data={"password": NEW, "again": NEW}).status_code == 303
    assert not holds(mine, word)


def test_whoever_has_left_and_comes_back_has_no_tokens(lived_in: House) -> None:
    now = datetime.now(UTC)
    with lived_in.db.transaction() as session:
        word = tokens.issue(session, "redaktor", "x", ["handle"], 1, "redaktor", now)[1]
        kept = tokens.issue(session, "ersattare", "x", ["handle"], 1, "ersattare", now)[1]
        session.get_one(Person, "redaktor").retired = True
        session.flush()
        assert tokens.end_of_those_who_left(session, "command", now) == 1
        session.get_one(Person, "redaktor").retired = False
        session.flush()
        assert (tokens.found(session, word, now), tokens.found(session, kept, now) is not None) == (None, True)
