"""Through the organisation's own directory: a real process that speaks OpenID Connect, well and badly."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from config.settings import Oidc, Settings
from monitor.access.models import Account
from monitor.db import Database
from monitor.register.models import Person
from monitor.web.app import create_app
from tests.web.login.directory import CLIENT, SECRET
from tests.web.login.house import House, house, shown

EVA = {"email": "Eva@Example.org", "email_verified": True, "sub": "s-eva"}


@pytest.fixture(scope="module")
def directory() -> Iterator[str]:
    """Its address."""
    command = (sys.executable, "-m", "tests.web.login.directory")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield str(json.loads(process.stdout.readline())["address"])
        process.terminate()


@pytest.fixture
def tied(filled: Database, directory: str) -> Iterator[House]:
    """A house whose people sign in through the directory."""
    yield from with_directory(filled, directory)


def with_directory(db: Database, issuer: str) -> Iterator[House]:
    chosen = Oidc(issuer=issuer, client_id=CLIENT, client_secret=SECRET)  # type: ignore[arg-type]
    app = create_app(Settings(oidc=chosen), db)
    with house(app, db) as found:
        yield found


def goes_there(browser: TestClient, directory: str, claims: dict[str, Any], wrong: str = "", wished: str = "") -> Any:
    """To the directory and back, as a browser would."""
    httpx2.post(f"{directory}/control", json={"claims": claims, "wrong": wrong})
    away = browser.get("/login/outside", params={"next": wished})
    assert away.status_code == 302, shown(away)
    back = httpx2.get(away.headers["location"])
    return browser.get(back.headers["location"])


def test_somebody_with_a_verified_address_comes_in_and_is_known_by_the_directorys_id_afterwards(
    tied: House, directory: str
) -> None:
    browser = tied.browser()
    assert "Logga in med jobbkontot" in shown(browser.get("/login"))
    answer = goes_there(browser, directory, EVA, wished="/channels")
    assert (answer.status_code, answer.headers["location"]) == (303, "/channels")
    assert browser.get("/channels").status_code == 200
    with tied.db.snapshot() as session:
        assert session.get_one(Account, "ersattare").outside == f"{directory} s-eva"
    renamed = {"email": "eva.ny@example.org", "sub": "s-eva"}
    assert goes_there(tied.browser(), directory, renamed).status_code == 303
    taken = {"email": "eva@example.org", "email_verified": True, "sub": "s-another"}
    assert goes_there(tied.browser(), directory, taken).status_code == 422, "whoever gets the address is another person"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "eva@example.org"},
        {"email": "eva@example.org", "email_verified": False},
        {"email": "stranger@example.org", "email_verified": True},
        {"email": "ersattare", "email_verified": True},
        {"preferred_username": "eva@example.org", "email_verified": True},
    ],
)
def test_nobody_is_let_in_by_an_address_that_is_not_verified_or_not_ours(
    tied: House, directory: str, claims: dict[str, Any]
) -> None:
    answer = goes_there(tied.browser(), directory, claims)
    assert (answer.status_code, "Ditt jobbkonto känns inte igen här." in shown(answer)) == (422, True)


def test_whoever_has_left_is_not_let_in_though_the_directory_knows_them(tied: House, directory: str) -> None:
    goes_there(tied.browser(), directory, EVA)
    with tied.db.transaction() as session:
        session.get_one(Person, "ersattare").retired = True
    assert goes_there(tied.browser(), directory, EVA).status_code == 422


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("issuer", "iss"),
        ("audience", "aud"),
        ("nonce", "nonce"),
        ("no_nonce", "nonce"),
        ("expired", "exp"),
        ("state", "mismatching_state"),
        ("key", "bad_signature"),
        ("unknown_key", "invalid_key_id"),
        ("shared_secret", "unsupported_algorithm"),
        ("no_id_token", "no id_token"),
    ],
)
def test_an_answer_that_is_not_the_directorys_to_us_is_refused_with_a_sentence(
    tied: House, directory: str, wrong: str, why: str
) -> None:
    browser = tied.browser()
    answer = goes_there(browser, directory, EVA, wrong)
    assert answer.status_code == 422
    assert "går inte att lita på" in shown(answer)
    assert why in shown(answer)
    assert browser.get("/").status_code == 303


def test_a_refusal_of_the_directory_is_told_without_its_words(tied: House, directory: str) -> None:
    answer = goes_there(tied.browser(), directory, EVA, "refused")
    assert "Jobbkontots inloggning släppte inte in dig." in shown(answer)
    assert "no" not in shown(answer).split()


def test_an_answer_counts_only_in_the_browser_that_asked(tied: House, directory: str) -> None:
    httpx2.post(f"{directory}/control", json={"claims": EVA, "wrong": ""})
    back = httpx2.get(tied.browser().get("/login/outside").headers["location"]).headers["location"]
    assert tied.browser().get(back).status_code == 422
    assert tied.browser().get("/login/outside/back").status_code == 422


def test_metadata_of_another_issuer_is_not_believed(filled: Database, directory: str) -> None:
    httpx2.post(f"{directory}/control", json={"wrong": "metadata"})
    for found in with_directory(filled, directory):
        answer = found.browser().get("/login/outside")
        assert (answer.status_code, "(issuer)" in shown(answer)) == (422, True)


def test_a_directory_that_is_down_is_said_to_be_and_the_other_ways_stay(filled: Database) -> None:
    for found in with_directory(filled, "http://127.0.0.1:9"):
        found.person("revisor", "auditor", app=False)
        answer = found.browser().get("/login/outside")
        assert (answer.status_code, "svarar inte" in shown(answer)) == (503, True)
        code = found.sheet("redaktor")[0]
        assert found.browser().post("/login/code", data={"code": code}).status_code == 303


def test_without_a_directory_there_is_no_such_way(filled: Database) -> None:
    with house(create_app(Settings(), filled), filled) as found:
        assert found.browser().get("/login/outside").status_code == 404
        assert "/login/outside" not in found.browser().get("/login").text
