"""A draft that is begun twice, and a second message beside one that holds."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy.orm import Session

from config.settings import Settings
from monitor.db import Database
from monitor.emergency.beginning import Beside, beside, follow, opened, what_holds
from monitor.emergency.drafting import Written, begin, edit
from monitor.emergency.message_rules import Kind
from monitor.emergency.models import Delivery, Incident, Message
from monitor.emergency.sending import committed
from monitor.emergency.wording import wording
from monitor.register.models import Person
from tests.monitor.emergency.crises import incident, register, sent

NOW = datetime.now(UTC)
PRESSES = 6
Found = TypeVar("Found")


@pytest.fixture
def crisis(db: Database) -> Database:
    with db.transaction() as session:
        register(session)
        session.add(Person(id="bo", name="Bo", roles=["crisis_staff"]))
        session.flush()
        incident(session)
    return db


def at_once(db: Database, act: Callable[[Session], Found], times: int = PRESSES) -> list[Found]:
    """Each in a browser of its own, all in the same moment."""
    ready = Barrier(times)

    def press(_number: int) -> Found:
        ready.wait()
        with db.transaction() as session:
            return act(session)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(press, range(times)))


def the(session: Session) -> Incident:
    return session.get_one(Incident, 1)


def write(session: Session, message: Message, **more: str) -> None:
    said = Written(more.pop("headline", "Egna ord"), {"happened": "Mörkt."}, next_update_at=NOW + timedelta(hours=1))
    edit(session, message, "anna", message.revision, said, NOW)


@pytest.mark.parametrize("words", [None, "power", "holding"])
def test_a_press_on_many_screens_at_once_begins_one_draft(crisis: Database, words: str | None) -> None:
    template = wording(words, "sv") if words else None
    found = at_once(crisis, lambda session: opened(session, the(session), "anna", NOW, wording=template).id)
    assert len(found) == PRESSES
    assert len(set(found)) == 1
    with crisis.snapshot() as session:
        assert session.query(Message).count() == 1


def test_a_draft_that_is_open_is_found_again_whenever_and_another_persons_never(crisis: Database) -> None:
    later = NOW + timedelta(hours=2)
    with crisis.transaction() as session:
        mine = opened(session, the(session), "anna", NOW)
        write(session, mine)
        again = opened(session, the(session), "anna", later)
        assert again is mine
        assert again.made_at < later
        assert opened(session, the(session), "bo", later) is not mine
        assert opened(session, the(session), "anna", later, wording=wording("water", "sv")) is mine
        assert mine.headline == "Egna ord", "a template was put over what somebody has written"
        assert opened(session, the(session), "anna", later, wording=wording("water", "en")) is not mine
        assert opened(session, the(session), "anna", later, wording=wording("holding", "sv")) is not mine


def test_another_template_goes_into_a_draft_that_nobody_has_written_in(crisis: Database) -> None:
    with crisis.transaction() as session:
        first = opened(session, the(session), "anna", NOW, wording=wording("power", "sv"))
        second = opened(session, the(session), "anna", NOW + timedelta(minutes=5), wording=wording("water", "en"))
        assert second is first
        assert (second.headline, second.language) == (wording("water", "en").headline, "en")


def test_a_second_message_is_asked_whether_it_is_an_update_and_goes_out_for_whoever_insists(crisis: Database) -> None:
    with crisis.transaction() as session:
        holds = sent(session, the(session), "a" * 12, at=NOW, expires=NOW + timedelta(hours=24))
        second = begin(session, the(session), "anna", NOW)
        write(session, second)
        second.state, second.approved_by_id = "approved", "bo"
        assert beside(session, second, NOW) is holds
        with pytest.raises(Beside, match="Koka vattnet"):
            committed(session, second, "anna", NOW, Settings(), beside=False)
        assert session.query(Delivery).count() == 1
        assert beside(session, second, NOW + timedelta(days=2)) is None, "what holds no longer was asked about"
        committed(session, second, "anna", NOW, Settings(), beside=True)
        assert second.committed_at == NOW


def test_a_message_that_becomes_an_update_keeps_its_words_and_is_approved_anew(crisis: Database) -> None:
    with crisis.transaction() as session:
        holds = sent(session, the(session), "a" * 12, at=NOW, expires=NOW + timedelta(hours=24))
        second = begin(session, the(session), "anna", NOW)
        write(session, second)
        second.state, second.approved_by_id, second.approved_at = "approved", "bo", NOW
        follow(session, second, "bo", NOW)
        assert (second.kind, second.earlier_id, second.state) == (Kind.UPDATE, holds.id, "draft")
        assert (second.headline, second.revision, second.approved_by_id) == ("Egna ord", 2, None)
        assert beside(session, second, NOW) is None


def test_of_two_messages_that_are_sent_at_once_one_is_asked(crisis: Database) -> None:
    with crisis.transaction() as session:
        for _each in range(2):
            made = begin(session, the(session), "anna", NOW)
            write(session, made)
            made.state, made.approved_by_id = "approved", "bo"
    waiting = [1, 2]

    def send(session: Session) -> str:
        message = session.get_one(Message, waiting.pop())
        try:
            committed(session, message, "bo", NOW, Settings(), beside=False)
        except Beside:
            return "asked"
        return "sent"

    assert sorted(at_once(crisis, send, 2)) == ["asked", "sent"]
    with crisis.snapshot() as session:
        assert session.query(Delivery).count() == 1
        assert what_holds(session, 1, NOW) is not None
