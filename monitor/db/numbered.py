"""A row by the number that somebody typed into an address or a command."""

from typing import TypeVar

from sqlalchemy.orm import Session

from monitor.db.types import Base

Row = TypeVar("Row", bound=Base)
LARGEST = 2**31 - 1
"""What PostgreSQL takes for a row's number; a larger one is refused there as an error, not as a row that is missing."""


def is_number(number: int) -> bool:
    """May a row have it?"""
    return 0 < number <= LARGEST


def numbered(session: Session, kind: type[Row], number: int) -> Row | None:
    """None where there is none."""
    return session.get(kind, number) if is_number(number) else None
