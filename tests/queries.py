"""Counting what is asked of a database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from monitor.db import Database


@contextmanager
def queries(db: Database) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile, without what begins and ends transactions."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
