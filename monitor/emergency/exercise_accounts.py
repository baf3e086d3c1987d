"""Whether the test accounts of exercises may publish: asked of the platforms, as each night of the other accounts."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from config.settings import Settings
from connectors import PLATFORMS, connect
from connectors.base import Health
from connectors.errors import ConnectorError, RateLimited
from monitor.db import Database
from monitor.emergency.exercise import ExerciseCredentials
from monitor.emergency.readiness_rules import ChannelFacts
from monitor.register.models import Channel
from monitor.watch import budgets


def tested_accounts(db: Database, settings: Settings, now: datetime) -> Iterator[ChannelFacts]:
    """Of each channel in use that has one."""
    with db.snapshot() as session:
        used = select(Channel).where(Channel.state == "active", Channel.platform.in_(PLATFORMS)).order_by(Channel.id)
        channels = session.scalars(used).all()
    for channel in channels:
        credentials = ExerciseCredentials(channel.exercise)
        if credentials.account is not None:
            health = _asked(db, channel, credentials, settings, now)
            remedy = health.problem.remedy if health.problem is not None else ""
            yield ChannelFacts(
                *(channel.id, channel.name, health.can_publish, now),
                cost=0,
                expires=health.expires,
                remedy=remedy or "",
                test=True,
            )


def _asked(
    db: Database, channel: Channel, credentials: ExerciseCredentials, settings: Settings, now: datetime
) -> Health:
    """With the test account's own secrets; what it cost is booked. Asks nothing while the platform wants us to wait."""
    account = credentials.account
    if account is None:
        return Health("none", can_read=False)
    try:
        connector = connect(channel.platform, account, credentials.credential(), settings)
        with db.snapshot() as session:
            parked = budgets.standing(session, connector.budgets, channel.id, "check", now, settings).parked_until
        if parked is not None:
            raise RateLimited("not asked: the platform wants us to wait", retry_at=parked)
        health = connector.check()
        with db.transaction() as session:
            budgets.book(session, connector.budgets, channel.id, "check", health.counted_cost, health.requests, now)
    except ConnectorError as error:
        return Health("none", can_read=False, problem=error)
    return health
