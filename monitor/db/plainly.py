"""Columns, read past the objects that a session keeps: in two thirds of the time, where people wait for it."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVarTuple

from sqlalchemy import Row, Select
from sqlalchemy.orm import Session

Columns = TypeVarTuple("Columns")


def rows(session: Session, query: Select[*Columns], values: Mapping[str, Any] | None = None) -> Sequence[Row[*Columns]]:
    """The query names columns, never a model. What the session has not written yet is not seen."""
    return session.connection().execute(query, values).all()
