"""Questions that are put together once, and asked with other values each time: to build one takes longer than to ask.

Such a question stands in a cached function (of a foreign key the type is known only when all models are), with `within`
where monitor.db.bulk.among would name the values, `given` where they are rows, and `bindparam` for single ones; the
values come with `session.execute(question(), {name: values})`.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, JSON, Boolean, ColumnElement, Dialect, String, TableValuedAlias, bindparam, column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class Several(TypeDecorator[Sequence[Any]]):
    """Values of one type as one parameter, however many they are."""

    impl = JSON
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """SQLite knows no lists."""
        kind: TypeEngine[Any] = JSON() if dialect.name == "sqlite" else ARRAY(self.of)
        return dialect.type_descriptor(kind)


class within(FunctionElement[bool]):  # noqa: N801 - reads as a function, as SQLAlchemy's own do
    """`column IN` the list that is given under this name when it is asked."""

    type = Boolean()
    inherit_cache = True

    def __init__(self, column: InstrumentedAttribute[Any] | ColumnElement[Any], name: str) -> None:
        super().__init__(column, bindparam(name, type_=Several(column.type)))


@compiles(within)
def _any_of(element: within, compiler: SQLCompiler, **how: Any) -> str:
    column, values = (compiler.process(each, **how) for each in element.clauses)
    return f"({column} = ANY ({values}))"


@compiles(within, "sqlite")
def _each_of(element: within, compiler: SQLCompiler, **how: Any) -> str:
    column, values = (compiler.process(each, **how) for each in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({values})))"  # noqa: S608 - compiled by SQLAlchemy


class _Given(FunctionElement[Any]):
    inherit_cache = True


def given(*names: str) -> TableValuedAlias:
    """A table of texts that is given column by column when it is asked: each column as a list under its own name."""
    columns = (bindparam(name, type_=Several(String())) for name in names)
    return _Given(*columns).table_valued(*(column(name, String) for name in names)).alias()


@compiles(_Given)
def _side_by_side(element: _Given, compiler: SQLCompiler, **how: Any) -> str:
    names, lists = zip(*_columns(element, compiler, how), strict=True)
    return f"(SELECT * FROM unnest({', '.join(lists)}) AS given ({', '.join(names)}))"  # noqa: S608 - compiled by SQLAlchemy


@compiles(_Given, "sqlite")
def _by_place(element: _Given, compiler: SQLCompiler, **how: Any) -> str:
    """json_each numbers what is in a list."""
    columns = _columns(element, compiler, how)
    shown = ", ".join(f"list_{name}.value AS {name}" for name, _list in columns)
    first, *others = (f"json_each({each}) AS list_{name}" for name, each in columns)
    joined = first + "".join(f" JOIN {each} USING (key)" for each in others)
    return f"(SELECT {shown} FROM {joined})"  # noqa: S608 - compiled by SQLAlchemy


def _columns(element: _Given, compiler: SQLCompiler, how: dict[str, Any]) -> list[tuple[str, str]]:
    """Names, and lists as they are written in the question."""
    return [(str(each.key), compiler.process(each, **how)) for each in element.clauses]
