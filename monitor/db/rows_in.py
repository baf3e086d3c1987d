"""Taking in what monitor.db.rows_out gave: every row or none, in one transaction, as it was and not as new."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, inspect, text

from monitor.db.bulk import insert_rows
from monitor.db.rows_out import Shape, shapes
from monitor.db.trigrams import SEARCHED

Convert = Callable[[object], object]
SQLITE: dict[str, Convert] = {
    "bytes": lambda value: bytes.fromhex(str(value)),
    "fraction": lambda value: float(str(value)),
}
POSTGRESQL: dict[str, Convert] = {"bytes": lambda value: rf"\x{value}"}
TRIGGERS = """SELECT tgname, tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace) ORDER BY 2, 1"""

INDEXES = """SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = current_schema() AND indexdef NOT LIKE 'CREATE UNIQUE%'"""


class RowsLost(Exception):
    """A table does not hold as many rows as were put in. The text names it."""


class OtherTables(Exception):
    """The database's tables are not those that the rows belong to. The text names the first that differs."""


def is_empty(connection: Connection) -> bool:
    """Is there no row of anything?"""
    names = [shape.name for shape in shapes(connection)]
    return not any(connection.exec_driver_sql(f'SELECT 1 FROM "{name}" LIMIT 1').first() for name in names)  # noqa: S608


def has_tables(connection: Connection) -> bool:
    return bool(inspect(connection).get_table_names())


def take_in(connection: Connection, parts: Iterable[tuple[Shape, Iterable[str]]]) -> dict[str, int]:
    """Puts each table's lines into the table of that name, which must be empty; gives how many rows went there.

    Wants a transaction of monitor.db.migrating.alone. Nothing stirs meanwhile: no trigger counts or refuses, as these
    rows are not new. Raises OtherTables, and RowsLost where the table was not empty, or is short of one.
    """
    there = {shape.name: shape for shape in shapes(connection)}
    counts: dict[str, int] = {}
    with _undisturbed(connection):
        for shape, lines in parts:
            if (mine := there.pop(shape.name, None)) is None or set(mine.columns) != set(shape.columns):
                raise OtherTables(shape.name)
            counts[shape.name] = insert_rows(connection, shape.name, shape.names, _values(connection, shape, lines))
            if connection.exec_driver_sql(f'SELECT count(*) FROM "{shape.name}"').scalar() != counts[shape.name]:  # noqa: S608
                raise RowsLost(shape.name)
    if there:
        raise OtherTables(min(there))
    return counts


def _values(connection: Connection, shape: Shape, lines: Iterable[str]) -> Iterator[Sequence[object]]:
    forms = SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL
    turned = [(place, forms[kind]) for place, (_name, kind) in enumerate(shape.columns) if kind in forms]
    for line in lines:
        row = json.loads(line)
        for place, convert in turned:
            if row[place] is not None:
                row[place] = convert(row[place])
        yield row


@contextmanager
def _undisturbed(connection: Connection) -> Iterator[None]:
    """Without triggers and, on PostgreSQL, indexes, which are put back as they were."""
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        undo = [f'DROP TRIGGER "{name}"' for name, _made in found]
        again = [made for _name, made in found]
    else:
        rows = connection.execute(text(TRIGGERS)).all()
        undo = [f'DROP TRIGGER "{name}" ON {table}' for name, table, _made in rows]
        again = [made for _name, _table, made in rows]
        indexes = connection.execute(text(INDEXES)).all()  # filled row by row they take many times as long
        undo += [f'DROP INDEX "{name}"' for name, _made in indexes]
        again = [made for _name, made in indexes] + again
    for statement in undo:
        connection.exec_driver_sql(statement)
    yield
    for statement in again:
        connection.exec_driver_sql(statement)
    if connection.dialect.name == "sqlite":
        _index_anew(connection)


def _index_anew(connection: Connection) -> None:
    for table in SEARCHED:
        if inspect(connection).has_table(index := f"{table}_trigrams"):
            connection.exec_driver_sql(f"INSERT INTO {index}({index}) VALUES ('rebuild')")  # noqa: S608 - names are ours
