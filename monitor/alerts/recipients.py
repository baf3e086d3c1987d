"""Who takes care of each channel on a day: what the rule needs to know, from the register."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.alerts.recipient_rules import Care, Charge, care
from monitor.register.models import Channel, Person
from monitor.register.people import away, communicators, managers, with_role

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CaredFor:
    """A channel that is not retired, and who takes care of it. names: of those and of the person responsible, by id.

    away: the person responsible is not there, rather than not to be reached by mail.
    """

    channel: Channel
    care: Care
    away: bool
    names: dict[str, str]


def cared_for(session: Session, day: date) -> list[CaredFor]:
    """Every channel that is not retired, by id."""
    people = {person.id: person for person in session.scalars(select(Person))}
    reachable = {person.id for person in people.values() if person.email and not person.retired}
    absent, manager = away(session, day), managers(session)
    last = tuple(person.id for person in with_role(session, "administrator"))
    first = tuple(person.id for person in communicators(session))
    found = []
    for channel in session.scalars(select(Channel).where(Channel.state != "retired").order_by(Channel.id)):
        chief = manager[channel.unit_id]
        others = (first, (chief,) if chief else (), last)
        cares = care(Charge(channel.responsible_id, channel.deputy_id, others), absent, reachable)
        if not cares.people:
            nobody(channel.id)
        names = {id_: people[id_].name for id_ in (channel.responsible_id, *cares.people)}
        found.append(CaredFor(channel, cares, channel.responsible_id in absent, names))
    return found


@cache
def nobody(channel_id: str) -> None:
    """Says so once in the life of a process."""
    log.error("nobody_to_take_care_of_channel", channel=channel_id)
