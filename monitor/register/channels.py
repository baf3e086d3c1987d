"""The channels of the register with their units and decisions, read once for all that is asked of them: who may do
what follows from them, so that every page needs them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, select
from sqlalchemy.orm import Session

from monitor.db.once import once_in_a_snapshot
from monitor.register.decision_rules import Version
from monitor.register.models import Channel, Decision, DecisionReceipt, Unit


@dataclass(frozen=True, slots=True)
class Made:
    """One version of a decision. id: its row's. address: that it was made about. since: when it was sent to the
    communicator, or made."""

    id: int
    version: Version
    address: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Whole:
    """channels: retired ones too, by id. units: that have a channel, by id. decisions: by channel, a channel's first
    version first."""

    channels: Sequence[Channel]
    units: Mapping[str, Unit]
    decisions: Mapping[str, Sequence[Made]] = field(repr=False)

    def versions(self, channel_id: str) -> list[Version]:
        return [made.version for made in self.decisions.get(channel_id, ())]


@cache
def _whole() -> Executable:
    decided = (Decision.id, Decision.version, Decision.decided_on, Decision.valid_until, Decision.responsible_id)
    told = (Decision.authorised, Decision.address, Decision.created_at)
    query = select(Channel, Unit, *decided, *told, DecisionReceipt.sent_at, DecisionReceipt.confirmed_at)
    query = query.join(Unit, Unit.id == Channel.unit_id).outerjoin(Decision, Decision.channel_id == Channel.id)
    query = query.outerjoin(DecisionReceipt, DecisionReceipt.decision_id == Decision.id)
    return query.order_by(Channel.id, Decision.version)


@once_in_a_snapshot
def whole(session: Session) -> Whole:
    channels, units, decisions = dict[str, Channel](), dict[str, Unit](), dict[str, list[Made]]()
    rows: Iterable[Any] = session.execute(_whole())
    for channel, unit, *rest in rows:
        channels[channel.id], units[unit.id] = channel, unit
        if rest[0] is not None:
            decisions.setdefault(channel.id, []).append(_made(*rest))
    return Whole(list(channels.values()), units, decisions)


def _made(
    id_: int,
    number: int,
    decided_on: date,
    valid_until: date,
    responsible: str,
    authorised: list[str],
    address: str,
    created_at: datetime,
    sent_at: datetime | None,
    confirmed_at: datetime | None,
) -> Made:
    who = (responsible, tuple(authorised))
    version = Version(number, decided_on, valid_until, *who, confirmed=confirmed_at is not None)
    return Made(id_, version, address, sent_at or created_at)


def all_channels(session: Session) -> Sequence[Channel]:
    """Retired ones too, by id."""
    return whole(session).channels


def units_in_use(session: Session) -> Mapping[str, Unit]:
    """The units that have a channel, retired or not, by id."""
    return whole(session).units
