"""What the platforms count together: who spent what, what may still be spent, and until when nothing may be asked.

The ledger is the table `spending`, one row a budget, day, channel and purpose, never deleted; `parking` has what every
process has to respect. Only the pure rules in budget_rules decide.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Row, Select, String, and_, bindparam, case, cast, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors.base import Budget
from connectors.errors import RateLimited
from monitor.db import Base
from monitor.db.plainly import rows
from monitor.watch import budget_rules as rules
from monitor.watch.budget_rules import Purpose
from monitor.watch.close_watching import policy_of
from monitor.watch.models import Parking, PollRun, Schedule, Spending

QUOTA = "quota"
"""The reason of a standing where the day's quota is used up."""
A_MOMENT = timedelta(minutes=1)
"""Until another reading may have come to less than it was promised."""
RESERVED = frozenset({"reply", "crisis"})
"""Purposes that have a part of their own, which no reading is ever promised."""
ALLOWANCE = "allowance"
"""The code of a connector that ends a reading because of its allowance: its own affair, nobody else has to wait."""


@dataclass(frozen=True, slots=True)
class Standing:
    """May a channel ask now? parked_until: not before then, because of `reason`: a platform's code, or QUOTA.

    allowance: the counted cost that this reading (or write) may come to; None where nobody counts.
    """

    parked_until: datetime | None = None
    reason: str = ""
    allowance: int | None = None


def standing(
    session: Session,
    budgets: Sequence[Budget],
    channel_id: str,
    purpose: Purpose,
    now: datetime,
    settings: Settings,
) -> Standing:
    """The latest parking of any of the budgets, else what is allowed; a used-up quota parks until its day is over.

    What readings under way may still come to counts as spent by whoever begins after them, so that all processes
    together never come to more than there is; where only that is in the way, it parks for a moment.
    """
    written = parkings(session, [budget.key for budget in budgets])
    if parked := [row for row in written if rules.is_parked(row.since, row.until, now)]:
        latest = max(parked, key=lambda row: row.until)
        return Standing(latest.until, latest.reason, 0)
    allowances = {
        budget: _allowance(session, budget, channel_id, purpose, now, settings)
        for budget in budgets
        if budget.per_day is not None
    }
    if empty := [budget for budget, allowance in allowances.items() if allowance <= 0]:
        return _waiting_for(session, empty, purpose, now, settings)
    return Standing(allowance=min(allowances.values(), default=None))


def affordable(
    session: Session,
    budgets: Sequence[Budget],
    channel_id: str,
    cost: int,
    wanted: timedelta,
    now: datetime,
    settings: Settings,
) -> timedelta:
    """The wanted interval, or the shortest at which polls can go on until the day of each budget ends, when a reading
    costs so much. Neither reserve is touched."""
    intervals = [wanted]
    for budget in budgets:
        quota = quota_of(budget, settings)
        if quota is not None:
            left = left_of(quota, spent(session, budget, now)).polls
            channels, _readers = _sharers(session, budget.key, channel_id, now)
            rest = rules.next_day(now, budget.zone) - now
            intervals.append(rules.lasting_interval(left, cost * channels, rest))
    return max(intervals)


def book(
    session: Session,
    budgets: Sequence[Budget],
    channel_id: str,
    purpose: Purpose,
    cost: int,
    requests: int,
    now: datetime,
) -> None:
    """Adds to the ledger, on the first budget. Processes that book at once lose nothing of each other."""
    if not budgets or not (cost or requests):
        return
    first = budgets[0]
    values = {"budget": first.key, "day": rules.day_of(now, first.zone), "channel_id": channel_id, "purpose": purpose}
    statement = _insert(session, Spending).values(**values, cost=cost, requests=requests)
    new = statement.excluded
    added = {"cost": Spending.cost + new.cost, "requests": Spending.requests + new.requests}
    session.execute(statement.on_conflict_do_update(index_elements=list(values), set_=added))


def park(session: Session, budgets: Sequence[Budget], error: RateLimited, now: datetime) -> None:
    """Nothing that counts against the error's budget (the first, where it names none) is asked before its retry_at.

    An earlier answer that said longer stays. What a connector's own allowance ended parks nothing.
    """
    key = error.budget or (budgets[0].key if budgets else "")
    if not key or error.code == ALLOWANCE:
        return
    statement = _insert(session, Parking).values(key=key, until=error.retry_at, since=now, reason=error.code)
    new = statement.excluded
    values = {
        "until": new.until,
        "reason": new.reason,
        "since": case((and_(Parking.until > now, Parking.since <= now), Parking.since), else_=new.since),
    }
    longer = or_(Parking.until < new.until, Parking.since > now + rules.CLOCKS_DIFFER)
    session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values, where=longer))


def parkings(session: Session, keys: Sequence[str]) -> Sequence[Row[datetime, datetime, str]]:
    """What these budgets were last parked for, past or not: since, until and reason."""
    return rows(session, _parked_of(), {"keys": keys})


@cache
def _parked_of() -> Select[datetime, datetime, str]:
    return select(Parking.since, Parking.until, Parking.reason).where(
        Parking.key.in_(bindparam("keys", expanding=True))
    )


def quota_of(budget: Budget, settings: Settings) -> rules.Quota | None:
    """The day's quota with the reserves of the settings; None where the platform has no such limit."""
    if budget.per_day is None:
        return None
    polling = settings.polling
    per_day = polling.daily_quota or budget.per_day
    return rules.quota(per_day, polling.reserve_for_replies, polling.reserve_for_crisis)


def spent(session: Session, budget: Budget, now: datetime) -> Sequence[Row[str, str, int, int]]:
    """The ledger's rows of the budget's present day, by channel and purpose: each with its cost and its requests."""
    return rows(session, _spent_of(), {"budget": budget.key, "day": rules.day_of(now, budget.zone)})


@cache
def _spent_of() -> Select[str, str, int, int]:
    query = select(Spending.channel_id, Spending.purpose, Spending.cost, Spending.requests)
    today = (Spending.budget == bindparam("budget"), Spending.day == bindparam("day"))
    return query.where(*today).order_by(Spending.channel_id, Spending.purpose)


def left_of(quota: rules.Quota, spendings: Sequence[Row[str, str, int, int]]) -> rules.Left:
    """What is left of a quota when this was spent."""
    by_purpose: dict[str, int] = {}
    for row in spendings:
        by_purpose[row.purpose] = by_purpose.get(row.purpose, 0) + row.cost
    return rules.left(quota, by_purpose)


def _waiting_for(
    session: Session, empty: Sequence[Budget], purpose: Purpose, now: datetime, settings: Settings
) -> Standing:
    used_up = [budget for budget in empty if _left(session, budget, purpose, now, settings) <= 0]
    if used_up:
        return Standing(max(rules.next_day(now, budget.zone) for budget in used_up), QUOTA, 0)
    return Standing(now + A_MOMENT, ALLOWANCE, 0)


def _left(session: Session, budget: Budget, purpose: Purpose, now: datetime, settings: Settings) -> int:
    quota = quota_of(budget, settings)
    if quota is None:
        raise ValueError(f"{budget.key} has no quota")
    return left_of(quota, spent(session, budget, now)).of(purpose)


def _allowance(
    session: Session, budget: Budget, channel_id: str, purpose: Purpose, now: datetime, settings: Settings
) -> int:
    left = _left(session, budget, purpose, now, settings)
    if purpose in RESERVED:
        return left
    left -= _promised(session, budget, channel_id, now)
    quota = quota_of(budget, settings)
    if purpose != "poll" or quota is None:
        return left
    interval = policy_of(session, channel_id, settings, now).interval
    channels, readers = _sharers(session, budget.key, channel_id, now)
    return rules.poll_allowance(left, quota.for_polls, rules.sharing(channels, readers, now, budget.zone, interval))


def _sharers(session: Session, key: str, channel_id: str, now: datetime) -> tuple[int, int]:
    """How many channels' calls count against the budget, as their connectors told, and how many are being read now;
    this one is one of them."""
    others = select(func.count(), func.count(case((_is_read(now), 1)))).where(*_others(key, channel_id))
    channels, readers = session.execute(others).one()
    return 1 + channels, 1 + readers


def _promised(session: Session, budget: Budget, channel_id: str, now: datetime) -> int:
    """What the other readings under way may come to. A dead worker's promise ends with its lease."""
    run = (PollRun.channel_id == Schedule.channel_id, PollRun.claim == Schedule.claim, PollRun.outcome == "running")
    promised = select(func.sum(PollRun.counted_cost)).join(Schedule, and_(*run))
    return session.scalar(promised.where(_is_read(now), *_others(budget.key, channel_id))) or 0


def _is_read(now: datetime) -> ColumnElement[bool]:
    return Schedule.claim.is_not(None) & (Schedule.next_poll_at > now)


def _others(key: str, channel_id: str) -> tuple[ColumnElement[bool], ...]:
    named = cast(Schedule.budgets, String).contains(json.dumps(key), autoescape=True)
    return named, Schedule.channel_id != channel_id


def _insert(session: Session, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(model)
    return postgresql.insert(model)
