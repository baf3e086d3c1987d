"""Whoever presses when the server's disk is full reads that nothing was sent, and what to do."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from monitor.access.models import LoginSession
from monitor.access.sessions import SEEN_EVERY
from monitor.db import Database
from monitor.register.models import Person
from tests.small_disk import Disk, small_disk
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
