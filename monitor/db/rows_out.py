"""Every row of a database as lines that either database can take in again: who backs up, and who moves to another one.

A line is a JSON array, one value a column. Times are UTC as `2026-06-18 13:00:00.000000`; JSON is its text, so that
what was hashed stays what it was; bytes are hexadecimal; fractions are text with all their digits; truth is 0 or 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Boolean, Connection, Date, DateTime, Float, Integer, LargeBinary, String, inspect, text
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

AT_ONCE = 5000
"""Rows that are fetched together."""
REVISION = "alembic_version"
KINDS: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (Boolean, "boolean"),
    (Integer, "integer"),
    (Float, "fraction"),
    (DateTime, "time"),
    (Date, "date"),
    (JSON, "json"),
    (LargeBinary, "bytes"),
    (String, "text"),
)
SQLITE = {
    "fraction": "CASE WHEN {c} IS NULL THEN NULL ELSE printf('%!.17g', {c}) END",
    "bytes": "CASE WHEN {c} IS NULL THEN NULL ELSE lower(hex({c})) END",
}
POSTGRESQL = {
    "boolean": "{c}::int",
    "fraction": "{c}::text",
    "time": "to_char({c} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "date": "to_char({c}, 'YYYY-MM-DD')",
    "json": "{c}::text",
    "bytes": "encode({c}, 'hex')",
}


class UnknownKind(Exception):
    """A column has a type that has no form here yet: whoever adds one adds its form."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A table. columns: name and kind, in the order of its lines. key: what its lines are sorted by."""

    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _kind in self.columns)


def shapes(connection: Connection) -> list[Shape]:
    """Every table that holds something of ours, as it is now, each after those that it refers to."""
    found = inspect(connection)
    columns, keys = found.get_multi_columns(), found.get_multi_pk_constraint()
    order = [name for name, _later in found.get_sorted_table_and_fkc_names() if name and _is_ours(name)]
    return [_shape(name, columns[None, name], keys[None, name]["constrained_columns"]) for name in order]


def _is_ours(name: str) -> bool:
    # what monitor.db.trigrams makes is made anew from the texts
    return name not in {REVISION, "sqlite_sequence"} and "trigrams" not in name


def _shape(table: str, columns: Sequence[ReflectedColumn], key: Sequence[str]) -> Shape:
    stored = [each for each in columns if not each.get("computed")]
    return Shape(table, tuple((each["name"], _kind(table, each["name"], each["type"])) for each in stored), tuple(key))


def _kind(table: str, column: str, type_: TypeEngine[Any]) -> str:
    for known, kind in KINDS:
        if isinstance(type_, known):
            return kind
    raise UnknownKind(f"{table}.{column}: {type_!r}")


def lines(session: Session, shape: Shape) -> Iterator[str]:
    """The table's rows, sorted by its key, never all of them in memory."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    forms, array = (SQLITE, "json_array") if sqlite else (POSTGRESQL, "json_build_array")
    values = ", ".join(forms.get(kind, "{c}").format(c=f'"{name}"') for name, kind in shape.columns)
    order = ", ".join(f'"{name}"' for name in shape.key)
    # as text: PostgreSQL's driver would read the JSON, only for us to write it again
    array_text = f"{array}({values})" if sqlite else f"{array}({values})::text"
    question = text(f'SELECT {array_text} FROM "{shape.name}"' + f" ORDER BY {order}" * bool(order))  # noqa: S608 - names are ours
    yield from session.scalars(question, execution_options={"yield_per": AT_ONCE})


def counters(session: Session) -> dict[str, int]:
    """By table, the last number it gave, where it gives numbers: none is to be given again."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        if not inspect(connection).has_table("sqlite_sequence"):
            return {}
        return {
            str(name): int(last) for name, last in connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence")
        }
    found: dict[str, int] = {}
    for table, column in _numbered(connection):
        last = f"SELECT last_value FROM {_sequence(connection, table, column)} WHERE is_called"  # noqa: S608 - names are ours
        number = connection.execute(text(last)).scalar()
        if number is not None:
            found[table] = int(number)
    return found


def _numbered(connection: Connection) -> list[tuple[str, str]]:
    """Tables of PostgreSQL that give numbers, and the column that gets them."""
    query = """SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND column_default LIKE 'nextval(%' ORDER BY 1"""
    return [(str(table), str(column)) for table, column in connection.execute(text(query))]


def _sequence(connection: Connection, table: str, column: str) -> str:
    found = connection.execute(text("SELECT pg_get_serial_sequence(:t, :c)"), {"t": f'"{table}"', "c": column})
    return str(found.scalar_one())


def go_on_counting(connection: Connection, last: dict[str, int]) -> None:
    """Lets no table give a number again that it gave before, or that a row of it has."""
    if connection.dialect.name == "sqlite":
        for table, number in last.items():
            given = {"t": table, "n": number}
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :t"), given)
            if "AUTOINCREMENT" in _definition(connection, table):
                connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:t, :n)"), given)
        return
    for table, column in _numbered(connection):
        highest = connection.execute(text(f'SELECT max("{column}") FROM "{table}"')).scalar() or 0  # noqa: S608
        number = max(highest, last.get(table, 0))
        if number:
            sequence = _sequence(connection, table, column)
            connection.execute(text("SELECT setval(CAST(:s AS regclass), :n)"), {"s": sequence, "n": number})


def _definition(connection: Connection, table: str) -> str:
    found = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = :t"), {"t": table}).scalar()
    return str(found or "").upper()
