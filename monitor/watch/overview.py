"""Every channel at a glance: what the register says, what its decision says, and when it was last read completely."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from connectors.errors import remedy
from monitor.db.once import once_in_a_snapshot
from monitor.register.channels import all_channels, units_in_use
from monitor.register.decision_rules import Status
from monitor.register.decision_status import Standing, is_needed, standings
from monitor.register.models import Channel
from monitor.register.people import named
from monitor.register.terms import Terms
from monitor.register.warnings import warnings
from monitor.watch.coverage import Coverage, coverages
from monitor.watch.models import Schedule, TokenHealth
from monitor.watch.schedules import schedules


@dataclass(frozen=True, slots=True)
class DecisionOverview:
    """The decision that speaks for a channel on the day asked about. unconfirmed: it should be confirmed by now."""

    valid_until: date
    status: Literal["valid", "expired"]
    version: int
    confirmed: bool
    unconfirmed: bool


@dataclass(frozen=True, slots=True)
class ChannelOverview:
    """One channel; unit, responsible and deputy are the register's ids.

    state: ok, waiting (not read yet), failing, paused, retired, or manual (people watch it).
    state_reason: why it is paused or retired, or the kind of error it fails with. remedy: what to do about that error.
    coverage: what the platform keeps from us. warnings: what is worth mending in the register. Sentences are in the
    language in use. decision_needed: False where none is asked for.
    """

    id: str
    name: str
    platform: str
    address: str
    unit: str
    unit_name: str
    responsible: str
    responsible_name: str
    deputy: str | None
    deputy_name: str | None
    watch_mode: str
    has_comments: bool
    state: str
    state_reason: str | None
    decision: DecisionOverview | None
    last_complete_read: datetime | None
    token_expires: datetime | None
    failing_since: datetime | None
    failure_detail: str | None
    remedy: str | None
    coverage: Coverage
    warnings: tuple[str, ...] = ()
    decision_needed: bool = True


def channels(session: Session, today: date) -> list[ChannelOverview]:
    """All channels in the register, by id, retired ones last. `today`: the organisation's date, for the decisions."""
    known, names = schedules(session), named(session)
    units = {unit.id: unit.name for unit in units_in_use(session).values()}
    decisions = {id_: _decision(standing) for id_, standing in standings(session, today).items()}
    shown = coverages(session)
    tokens = {id_: token_expires(health) for id_, health in healths(session).items()}
    rows = [
        _overview(each, known.get(each.id), names, units, decisions[each.id], tokens.get(each.id), shown[each.id])
        for each in all_channels(session)
    ]
    told = warnings(session, today)
    rows = [replace(row, warnings=tuple(told.get(row.id, ()))) for row in rows]
    return sorted(rows, key=lambda row: row.state == "retired")


def for_programs(row: ChannelOverview, terms: Terms) -> dict[str, Any]:
    """With `terms`: what holds for the channel, whoever says so. Times are times, not yet JSON."""
    return asdict(row) | {"terms": asdict(terms)}


@once_in_a_snapshot
def healths(session: Session) -> dict[str, TokenHealth]:
    """What the latest look at each credential found, by channel."""
    return {health.channel_id: health for health in session.scalars(select(TokenHealth))}


def _overview(
    channel: Channel,
    schedule: Schedule | None,
    names: dict[str, str],
    units: dict[str, str],
    decision: DecisionOverview | None,
    token_expires: datetime | None,
    coverage: Coverage,
) -> ChannelOverview:
    state, reason = state_of(channel, schedule)
    return ChannelOverview(
        id=channel.id,
        name=channel.name,
        platform=channel.platform,
        address=channel.address,
        **_whose(channel, names, units),
        watch_mode=channel.watch_mode,
        has_comments=channel.has_comments,
        state=state,
        state_reason=reason,
        decision=decision,
        last_complete_read=schedule.last_complete_at if schedule else None,
        token_expires=token_expires,
        failing_since=schedule.failing_since if schedule else None,
        failure_detail=schedule.failure_detail if schedule else None,
        remedy=_remedy(schedule) if state == "failing" else None,
        coverage=coverage,
        decision_needed=is_needed(channel),
    )


def _whose(channel: Channel, names: dict[str, str], units: dict[str, str]) -> dict[str, Any]:
    """The unit and the people, by id and by name."""
    return {
        "unit": channel.unit_id,
        "unit_name": units[channel.unit_id],
        "responsible": channel.responsible_id,
        "responsible_name": names[channel.responsible_id],
        "deputy": channel.deputy_id,
        "deputy_name": names[channel.deputy_id] if channel.deputy_id else None,
    }


def _remedy(schedule: Schedule | None) -> str | None:
    if schedule is None or schedule.failure_kind is None:
        return None
    return _(schedule.failure_remedy or remedy(schedule.failure_kind))


def token_expires(health: TokenHealth) -> datetime | None:
    """When the token, or what it may see, ends: whichever comes first. None for never, or not told."""
    return min((end for end in (health.expires, health.data_access_expires) if end), default=None)


def state_of(channel: Channel, schedule: Schedule | None) -> tuple[str, str | None]:
    """As in ChannelOverview: the state, and why."""
    if channel.state != "active":
        return channel.state, channel.state_reason
    if channel.watch_mode == "manual":
        return "manual", None
    if schedule is not None and schedule.failing_since is not None:
        return "failing", schedule.failure_kind
    return ("ok" if schedule is not None and schedule.last_complete_at else "waiting"), None


def _decision(standing: Standing) -> DecisionOverview | None:
    """None where there is none."""
    if standing.valid_until is None or standing.version is None:
        return None
    status: Literal["valid", "expired"] = "valid" if standing.status is Status.VALID else "expired"
    confirmed, unconfirmed = standing.confirmed, standing.unconfirmed
    return DecisionOverview(standing.valid_until, status, standing.version, confirmed, unconfirmed)
