"""What somebody writes in a crisis is there again, whatever fails meanwhile."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from monitor.access.models import LoginSession
from monitor.db import Database
from monitor.emergency.models import LogLine, Message
from monitor.register.models import Person
from tests.web.emergency.test_crisis_pages import LATER, SAID, begin, settled, write

SignedIn = Callable[[str], TestClient]
ODD = 'Rad ett\nRad två 🌊👨‍👩‍👧 "citat" <b>&amp; لا تقترب من النهر \u200f– slut'
FIELD = re.compile(r'<textarea name="([^"]+)" hidden>\n?(.*?)</textarea>', re.DOTALL)


@pytest.fixture
def writer(filled: Database, signed_in: SignedIn) -> TestClient:
    with filled.transaction() as session:
        for id_ in ("redaktor", "ersattare"):
            session.get_one(Person, id_).roles = ["crisis_staff"]
    return signed_in("redaktor")


def kept(page: str) -> dict[str, str]:
    return {unescape(name): unescape(value) for name, value in FIELD.findall(page)}


def draft(client: TestClient) -> str:
    made = client.post(f"{begin(client)}/messages", data={}, follow_redirects=False)
    return str(made.headers["location"])


def test_whoever_is_signed_out_while_writing_sends_the_same_words_again(
    writer: TestClient, filled: Database, signed_in: SignedIn
) -> None:
    made = draft(writer)
    form = {"act": "save", "revision": "0", "next_update": LATER, **SAID, "happened": ODD}
    with filled.transaction() as session:
        session.query(LoginSession).delete()
    answer = writer.post(made, data=form, follow_redirects=False)
    assert answer.status_code == 401
    assert kept(answer.text) == form
    assert f'action="{made}"' in answer.text
    assert 'href="/login"' in answer.text
    with filled.snapshot() as session:
        assert session.get_one(Message, 1).revision == 0, "somebody who is not signed in wrote"
    assert signed_in("redaktor").post(made, data=kept(answer.text)).status_code == 200
    with filled.snapshot() as session:
        assert session.get_one(Message, 1).happened == ODD


@pytest.mark.parametrize("path", ["/log", "/handover", "/board"])
def test_other_pages_of_a_crisis_keep_it_too(writer: TestClient, filled: Database, path: str) -> None:
    incident = begin(writer)
    with filled.transaction() as session:
        session.query(LoginSession).delete()
    form = {"text": ODD, "kind": "note"}
    assert kept(writer.post(f"{incident}{path}", data=form).text) == form
    assert writer.post(f"{incident}{path}", data={}, follow_redirects=False).status_code == 303
    assert writer.post("/settings/templates", data={"text": ODD}, follow_redirects=False).status_code == 303


def test_a_database_that_is_away_loses_nothing_before_or_after_the_form_was_read(
    writer: TestClient, monkeypatch: pytest.MonkeyPatch, filled: Database
) -> None:
    made = draft(writer)
    form = {"act": "save", "revision": "0", "next_update": LATER, **SAID, "happened": ODD}

    def away(*_args: object, **_more: object) -> None:
        raise OperationalError("", {}, Exception("gone"))

    for name in ("snapshot", "transaction"):
        with monkeypatch.context() as gone:
            gone.setattr(Database, name, away)
            answer = writer.post(made, data=form)
            assert answer.status_code == 503
            assert kept(answer.text) == form
    assert writer.post(made, data=form).status_code == 200
    with filled.snapshot() as session:
        assert session.get_one(Message, 1).happened == ODD


def test_a_text_that_is_far_too_long_comes_back_whole_with_the_fault_at_its_field(writer: TestClient) -> None:
    made = draft(writer)
    long = "Å" * 6000
    form = {"act": "submit", "revision": "0", "next_update": LATER, **SAID, "meaning": long}
    answer = writer.post(made, data=form)
    assert answer.status_code == 422
    assert 'href="#meaning"' in answer.text
    assert long in answer.text


def test_odd_signs_go_out_as_they_were_written(writer: TestClient, filled: Database, signed_in: SignedIn) -> None:
    approver = signed_in("ersattare")
    made = write(writer, begin(writer), happened=ODD)
    assert approver.post(made, data={"act": "approve_and_send", "revision": "1", "sure": "övning"}).status_code == 200
    whole = [each for each in settled(filled, 1) if each.place != "yt:text"]  # that has the short text
    assert len(whole) > 3
    assert all(ODD in each.text for each in whole)


def test_a_deliverer_that_fails_is_told_on_the_page_and_the_message_is_not_lost(
    writer: TestClient, filled: Database, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("the deliverer is broken")

    made = write(writer, begin(writer))
    monkeypatch.setattr("monitor.emergency.sending.deliver_all", broken)
    sent = signed_in("ersattare").post(made, data={"act": "approve_and_send", "revision": "1", "sure": "övning"})
    assert sent.status_code == 200
    assert "väntar på att skickas" in sent.text
    with filled.snapshot() as session:
        assert session.get_one(Message, 1).committed_at is not None
        assert session.query(LogLine).filter(LogLine.text.contains("Skickat till")).count() == 1
        assert session.get_one(Message, 1).made_at > datetime.now(UTC) - timedelta(minutes=5)
