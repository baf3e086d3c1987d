"""Keeping the day register: what the calendar asks for, and what the readings and the people's acts have made of it."""

from datetime import datetime

from monitor.db import Database
from monitor.inbox.unanswered import waiting_between
from monitor.watch.day_register import Kept, keep, stirred

__all__ = ["Kept", "keep_days"]

TOGETHER = 50
"""So many channels are kept in one transaction: readings that want to be stored wait no longer than for these."""


def keep_days(db: Database, now: datetime) -> Kept:
    """Plans, looks, concludes. Safe to repeat, and for two processes at once. Raises NotSetUp without a register."""
    with db.snapshot() as session:
        channels = stirred(session, now)
    kept = Kept()
    for start in range(0, len(channels), TOGETHER):
        with db.transaction() as session:
            kept += keep(session, channels[start : start + TOGETHER], now, waiting_between)
    return kept
