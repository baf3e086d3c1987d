"""Can a channel really be read? What its own connector finds, in words a person can act on.

Each result is kept as the channel's TokenHealth: what expires, and what is wrong, before anybody asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from os import environ

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from config.language import _
from config.settings import Settings
from connectors import PLATFORMS, connect
from connectors.base import Account, Budget, Connector, Credential, Health
from connectors.errors import ConnectorError, RateLimited
from monitor.db import Database
from monitor.register.credentials import resolve
from monitor.register.models import Channel
from monitor.register.secrets import NOTHING, Stored, stored
from monitor.watch.budgets import book, park, standing
from monitor.watch.models import Schedule, TokenHealth


@dataclass(frozen=True, slots=True)
class Check:
    """What a look at a channel's credential found. `problem`: kind of error; `message` and `remedy` say it to people.

    data_access_expires, role, subscribed: as in connectors.base.Health. A channel that people watch has nothing to
    check: it is ok, and its token kind is "none".
    """

    id: str
    ok: bool
    token_kind: str
    scopes_missing: tuple[str, ...]
    expires: datetime | None
    can_read: bool
    can_reply: bool
    can_publish: bool
    problem: str | None
    message: str | None
    remedy: str | None
    data_access_expires: datetime | None = None
    role: str | None = None
    subscribed: bool | None = None


def check_now(db: Database, channel: Channel, settings: Settings) -> Check:
    """Asks the platform, with a call or two, keeps the result and books what it cost. Asks nothing while a budget is
    parked. Never raises for what the platform or the credential lacks."""
    now = datetime.now(UTC)
    with db.transaction(repeatable=True) as session:
        kept = stored(session, channel.id)
        budgets = budgets_of(channel, settings, kept)
        allowed = standing(session, budgets, channel.id, "check", now, settings)
    if allowed.parked_until is not None:
        wait = RateLimited(
            "not asked: the platform wants us to wait", code=allowed.reason, retry_at=allowed.parked_until
        )
        health = Health("unknown", can_read=False, problem=wait)
    else:
        health = look(channel, settings, stored=kept)
    with db.transaction() as session:
        keep(session, channel, health, datetime.now(UTC))
        book(session, budgets, channel.id, "check", health.counted_cost, health.requests, now)
        if isinstance(health.problem, RateLimited) and allowed.parked_until is None:
            park(session, budgets, health.problem, now)
    return _found(channel, health)


def budgets_of(channel: Channel, settings: Settings, stored: Stored) -> tuple[Budget, ...]:
    """What a look at the channel counts against; nothing where it cannot be asked anyway. Makes no call."""
    if not _by_machine(channel):
        return ()
    try:
        return _connector(channel, resolve(channel, stored=stored), settings).budgets
    except ConnectorError:
        return ()


def look(
    channel: Channel, settings: Settings, variables: Mapping[str, str] = environ, *, stored: Stored = NOTHING
) -> Health:
    """What the channel's connector finds. Nothing for a channel that people watch."""
    if not _by_machine(channel):
        return Health("none", can_read=False)
    try:
        credential = resolve(channel, variables, stored=stored)
        return _connector(channel, credential, settings).check()
    except ConnectorError as error:
        return Health("none", can_read=False, problem=error)


def keep(session: Session, channel: Channel, health: Health, now: datetime) -> None:
    """Stores the result. While the platform is away, what is known of the token stays known."""
    if not _by_machine(channel):
        return
    problem = health.problem
    row = session.get(TokenHealth, channel.id, with_for_update=True)
    if row is None:
        row = not_looked_at(channel.id, now)
        session.add(row)
    row.checked_at, row.problem = now, problem.kind if problem else None
    row.message, row.remedy = (str(problem), problem.remedy) if problem else (None, None)
    if problem and not problem.needs_person:
        return
    row.token_kind, row.can_read, row.can_reply = health.token_kind, health.can_read, health.can_reply
    row.can_publish, row.scopes_missing = health.can_publish, list(health.scopes_missing)
    row.expires, row.data_access_expires = health.expires, health.data_access_expires
    row.role, row.subscribed = health.role, health.subscribed


def not_looked_at(channel_id: str, now: datetime) -> TokenHealth:
    """What is known of a credential before the first look."""
    return TokenHealth(channel_id=channel_id, checked_at=now, token_kind="unknown", can_read=False)  # noqa: S106


def read_soon(session: Session, channel_id: str, now: datetime) -> None:
    """The channel is due now, unless somebody reads it: a new token need not wait for an old trouble's slow pace."""
    free = or_(Schedule.claim.is_(None), Schedule.next_poll_at <= now)
    session.execute(update(Schedule).where(Schedule.channel_id == channel_id, free).values(next_poll_at=now))


def _by_machine(channel: Channel) -> bool:
    return channel.watch_mode != "manual" and channel.platform in PLATFORMS


def _connector(channel: Channel, credential: Credential, settings: Settings) -> Connector:
    return connect(channel.platform, Account(channel.external_id or "", channel.address), credential, settings)


def _found(channel: Channel, health: Health) -> Check:
    problem = health.problem
    return Check(
        id=channel.id,
        ok=problem is None,
        token_kind=health.token_kind,
        scopes_missing=health.scopes_missing,
        expires=health.expires,
        can_read=health.can_read,
        can_reply=health.can_reply,
        can_publish=health.can_publish,
        problem=problem.kind if problem else None,
        message=str(problem) if problem else None,
        remedy=_(problem.remedy) if problem else None,
        data_access_expires=health.data_access_expires,
        role=health.role,
        subscribed=health.subscribed,
    )
