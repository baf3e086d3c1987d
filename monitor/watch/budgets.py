"""Until when nothing may be asked, and who spent what. A stand-in with the names of the real one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors.base import Budget
from connectors.errors import RateLimited
from monitor.watch.models import Parking, Spending


@dataclass(frozen=True, slots=True)
class Standing:
    """May a channel ask now? parked_until: not before then, because of `reason`. allowance: what it may cost."""

    parked_until: datetime | None = None
    reason: str = ""
    allowance: int | None = None


def standing(
    session: Session, budgets: Sequence[Budget], _channel_id: str, _purpose: str, now: datetime, _settings: Settings
) -> Standing:
    """The latest parking of any of the budgets."""
    keys = [budget.key for budget in budgets]
    rows = session.scalars(select(Parking).where(Parking.key.in_(keys), Parking.until > now)).all()
    latest = max(rows, key=lambda row: row.until, default=None)
    return Standing(latest.until, latest.reason) if latest else Standing()


def book(
    session: Session,
    budgets: Sequence[Budget],
    channel_id: str,
    purpose: str,
    cost: int,
    requests: int,
    now: datetime,
) -> None:
    """Adds to the ledger, on the first budget."""
    if not budgets or not (cost or requests):
        return
    key, day = budgets[0].key, now.astimezone(ZoneInfo(budgets[0].zone)).date()
    row = session.get(Spending, (key, day, channel_id, purpose))
    row = row or Spending(budget=key, day=day, channel_id=channel_id, purpose=purpose)
    row.cost, row.requests = row.cost + cost, row.requests + requests
    session.add(row)


def park(session: Session, budgets: Sequence[Budget], error: RateLimited, now: datetime) -> None:
    """Nothing that counts against the error's budget (the first, where it names none) is asked before its retry_at."""
    key = error.budget or (budgets[0].key if budgets else "")
    if not key or error.code == "allowance":
        return
    row = session.get(Parking, key) or Parking(key=key, until=error.retry_at, since=now)
    row.until, row.reason = max(row.until, error.retry_at), error.code
    session.add(row)
