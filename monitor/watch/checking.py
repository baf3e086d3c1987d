"""Can a channel really be read? What its own connector finds, in words a person can act on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from os import environ

from config.language import _
from config.settings import Settings
from connectors import PLATFORMS, connect
from connectors.base import Account, Health
from connectors.errors import ConnectorError
from monitor.register.credentials import resolve
from monitor.register.models import Channel


@dataclass(frozen=True, slots=True)
class Check:
    """What a look at a channel's credential found. `problem`: kind of error; `message` and `remedy` say it to people.

    A channel that people watch has nothing to check: it is ok, and its token kind is "none".
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


def check(channel: Channel, settings: Settings, variables: Mapping[str, str] = environ) -> Check:
    """Asks the platform, with a call or two. Never raises for what the platform or the credential lacks."""
    if channel.watch_mode == "manual" or channel.platform not in PLATFORMS:
        return _found(channel, Health("none", can_read=False))
    account = Account(channel.external_id or "", channel.address)
    try:
        health = connect(channel.platform, account, resolve(channel, variables), settings).check()
    except ConnectorError as error:
        health = Health("none", can_read=False, problem=error)
    return _found(channel, health)


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
    )
