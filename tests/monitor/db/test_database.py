"""Transactions, times and migrations, on both databases."""

import multiprocessing
import os
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import psycopg
import pytest
from alembic import command
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from monitor.alerts.models import Notice
from monitor.db import Database
from monitor.db.migrating import configuration, is_current, upgrade
from monitor.inbox.desk_models import ReplyTemplate
from monitor.register.models import Organisation, Person
from monitor.telemetry.serving import ALL
from monitor.watch.models import Schedule

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SECRET = "what a resident wrote"


def _count_up(url: str, times: int) -> None:
    """Reads, then writes what it read and one more: lost if two could do it at once."""
    db = Database(url)
    for _ in range(times):
        with db.transaction(repeatable=bool(_ % 2)) as session:
            person = session.scalars(select(Person).with_for_update()).one()
            person.name = str(int(person.name) + 1)
    db.close()


def test_several_processes_write_at_once_and_nothing_is_lost_or_locked(db: Database) -> None:
    with db.transaction() as session:
        session.add(Person(id="counter", name="0"))
    url = db.url.render_as_string(hide_password=False)
    writers = [multiprocessing.get_context("spawn").Process(target=_count_up, args=(url, 40)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]
    with db.snapshot() as session:
        assert session.scalars(select(Person.name)).one() == "160"


def test_a_snapshot_shows_one_moment_whatever_is_written_meanwhile(db: Database) -> None:
    with db.snapshot() as session:
        assert session.scalars(select(Person)).all() == []
        with db.transaction() as writing:
            writing.add(Person(id="late", name="L"))
        assert session.scalars(select(Person)).all() == []
    with db.snapshot() as session:
        assert session.get_one(Person, "late").name == "L"


def test_what_somebody_has_in_hand_when_the_database_is_closed_is_closed_when_they_are_done(db: Database) -> None:
    other = Database(db.url.render_as_string(hide_password=False))
    with other.snapshot() as session:
        mine = session.connection().connection
        proxied = mine.dbapi_connection
        other.close()
    with pytest.raises(Exception, match=r"(?i)closed"):
        proxied.cursor()
    other.close()


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection", "ignore:autogenerate skipping")
def test_the_migrations_make_exactly_the_tables_of_the_models(db: Database) -> None:
    assert is_current(db)
    with db.engine.connect() as connection:
        command.check(configuration(connection, ALL))


def test_what_was_a_template_before_is_an_answer_for_every_channel_afterwards(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    with db.engine.execution_options(kanalvakt_writes=True).begin() as connection:
        command.upgrade(configuration(connection), "0010")
        columns = "id, name, language, text, retired"
        connection.exec_driver_sql(f"INSERT INTO reply_template ({columns}) VALUES (1, 'Tack', 'sv', 'Tack!', 0)")  # noqa: S608
    upgrade(db)
    with db.snapshot() as session:
        kept = session.get_one(ReplyTemplate, 1)
        assert (kept.text, kept.unit_id, kept.channel_id, kept.kind) == ("Tack!", None, None, "answer")
    db.close()


def test_times_come_back_aware_and_in_utc(db: Database) -> None:
    written = datetime(2026, 6, 18, 15, 0, tzinfo=timezone(timedelta(hours=2)))
    with db.transaction() as session:
        session.add(Person(id="p", name="P"))
        session.flush()
        session.add(
            Notice(
                subject_kind="k", subject="s", rung="r", cycle="c", recipient_id="p", due_at=written, created_at=written
            )
        )
    with db.snapshot() as session:
        due = session.scalars(select(Notice.due_at)).one()
    assert (due, due.tzinfo) == (written, UTC)


def test_a_time_without_a_zone_is_refused(db: Database) -> None:
    naive = datetime(2026, 6, 18, 15, 0)  # noqa: DTZ001 - that is what is refused
    with pytest.raises(StatementError, match="without a zone"), db.transaction() as session:
        session.add(Schedule(channel_id="c", next_poll_at=naive))


def test_what_is_written_never_stands_in_an_error(db: Database) -> None:
    with db.transaction() as session:
        session.add(Person(id="p", name=SECRET))
    with pytest.raises(IntegrityError) as caught, db.transaction() as session:
        session.add(Person(id="p", name=SECRET))
    assert SECRET not in str(caught.value)


def test_a_transaction_that_fails_leaves_nothing(db: Database) -> None:
    with pytest.raises(IntegrityError), db.transaction(repeatable=True) as session:
        session.add_all([Organisation(name="Tibro kommun"), Schedule(channel_id="nobody", next_poll_at=NOW)])
    with db.snapshot() as session:
        assert session.scalars(select(Organisation)).all() == []


@pytest.mark.postgresql
def test_who_is_connected_to_a_server_that_only_reads_leaves_it_before_the_next_transaction(
    postgresql: Database,
) -> None:
    """As after a failover: the old server answers every question."""
    only_reads = f"ALTER DATABASE {postgresql.url.database}"
    with psycopg.connect(os.environ["TEST_POSTGRESQL_URL"], autocommit=True) as server:
        server.execute(f"{only_reads} SET default_transaction_read_only = on")
        postgresql.close()
        with postgresql.snapshot() as session:
            assert session.scalars(select(Person)).all() == []
        server.execute(f"{only_reads} RESET default_transaction_read_only")
    with postgresql.transaction() as session:
        session.add(Person(id="p", name="P"))


@pytest.mark.postgresql
def test_who_was_cut_off_a_moment_ago_finds_it_out_before_the_next_transaction(postgresql: Database) -> None:
    """Nobody asks the server again so soon; that it hung up is heard."""
    with postgresql.snapshot() as session:
        mine = session.scalar(text("SELECT pg_backend_pid()"))
    with psycopg.connect(os.environ["TEST_POSTGRESQL_URL"], autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(%s, 5000)", [mine])
    with postgresql.transaction() as session:
        session.add(Person(id="p", name="P"))


@pytest.mark.postgresql
def test_a_server_that_is_said_to_only_read_is_left_whatever_it_told_before(
    postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a server that does not tell by itself; asked as soon as a moment has gone by."""
    monkeypatch.setattr(sys.modules[Database.__module__], "TOLD", ())
    monkeypatch.setattr(sys.modules[Database.__module__], "A_MOMENT", 0.0)
    with postgresql.snapshot() as session:
        mine = session.scalar(text("SELECT pg_backend_pid()"))
        session.execute(text("SET default_transaction_read_only = on"))
        session.commit()
    with postgresql.snapshot() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != mine
