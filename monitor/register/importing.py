"""Bringing the register file into the database. Doing it again changes nothing; nothing is ever deleted."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from config.language import N_
from monitor.audit import COMMAND
from monitor.register.duty import note_duty
from monitor.register.file import ChannelEntry, OrganisationEntry, RegisterFile
from monitor.register.importing_decisions import import_decisions
from monitor.register.models import Channel, Organisation, Person, Route, Unit
from monitor.register.storing import Done, Storing

NOT_IN_FILE = N_("no longer in the register file")
PersonOrUnit = TypeVar("PersonOrUnit", Person, Unit)
ACTIVE_AGAIN = {"state": "active", "state_reason": None}
UNREACHABLE: dict[str, Any] = {"email": None, "phone": None, "roles": [], "quiet_hours": None}


@dataclass(slots=True)
class Imported:
    """What an import did: ids of channels."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)


def import_register(session: Session, register_file: RegisterFile, now: datetime, actor: str = COMMAND) -> Imported:
    """Makes the database say what the file says, in the caller's transaction; the audit log tells each change.

    What is no longer in the file is retired: a channel is not read any more but keeps its history and decisions, and a
    person keeps the name alone. A decision is never changed: another text, person or date is a new version.
    """
    done, storing = Imported(), Storing(session, actor, now)
    _organisation(storing, register_file.organisation)
    for person in register_file.person:
        _upsert(storing, Person, person.id, person.model_dump(exclude={"id"}))
    for unit in register_file.unit:
        _upsert(storing, Unit, unit.id, {"name": unit.name, "manager_id": unit.manager})
    for channel in register_file.channel:
        _channel(storing, channel, done)
    for channel in register_file.channel:
        import_decisions(storing, session.get_one(Channel, channel.id), channel.decision)
    _retire(storing, register_file, done)
    session.flush()
    return done


def _organisation(storing: Storing, entry: OrganisationEntry) -> None:
    values = entry.model_dump() | {"closed_days": [day.isoformat() for day in entry.closed_days]}
    found = storing.session.scalars(select(Organisation)).one_or_none()
    if found is None:
        storing.add(Organisation(**values), values)
    else:
        storing.change(found, values)


def _channel(storing: Storing, entry: ChannelEntry, done: Imported) -> None:
    values = entry.model_dump(exclude={"id", "unit", "responsible", "deputy", "account_text", "decision"})
    values |= {"unit_id": entry.unit, "responsible_id": entry.responsible, "deputy_id": entry.deputy}
    values |= {"account_text": entry.account_text.points, "account_text_checked_on": entry.account_text.checked_on}
    values |= {"exercise": entry.exercise.model_dump(exclude_none=True) if entry.exercise else {}}
    found = storing.session.get(Channel, entry.id)
    if found is None:
        found = Channel(id=entry.id, **values)
        storing.add(found, values)
        done.added.append(entry.id)
    elif storing.change(found, values | (ACTIVE_AGAIN if found.state == "retired" else {})):
        done.changed.append(entry.id)
    note_duty(found, storing.now)


def _retire(storing: Storing, register_file: RegisterFile, done: Imported) -> None:
    session = storing.session
    kept = {entry.id for entry in register_file.channel}
    for channel in session.scalars(select(Channel).where(Channel.state != "retired").order_by(Channel.id)):
        if channel.id not in kept:
            storing.change(channel, {"state": "retired", "state_reason": NOT_IN_FILE}, Done.RETIRED)
            note_duty(channel, storing.now)
            done.retired.append(channel.id)
    people = {entry.id for entry in register_file.person}
    for person in session.scalars(select(Person).where(~Person.retired).order_by(Person.id)):
        if person.id not in people:
            storing.change(person, {"retired": True} | UNREACHABLE, Done.RETIRED)
            session.execute(delete(Route).where(Route.person_id == person.id))
    units = {entry.id for entry in register_file.unit}
    for unit in session.scalars(select(Unit).where(~Unit.retired).order_by(Unit.id)):
        if unit.id not in units:
            storing.change(unit, {"retired": True, "manager_id": None}, Done.RETIRED)


def _upsert(storing: Storing, table: type[PersonOrUnit], id_: str, values: dict[str, Any]) -> None:
    found = storing.session.get(table, id_)
    if found is None:
        storing.add(table(id=id_, **values), values)
    else:
        storing.change(found, values | {"retired": False})
