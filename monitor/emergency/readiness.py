"""Looks at everything that a crisis would need, and keeps what was found. Nightly, and whenever somebody asks.

Nothing is published or sent; on our own crisis page something is put for a moment, and fetched from outside. What the
platforms are asked for besides what their nightly check has found out already: how many posts they take today, where
they count them, and whether the test accounts may publish.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors import PLATFORMS, connect
from connectors.base import Account, Connector
from connectors.errors import ConnectorError
from connectors.publishing import Manifold, Publisher, Rationed
from monitor.alerts.given_up import given_up
from monitor.db import Database
from monitor.emergency import readiness_rules as rules
from monitor.emergency.exercise_accounts import tested_accounts
from monitor.emergency.models import Delivery, Feed, Incident, Message, Readiness
from monitor.emergency.places import part_of, parts_of, publishes
from monitor.emergency.readiness_rules import ChannelFacts, Check, Facts
from monitor.emergency.rules import UNDECIDED
from monitor.emergency.seen_from_outside import card_seen, page_seen
from monitor.emergency.staff import approvers
from monitor.emergency.warning_rules import Source
from monitor.register.credentials import resolve
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.register.routes import every_route, usable
from monitor.register.secrets import stored
from monitor.watch.budgets import left_of, quota_of, spent
from monitor.watch.models import TokenHealth

KEPT = timedelta(days=400)
NAMES = {
    Source.VMA: "Sveriges Radio",
    Source.SMHI: "SMHI",
    Source.KRISINFORMATION: "krisinformation.se",
    Source.TOP_STORIES: "krisinformation.se/topstories",
    Source.VMA_RETOLD: "krisinformation.se/vmas",
}
"""Whose feed it is."""


def check(db: Database, settings: Settings, now: datetime, *, worker_alive: bool | None) -> list[Check]:
    """Looks at everything and keeps it as a row. worker_alive: None where the broker does not answer."""
    with db.snapshot() as session:
        known = list(_channels(session, settings, now))
        waiting = _waiting(session)
        people, last = _approvers(session, settings), last_exercise(session)
        feeds = _feeds(session, settings)
    asked = [replace(facts, posts_left=_posts_left(connector, waiting[facts.id])) for facts, connector in known]
    facts = Facts(
        channels=(*asked, *tested_accounts(db, settings, now)),
        approvers=people,
        pictures=card_seen(settings),
        hub=page_seen(settings),
        worker_alive=worker_alive,
        last_exercise=last,
        needs_images=any(isinstance(each, Publisher) and each.needs_image for _facts, each in known),
        feeds=feeds,
    )
    found = rules.judge(facts, now)
    with db.transaction() as session:
        session.add(Readiness(at=now, ok=rules.all_well(found), findings={"checks": [one.as_json() for one in found]}))
        session.execute(delete(Readiness).where(Readiness.at < now - KEPT))
    return found


def is_due(session: Session, now: datetime) -> bool:
    """Is it time for the nightly look? Raises NotSetUp."""
    zone = ZoneInfo(organisation(session).timezone)
    last = session.scalar(select(func.max(Readiness.at)))
    return rules.is_due(last.astimezone(zone) if last else None, now.astimezone(zone))


def latest(session: Session, count: int = 1) -> list[Readiness]:
    """The newest first."""
    return list(session.scalars(select(Readiness).order_by(Readiness.at.desc(), Readiness.id.desc()).limit(count)))


def checks_of(row: Readiness) -> list[Check]:
    """What was found, as it was."""
    return [Check(**one) for one in row.findings["checks"]]


def last_exercise(session: Session) -> datetime | None:
    """When the latest one began."""
    return session.scalar(select(func.max(Incident.started_at)).where(Incident.mode == "exercise"))


def published_by_machine(session: Session) -> list[Channel]:
    """Channels in use that a machine reads, by id: some of them it publishes on, too."""
    wanted = (Channel.state == "active", Channel.watch_mode == "automatic", Channel.platform.in_(PLATFORMS))
    return list(session.scalars(select(Channel).where(*wanted).order_by(Channel.id)))


def _channels(session: Session, settings: Settings, now: datetime) -> Iterable[tuple[ChannelFacts, object]]:
    for channel in published_by_machine(session):
        health = session.get(TokenHealth, channel.id)
        connector = _connector(session, channel, settings)
        if publishes(channel) is None or (connector is not None and not isinstance(connector, Publisher)):
            continue
        yield (
            ChannelFacts(
                id=channel.id,
                name=channel.name,
                can_publish=health is not None and health.can_publish and connector is not None,
                checked_at=health.checked_at if health else None,
                cost=_cost(channel, connector, settings),
                expires=health.expires if health else None,
                remedy=(health.remedy or "") if health else "",
                left=_left(session, connector, settings, now),
            ),
            connector,
        )


def _cost(channel: Channel, connector: Any, settings: Settings) -> int:
    """Of one message in all its places, what is put back afterwards included; 0 where nobody knows."""
    if connector is None:
        return 0
    beside = parts_of(channel, settings) if isinstance(connector, Manifold) else ()
    found = [(connector.part(part_of(place)), part) for place, part in beside]
    same = [(each, part) for each, part in found if each.budgets[0] == connector.budgets[0]]
    cost: int = connector.publish_cost + sum(each.publish_cost * (1 + part.lasting) for each, part in same)
    return cost


def _connector(session: Session, channel: Channel, settings: Settings) -> Connector | None:
    """None where its secrets are missing. Makes no call."""
    try:
        credential = resolve(channel, stored=stored(session, channel.id))
        return connect(channel.platform, Account(channel.external_id or "", channel.address), credential, settings)
    except ConnectorError:
        return None


def _left(session: Session, connector: Connector | None, settings: Settings, now: datetime) -> int | None:
    """What is left today of the scarcest quota, the part for crises included."""
    budgets = connector.budgets if connector else ()
    quotas = [(budget, quota) for budget in budgets if (quota := quota_of(budget, settings)) is not None]
    left = [left_of(quota, spent(session, budget, now)).of("crisis") for budget, quota in quotas]
    return min(left, default=None)


def _posts_left(connector: object, waiting: int) -> int | None:
    """What the platform says knows nothing of what still waits to be sent there."""
    if not isinstance(connector, Rationed):
        return None
    try:
        return max(connector.posts_left() - waiting, 0)
    except ConnectorError:
        return -1


def _waiting(session: Session) -> Counter[str]:
    """How many messages wait to be sent, by channel; those of exercises go to other accounts."""
    query = select(Delivery.channel_id).join(Message, Message.id == Delivery.message_id)
    query = query.join(Incident, Incident.id == Message.incident_id)
    booked = (Delivery.state.in_(UNDECIDED), Delivery.channel_id.is_not(None), Incident.mode == "actual")
    return Counter(session.scalars(query.where(*booked)))


def _approvers(session: Session, settings: Settings) -> tuple[str, ...]:
    """Names of those who can be told in the night: by a way that has carried something to them before."""
    proven = {(row.person_id, row.name) for row in every_route(session) if row.worked_at is not None}
    lost, sms = given_up(session), settings.sms_url is not None
    return tuple(
        person.name
        for person in approvers(session)
        if person.id not in lost and any((person.id, name) in proven for name in usable(session, person, sms=sms))
    )


def _feeds(session: Session, settings: Settings) -> dict[str, datetime | None]:
    """Since when each tells nothing new, by its name; nothing where none is asked for."""
    if not settings.emergency.feeds:
        return {}
    known = {feed.source: feed.failing_since or feed.read_at for feed in session.scalars(select(Feed))}
    return {NAMES[source]: known.get(source) for source in Source}
