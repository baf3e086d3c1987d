"""A row in every table of whatever schema there is, each told from the others by its number; and what is there now."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, TableClause, column, inspect, select, table

from monitor.db import Utc
from monitor.db.rows_out import Shape, shapes

Rows = dict[str, list[dict[str, Any]]]


def fill(connection: Connection, number: int, of: list[Shape] | None = None) -> list[Shape]:
    """A row in each table, of the columns that these shapes have; gives them. number: 1, 2, 3 …, each once."""
    wanted = of or shapes(connection)
    keys, types = inspect(connection).get_multi_foreign_keys(), _types(connection)
    for shape in wanted:
        refers = {each["constrained_columns"][0]: each for each in keys[None, shape.name]}
        row = {}
        for name, kind in shape.columns:
            key = refers.get(name)
            owner, column_ = (key["referred_table"], key["referred_columns"][0]) if key else (shape.name, name)
            # the first row of a table that refers to itself cannot
            row[name] = None if key and owner == shape.name else _value(f"{owner}.{column_}", kind, number)
        connection.execute(_table(types[shape.name], shape).insert().values(row))
    return wanted


def contents(connection: Connection, of: list[Shape]) -> Rows:
    """What stands in these columns, as far as they are there, as Python has it, sorted by the key."""
    types, rows = _types(connection), Rows()
    for shape in of:
        made = _table(types[shape.name], shape)
        asked = select(made).order_by(*(made.c[name] for name in shape.key))
        rows[shape.name] = [dict(row) for row in connection.execute(asked).mappings()]
    return rows


def _types(connection: Connection) -> dict[str, dict[str, Any]]:
    """By table and column."""
    found = inspect(connection).get_multi_columns()
    return {name: {each["name"]: each["type"] for each in columns} for (_schema, name), columns in found.items()}


def _table(there: dict[str, Any], shape: Shape) -> TableClause:
    kept = [(name, kind) for name, kind in shape.columns if name in there]
    return table(shape.name, *(column(name, Utc() if kind == "time" else there[name]) for name, kind in kept))


def _value(name: str, kind: str, number: int) -> Any:
    return {
        "text": f"{name} åäö 🌊 \"\\'\n\t{number}",
        "integer": number,
        "boolean": bool(number % 2),
        "fraction": number / 7,
        "time": datetime(2026, 3, 29, 0, 59, 59, 123456 + number, UTC) + timedelta(days=number),
        "date": date(2026, 3, 28) + timedelta(days=number),
        "json": {"ö": [number, None, "\u2028"], name: {}},
        "bytes": bytes([0, 255, number]),
    }[kind]
