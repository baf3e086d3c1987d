"""Counting what is asked of a database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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


WHOLE = ("seqscan", "hashjoin", "mergejoin")
"""Ways of PostgreSQL that read all there is: among few rows they are the quickest, and say nothing of a million."""


@contextmanager
def rows_visited(db: Database, table: str) -> Iterator[list[int]]:
    """How many rows of a table PostgreSQL visits for each statement that reads it meanwhile, as EXPLAIN ANALYZE tells
    it, where its indexes serve as they do among many rows."""
    visited: list[int] = []

    def explain(connection: Any, _cursor: Any, statement: str, given: Any, _context: Any, many: bool) -> None:
        if many or f" {table} " not in statement.replace("\n", " ") or statement.startswith(("INSERT", "COPY")):
            return
        with connection.connection.driver_connection.cursor() as cursor:
            for way in WHOLE:
                cursor.execute(f"SET LOCAL enable_{way} = off")
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", given)
            visited.append(sum(_of(table, cursor.fetchone()[0][0]["Plan"])))

    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        yield visited
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)


def _of(table: str, plan: dict[str, Any]) -> Iterator[float]:
    if plan.get("Relation Name") == table:
        yield (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    for each in plan.get("Plans", ()):
        yield from _of(table, each)
