"""Bringing the register file into the database. Doing it again changes nothing; nothing is ever deleted."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_
from monitor.db import Base
from monitor.register.file import ChannelEntry, DecisionEntry, OrganisationEntry, PersonEntry, RegisterFile, UnitEntry
from monitor.register.models import Channel, Decision, DecisionReceipt, Organisation, Person, Unit
from monitor.register.rows import decisions_of

NOT_IN_FILE = N_("no longer in the register file")


@dataclass(slots=True)
class Imported:
    """What an import did: ids of channels."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)


def import_register(session: Session, register_file: RegisterFile, now: datetime) -> Imported:
    """Makes the database say what the file says, in the caller's transaction.

    What is no longer in the file is retired: a channel is not read any more but keeps its history and decisions, and a
    person keeps the name alone. A decision is never changed: another text, person or date is a new version.
    """
    done = Imported()
    _organisation(session, register_file.organisation)
    for person in register_file.person:
        _person(session, person)
    session.flush()
    for unit in register_file.unit:
        _unit(session, unit)
    session.flush()
    for channel in register_file.channel:
        _channel(session, channel, done)
    session.flush()
    for channel in register_file.channel:
        _decisions(session, channel, now)
    _retire(session, register_file, done)
    session.flush()
    return done


def _organisation(session: Session, entry: OrganisationEntry) -> None:
    found = session.scalars(select(Organisation)).one_or_none()
    if found is None:
        session.add(Organisation(**entry.model_dump()))
    else:
        _set(found, **entry.model_dump())


def _person(session: Session, entry: PersonEntry) -> None:
    _upsert(session, Person, entry.id, **entry.model_dump(exclude={"id"}), retired=False)


def _unit(session: Session, entry: UnitEntry) -> None:
    _upsert(session, Unit, entry.id, name=entry.name, manager_id=entry.manager, retired=False)


def _channel(session: Session, entry: ChannelEntry, done: Imported) -> None:
    values = entry.model_dump(exclude={"id", "unit", "responsible", "deputy", "decision"})
    values |= {"unit_id": entry.unit, "responsible_id": entry.responsible, "deputy_id": entry.deputy}
    found = session.get(Channel, entry.id)
    if found is None:
        session.add(Channel(id=entry.id, **values))
        done.added.append(entry.id)
        return
    if found.state == "retired":
        values |= {"state": "active", "state_reason": None}
    if _set(found, **values):
        done.changed.append(entry.id)


def _decisions(session: Session, entry: ChannelEntry, now: datetime) -> None:
    known = {_said(decision) for decision in decisions_of(session, entry.id)}
    version = len(known)
    for decision in sorted(entry.decision, key=lambda each: each.decided_on):
        whole = decision.model_copy(update={"address": decision.address or entry.address})
        if _said(whole) not in known:
            version += 1
            _add_decision(session, entry.id, version, whole, now)


def _said(entry: DecisionEntry) -> str:
    """What the decision says; whom it was sent to is no part of it."""
    return entry.model_dump_json(exclude={"communicated_to", "communicated_on"})


def _add_decision(session: Session, channel_id: str, version: int, entry: DecisionEntry, now: datetime) -> None:
    same = entry.model_dump(exclude={"responsible", "decided_by", "communicated_to", "communicated_on"})
    same |= {"responsible_id": entry.responsible, "decided_by_id": entry.decided_by}
    decision = Decision(channel_id=channel_id, version=version, created_at=now, **same)
    session.add(decision)
    session.flush()
    if entry.communicated_to is not None:
        told = datetime.combine(entry.communicated_on, time.min, UTC) if entry.communicated_on else None
        receipt = DecisionReceipt(decision_id=decision.id, sent_to_id=entry.communicated_to, sent_at=told)
        receipt.confirmed_by_id, receipt.confirmed_at = entry.communicated_to if told else None, told
        session.add(receipt)


def _retire(session: Session, register_file: RegisterFile, done: Imported) -> None:
    kept = {entry.id for entry in register_file.channel}
    for channel in session.scalars(select(Channel).where(Channel.state != "retired")):
        if channel.id not in kept:
            _set(channel, state="retired", state_reason=NOT_IN_FILE)
            done.retired.append(channel.id)
    people = {entry.id for entry in register_file.person}
    for person in session.scalars(select(Person).where(~Person.retired)):
        if person.id not in people:
            _set(person, retired=True, email=None, phone=None, roles=[])
    units = {entry.id for entry in register_file.unit}
    for unit in session.scalars(select(Unit).where(~Unit.retired)):
        if unit.id not in units:
            _set(unit, retired=True, manager_id=None)


def _upsert(session: Session, table: type[Person] | type[Unit], id_: str, **values: object) -> None:
    found = session.get(table, id_)
    if found is None:
        session.add(table(id=id_, **values))  # type: ignore[arg-type]  # the entries have the columns' types
    else:
        _set(found, **values)


def _set(row: Base, **values: object) -> bool:
    """Sets what differs; says whether anything did."""
    different = {key: value for key, value in values.items() if getattr(row, key) != value}
    for key, value in different.items():
        setattr(row, key, value)
    return bool(different)
