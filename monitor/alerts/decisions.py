"""What the notices about managers' decisions share: which version speaks for a channel, and who must hear of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.alerts.models import Notice
from monitor.alerts.telling import NoLongerTrue, Scene
from monitor.register import people
from monitor.register.models import Channel, Decision, DecisionReceipt, Person

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Current:
    """A channel, what was decided about it last, and what became of telling the communicator."""

    channel: Channel
    decision: Decision | None
    receipt: DecisionReceipt | None

    @property
    def subject(self) -> str:
        """As in notices and links: "fb-tibro/2"; without a decision the channel alone."""
        return f"{self.channel.id}/{self.decision.version}" if self.decision is not None else self.channel.id

    @property
    def confirmed(self) -> bool:
        return self.receipt is not None and self.receipt.confirmed_at is not None


def current(session: Session, *channel_ids: str) -> list[Current]:
    """Every channel that is not retired, or these of them, by id."""
    chosen = (Channel.id.in_(channel_ids),) if channel_ids else ()
    channels = session.scalars(select(Channel).where(Channel.state != "retired", *chosen).order_by(Channel.id)).all()
    receipts = DecisionReceipt.decision_id == Decision.id
    query = (
        select(Decision, DecisionReceipt)
        .outerjoin(DecisionReceipt, receipts)
        .order_by(Decision.decided_on, Decision.version)
    )
    made: defaultdict[str, list[tuple[Decision, DecisionReceipt | None]]] = defaultdict(list)
    for decision, receipt in session.execute(query):
        made[decision.channel_id].append((decision, receipt))
    return [_current(channel, made[channel.id]) for channel in channels]


def _current(channel: Channel, made: list[tuple[Decision, DecisionReceipt | None]]) -> Current:
    return Current(channel, *(made[-1] if made else (None, None)))


def still_current(scene: Scene, notice: Notice) -> tuple[Current, Decision]:
    """What a notice about one version ("channel/version") is about. Raises NoLongerTrue when another one speaks now."""
    channel_id, _slash, version = notice.subject.rpartition("/")
    found = next(iter(current(scene.session, channel_id)), None)
    if found is None:
        raise NoLongerTrue(_("The channel is no longer in use."))
    if found.decision is None or str(found.decision.version) != version:
        raise NoLongerTrue(_("A newer decision has replaced it."))
    return found, found.decision


def receivers(session: Session) -> tuple[str, ...]:
    """Who receives every decision: the communicators, else the administrators. Only people with a mail address."""
    return tuple(person.id for person in people.receivers(session))


def informed(session: Session, channels: Iterable[Channel]) -> dict[str, tuple[str, ...]]:
    """By channel, who must hear of a decision's end: the unit's manager, and who receives every decision."""
    everybody, managers = people.receivers(session), people.managers(session)
    known = {person.id: person for person in session.scalars(select(Person))}
    told: dict[str, tuple[str, ...]] = {}
    for channel in channels:
        manager = known.get(managers[channel.unit_id] or "")
        ids = [person.id for person in (*people.reachable([manager] if manager else []), *everybody)]
        told[channel.id] = tuple(dict.fromkeys(ids))
    return told


@cache
def nobody(channel_id: str) -> None:
    """Says so once in the life of a process."""
    log.error("nobody_to_tell_of_decision", channel=channel_id)
