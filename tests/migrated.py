"""An empty database of SQLite becomes what the migrations have made of another one: going through all of them takes
longer than most tests, and hundreds of these begin with an empty home folder."""

import tempfile
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text

from monitor.db import Database
from monitor.db.migrating import alone, head, upgrade_in

_through = command.upgrade


def remembering() -> None:
    """From now on, the migrations are gone through only where there are tables already, or on PostgreSQL."""
    command.upgrade = _remembered


def going_through() -> None:
    """From now on, they always are."""
    command.upgrade = _through


def tables(connection: Connection) -> list[tuple[str, str, str]]:
    """Tables, indexes and triggers: what it is, its name, and the statement that makes it."""
    rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
    return [(kind, name, sql) for kind, name, sql in rows]


def _remembered(config: Config, revision: str) -> None:
    connection: Connection = config.attributes["connection"]
    if revision != "head" or connection.dialect.name != "sqlite" or inspect(connection).get_table_names():
        _through(config, revision)
        return
    for statement in _statements():
        connection.exec_driver_sql(statement)
    connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": head()})


@cache
def _statements() -> tuple[str, ...]:
    """A virtual table makes its own tables itself."""
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{Path(folder) / 'migrated.sqlite3'}")
        with alone(db) as connection:
            upgrade_in(connection, head())
            made = tables(connection)
        db.close()
    theirs = ("sqlite_", *(f"{name}_" for _kind, name, sql in made if sql.startswith("CREATE VIRTUAL TABLE")))
    return tuple(sql for kind, name, sql in made if kind != "table" or not name.startswith(theirs))
