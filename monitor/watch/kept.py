"""When the day register was last kept, for pages that only look at it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.watch.day_models import WatchDay
from monitor.watch.day_register import stirred

USUAL = timedelta(minutes=2)
"""The clock keeps the register several times as often: what happened since is no news."""


@dataclass(frozen=True, slots=True)
class Behind:
    """Something has happened that the register does not know of. kept_at: when it was last kept; None: never."""

    kept_at: datetime | None


def behind(session: Session, now: datetime) -> Behind | None:
    """None while the register is up to date. Raises NotSetUp without a register."""
    latest = select(func.max(WatchDay.day)).where(WatchDay.kept_at.is_not(None)).scalar_subquery()
    kept_at = session.scalar(select(func.max(WatchDay.kept_at)).where(WatchDay.day == latest))
    if kept_at is not None and now - kept_at < USUAL:
        return None
    return Behind(kept_at) if stirred(session, now) else None
