"""Finding a part of a word among very many texts: pg_trgm on PostgreSQL, FTS5 with trigrams on SQLite.

What is made here stands beside the models, as neither database has the other's: names that hold `trigrams`, and on
PostgreSQL a column FOLDED.
"""

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

SEARCHED = ("comment", "post")
"""Tables whose column `text` is searched by its parts."""


FOLDED = "folded_text"
"""The text in small letters."""


class NoTrigrams(Exception):
    """PostgreSQL lacks the extension pg_trgm, and our role may not create it, or the server does not have it."""


def index_trigrams(connection: Connection) -> None:
    """Indexes every text that is there, and from now on every one that comes, changes or goes. Raises NoTrigrams."""
    if connection.dialect.name == "sqlite":
        for table in SEARCHED:
            _fts(connection, table)
        return
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except DBAPIError as error:
        raise NoTrigrams from error
    for table in SEARCHED:
        # lower() takes longer than the whole search, so it is done once for each text and not for each look at it
        column = f"{FOLDED} text GENERATED ALWAYS AS (lower(text)) STORED"
        connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {column}"))
        # new entries wait in a short list that every search reads whole: one by one they take three times as long
        using = f"USING gin ({FOLDED} gin_trgm_ops) WITH (gin_pending_list_limit = 512)"
        connection.execute(text(f"CREATE INDEX ix_{table}_trigrams ON {table} {using}"))


def _fts(connection: Connection, table: str) -> None:
    """The texts stay in their table only. Triggers keep the index, so that no way of writing can forget it."""
    index = f"{table}_trigrams"
    where = f"content='{table}', content_rowid='id', tokenize='trigram'"
    connection.execute(text(f"CREATE VIRTUAL TABLE {index} USING fts5(text, {where})"))
    connection.execute(text(f"INSERT INTO {index}({index}) VALUES ('rebuild')"))  # noqa: S608 - names are ours
    add = f"INSERT INTO {index}(rowid, text) VALUES (new.id, new.text);"  # noqa: S608
    take = f"INSERT INTO {index}({index}, rowid, text) VALUES ('delete', old.id, old.text);"  # noqa: S608
    for act, body in (("INSERT", add), ("DELETE", take), ("UPDATE OF text", take + add)):
        name = f"{index}_{act.split()[0].lower()}"
        connection.exec_driver_sql(f"CREATE TRIGGER {name} AFTER {act} ON {table} BEGIN {body} END")
