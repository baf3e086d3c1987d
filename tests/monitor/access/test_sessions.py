"""Sessions are rows: they end by time, by their person, by somebody else, and when their person leaves."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from monitor.access import sessions
from monitor.access.models import LoginSession
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.register.models import Person
from tests.monitor.town import Town

NOW = datetime(2026, 6, 8, 5, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def town(sqlite: Database) -> Town:
    return Town(sqlite)


def begin(town: Town, person: str = "redaktor", now: datetime = NOW) -> str:
    with town.db.transaction() as session:
        return sessions.begin(session, person, "password", "Firefox", now)


def holds(town: Town, word: str, now: datetime) -> bool:
    with town.db.snapshot() as session:
        return sessions.found(session, word, now) is not None


def test_the_word_opens_it_and_no_other_does(town: Town) -> None:
    word = begin(town)
    assert holds(town, word, NOW + MINUTE)
    assert not holds(town, word + "x", NOW + MINUTE)
    assert not holds(town, "", NOW)


def test_the_word_is_kept_nowhere(town: Town) -> None:
    word = begin(town)
    with town.db.snapshot() as session:
        row = session.scalars(select(LoginSession)).one()
        logged = session.scalars(select(AuditEntry)).all()
        assert word not in repr(row) + row.digest + "".join(f"{each.after}{each.subject}" for each in logged)


def test_unused_it_lasts_for_four_hours(town: Town) -> None:
    word = begin(town)
    assert holds(town, word, NOW + sessions.IDLE - MINUTE)
    assert not holds(town, word, NOW + sessions.IDLE)


def test_in_use_it_lasts_for_twelve_hours_and_no_longer(town: Town) -> None:
    word, now = begin(town), NOW
    while now < NOW + sessions.LONGEST - MINUTE:
        assert holds(town, word, now)
        with town.db.transaction() as session:
            sessions.seen(session, 1, now)
        now += timedelta(hours=1)
    assert not holds(town, word, NOW + sessions.LONGEST)


def test_use_does_not_bring_back_one_that_has_ended(town: Town) -> None:
    word = begin(town)
    with town.db.transaction() as session:
        assert sessions.end(session, 1, "redaktor", NOW + MINUTE)
        assert not sessions.end(session, 1, "redaktor", NOW + MINUTE)
        sessions.seen(session, 1, NOW + 2 * MINUTE)
    assert not holds(town, word, NOW + 2 * MINUTE)


def test_all_but_the_present_one_can_be_ended(town: Town) -> None:
    words = [begin(town) for _each in range(3)]
    other = begin(town, "ersattare")
    with town.db.transaction() as session:
        assert sessions.end_all(session, "redaktor", "redaktor", NOW, but=2) == 2
        assert [row.id for row in sessions.going(session, "redaktor", NOW)] == [2]
    assert [holds(town, word, NOW) for word in [*words, other]] == [False, True, False, True]


def test_whoever_has_left_the_register_is_out(town: Town) -> None:
    word = begin(town)
    town.change(Person, "redaktor", retired=True)
    assert not holds(town, word, NOW)


def test_coming_and_going_are_in_the_audit_log(town: Town) -> None:
    begin(town)
    with town.db.transaction() as session:
        sessions.end(session, 1, "admin", NOW)
        acts = [(each.actor, each.act) for each in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert acts[-2:] == [("redaktor", "session.began"), ("admin", "session.ended")]
