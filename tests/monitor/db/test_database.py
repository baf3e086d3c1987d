"""Transactions, times and migrations, on both databases."""

import multiprocessing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, StatementError

import monitor.access.models
import monitor.alerts.models
import monitor.audit.models
import monitor.audit.outgoing_models
import monitor.emergency.models
import monitor.inbox.desk_models
import monitor.inbox.models
import monitor.inbox.removal_models
import monitor.watch.day_models
import monitor.watch.models
from monitor.db import Base, Database
from monitor.db.migrating import configuration, is_current, upgrade
from monitor.inbox.desk_models import ReplyTemplate
from monitor.register.models import Organisation, Person
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


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection", "ignore:autogenerate skipping")
def test_the_migrations_make_exactly_the_tables_of_the_models(db: Database) -> None:
    assert is_current(db)
    with db.engine.connect() as connection:
        command.check(configuration(connection, Base.metadata))


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
            monitor.alerts.models.Notice(
                subject_kind="k", subject="s", rung="r", cycle="c", recipient_id="p", due_at=written, created_at=written
            )
        )
    with db.snapshot() as session:
        due = session.scalars(select(monitor.alerts.models.Notice.due_at)).one()
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
