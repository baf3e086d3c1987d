"""Who is to be told: the communicators, a unit's manager, who is away, and who is next where somebody is."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.register.models import Absence, Channel, Person, Unit


def with_role(session: Session, role: str) -> list[Person]:
    """The people who have a role, by id."""
    people = session.scalars(select(Person).where(~Person.retired).order_by(Person.id))
    return [person for person in people if role in person.roles]


def communicators(session: Session) -> list[Person]:
    return with_role(session, "communicator")


def receivers(session: Session) -> list[Person]:
    """Who receives every decision, and confirms it: the communicators with a mail address, else such administrators."""
    return reachable(communicators(session)) or reachable(with_role(session, "administrator"))


def reachable(people: Iterable[Person]) -> list[Person]:
    return [person for person in people if person.email and not person.retired]


def managers(session: Session) -> dict[str, str | None]:
    """The manager of each unit, by the unit's id."""
    return {unit.id: unit.manager_id for unit in session.scalars(select(Unit))}


def manager_of(session: Session, channel: Channel) -> str | None:
    """The manager of the channel's unit."""
    return session.get_one(Unit, channel.unit_id).manager_id


def away(session: Session, day: date) -> frozenset[str]:
    """Ids of the people who are away on that day."""
    query = select(Absence.person_id).where(Absence.first_day <= day, Absence.last_day >= day)
    return frozenset(session.scalars(query))


def absences(session: Session, person_id: str) -> Sequence[Absence]:
    """A person's absences, the latest first."""
    query = select(Absence).where(Absence.person_id == person_id).order_by(Absence.first_day.desc(), Absence.id)
    return session.scalars(query).all()


def ladders(session: Session, channels: Iterable[Channel], day: date) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Who there is to act on a channel on a day, step by step, by channel: responsible, deputy, communicators, the
    unit's manager, administrators.

    Of them only those who are in the register, have a mail address, and are not away on that day.
    """
    absent = away(session, day)
    known = session.execute(select(Person.id, Person.email).where(~Person.retired))
    there = {id_ for id_, email in known if email and id_ not in absent}
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
