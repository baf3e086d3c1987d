"""Every budget at a glance: who shares it, who spent what today, what is left, and until when it is parked."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from os import environ

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors import PLATFORMS, connect
from connectors.base import Account, Budget
from connectors.errors import ConnectorError
from monitor.register.credentials import resolve
from monitor.register.models import Channel
from monitor.register.secrets import stored
from monitor.watch import budgets as ledger
from monitor.watch.budget_rules import Left, next_day
from monitor.watch.models import Schedule


@dataclass(frozen=True, slots=True)
class Spent:
    """One row of the ledger, cost in the platform's unit."""

    channel: str
    purpose: str
    cost: int
    requests: int


@dataclass(frozen=True, slots=True)
class BudgetOverview:
    """One budget today. per_day, left: None where the platform has no daily limit. resets_at: when its day ends.

    parked_until: nothing is asked before, because of `reason`: the platform's code, or "quota"; None: not parked.
    """

    key: str
    channels: tuple[str, ...]
    per_day: int | None
    resets_at: datetime
    spent: tuple[Spent, ...]
    left: Left | None
    parked_until: datetime | None
    reason: str | None


def overview(
    session: Session, now: datetime, settings: Settings, variables: Mapping[str, str] = environ
) -> list[BudgetOverview]:
    """All budgets of the active channels that a machine reads, by key. Makes no call.

    Of a channel whose credential is missing, the budgets that its connector told last.
    """
    sharing: dict[Budget, list[str]] = defaultdict(list)
    active = (Channel.state == "active", Channel.watch_mode == "automatic", Channel.platform.in_(PLATFORMS))
    query = select(Channel, Schedule).outerjoin(Schedule, Schedule.channel_id == Channel.id).where(*active)
    for channel, schedule in session.execute(query.order_by(Channel.id)):
        for budget in _budgets(session, channel, schedule, settings, variables):
            sharing[budget].append(channel.id)
    ordered = sorted(sharing.items(), key=lambda item: item[0].key)
    return [_row(session, budget, channels, now, settings) for budget, channels in ordered]


def _budgets(
    session: Session, channel: Channel, schedule: Schedule | None, settings: Settings, variables: Mapping[str, str]
) -> tuple[Budget, ...]:
    account = Account(channel.external_id or "", channel.address)
    try:
        credential = resolve(channel, variables, stored=stored(session, channel.id))
        return connect(channel.platform, account, credential, settings).budgets
    except ConnectorError:
        return tuple(Budget(key) for key in schedule.budgets) if schedule else ()


def _row(session: Session, budget: Budget, channels: list[str], now: datetime, settings: Settings) -> BudgetOverview:
    rows, quota = ledger.spent(session, budget, now), ledger.quota_of(budget, settings)
    left = ledger.left_of(quota, rows) if quota else None
    resets_at = next_day(now, budget.zone)
    parked = next((row for row in ledger.parkings(session, [budget.key]) if row.until > now), None)
    used_up: tuple[datetime | None, str | None] = (resets_at, ledger.QUOTA) if _is_empty(left) else (None, None)
    until, reason = (parked.until, parked.reason) if parked else used_up
    return BudgetOverview(
        key=budget.key,
        channels=tuple(channels),
        per_day=quota.per_day if quota else None,
        resets_at=resets_at,
        spent=tuple(Spent(row.channel_id, row.purpose, row.cost, row.requests) for row in rows),
        left=left,
        parked_until=until,
        reason=reason,
    )


def _is_empty(left: Left | None) -> bool:
    """Are polls over for today?"""
    return left is not None and left.polls == 0
