"""Who is to be told: the communicators, a unit's manager, who is away, and who is next where somebody is."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from monitor.db.once import is_known, is_snapshot, once_in_a_snapshot
from monitor.register.channels import units_in_use
from monitor.register.models import Absence, Channel, Person, Unit
from monitor.register.routes import people_and_routes, without_way

AWAY = select(Absence.person_id).where(Absence.first_day <= bindparam("day"), Absence.last_day >= bindparam("day"))


@once_in_a_snapshot
def everyone(session: Session) -> list[Person]:
    """Also who has left the register, by id."""
    return list({person.id: person for person, _route in people_and_routes(session)}.values())


@once_in_a_snapshot
def everybody(session: Session) -> list[Person]:
    """Who is in the register, by id."""
    return [person for person in everyone(session) if not person.retired]


@once_in_a_snapshot
def named(session: Session) -> dict[str, str]:
    """The names of all people, also of those who have left the register, by id."""
    if is_known(session, everyone):
        return {person.id: person.name for person in everyone(session)}
    return dict(session.execute(select(Person.id, Person.name)).all())


@once_in_a_snapshot
def with_role(session: Session, role: str) -> list[Person]:
    """The people who have a role, by id."""
    return [person for person in everybody(session) if role in person.roles]


def communicators(session: Session) -> list[Person]:
    return with_role(session, "communicator")


def receivers(session: Session) -> list[Person]:
    """Who receives every decision, and confirms it: the communicators with a mail address, else such administrators."""
    return reachable(communicators(session)) or reachable(with_role(session, "administrator"))


def reachable(people: Iterable[Person]) -> list[Person]:
    return [person for person in people if person.email and not person.retired]


@once_in_a_snapshot
def reachable_ids(session: Session) -> frozenset[str]:
    """Ids of the people of the register to whom something can be sent by one of their ways."""
    people = everybody(session)
    return frozenset(person.id for person in people) - without_way(session, people)


@once_in_a_snapshot
def managers(session: Session) -> dict[str, str | None]:
    """The manager of each unit that has a channel, by the unit's id."""
    units = units_in_use(session).values() if is_snapshot(session) else session.scalars(select(Unit))
    return {unit.id: unit.manager_id for unit in units}


def manager_of(session: Session, channel: Channel) -> str | None:
    """The manager of the channel's unit."""
    return session.get_one(Unit, channel.unit_id).manager_id


@once_in_a_snapshot
def away(session: Session, day: date) -> frozenset[str]:
    """Ids of the people who are away on that day."""
    return frozenset(session.scalars(AWAY, {"day": day}))


def absences(session: Session, person_id: str) -> Sequence[Absence]:
    """A person's absences, the latest first."""
    query = select(Absence).where(Absence.person_id == person_id).order_by(Absence.first_day.desc(), Absence.id)
    return session.scalars(query).all()


def ladders(session: Session, channels: Iterable[Channel], day: date) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Who there is to act on a channel on a day, step by step, by channel: responsible, deputy, communicators, the
    unit's manager, administrators.

    Of them only those who are in the register, can be reached, and are not away on that day.
    """
    there = reachable_ids(session) - away(session, day)
    manager = managers(session)
    roles = [tuple(each.id for each in with_role(session, role)) for role in ("communicator", "administrator")]
    steps = {
        channel.id: ((channel.responsible_id,), (channel.deputy_id,), roles[0], (manager[channel.unit_id],), roles[1])
        for channel in channels
    }
    return {
        channel: tuple(tuple(person for person in step if person in there) for step in ladder)
        for channel, ladder in steps.items()
    }


def escalation(session: Session, channels: Iterable[Channel], day: date) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Who there is to hear of a comment past its deadline, as `ladders` has them: responsible, deputy, the unit's
    manager, communicators, administrators."""
    known = ladders(session, channels, day)
    return {
        channel: (responsible, deputy, manager, communicators, administrators)
        for channel, (responsible, deputy, communicators, manager, administrators) in known.items()
    }
