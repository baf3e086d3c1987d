"""One database: SQLite in the home folder, or PostgreSQL by one setting. Writers never meet "database is locked"."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

from config.settings import settings

BUSY_SECONDS = 30


class Database:
    """Opens transactions. Safe to share between threads; a process makes its own after forking."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = _engine(url)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction that may write: committed at the end, undone by an exception.

        Raises sqlalchemy.exc.OperationalError when the database cannot be reached or its disk is full.
        """
        writer = self.engine.execution_options(kanalvakt_writes=True)
        with Session(writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A consistent view to read from; nothing written in it is kept."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    def close(self) -> None:
        self.engine.dispose()


@cache
def database() -> Database:
    """The database of the settings, one per process."""
    url = settings().database
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return Database(url)


def _engine(url: str) -> Engine:
    # hide_parameters: what residents wrote must not reach a traceback
    if make_url(url).get_backend_name() != "sqlite":
        # prepared statements are planned without knowing the values: a list of 100,000 ids would be searched linearly
        unprepared = {"prepare_threshold": None}
        options = {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 20, "connect_args": unprepared}
        return create_engine(url, hide_parameters=True, **options)
    # no limit to connections: they cost little here, and all but one writer wait with theirs in hand
    engine = create_engine(url, hide_parameters=True, max_overflow=-1, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own transactions begin too late; see _begin_sqlite
    for pragma in ("journal_mode=WAL", f"busy_timeout={BUSY_SECONDS * 1000}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer half-way fails at once ("database is locked"), so a writer takes the lock at the start.
    writes = connection.get_execution_options().get("kanalvakt_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
