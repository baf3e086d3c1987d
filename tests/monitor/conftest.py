"""The platforms on loopback, for what acts on them; databases without a table, for what makes them."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from connectors.emulator.server import Emulator
from monitor.db import Database

Anew = Callable[[], Database]


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Running, and the settings point to it. Fails the test if the emulator itself failed."""
    with Emulator() as running:
        for name, value in running.settings().items():
            monkeypatch.setenv(name, value)
        yield running
    assert [entry.error for entry in running.ledger.errors()] == []


def _drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _made(server: str, made: ExitStack) -> Database:
    name = f"kanalvakt_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    made.callback(_drop, server, name)
    db = Database(f"{server.rsplit('/', 1)[0]}/{name}")
    with db.engine.connect():  # what tests.engines hands on has to know the server
        return db


@pytest.fixture
def bare_sqlite(tmp_path: Path) -> Iterator[Anew]:
    """SQLite databases, each new and without a table."""
    with ExitStack() as made:

        def anew() -> Database:
            db = Database(f"sqlite:///{tmp_path / uuid.uuid4().hex}.sqlite3")
            made.callback(db.close)
            return db

        yield anew


@pytest.fixture
def _bare_postgresql() -> Iterator[Anew]:
    with ExitStack() as made:

        def anew() -> Database:
            db = _made(os.environ["TEST_POSTGRESQL_URL"], made)
            made.callback(db.close)
            return db

        yield anew


@pytest.fixture(params=["bare_sqlite", pytest.param("_bare_postgresql", marks=pytest.mark.postgresql)])
def bare(request: pytest.FixtureRequest) -> Anew:
    """Databases of the one kind and then of the other, each new and without a table."""
    found: Anew = request.getfixturevalue(request.param)
    return found
