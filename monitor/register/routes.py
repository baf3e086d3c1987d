"""What the register knows of the ways to people: which there are, where they lead, and which are out of use."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy_encrypted_field import SecretDecryptError

from config.settings import settings
from connectors.errors import CredentialMissing
from monitor.audit import SYSTEM, audited
from monitor.db.once import once_in_a_snapshot
from monitor.register import secrets
from monitor.register.models import Person, Route

OF_THE_REGISTER = ("mail", "sms")
"""Ways that the register itself has the address of."""
OF_THEIR_OWN = ("teams", "matrix", "mattermost", "webhook")
"""Ways with an address of their own, which is a secret."""
NAMES = (*OF_THE_REGISTER, *OF_THEIR_OWN)
REGION = "SE"  # of telephone numbers without a country
PEOPLE = select(Person, Route).outerjoin(Route, Route.person_id == Person.id).order_by(Person.id, Route.name)
log = structlog.get_logger(__name__)


def route_of(session: Session, person_id: str, name: str) -> Route | None:
    return session.get(Route, (person_id, name))


def routes_of(session: Session, person_id: str) -> dict[str, Route]:
    """What is noted of a person's ways, by name. A way that nothing has ever happened to has no row."""
    return {row.name: row for row in session.scalars(select(Route).where(Route.person_id == person_id))}


def telephone(number: str | None) -> str | None:
    """The number as +46701234567; None if it is none that could be rung."""
    from phonenumbers import (  # slow to load
        NumberParseException,
        PhoneNumberFormat,
        format_number,
        is_valid_number,
        parse,
    )

    try:
        found = parse(number or "", REGION)
    except NumberParseException:
        return None
    return format_number(found, PhoneNumberFormat.E164) if is_valid_number(found) else None


def address_of(person: Person, name: str, row: Route | None) -> str | None:
    """Where the way leads, in clear; None where it has no address, or one whose key is missing."""
    if name == "mail":
        return person.email
    if name == "sms":
        return telephone(person.phone)
    try:
        return row.address.decrypt() if row is not None and row.address else None
    except (SecretDecryptError, CredentialMissing):
        log.error("route_unreadable", person=person.id, route=name)  # noqa: TRY400 - the error says no more
        return None


@once_in_a_snapshot
def every_route(session: Session) -> list[Route]:
    """What is known of all ways to all people, by person and name."""
    return [route for _person, route in people_and_routes(session) if route is not None]


@once_in_a_snapshot
def people_and_routes(session: Session) -> list[tuple[Person, Route | None]]:
    """Everybody, also who has left the register, with each of their ways of which anything is known; by id and name.
    Whoever is told of something is looked for together with how."""
    return [(person, route) for person, route in session.execute(PEOPLE)]


def without_way(session: Session, people: Iterable[Person] | None = None, *, sms: bool | None = None) -> frozenset[str]:
    """Ids of the people whom nothing can be sent to: each of their ways has no address, or is out of use.

    people: those in the register, where they have been read already. sms: there is an SMS gateway; None: as the
    settings say. Reads no secret.
    """
    gateway = settings().sms_url is not None if sms is None else sms
    rows = {(row.person_id, row.name): row for row in every_route(session)}
    if people is None:
        people = session.scalars(select(Person).where(~Person.retired))
    return frozenset(person.id for person in people if next(_open(person, rows, sms=gateway), None) is None)


def usable(session: Session, person: Person, *, sms: bool) -> list[str]:
    """The person's ways that have an address and are not out of use, in the person's order. sms: as `without_way`."""
    rows = {(person.id, name): row for name, row in routes_of(session, person.id).items()}
    return list(_open(person, rows, sms=sms))


def _open(person: Person, rows: dict[tuple[str, str], Route], *, sms: bool) -> Iterator[str]:
    for name in dict.fromkeys(person.routes):
        row = rows.get((person.id, name))
        if row is not None and row.disabled_at is not None:
            continue
        if name == "mail":
            there = bool(person.email)
        elif name == "sms":
            there = sms and telephone(person.phone) is not None
        else:
            there = row is not None and bool(row.address)
        if there:
            yield name


def noted(session: Session, person_id: str, name: str) -> Route:
    """The row of a way, made where there is none."""
    row = route_of(session, person_id, name)
    if row is None:
        row = Route(person_id=person_id, name=name)
        session.add(row)
    return row


def disable(session: Session, person_id: str, name: str, reason: str, now: datetime, actor: str = SYSTEM) -> bool:
    """Takes a way out of use; says whether it was in use. The log keeps no reason: it may hold an address."""
    row = noted(session, person_id, name)
    if row.disabled_at is not None:
        return False
    row.disabled_at, row.reason = now, reason
    session.flush()
    audited(session, actor, "route.disabled", ("route", f"{person_id}/{name}"), now)
    return True


def enable(session: Session, person_id: str, name: str, actor: str, now: datetime) -> bool:
    """Puts a way into use again; says whether it was out of use."""
    row = route_of(session, person_id, name)
    if row is None or row.disabled_at is None:
        return False
    row.disabled_at, row.reason = None, None
    session.flush()
    audited(session, actor, "route.enabled", ("route", f"{person_id}/{name}"), now)
    return True


def add(session: Session, person: Person, name: str, address: str, actor: str, now: datetime) -> None:
    """Stores where a way of a person's own leads, encrypted; the way is in use, and the person's last one if new.

    Raises CredentialMissing where the key to what is stored is missing.
    """
    secrets.ready(session)
    row = noted(session, person.id, name)
    row.address = address  # type: ignore[assignment]  # a str goes in, a Secret comes out
    row.disabled_at = row.reason = row.worked_at = None
    if name not in person.routes:
        person.routes = [*person.routes, name]
    session.flush()
    session.refresh(row)  # the address is a secret from now on
    audited(session, actor, "route.added", ("route", f"{person.id}/{name}"), now)


def remove(session: Session, person: Person, name: str, actor: str, now: datetime) -> bool:
    """Forgets a way of a person's own; says whether there was one."""
    row = route_of(session, person.id, name)
    if row is None or not row.address:
        return False
    session.delete(row)
    person.routes = [each for each in person.routes if each != name]
    session.flush()
    audited(session, actor, "route.removed", ("route", f"{person.id}/{name}"), now)
    return True
