"""Whoever presses when the server's disk is full reads that nothing was sent, and what to do."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from monitor.access.models import LoginSession
from monitor.access.sessions import SEEN_EVERY
from monitor.db import Database
from monitor.emergency import topics
from monitor.emergency.intake import collect_all
from monitor.emergency.models import Incident, Intake, Topic
from monitor.inbox.models import Action
from monitor.register.models import Person
from monitor.watch.models import Comment
from tests.small_disk import Disk, small_disk
from tests.web.emergency.test_board import comment
from tests.web.emergency.test_crisis_pages import SignedIn, begin, settled, write


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk") as found:
        yield found


@pytest.fixture
def sqlite(_migrated: Path, disk: Disk) -> Iterator[Database]:
    """On the small disk."""
    shutil.copy(_migrated, disk.path / "test.sqlite3")
    db = Database(f"sqlite:///{disk.path / 'test.sqlite3'}")
    yield db
    db.close()


def test_a_press_that_cannot_be_written_down_says_so_and_works_when_there_is_room(
    filled: Database, signed_in: SignedIn, disk: Disk
) -> None:
    with filled.transaction() as session:
        for id_ in ("redaktor", "ersattare"):
            session.get_one(Person, id_).roles = ["crisis_staff"]
    writer, approver = signed_in("redaktor"), signed_in("ersattare")
    made = write(writer, begin(writer))
    send = {"act": "approve_and_send", "revision": "1", "sure": "övning"}
    disk.fill()
    answer = approver.post(made, data=send)
    assert answer.status_code == 503
    for words in ("Disken är full", "inget budskap skickades", "frigöra utrymme", "publicera för hand"):
        assert words in answer.text, words
    assert approver.get(made).status_code == 200, "what was written can be read and copied meanwhile"
    disk.free()
    assert "Godkänn" in approver.get(made).text, "nothing of it was kept"
    assert approver.post(made, data=send).status_code == 200
    assert {each.state for each in settled(filled, 1) if each.place != "hub"} == {"verified"}


def test_what_was_sent_can_be_read_by_whoever_comes_back_after_a_while_and_nothing_says_that_it_was_not(
    filled: Database, signed_in: SignedIn, disk: Disk
) -> None:
    """That they are here need not be written down."""
    with filled.transaction() as session:
        session.get_one(Person, "redaktor").roles = ["crisis_staff"]
    client = signed_in("redaktor")
    made = begin(client)
    with filled.transaction() as session:
        session.execute(update(LoginSession).values(seen_at=datetime.now(UTC) - SEEN_EVERY * 2))
    disk.fill()
    answer = client.get(made)
    assert (answer.status_code, "inget budskap skickades" in answer.text) == (200, False)


MANY = 30


def test_who_answers_all_while_the_disk_fills_is_told_how_many_were_answered_and_each_is_once(
    filled: Database, signed_in: SignedIn, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_alike(filled)
    client, asked, pressed = signed_in("redaktor"), topics.send, {"act": "answer", "answer": "Senast 18."}
    client.get("/crisis/1/board")

    def fill(*words: Any) -> Any:
        if answered(filled) == 3:
            disk.fill()
        return asked(*words)

    monkeypatch.setattr(topics, "send", fill)
    page = client.post("/crisis/1/topics/1", data=pressed)
    sent = answered(filled)
    assert 3 <= sent < MANY
    assert f"Svar på väg: {sent}." in page.text
    assert re.search(rf"\b{MANY - sent}\b[^<]*Inget mer kan skrivas ner just nu", page.text)
    disk.free()
    monkeypatch.setattr(topics, "send", asked)
    assert f"Svar på väg: {MANY - sent}." in client.post("/crisis/1/topics/1", data=pressed).text
    assert answered(filled) == MANY


def answered(db: Database) -> int:
    with db.snapshot() as session:
        return session.scalars(select(func.count(Action.comment_id.distinct()))).one()


def ask_alike(db: Database) -> None:
    """An incident with a topic that many ask about, and whoever may answer them."""
    now = datetime.now(UTC)
    with db.transaction() as session:
        session.get_one(Person, "redaktor").roles = ["crisis_staff"]
        begun = {"started_at": now - timedelta(hours=1), "started_by_id": "redaktor", "decided_by": "K"}
        session.add(Incident(mode="actual", level="disturbance", title="Strömavbrott", **begun))  # type: ignore[arg-type]
        session.flush()
        session.add(Topic(incident_id=1, title="Strömmen", made_at=now, by_id="redaktor"))
        session.add_all(comment(f"n{number}", "När kommer strömmen tillbaka?", now) for number in range(MANY))
        session.flush()
    collect_all(db, now)
    with db.transaction() as session:
        session.execute(
            update(Intake)
            .values(topic_id=1)
            .where(Intake.comment_id.in_(select(Comment.id).where(Comment.external_id.like("n%"))))
        )
