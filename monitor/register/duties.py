"""Who has which duties, who is away, and whether everybody who has one can be reached."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_
from monitor.register.models import Absence, Channel, Person, Unit

ROLES = {
    "communicator": N_("communicator"),
    "unit_manager": N_("unit manager"),
    "moderator": N_("moderator"),
    "crisis_staff": N_("crisis staff"),
    "registrar": N_("registrar"),
    "auditor": N_("auditor"),
    "administrator": N_("administrator"),
}
"""What the roles are called."""


@dataclass(frozen=True, slots=True)
class PersonOverview:
    """One person: ids of the channels and units that this person answers for, stands in for, and manages.

    away_until: the last day of the absence that today lies in. reachable: there is an address, and the latest mail to
    it was not given up.
    """

    id: str
    name: str
    roles: list[str]
    responsible_for: list[str]
    deputy_for: list[str]
    manager_of: list[str]
    away_until: date | None
    reachable: bool

    @property
    def has_duties(self) -> bool:
        duties = self.responsible_for or self.deputy_for or self.manager_of
        return bool(duties) or "communicator" in self.roles


def people(session: Session, today: date, given_up: Collection[str] = frozenset()) -> list[PersonOverview]:
    """Everybody in the register, by id. today: the organisation's date. given_up: ids of those no mail gets to."""
    responsible, deputy, manager = _duties(session)
    query = select(Absence).where(Absence.first_day <= today, Absence.last_day >= today)
    away = {absence.person_id: absence.last_day for absence in session.scalars(query)}
    return [
        PersonOverview(
            id=person.id,
            name=person.name,
            roles=person.roles,
            responsible_for=responsible[person.id],
            deputy_for=deputy[person.id],
            manager_of=manager[person.id],
            away_until=away.get(person.id),
            reachable=bool(person.email) and person.id not in given_up,
        )
        for person in session.scalars(select(Person).where(~Person.retired).order_by(Person.id))
    ]


Ids = defaultdict[str | None, list[str]]


def _duties(session: Session) -> tuple[Ids, Ids, Ids]:
    """By person: the channels to answer for, those to stand in for, and the units to manage."""
    responsible, deputy, manager = Ids(list), Ids(list), Ids(list)
    for channel in session.scalars(select(Channel).where(Channel.state != "retired").order_by(Channel.id)):
        responsible[channel.responsible_id].append(channel.id)
        deputy[channel.deputy_id].append(channel.id)
    for unit in session.scalars(select(Unit).where(~Unit.retired).order_by(Unit.id)):
        manager[unit.manager_id].append(unit.id)
    return responsible, deputy, manager
