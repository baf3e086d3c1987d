"""Adding a person to the register by hand, under the same rules as the register file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from config.language import _
from monitor.register.faults import Fault, Refused
from monitor.register.file import PersonEntry
from monitor.register.models import Person
from monitor.register.shape import misshapen
from monitor.register.storing import Storing

TOLD = frozenset({"communicator", "unit_manager"})
"""Roles of people who have to be told something."""


def add_person(session: Session, values: Mapping[str, Any], actor: str, now: datetime) -> Person:
    """Adds a person, as the keys of a [[person]] in the register file say; the audit log tells it.

    Raises Refused with everything that is wrong: values of another form, an id that is or was somebody's, and a role
    that has to be reached without an e-mail address.
    """
    faults = [*_misshapen(values), *_taken(session, values["id"]), *_unreachable(values)]
    if faults:
        raise Refused("\n".join(map(str, faults)))
    person = Person(**values)
    Storing(session, actor, now).add(person, values)
    return person


def _misshapen(values: Mapping[str, Any]) -> list[Fault]:
    try:
        PersonEntry.model_validate(values)
    except ValidationError as error:
        return misshapen(error, PersonEntry)
    return []


def _taken(session: Session, id_: str) -> list[Fault]:
    known = session.get(Person, id_)
    if known is None:
        return []
    if known.retired:
        what = _("The id {name} was {person}'s, who has left the register.", name=id_, person=known.name)
    else:
        what = _("The id {name} is {person}'s already.", name=id_, person=known.name)
    return [Fault((), what, _("Choose another."))]


def _unreachable(values: Mapping[str, Any]) -> list[Fault]:
    if values.get("email") is not None or not TOLD.intersection(values.get("roles", [])):
        return []
    what = _("{name} cannot be reached: {key} is missing.", name=values["id"], key="email")
    return [Fault((), what, _("Add it: this person is to be told about a channel."))]
