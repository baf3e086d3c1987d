"""Many rows at once, as fast as each of the two databases takes them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, TypeVar, cast

import psycopg
from sqlalchemy import ARRAY, JSON, ColumnElement, Connection, Dialect, any_, func, literal, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import TypeEngine

from monitor.db.types import Base

CHUNK = 2000  # more is no faster and needs more memory

Value = TypeVar("Value", str, int)
Columns = Mapping[str, Sequence[object]]


def among(
    session: Session, column: InstrumentedAttribute[Any] | ColumnElement[Any], values: Sequence[Value]
) -> ColumnElement[bool]:
    """`column IN values`, as one parameter however many they are."""
    if session.get_bind().dialect.name == "sqlite":
        return column.in_(select(func.json_each(json.dumps(values)).table_valued("value").c.value))
    return column == any_(literal(values, ARRAY(column.type)))


def chunks(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """The values in parts of a size that one statement handles well."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def insert_many(session: Session, model: type[Base], parts: Iterable[Columns]) -> None:
    """Inserts rows given by column, in parts that name the same columns. Defaults are the caller's to give.

    Raises sqlalchemy.exc.DBAPIError as any other statement does.
    """
    connection, coming = session.connection(), iter(parts)
    first = next(coming, None)
    if first is None:
        return
    rows = chain.from_iterable(_rows(model, part, connection.dialect) for part in chain([first], coming))
    insert_rows(connection, model.__tablename__, tuple(first), rows)


def insert_rows(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Inserts rows of values as the driver wants them, one for each of the columns; gives how many.

    Raises sqlalchemy.exc.DBAPIError as any other statement does.
    """
    names = ",".join(f'"{name}"' for name in columns)
    if connection.dialect.name != "sqlite":
        return _copy(connection, f'COPY "{table}" ({names}) FROM STDIN', rows)
    statement = f'INSERT INTO "{table}" ({names}) VALUES ({",".join("?" * len(columns))})'  # noqa: S608 - names are ours
    count, coming = 0, iter(rows)
    while some := [tuple(row) for row in islice(coming, CHUNK)]:
        connection.exec_driver_sql(statement, some)
        count += len(some)
    return count


def _rows(model: type[Base], columns: Columns, dialect: Dialect) -> Iterator[tuple[object, ...]]:
    types = model.__table__.c
    return zip(*(_processed(types[name].type, values, dialect) for name, values in columns.items()), strict=True)


def _processed(type_: TypeEngine[Any], values: Sequence[object], dialect: Dialect) -> Sequence[object]:
    """The values as the driver wants them; a column that says the same in every row is turned only once."""
    # psycopg's own wrapper for JSON turns each value by itself
    process = json.dumps if isinstance(type_, JSON) else type_.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return values
    if values and values.count(values[0]) == len(values):
        return [process(values[0])] * len(values)
    return [process(value) for value in values]


def _copy(connection: Connection, statement: str, rows: Iterable[Sequence[object]]) -> int:
    """One statement for all rows: the server stores some while we make the next ones ready."""
    count = 0
    driver = cast("psycopg.Connection", connection.connection.driver_connection)
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for count, row in enumerate(rows, 1):  # noqa: B007 - counted
                copy.write_row(row)
    except psycopg.Error as error:
        # SQLAlchemy does not see it, so it cannot translate it; the server's own words may quote the rows
        bare = type(error)(f"rows refused, SQLSTATE {error.sqlstate}")
        raise DBAPIError.instance(statement, None, bare, psycopg.Error, hide_parameters=True) from None
    return count
