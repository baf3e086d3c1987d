"""One database: SQLite in the home folder, or PostgreSQL by one setting. Writers never meet "database is locked"."""

import json
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from select import POLLIN, poll
from time import monotonic
from typing import Any

from psycopg import Error as PostgresError
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from config.home import make_home
from config.settings import settings
from monitor.db.once import KNOWN
from monitor.db.one_view import HELD, View, leave

BUSY_SECONDS = 30
SILENCE = {"connect_timeout": 5, "tcp_user_timeout": 5000}
"""Seconds, and milliseconds, after which a PostgreSQL server that has fallen silent is gone: else each connection to it
hangs for minutes after it came back elsewhere."""
ONLY_READS = "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean"
TOLD = ("in_hot_standby", "default_transaction_read_only")
"""What a server of version 14 or later tells by itself, with its answers, when it changes."""
KEPT, MORE = 10, 20
CONNECTIONS = KEPT + MORE
"""To PostgreSQL, that one process opens at most: the first ones stay open, the others while they are needed."""
NEW, ASKED = "new", "asked"
A_MOMENT = 1.0
"""Seconds: whoever has had a connection in hand so lately need not ask the server again."""
ONE_VIEW = "REPEATABLE READ"
SURE = "FULL"
"""How long SQLite waits for the disk: until it is written, so that not even a power cut undoes it."""


class NotUnicode(Exception):
    """The PostgreSQL database was made with an encoding that cannot hold every letter, or checks none."""


class Database:
    """Opens transactions. Safe to share between threads; a process makes its own after forking."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = _engine(url)
        # PostgreSQL would show each query what was committed meanwhile; SQLite never does
        self._steady = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level=ONE_VIEW)
        # SQLite lets waiting writers try again after ever longer naps; threads of one process can simply take turns
        self._turn: AbstractContextManager[object] = threading.Lock() if self.is_sqlite else nullcontext()

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def transaction(self, *, repeatable: bool = False) -> Iterator[Session]:
        """A transaction that may write: committed at the end, undone by an exception.

        `repeatable`: it holds nothing that cannot be read again, so the disk need not confirm it; a power cut may undo
        it whole, a crash of ours never. Raises sqlalchemy.exc.OperationalError when the database cannot be reached or
        its disk is full.
        """
        leave()  # what is read afterwards must show what was written
        writer = self.engine.execution_options(kanalvakt_writes=True, kanalvakt_repeatable=repeatable)
        with self._turn, Session(writer, expire_on_commit=False) as session, session.begin():
            if repeatable and not self.is_sqlite:
                session.execute(text("SET LOCAL synchronous_commit = off"))
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A consistent view to read from; nothing written in it is kept. Within `one_view` the same one each time."""
        held = HELD.get()
        if held is None:
            with self._reader() as session:
                yield session
            return
        with held.read(held.view or View(self._reader())) as session:
            yield session

    def _reader(self) -> Session:
        return Session(self._steady, expire_on_commit=False, autoflush=False, info={KNOWN: {}})

    def close(self) -> None:
        """What a thread still has in hand is closed when it is done with it; else that would lie open in a pool that
        nobody has any more, until the garbage is collected."""
        left = self.engine.pool
        self.engine.dispose()
        event.listen(left, "checkin", lambda _connection, record: record.invalidate())


@cache
def database() -> Database:
    """The database of the settings, one per process."""
    url = settings().database
    if url.startswith("sqlite:///"):
        make_home(Path(url.removeprefix("sqlite:///")).parent)
    return Database(url)


def _engine(url: str) -> Engine:
    # hide_parameters: what residents wrote must not reach a traceback
    if make_url(url).get_backend_name() != "sqlite":
        # prepared statements are planned without knowing the values: a list of 100,000 ids would be searched linearly
        told = {"prepare_threshold": None, "client_encoding": "utf8", **SILENCE}
        # whatever the server's own default is: what must not happen twice is guarded by locks and keys, and were every
        # transaction serialisable, a judging beside busy readings would be refused again and again
        options = {"pool_size": KEPT, "max_overflow": MORE, "connect_args": told, "isolation_level": "READ COMMITTED"}
        engine = create_engine(url, hide_parameters=True, json_deserializer=_json, **options)
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "checkout", _still_writes)
        return engine
    # no limit to connections: they cost little here, and all but one writer wait with theirs in hand
    engine = create_engine(url, hide_parameters=True, max_overflow=-1, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _json(raw: bytes) -> Any:
    # as it comes; else Python guesses at its encoding each time, hundreds of times a page
    return json.loads(str(raw, "utf-8"))


def _prepare_postgresql(connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[NEW], record.info[ASKED] = True, monotonic()
    if connection.info.parameter_status("server_encoding") != "UTF8":
        raise NotUnicode
    # no question of ours runs for so long that its compilation, a tenth of a second each time, would pay
    connection.execute("SET jit = off")
    connection.execute("SET timezone = 'UTC'")
    connection.commit()


def _still_writes(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Whoever takes a connection up again asks first, in place of a plain ping: after a failover the old server may
    answer, and only read, so that those who only read would go on with what was, and never see what is."""
    if record.info.pop(NEW, False):
        return
    now = monotonic()
    try:
        leads_astray = "on" in [connection.info.parameter_status(name) for name in TOLD]
        if now - record.info[ASKED] > A_MOMENT or _hears(connection):
            connection.autocommit = True
            leads_astray = connection.execute(ONLY_READS).fetchone()[0]
            connection.autocommit = False
            record.info[ASKED] = now
    except PostgresError as gone:
        raise InvalidatePoolError from gone
    if leads_astray:
        raise InvalidatePoolError


def _hears(connection: Any) -> bool:
    """Has the server said something that nobody asked for? A server that ends says so, and hangs up."""
    line = poll()
    line.register(connection.fileno(), POLLIN)
    return bool(line.poll(0))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own transactions begin too late; see _begin_sqlite
    for pragma in ("journal_mode=WAL", f"busy_timeout={BUSY_SECONDS * 1000}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("fold", 1, _fold, deterministic=True)  # its own lower() knows A to Z only


def _fold(text: str | None) -> str | None:
    return text.casefold() if text is not None else None


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer half-way fails at once ("database is locked"), so a writer takes the lock at the start.
    options = connection.get_execution_options()
    if options.get("kanalvakt_writes", False):
        repeatable = options.get("kanalvakt_repeatable", False)
        connection.exec_driver_sql(f"PRAGMA synchronous={'NORMAL' if repeatable else SURE}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")
