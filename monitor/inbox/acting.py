"""Doing what people asked for on the platforms, exactly once, whatever the network does and whoever is killed when.

Claim (a conditional update with a token and a lease), read the thread, arm (committed before anything is sent), send
once, write down what came. Where the answer is lost, read the thread until the platform's lists must show what was
done; only proven absence allows one more attempt. An armed action whose worker died goes the same way.
"""

import uuid
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors import PLATFORMS
from connectors import connect as connect_for_real
from connectors.acting import Hider, Moderator, Remover, Replier
from connectors.base import Account, Connector, Credential
from connectors.errors import ConnectorError
from monitor.db import Database
from monitor.inbox.acting_words import NOT_OFFERED
from monitor.inbox.action_rules import UNDER_WAY, Fate
from monitor.inbox.doing import Doing
from monitor.inbox.in_hand import LEASE, Clock, Held, InHand
from monitor.inbox.models import Action
from monitor.inbox.requesting import CannotAct, request
from monitor.register.credentials import resolve
from monitor.register.models import Channel

__all__ = ["CannotAct", "Held", "carry_out", "claim_due", "go_on", "request"]

Connect = Callable[[str, Account, Credential, Settings], Connector]


def now_utc() -> datetime:
    return datetime.now(UTC)


def carry_out(
    db: Database, action_id: int, settings: Settings, clock: Clock = now_utc, connect: Connect = connect_for_real
) -> Action:
    """Goes on with an action if it is due and nobody else does; gives it as it stands then.

    Raises only what the database raises: what the platform says is in the action's state, reason and remedy.
    """
    with db.transaction() as session:
        held = _claim(session, clock(), (Action.id == action_id,), 1)
    for each in held:
        go_on(db, each, settings, clock, connect)
    with db.snapshot() as session:
        return session.get_one(Action, action_id)


def due_by_platform(session: Session, now: datetime) -> dict[str, int]:
    """How many actions are due on each platform that has any."""
    query = select(Channel.platform, func.count()).join(Action, Action.channel_id == Channel.id)
    rows = session.execute(query.where(*_is_due(now)).group_by(Channel.platform))
    return {platform: count for platform, count in rows if platform in PLATFORMS}


def claim_due(session: Session, now: datetime, limit: int, platforms: Collection[str] = PLATFORMS) -> list[Held]:
    """Claims at most `limit` actions that are due there, the longest waiting first, and moves them a lease ahead."""
    return _claim(session, now, (Channel.platform.in_(platforms),), limit)


def go_on(
    db: Database, held: Held, settings: Settings, clock: Clock = now_utc, connect: Connect = connect_for_real
) -> None:
    """One step of a claimed action. Nothing happens when the claim is lost meanwhile."""
    work = InHand.open(db, held, settings, clock)
    if work is None:
        return
    channel = work.channel
    try:
        account = Account(channel.external_id or "", channel.address)
        connector = connect(channel.platform, account, resolve(channel, stored=work.stored), settings)
    except ConnectorError as error:
        work.put_off(error, began=clock())
        return
    if not isinstance(connector, Replier) or not _offers(connector, work.action.kind):
        work.write(Fate.REFUSED, {"reason": "not offered", "remedy": NOT_OFFERED})
        return
    Doing(work, connector, connector.budgets).step()


def _claim(session: Session, now: datetime, wanted: tuple[Any, ...], limit: int) -> list[Held]:
    query = select(Action, Channel.platform).join(Channel, Channel.id == Action.channel_id)
    query = query.where(*_is_due(now), *wanted)
    query = query.order_by(Action.next_at, Action.id).limit(limit).with_for_update(skip_locked=True, of=Action)
    held = []
    for action, platform in session.execute(query).all():
        action.token, action.next_at = uuid.uuid4().hex, now + LEASE
        held.append(Held(action.id, action.token, platform))
    return held


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Action.state.in_(UNDER_WAY), Action.next_at <= now)


def _offers(connector: object, kind: str) -> bool:
    needed: dict[str, type[Any]] = {"hide": Hider, "unhide": Hider, "remove": Remover}
    needed |= {"release": Moderator, "reject": Moderator}
    return isinstance(connector, needed.get(kind, Replier))
