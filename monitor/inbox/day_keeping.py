"""Keeping the day register: what the calendar asks for, and what the readings and the people's acts have made of it."""

from dataclasses import dataclass
from datetime import datetime

from monitor.db import Database


@dataclass(frozen=True, slots=True)
class Kept:
    """planned: rows that were written in time. filled_in: rows written later, for days gone by. concluded: days that
    were closed."""

    planned: int
    filled_in: int
    concluded: int


def keep_days(db: Database, now: datetime) -> Kept:
    """Plans, looks, concludes. Safe to repeat, and for two processes at once. Raises NotSetUp without a register."""
    raise NotImplementedError
