"""A PostgreSQL database that cannot hold every letter is refused in a sentence: bare systems make such by default."""

import os
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import make_url

from monitor.cli.errors import SET_UP, explain
from monitor.db import Database
from monitor.db.database import NotUnicode

NAME = "kanalvakt_ascii"


@pytest.fixture
def ascii_database() -> Iterator[str]:
    """The address of a database as a server makes it whose machine has no language set."""
    server = os.environ["TEST_POSTGRESQL_URL"]
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME}")
        connection.execute(f"CREATE DATABASE {NAME} ENCODING SQL_ASCII LOCALE 'C' TEMPLATE template0")
        yield make_url(server).set(database=NAME).render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


@pytest.mark.postgresql
def test_a_database_that_is_not_in_utf8_is_refused_with_what_to_do(ascii_database: str) -> None:
    db = Database(ascii_database)
    with pytest.raises(NotUnicode) as refused:
        db.engine.connect()
    db.engine.dispose()
    sentence, code = explain(refused.value)
    assert (code, "createdb --encoding UTF8" in sentence) == (SET_UP, True)
