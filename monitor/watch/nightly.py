"""The nightly look at every channel's credential, one channel at a time, and at a new channel's as soon as it is there.

What it finds are rows (TokenHealth); who is told of them is decided elsewhere.
"""

from collections.abc import Collection
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors import PLATFORMS
from monitor.db import Database
from monitor.db.turns import CHECKS, take_turns
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.register.secrets import stored
from monitor.watch.budgets import standing
from monitor.watch.checking import budgets_of, check_now, not_looked_at
from monitor.watch.models import TokenHealth

NIGHT = (time(2), time(5))  # local: platforms are quiet then, and whoever has to be told is told in the morning


def stale_before(now: datetime, zone: ZoneInfo) -> datetime | None:
    """Credentials looked at before that time are due: at night, last midnight; by day None, and none are."""
    local = now.astimezone(zone)
    if not NIGHT[0] <= local.time() < NIGHT[1]:
        return None
    return datetime.combine(local.date(), time(), zone).astimezone(UTC)


def platforms_due(session: Session, now: datetime) -> set[str]:
    """Where a credential is due to be looked at."""
    return set(session.scalars(_due(session, now).with_only_columns(Channel.platform).order_by(None).distinct()))


def claim_check(
    session: Session, now: datetime, settings: Settings, platforms: Collection[str] = PLATFORMS
) -> str | None:
    """Takes one channel there whose credential is due, and gives its id. Nobody else takes it this night.

    A channel whose budget is parked is left alone, until the platform allows it or the night is over.
    """
    take_turns(session, CHECKS)
    for channel, row in session.execute(_due(session, now).where(Channel.platform.in_(platforms))).all():
        budgets = budgets_of(channel, settings, stored(session, channel.id))
        if standing(session, budgets, channel.id, "check", now, settings).parked_until is not None:
            continue
        taken: TokenHealth = row or not_looked_at(channel.id, now)
        taken.checked_at = now
        session.add(taken)
        return taken.channel_id
    return None


def check_claimed(db: Database, channel_id: str, settings: Settings) -> None:
    """Looks at the credential of a channel that was taken, and keeps what was found."""
    with db.snapshot() as session:
        channel = session.get(Channel, channel_id)
    if channel is not None:
        check_now(db, channel, settings)


def _due(session: Session, now: datetime) -> Select[Channel, TokenHealth]:
    """Those never looked at first, then the longest ago."""
    stale = stale_before(now, ZoneInfo(organisation(session).timezone))
    query = select(Channel, TokenHealth).outerjoin(TokenHealth, TokenHealth.channel_id == Channel.id)
    watched = (Channel.state == "active") & (Channel.watch_mode == "automatic") & Channel.platform.in_(PLATFORMS)
    unseen = TokenHealth.channel_id.is_(None)
    due = unseen if stale is None else unseen | (TokenHealth.checked_at < stale)
    return query.where(watched, due).order_by(unseen.desc(), TokenHealth.checked_at, Channel.id)
