"""What is measured of the tables in one snapshot: how each channel is, what waits, and how things went."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from config.settings import Settings
from connectors import PLATFORMS
from connectors.base import Budget
from monitor.inbox.obligations import Obligation, credentials_health, every_channel
from monitor.inbox.unanswered import unanswered
from monitor.register.calendar import calendar_of
from monitor.register.decision_status import standings
from monitor.register.models import Channel
from monitor.register.organisation import NotSetUp, organisation
from monitor.telemetry.tables import Row, rows
from monitor.watch import budgets as ledger
from monitor.watch.budget_rules import Quota, day_of
from monitor.watch.models import Schedule, TokenHealth
from monitor.watch.overview import state_of


@dataclass(frozen=True, slots=True)
class Watched:
    """One channel that is not retired. decision_days: until its decision ends; None where there is none."""

    channel: Channel
    schedule: Schedule | None
    token: TokenHealth | None
    decision_days: int | None

    @property
    def state(self) -> str:
        return state_of(self.channel, self.schedule)[0]


@dataclass(frozen=True, slots=True)
class Figures:
    """As they stood at `now`. Without a register nearly all is empty."""

    now: datetime
    channels: Sequence[Watched] = ()
    waiting: Sequence[Obligation] = ()
    quotas: dict[str, Quota] = field(default_factory=dict)
    rows: Sequence[Row] = ()


def figures(session: Session, now: datetime, settings: Settings) -> Figures:
    """To be asked in a snapshot."""
    try:
        owner = organisation(session)
    except NotSetUp:
        return Figures(now, rows=rows(session, now, now.date(), [], {}))
    today = now.astimezone(ZoneInfo(owner.timezone)).date()
    channels, budgets = _channels(session, calendar_of(owner).local_date(now)), dict[str, Budget]()
    for each in channels:
        budgets |= {budget.key: budget for budget in _limited(each)}
    days = {key: day_of(now, budget.zone) for key, budget in budgets.items()}
    asked = rows(session, now, today, [each.channel.id for each in channels], days)
    quotas = {key: quota for key, budget in budgets.items() if (quota := ledger.quota_of(budget, settings))}
    return Figures(now, channels, unanswered(session, now), quotas, asked)


def _channels(session: Session, today: date) -> list[Watched]:
    known, decided, tokens = every_channel(session), standings(session, today), credentials_health(session)
    return [
        Watched(channel, schedule, tokens.get(channel.id), decided[channel.id].days_left)
        for channel, schedule in known
        if channel.state != "retired"
    ]


def _limited(each: Watched) -> list[Budget]:
    """What the channel's calls count against that has a quota: its connector named it at the last reading."""
    about = PLATFORMS.get(each.channel.platform)
    if about is None or about.per_day is None or each.schedule is None:
        return []
    return [Budget(key, about.per_day, about.zone) for key in each.schedule.budgets[:1]]
