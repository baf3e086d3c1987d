"""Connecting channels: one login in a browser gives the secrets of every account that the person agreed to."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_
from connectors.connecting import Candidate, Login, NotConnected, code_from
from connectors.errors import ConnectorError
from monitor.register.credentials import at_hand
from monitor.register.models import Channel
from monitor.register.secrets import store, stored

NOT_GRANTED = N_(
    "Start again and choose the account in the login; or, if it is one of those named, correct external_id in the "
    "register."
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way through a browser. `state` ties its answer to it, so that nobody can slip us another one."""

    login: Login
    redirect_uri: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def address(self) -> str:
        """Where the person has to go."""
        return self.login.authorise_url(self.redirect_uri, self.state)

    def finish(self, answer: str) -> list[Candidate]:
        """The accounts behind the address that the browser was sent to. Raises the errors of `connectors.errors`."""
        return self.login.finish(code_from(answer, self.state), self.redirect_uri)


@dataclass(frozen=True, slots=True)
class Match:
    """What the login brought for one channel: its account, or why not."""

    channel: Channel
    candidate: Candidate | None = None
    problem: ConnectorError | None = None


def channels_to_connect(session: Session, platform: str) -> list[Channel]:
    """The channels of a platform that a machine reads."""
    query = select(Channel).where(Channel.platform == platform, Channel.watch_mode == "automatic")
    return list(session.scalars(query.where(Channel.state != "retired").order_by(Channel.id)))


def match(channels: Sequence[Channel], candidates: Sequence[Candidate]) -> list[Match]:
    """Which account is which channel's. An account whose role does not suffice is a problem, not a candidate."""
    by_id = {candidate.external_id: candidate for candidate in candidates}
    return [_match(channel, by_id) for channel in channels]


def keep(session: Session, found: Match, app: Mapping[str, str], now: datetime) -> None:
    """Stores the channel's secrets, and those of the app that it has not got already where the register says.

    Raises CredentialMissing where the key to what is stored is missing.
    """
    if found.candidate is not None:
        known = at_hand(found.channel, stored=stored(session, found.channel.id))
        missing = {name: value for name, value in app.items() if known.get(name) != value}
        store(session, found.channel.id, {**missing, **found.candidate.secrets}, now)


def _match(channel: Channel, by_id: Mapping[str, Candidate]) -> Match:
    candidate = by_id.get(channel.external_id or "")
    if candidate is None:
        there = ", ".join(f"{each.name} ({each.external_id})" for each in by_id.values()) or "none"
        detail = f"account {channel.external_id} is not among those that were agreed to: {there}"
        return Match(channel, problem=NotConnected(detail, code="not_granted", remedy=NOT_GRANTED))
    return Match(channel, problem=candidate.problem) if candidate.problem else Match(channel, candidate)
