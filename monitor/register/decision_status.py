"""Where the decision about each channel stands on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from connectors import EVERY_PLATFORM
from monitor import Calendar
from monitor.db.once import is_snapshot
from monitor.register.calendar import calendar_of
from monitor.register.channels import Made, whole
from monitor.register.decision_rules import UNCONFIRMED_AFTER, Status, Version, in_force, status
from monitor.register.models import Channel, Decision, DecisionReceipt
from monitor.register.organisation import organisation


@dataclass(frozen=True, slots=True)
class Standing:
    """The version that speaks for a channel on a day; all None and False where there is none.

    days_left: until the last day, 0 on it, negative afterwards. unconfirmed_for: working days since the day on which it
    was sent to the communicator, or made, counted to UNCONFIRMED_AFTER; None once confirmed. moved: the channel's
    address is not the decided one.
    """

    status: Status
    version: int | None = None
    decided_on: date | None = None
    valid_until: date | None = None
    days_left: int | None = None
    confirmed: bool = False
    unconfirmed_for: int | None = None
    moved: bool = False

    @property
    def unconfirmed(self) -> bool:
        """The communicator has not confirmed it in time."""
        return self.unconfirmed_for is not None and self.unconfirmed_for >= UNCONFIRMED_AFTER

    @property
    def needs_somebody(self) -> bool:
        return self.status in {Status.MISSING, Status.EXPIRED} or self.unconfirmed or self.moved


def standings(session: Session, today: date) -> dict[str, Standing]:
    """Every channel in the register, retired ones too. today: the organisation's date."""
    known = whole(session)
    calendar = calendar_of(organisation(session)) if known.channels else None
    made = known.decisions
    return {each.id: _standing(each, made.get(each.id, ()), today, calendar) for each in known.channels if calendar}


def is_needed(channel: Channel) -> bool:
    """Is a decision about the channel asked for? One that was made all the same counts as any other."""
    return not EVERY_PLATFORM[channel.platform].hub


def versions_of(session: Session, channel_id: str) -> list[Version]:
    """A channel's versions as rules know them, the first one first."""
    if is_snapshot(session):
        return whole(session).versions(channel_id)
    rows = session.execute(with_receipts().where(Decision.channel_id == channel_id))
    return [version(decision, receipt) for decision, receipt in rows]


def version(decision: Decision, receipt: DecisionReceipt | None) -> Version:
    return Version(
        decision.version,
        decision.decided_on,
        decision.valid_until,
        decision.responsible_id,
        tuple(decision.authorised),
        confirmed=receipt is not None and receipt.confirmed_at is not None,
    )


def with_receipts() -> Select[Decision, DecisionReceipt]:
    """Every decision with its receipt, if any; a channel's first version first."""
    receipts = DecisionReceipt.decision_id == Decision.id
    return select(Decision, DecisionReceipt).outerjoin(DecisionReceipt, receipts).order_by(Decision.version)


def _standing(channel: Channel, decisions: Sequence[Made], today: date, calendar: Calendar) -> Standing:
    made = {each.version.version: each for each in decisions}
    versions = [each.version for each in decisions]
    current = in_force(versions, today)
    stands = status(versions, today, needed=is_needed(channel))
    if current is None:
        return Standing(stands)
    decision = made[current.version]
    since = calendar.local_date(decision.since)
    return Standing(
        stands,
        current.version,
        current.decided_on,
        current.valid_until,
        days_left=(current.valid_until - today).days,
        confirmed=current.confirmed,
        unconfirmed_for=None if current.confirmed else _working_days(since, today, calendar),
        moved=decision.address != channel.address,
    )


def _working_days(since: date, today: date, calendar: Calendar) -> int:
    """How many working days have begun after a day, until today; UNCONFIRMED_AFTER where they are more."""
    days = (since + timedelta(number) for number in range(1, (today - since).days + 1))
    return len(list(islice(filter(calendar.is_working_day, days), UNCONFIRMED_AFTER)))


def standing_told(channel: Channel, standing: Standing) -> dict[str, object]:
    """For programs. Days are days, not yet JSON."""
    return {
        "channel": channel.id,
        "channel_name": channel.name,
        "status": standing.status,
        "version": standing.version,
        "decided_on": standing.decided_on,
        "valid_until": standing.valid_until,
        "days_left": standing.days_left,
        "confirmed": standing.confirmed,
        "unconfirmed": standing.unconfirmed,
        "moved": standing.moved,
        "needs_somebody": standing.needs_somebody,
    }
