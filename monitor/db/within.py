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

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        super().__init__(bindparam(name, type_=JSON))
        self.names = columns


def given(name: str, *columns: str) -> TableValuedAlias:
    """A table of texts that is given under this name when it is asked, as a list of rows."""
    return _Given(name, columns).table_valued(*(column(each, String) for each in columns)).alias()


@compiles(_Given)
def _from_array(element: _Given, compiler: SQLCompiler, **how: Any) -> str:
    rows = compiler.process(element.clauses, **how)
    return f"(SELECT {_shown(element, 'rows')} FROM jsonb_array_elements(CAST({rows} AS JSONB)) AS rows)"  # noqa: S608


@compiles(_Given, "sqlite")
def _from_each(element: _Given, compiler: SQLCompiler, **how: Any) -> str:
    rows = compiler.process(element.clauses, **how)
    return f"(SELECT {_shown(element, 'value')} FROM json_each({rows}))"  # noqa: S608 - compiled by SQLAlchemy


def _shown(element: _Given, row: str) -> str:
    return ", ".join(f"{row} ->> {place} AS {each}" for place, each in enumerate(element.names))
