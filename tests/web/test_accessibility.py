"""The accessibility statement: open to everybody, in both languages, and reached from every page."""

import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from monitor.db import Database
from monitor.register.models import Organisation
from monitor.web.accessibility import SHORTCOMINGS


def read(app: FastAPI, language: str = "sv") -> str:
    with TestClient(app, base_url="http://localhost", cookies={"language": language}) as anybody:
        answer = anybody.get("/accessibility")
    assert answer.status_code == 200
    return answer.text


def contact(db: Database, **values: str) -> None:
    with db.transaction() as session:
        owner = session.get_one(Organisation, 1)
        for name, value in values.items():
            setattr(owner, name, value)


def test_it_says_what_the_law_asks_for(app: FastAPI, filled: Database) -> None:
    contact(filled, email="tillganglighet@tibro.example.org", phone="0504-180 00")
    text = read(app)
    for said in ("Tibro kommun står bakom", "2018:1937", "EN 301 549", "delvis förenlig", "Digg", "självskattning"):
        assert said in text
    assert 'href="mailto:tillganglighet@tibro.example.org"' in text
    assert "0504-180 00" in text
    assert 'href="https://www.digg.se/tdosanmalan"' in text
    assert re.search(r"Den senaste bedömningen gjordes 20\d\d-\d\d-\d\d\.", text)


def test_each_known_shortcoming_names_its_criterion(app: FastAPI) -> None:
    listed = re.findall(r"<li><strong>(.+?)</strong> \((\d\.\d\.\d+)\)\.", read(app, "en"))
    assert listed == [(heading, criterion) for heading, _sentence, criterion in SHORTCOMINGS]


def test_without_an_address_it_leads_to_the_website(app: FastAPI) -> None:
    text = read(app, "en")
    assert "Turn to Tibro kommun." in text
    assert 'href="https://www.tibro.se"' in text


@pytest.mark.parametrize("path", ["/login", "/login/code", "/accessibility", "/setup/none", "/no-such-page"])
def test_each_page_leads_there(app: FastAPI, path: str) -> None:
    with TestClient(app, base_url="http://localhost") as anybody:
        assert '<a href="/accessibility">Tillgänglighet</a>' in anybody.get(path).text


@pytest.mark.parametrize("path", ["/accessibility", "/login/code", "/setup/none?x=1&y=2"])
def test_choosing_a_language_stays_on_the_page(app: FastAPI, path: str) -> None:
    with TestClient(app, base_url="http://localhost") as anybody:
        [link] = re.findall(r'href="(/language/en[^"]*)"', anybody.get(path).text)
        answer = anybody.get(link.replace("&amp;", "&"))
    assert str(answer.url) == f"http://localhost{path}"
    assert '<html lang="en" ' in answer.text


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/language/sv", "/logout"])
def test_choosing_a_language_leads_nowhere_else(app: FastAPI, elsewhere: str) -> None:
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as anybody:
        assert anybody.get("/language/en", params={"back": elsewhere}).headers["location"] == "/"


def test_choosing_a_language_at_the_login_still_leads_on_afterwards(app: FastAPI) -> None:
    with TestClient(app, base_url="http://localhost") as anybody:
        assert 'name="next" value="/channels"' in anybody.get("/channels").text
        [link] = re.findall(r'href="(/language/en[^"]*)"', anybody.get("/channels").text)
        assert 'name="next" value="/channels"' in anybody.get(link.replace("&amp;", "&")).text
