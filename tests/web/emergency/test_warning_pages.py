"""What authorities warn of stands at the top of every page, until somebody has said what is done about it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from config.settings import Settings
from monitor.db import Database
from monitor.emergency.models import Incident, OutsideWarning
from monitor.register.models import Person
from monitor.web.app import create_app
from monitor.web.visiting import COOKIE
from tests.queries import queries
from tests.web.conftest import session_of


@pytest.fixture
def app(filled: Database) -> FastAPI:
    now = datetime.now(UTC)
    with filled.transaction() as session:
        session.add(Person(id="kris", name="Kim Kris", roles=["communicator"]))
        session.add(Person(id="enhet", name="Bo Enhet"))
        told = {"source": "vma", "status": "Actual", "kind": "Alert", "ours": True, "expires": now + timedelta(hours=1)}
        for number in range(3):
            ids = {"identifier": f"SR{number}", "thread": f"t{number}", "text": f"Giftig rök {number} <b>"}
            session.add(OutsideWarning(sent=now, seen_at=now, **told, **ids))  # type: ignore[arg-type]
    return create_app(Settings(emergency={"feeds": True, "call": {"SOS Alarm": "010 00 00"}}), filled)  # type: ignore[arg-type]


@pytest.fixture
def client(app: FastAPI, filled: Database) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://localhost") as found:
        found.cookies.set(COOKIE, session_of(filled, "kris"), domain="localhost.local")
        yield found


def test_it_stands_on_every_page_until_it_is_let_be(client: TestClient, filled: Database) -> None:
    assert "Giftig rök 1 &lt;b&gt;" in client.get("/").text
    assert "Giftig rök 1" in client.post("/crisis/warnings/2").text
    assert "Giftig rök 1" not in client.get("/").text
    assert "Giftig rök 2" in client.get("/").text
    with filled.snapshot() as session:
        assert session.get_one(OutsideWarning, 2).dismissed_by_id == "kris"


def test_an_incident_can_be_begun_because_of_it(client: TestClient, filled: Database) -> None:
    page = client.get("/crisis/warnings").text
    assert "/crisis?title=Allvarlig+h%C3%A4ndelse&amp;warning=2" in page
    form = client.get("/crisis?title=Giftig+rök+1&warning=2").text
    assert 'value="Giftig rök 1"' in form
    typed = {"title": "Giftig rök", "mode": "exercise", "level": "elevated", "sure": "ÖVNING", "warning": "2"}
    assert client.post("/crisis", data=typed).status_code == 200
    with filled.snapshot() as session:
        assert session.get_one(OutsideWarning, 2).incident_id == session.query(Incident).one().id


def test_whoever_is_not_in_the_crisis_staff_sees_it_but_decides_nothing(app: FastAPI, filled: Database) -> None:
    with TestClient(app, base_url="http://localhost") as client:
        client.headers["cookie"] = f"{COOKIE}={session_of(filled, 'enhet')}"
        assert "Giftig rök 1" in client.get("/").text
        assert client.post("/crisis/warnings/2").status_code == 403
        client.headers.pop("cookie")
        assert "Giftig" not in client.get("/login").text


def test_it_costs_a_page_one_question_and_most_pages_none(client: TestClient, filled: Database) -> None:
    client.get("/crisis/vma")
    with queries(filled) as later:
        client.get("/crisis/vma")
    assert not any("outside_warning" in str(each) for each in later)
    with queries(filled) as seen:
        client.get("/crisis/warnings")
    assert len(seen) <= 12


def test_the_checklist_says_whom_to_call(client: TestClient) -> None:
    page = client.get("/crisis/vma").text
    assert "Ska ett VMA begäras" in page
    assert 'href="tel:0100000"' in page
