"""A person who is signed in, with what that person may do and see: read once for each request."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission, anywhere, permissions
from monitor.register.channels import all_channels, units_in_use, whole
from monitor.register.decision_rules import in_force
from monitor.register.models import Person


@dataclass(frozen=True, slots=True)
class Visitor:
    """session_id: of the LoginSession. on: what the person may do on each channel, by its id; retired ones too."""

    person_id: str
    name: str
    roles: frozenset[str]
    session_id: int
    on: dict[str, frozenset[Permission]] = field(repr=False)
    apart: frozenset[Permission] = field(repr=False)

    def may(self, permission: Permission, channel_id: str | None = None) -> bool:
        """On that channel; without one, on any at all, or where no channel matters."""
        return permission in (self.apart if channel_id is None else self.on.get(channel_id, frozenset()))

    def sees(self, channel_id: str) -> bool:
        """Is there anything that the person may do or read there? Of other channels nothing is said, not even that they
        exist."""
        return bool(self.on.get(channel_id))

    @property
    def channels(self) -> frozenset[str]:
        """Ids of the channels that the person sees."""
        return frozenset(id_ for id_, granted in self.on.items() if granted)

    def channels_for(self, permission: Permission) -> frozenset[str]:
        """Ids of the channels on which the person has that permission."""
        return frozenset(id_ for id_, granted in self.on.items() if permission in granted)


def visitor_of(session: Session, person: Person, session_id: int, today: date) -> Visitor:
    """today: the organisation's date, on which decisions hold or not."""
    channels = all_channels(session)
    charged = {each.id for each in channels if person.id in {each.responsible_id, each.deputy_id}}
    charged.update(_named(session, person.id, today))
    units = {each.unit_id for each in channels if each.id in charged}
    units |= {unit.id for unit in units_in_use(session).values() if unit.manager_id == person.id}
    roles = frozenset(person.roles)
    on = {each.id: permissions(roles, charged=each.id in charged, of_unit=each.unit_id in units) for each in channels}
    return Visitor(person.id, person.name, roles, session_id, on, anywhere(roles, charged=bool(charged)))


def _named(session: Session, person_id: str, today: date) -> Iterable[str]:
    """Ids of the channels whose decision in force names the person."""
    for channel_id, made in whole(session).decisions.items():
        decision = in_force((each.version for each in made), today)
        if decision is not None and person_id in decision.named:
            yield channel_id
