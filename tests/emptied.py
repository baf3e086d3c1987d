"""One PostgreSQL database for all tests of a process, emptied after each: making and dropping one takes long, and has
the server write to the disk what all others have done as well."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from monitor.db import Database
from monitor.db.migrating import upgrade

LARGE = 4 * 1024 * 1024
"""Bytes of all tables: a new database is quicker than emptying more, and statistics of many rows are nobody else's."""
KEPT = "alembic_version"

FORM = """
SELECT md5(string_agg(line, ' ' ORDER BY line)) FROM (
  SELECT concat(oid, relname) AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat(attrelid, attname, atttypid, attnotnull) FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0
  UNION ALL SELECT concat(oid, conname) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT concat(oid, md5(prosrc)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS lines
"""
"""Of tables, columns, constraints and functions, as one value."""
TRIGGERS = "SELECT tgrelid, tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> %s"
SIZES = """SELECT relname, pg_relation_size(oid) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0"""
"""Of what has, or had, rows."""
OTHERS = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""
COUNTERS = """SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences
WHERE last_value IS NOT NULL"""


class Emptied:
    """`database()` opens the database; `empty()` leaves it as it was when it was migrated."""

    def __init__(self) -> None:
        self._server = os.environ["TEST_POSTGRESQL_URL"]
        self._name = f"kanalvakt_{uuid.uuid4().hex[:12]}"
        self._make()

    def database(self) -> Database:
        return Database(self._url)

    def empty(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(OTHERS)
            if self._like_new(connection):
                return
        self.drop()
        self._make()

    def drop(self) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {self._name} WITH (FORCE)")

    @property
    def _url(self) -> str:
        return f"{self._server.rsplit('/', 1)[0]}/{self._name}"

    def _make(self) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self._name}")
            connection.execute(f"ALTER DATABASE {self._name} SET synchronous_commit = off")  # no test cuts the power
        db = self.database()
        upgrade(db)
        db.close()
        with psycopg.connect(self._url, autocommit=True) as connection:
            self._form = connection.execute(FORM).fetchone()
            self._triggers = set(connection.execute(TRIGGERS))
            self._tables = [name for (name,) in connection.execute(TABLES, (KEPT,))]
            assert self._filled(connection) == [], "migrations write rows: they have to be put back after each test"

    def _like_new(self, connection: psycopg.Connection) -> bool:
        """Has it been emptied? Not where a test has changed more than rows, or written very many."""
        sizes = dict(connection.execute(SIZES).fetchall())
        if connection.execute(FORM).fetchone() != self._form or sum(sizes.values()) > LARGE:
            return False
        present = set(connection.execute(TRIGGERS))
        if present - self._triggers:
            return False
        for missing in self._triggers - present:  # tests that forge what is guarded take them away
            connection.execute(missing[-1])
        connection.execute("SET session_replication_role = replica")  # what guards rows and references stands aside
        for name in sizes.keys() - {KEPT}:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        connection.execute(COUNTERS)
        return True

    def _filled(self, connection: psycopg.Connection) -> list[str]:
        question = "SELECT {} WHERE EXISTS (SELECT FROM {})"
        each = [sql.SQL(question).format(sql.Literal(name), sql.Identifier(name)) for name in self._tables]
        return [name for (name,) in connection.execute(sql.SQL(" UNION ALL ").join(each))]


@contextmanager
def one_database() -> Iterator[Emptied]:
    """Dropped at the end."""
    made = Emptied()
    try:
        yield made
    finally:
        made.drop()
