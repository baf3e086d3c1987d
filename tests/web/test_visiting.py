"""A page that says what it needs opens for who may, and for nobody else."""

from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Annotated

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from config.settings import Settings
from monitor.access.models import LoginSession
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.db import Database
from monitor.register.models import Person
from monitor.web.app import create_app
from monitor.web.visiting import needs

SignedIn = Callable[[str], TestClient]


@pytest.fixture
def app(filled: Database) -> FastAPI:
    app = create_app(Settings(), filled)

    @app.get("/trial")
    def trial(who: Annotated[Visitor, needs(Permission.READ_INBOX)]) -> str:
        return f"{who.person_id} sees {' '.join(sorted(who.channels))}"

    return app


@pytest.fixture
def stranger(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        yield client


def test_whoever_is_not_signed_in_is_led_to_the_login_and_back(stranger: TestClient) -> None:
    answer = stranger.get("/trial?channel=fb&page=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Ftrial%3Fchannel%3Dfb%26page%3D2")


def test_the_foot_of_a_page_tells_the_version_to_whoever_is_signed_in_and_to_no_stranger(
    signed_in: SignedIn, stranger: TestClient
) -> None:
    ours = f"Kanalvakt {version('kanalvakt')}"
    for page in ("/", "/channels", "/no-such-page"):
        assert ours in foot(signed_in("redaktor").get(page).text)
    assert "Kanalvakt" in foot(stranger.get("/login").text)
    assert ours not in stranger.get("/login").text


def foot(page: str) -> str:
    return page.split("<footer", 1)[1].split("</footer>", 1)[0]


def test_who_may_gets_the_page(signed_in: SignedIn, app: FastAPI) -> None:
    assert signed_in("redaktor").get("/trial").json() == "redaktor sees fb ig yt"


def test_who_may_not_is_told_so(signed_in: SignedIn, filled: Database, app: FastAPI) -> None:
    with filled.transaction() as session:
        session.add(Person(id="revisor", name="Rev", roles=["auditor"]))
    answer = signed_in("revisor").get("/trial")
    assert answer.status_code == 403
    assert "Du har inte behörighet till det" in answer.text


def test_a_session_that_was_ended_opens_nothing(signed_in: SignedIn, filled: Database, app: FastAPI) -> None:
    client = signed_in("redaktor")
    with filled.transaction() as session:
        row = session.get_one(LoginSession, 1)
        row.ended_at = row.began_at
    assert client.get("/trial", follow_redirects=False).status_code == 303
