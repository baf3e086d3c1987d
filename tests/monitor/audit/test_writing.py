"""An act and its entry are one: written together, in turn, and never touched again."""

import multiprocessing
import threading
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, StatementError

from monitor.audit import COMMAND, SYSTEM, audited
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.register.models import Person
from tests.monitor.audit.histories import BEGAN, Act, plain, verified, write

PAUSED = Act("redaktor", "channel.paused", ("channel", "fb-tibro"), {"state": "active"}, {"state": "paused"})


def entries(db: Database) -> list[AuditEntry]:
    with db.snapshot() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_an_entry_says_who_did_what_to_what_before_and_after(db: Database) -> None:
    write(db, [PAUSED])
    [entry] = entries(db)
    assert (entry.id, entry.at, entry.actor, entry.act) == (1, BEGAN, "redaktor", "channel.paused")
    assert (entry.subject_kind, entry.subject) == ("channel", "fb-tibro")
    assert (entry.before, entry.after) == ({"state": "active"}, {"state": "paused"})


def test_an_act_that_fails_leaves_neither_itself_nor_its_entry(db: Database) -> None:
    write(db, [PAUSED])
    with pytest.raises(RuntimeError):
        _add_and_fail(db)
    with db.snapshot() as session:
        assert session.get(Person, "ny") is None
    write(db, [PAUSED])
    assert [entry.id for entry in entries(db)] == [1, 2]
    assert verified(db).broken is None


def _add_and_fail(db: Database) -> None:
    with db.transaction() as session:
        session.add(Person(id="ny", name="Ny"))
        audited(session, SYSTEM, "person.added", ("person", "ny"), BEGAN)
        raise RuntimeError


def test_a_time_without_a_zone_is_refused(db: Database) -> None:
    with pytest.raises(StatementError, match="zone"), db.transaction() as session:
        audited(session, COMMAND, "unit.added", ("unit", "u"), datetime(2026, 11, 23, 8))  # noqa: DTZ001 - meant
    assert entries(db) == []


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (date(2026, 11, 23), "2026-11-23"),
        (datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Europe/Stockholm")), "2026-11-23T08:00:00+00:00"),
        (1.5, "1.5"),
        ({"b", "a"}, ["a", "b"]),
        ({2, "a"}, [2, "a"]),
        ((1, [date(2026, 1, 1)]), [1, ["2026-01-01"]]),
        ({3: {"x": b"y"}}, {"3": {"x": "b'y'"}}),
        (True, True),
        (None, None),
    ],
)
def test_values_that_json_does_not_have_become_text(db: Database, value: object, kept: object) -> None:
    write(db, [Act(COMMAND, "unit.changed", ("unit", "u"), None, {"value": value})])
    assert entries(db)[0].after == {"value": kept}
    assert verified(db).broken is None


@given(value=plain)
def test_any_value_that_json_has_is_kept_as_it_is(sqlite: Database, value: Any) -> None:
    write(sqlite, [Act(COMMAND, "unit.changed", ("unit", "u"), {"value": value}, None)])
    assert entries(sqlite)[-1].before == {"value": value}


@pytest.mark.parametrize(
    "words",
    ["UPDATE audit_entry SET actor = 'nobody'", "DELETE FROM audit_entry", "DELETE FROM audit_entry WHERE id = 1"],
)
def test_the_database_refuses_to_change_or_remove_an_entry(db: Database, words: str) -> None:
    write(db, [PAUSED, PAUSED])
    with pytest.raises(DBAPIError, match="never changed"), db.transaction() as session:
        session.execute(text(words))
    assert (verified(db).entries, verified(db).broken) == (2, None)


@pytest.mark.postgresql
def test_postgresql_refuses_to_empty_the_table_too(postgresql: Database) -> None:
    write(postgresql, [PAUSED])
    with pytest.raises(DBAPIError, match="never changed"), postgresql.transaction() as session:
        session.execute(text("TRUNCATE audit_entry"))
    assert verified(postgresql).entries == 1


def _act_often(url: str, name: str, times: int) -> None:
    db = Database(url)
    _act(db, name, times)
    db.close()


def _act(db: Database, name: str, times: int) -> None:
    for number in range(times):
        with db.transaction() as session:
            audited(session, name, "unit.changed", ("unit", "u"), BEGAN, after={"number": number})


def _processes(db: Database, names: list[str], times: int) -> None:
    url = db.url.render_as_string(hide_password=False)
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_act_often, args=(url, name, times)) for name in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0] * len(names)


def _threads(db: Database, names: list[str], times: int) -> None:
    writers = [threading.Thread(target=_act, args=(db, name, times)) for name in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)


@pytest.mark.parametrize("how", [_processes, _threads])
def test_writers_at_the_same_time_make_one_chain_without_gaps(
    db: Database, how: Callable[[Database, list[str], int], None]
) -> None:
    names, times = ["anna", "bo", "cecilia"], 20
    how(db, names, times)
    written = entries(db)
    assert [entry.id for entry in written] == list(range(1, 61))
    assert verified(db).broken is None
    for name in names:
        own = [entry.after for entry in written if entry.actor == name]
        assert own == [{"number": number} for number in range(times)]


def test_who_verifies_while_others_write_finds_it_whole(db: Database) -> None:
    writer = threading.Thread(target=_act, args=(db, "anna", 40))
    writer.start()
    while writer.is_alive():
        assert verified(db).broken is None
    assert verified(db).entries == 40
