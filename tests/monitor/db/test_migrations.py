"""Every released schema can be brought to this one with what is in it, and the version before goes on working on it."""

import ast
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError

import monitor.db.migrations
from monitor.db import Database, migrating
from monitor.db.fitting import lacking
from monitor.db.migrating import NewerVersion, alone, configuration, head, is_current, is_known, upgrade, upgrade_in
from monitor.db.rows_out import shapes
from monitor.telemetry.serving import ALL, can_serve
from tests.migrated import going_through, remembering, tables
from tests.monitor.conftest import Anew
from tests.monitor.db.filled import Rows, contents, fill

VERSIONS = Path(next(iter(monitor.db.migrations.__path__))) / "versions"
RELEASED = sorted(each.revision for each in ScriptDirectory.from_config(configuration(None)).walk_revisions())
SIDE_BY_SIDE = "0017"
"""From here on old and new run side by side."""
MEMORY = {"tally", "stirred", "open_threads"}
"""Triggers count on in it, or it is found anew."""


def test_the_names_of_the_files_say_which_revisions_there_are_and_in_which_order() -> None:
    script = ScriptDirectory.from_config(configuration(None))
    assert head() == script.get_current_head()
    assert all(is_known(each) for each in RELEASED)
    for each in script.walk_revisions():
        assert (each.down_revision or "") < each.revision
        assert Path(each.path).name.startswith(f"{each.revision}_")


def test_what_other_tests_remember_of_the_migrations_is_what_these_make(tmp_path: Path) -> None:
    found = []
    for name, way in (("through", going_through), ("remembered", remembering)):
        way()
        db = Database(f"sqlite:///{tmp_path / name}.sqlite3")
        upgrade(db)
        with db.engine.connect() as connection:
            # a table that is made anew has its constraints in any order
            made = {
                (kind, it): Counter(each.strip(", ") for each in sql.split("\n"))
                for kind, it, sql in tables(connection)
            }
            found.append((made, contents(connection, shapes(connection))))
        assert is_current(db)
        db.close()
    assert found[0] == found[1]


def test_a_database_that_a_newer_version_has_migrated_is_not_migrated(bare: Anew) -> None:
    db = bare()
    upgrade(db)
    with db.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerVersion):
        upgrade(db)


def test_a_process_that_only_looks_at_the_schema_loads_no_alembic(sqlite: Database) -> None:
    looks = "import sys, monitor.web.app, monitor.cli.main; from monitor.db import Database; "
    looks += "from monitor.db.migrating import is_current; "
    looks += f"print(is_current(Database({str(sqlite.engine.url)!r})), 'alembic' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", looks], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["True", "False"]


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection", "ignore:autogenerate skipping")
def test_what_was_written_under_any_released_schema_is_there_under_this_one(bare: Anew) -> None:
    db = bare()
    written: list[Rows] = []
    for number, revision in enumerate(RELEASED, 1):
        with alone(db) as connection:
            upgrade_in(connection, revision)
            written.append(contents(connection, fill(connection, number)))
    with db.engine.connect() as connection:
        command.check(configuration(connection, ALL))
        now = contents(connection, shapes(connection))
    for before in written:
        for table in before.keys() - MEMORY:
            assert _lost(before[table], now[table]) == [], table


def _lost(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows that are not there any more with what is left of their columns."""
    kept = before[0].keys() & now[0].keys()
    there = [{name: row[name] for name in kept} for row in now]
    return [row for row in before if {name: row[name] for name in kept} not in there]


def test_the_version_before_can_write_and_read_what_it_knows(bare: Anew) -> None:
    for revision in (each for each in RELEASED if SIDE_BY_SIDE <= each < head()):
        db = bare()
        with alone(db) as connection:
            upgrade_in(connection, revision)
            known = shapes(connection)
            fill(connection, 1)
            upgrade_in(connection)
            fill(connection, 2, of=known)
            rows = contents(connection, known)
        assert {len(each) for name, each in rows.items() if name not in MEMORY} == {2}


def test_a_version_works_on_a_database_that_a_newer_one_has_added_to(sqlite: Database) -> None:
    assert not can_serve(sqlite), "it is of our own version"
    _as_of_the_future(sqlite, "ALTER TABLE person ADD COLUMN pronoun VARCHAR", "CREATE TABLE later (id INTEGER)")
    assert can_serve(sqlite)
    _as_of_the_future(sqlite, "ALTER TABLE person ADD COLUMN born VARCHAR NOT NULL DEFAULT ''")
    assert can_serve(sqlite)


@pytest.mark.parametrize(
    ("taken", "fault"),
    [
        ("ALTER TABLE person DROP COLUMN phone", "person.phone is gone"),
        ("DROP TABLE hint", "hint is gone"),
        ("ALTER TABLE person RENAME COLUMN name TO called", "person.name is gone"),
    ],
)
def test_a_version_does_not_work_on_a_database_that_lacks_what_it_needs(
    sqlite: Database, taken: str, fault: str
) -> None:
    _as_of_the_future(sqlite, taken)
    with sqlite.engine.connect() as connection:
        assert fault in lacking(connection, ALL)
    assert not can_serve(sqlite)


def _as_of_the_future(db: Database, *statements: str) -> None:
    with db.engine.execution_options(kanalvakt_writes=True).begin() as connection:
        for statement in (*statements, "UPDATE alembic_version SET version_num = '9999'"):
            connection.exec_driver_sql(statement)


@pytest.mark.postgresql
def test_a_migration_lets_those_go_first_who_hold_a_table_that_it_wants(
    postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They have read one table, and want the other, which the migration has changed already: one of the two must give
    in. Whatever PostgreSQL decides, the migration is done in the end, once."""
    monkeypatch.setattr(migrating, "WAITS", 0.3)
    tries = 0

    def adds(connection: Connection) -> None:
        nonlocal tries
        tries += 1
        connection.exec_driver_sql("ALTER TABLE unit ADD COLUMN colour VARCHAR")
        begun.set()
        connection.exec_driver_sql("ALTER TABLE person ADD COLUMN colour VARCHAR")

    begun = Event()
    with ThreadPoolExecutor(1) as beside, postgresql.transaction() as session:
        session.execute(text("SELECT count(*) FROM person"))
        migrated = beside.submit(migrating.patiently, postgresql, adds)
        assert begun.wait(10)
        assert session.scalar(text("SELECT count(*) FROM unit")) == 0
        session.commit()
        migrated.result(20)
    assert tries > 1
    with postgresql.engine.connect() as connection:
        assert {"colour"} <= {each["name"] for each in inspect(connection).get_columns("person")}


@pytest.mark.postgresql
def test_a_migration_that_never_gets_its_table_says_so_and_has_changed_nothing(
    postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "WAITS", 0.1)
    monkeypatch.setattr(migrating, "GIVES_UP", 0.5)
    with postgresql.transaction() as session:
        session.execute(text("SELECT count(*) FROM person"))
        with pytest.raises(OperationalError, match="lock timeout"):
            migrating.patiently(
                postgresql, lambda each: each.exec_driver_sql("ALTER TABLE person ADD COLUMN colour VARCHAR")
            )
    with postgresql.engine.connect() as connection:
        assert "colour" not in {each["name"] for each in inspect(connection).get_columns("person")}


def test_two_that_start_at_the_same_time_migrate_once(bare: Anew) -> None:
    first = bare()
    url = first.url.render_as_string(hide_password=False)
    both = [first, Database(url)]
    with ThreadPoolExecutor(2) as at_once:
        assert list(at_once.map(upgrade, both)) == [None, None]
    both[1].close()
    with first.engine.connect() as connection:
        assert len(shapes(connection)) > 60


# -- the rule for new migrations: add in one release, take away in a later one

TAKES = {
    *("drop_column", "drop_table", "drop_constraint", "rename_table", "alter_column"),
    *("create_unique_constraint", "create_check_constraint", "create_foreign_key"),
}
CONTRACT = "contract"
NEW = [each for each in sorted(VERSIONS.glob("*.py")) if each.name[:4] > SIDE_BY_SIDE]


def breaks(source: str) -> list[str]:
    """What of a migration the version before could stumble over; nothing where it says that it takes away."""
    tree = ast.parse(source)
    if any(isinstance(each, ast.Assign) and ast.unparse(each) == f"{CONTRACT} = True" for each in tree.body):
        return []
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)]
    found = [call.func.attr for call in calls if call.func.attr in TAKES]  # type: ignore[attr-defined]
    adds = [call for call in calls if call.func.attr == "add_column"]  # type: ignore[attr-defined]
    return found + [f"add_column {ast.unparse(call)}" for call in adds if not _fills_itself(call)]


def _fills_itself(call: ast.Call) -> bool:
    column = next(each for each in call.args if isinstance(each, ast.Call))
    told = {each.arg: ast.unparse(each.value) for each in column.keywords}
    return told.get("nullable") == "True" or "server_default" in told


@pytest.mark.parametrize(
    "path", [each for each in sorted(VERSIONS.glob("*.py")) if each.name[:4] > SIDE_BY_SIDE], ids=str
)
def test_a_new_migration_only_adds(path: Path) -> None:
    assert breaks(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "op.drop_column('person', 'phone')",
        "batch_op.drop_column('phone')",
        "op.drop_table('hint')",
        "op.rename_table('hint', 'clue')",
        "batch_op.alter_column('phone', nullable=False)",
        "batch_op.add_column(sa.Column('born', sa.Date(), nullable=False))",
        "op.add_column('person', sa.Column('born', sa.Date(), nullable=False))",
    ],
)
def test_a_migration_that_takes_away_has_to_say_so(line: str) -> None:
    assert breaks(line)
    assert not breaks(f"contract = True\n{line}")


@pytest.mark.parametrize(
    "line",
    [
        "batch_op.add_column(sa.Column('born', sa.Date(), nullable=True))",
        "batch_op.add_column(sa.Column('closed', sa.Boolean(), nullable=False, server_default=sa.false()))",
        "op.create_table('hint', sa.Column('id', sa.Integer(), nullable=False))",
    ],
)
def test_a_migration_that_adds_may(line: str) -> None:
    assert breaks(line) == []
