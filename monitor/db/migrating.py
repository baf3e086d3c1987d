"""Bringing a database to the schema of this version, once, however many processes start at the same time.

Alembic is loaded only where something is to be migrated: it takes twenty megabytes, in each process that only looks.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sqlalchemy import Connection, MetaData, inspect, text
from sqlalchemy.exc import OperationalError

from monitor.db.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

ADVISORY_LOCK = 5041472  # any number of our own
TAKEN = frozenset({"40P01", "55P03"})
"""What PostgreSQL calls a deadlock, and a lock that was not to be had in time."""
WAITS, GIVES_UP = 2.0, 60.0
"""Seconds: for one lock, behind which everybody else waits; and until somebody has to look."""
MIGRATIONS = Path(__file__).parent / "migrations"
"""With `versions`, in which each file's name begins with its revision; they follow each other by that."""


class NewerVersion(Exception):
    """The database has had a migration that this version does not know."""


class DanglingReferences(Exception):
    """Rows of these tables refer to rows that are not there."""


def upgrade(db: Database) -> None:
    """Applies the migrations that are missing. SQLite's write lock or PostgreSQL's advisory lock lets one do it."""
    patiently(db, upgrade_in)


def patiently(db: Database, change: Callable[[Connection], None]) -> None:
    """A change of the schema, `alone`, while old processes are at work on the tables: where they hold one that it
    wants, PostgreSQL undoes the change, they go on, and it is done anew. Raises OperationalError where that does not
    end."""
    until = time.monotonic() + GIVES_UP
    while True:
        try:
            with alone(db) as connection:
                if not db.is_sqlite:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAITS:g}s'")
                change(connection)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in TAKEN or time.monotonic() > until:
                raise
            time.sleep(WAITS / 10)
        else:
            return


@contextmanager
def alone(db: Database) -> Iterator[Connection]:
    """A transaction in which nobody else brings the database to another schema.

    On SQLite references are looked at when it ends: where one leads nowhere it raises DanglingReferences, and nothing
    has happened.
    """
    writer = db.engine.execution_options(kanalvakt_writes=True)
    freely = _unheeded if db.is_sqlite else nullcontext
    with writer.connect() as connection, freely(connection), connection.begin():
        if not db.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        yield connection
        if db.is_sqlite and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
            raise DanglingReferences(sorted({str(row[0]) for row in lost}))


@contextmanager
def _unheeded(connection: Connection) -> Iterator[None]:
    """A table that SQLite makes anew is dropped on the way: with references heeded, what refers to its rows would
    forbid that, or be deleted with them. It can be said outside a transaction only."""
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def upgrade_in(connection: Connection, revision: str = "head") -> None:
    """Applies what is missing up to that revision, in the caller's transaction. Raises NewerVersion."""
    from alembic import command

    found = revision_of(connection)
    if found is not None and not is_known(found):
        raise NewerVersion(found)
    command.upgrade(configuration(connection), revision)


def is_current(db: Database) -> bool:
    """Has every migration been applied?"""
    return revision(db) == head()


def revision(db: Database) -> str | None:
    """The last migration that was applied; None for none."""
    with db.engine.connect() as connection:
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """Up to which migration the database has been brought; None where it has no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def head() -> str:
    """The newest migration of this version."""
    return _known()[-1]


def is_known(revision: str) -> bool:
    """Does this version have that migration? Else a newer one made it."""
    return revision in _known()


@cache
def _known() -> list[str]:
    return sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def configuration(connection: object, metadata: MetaData | None = None) -> "Config":
    """Alembic's configuration for one connection; with `metadata`, models can be compared with the database."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes |= {"connection": connection, "metadata": metadata}
    return config
