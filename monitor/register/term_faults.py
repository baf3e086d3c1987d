"""Escalation that would fall: somebody would hear of an unanswered comment before the one who is to hear first."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from config.language import N_, _
from monitor.register.calendar import full_day
from monitor.register.faults import Fault, Path
from monitor.register.fields import Escalation, ServiceHours
from monitor.register.models import Organisation
from monitor.register.tables import Table, tables
from monitor.register.terms import Terms, falling, told

LONGER = N_(
    "Give {later} as long or longer. What the file leaves out is 0 hours for responsible, 1 day for deputy and 2 days"
    " for manager."
)
Value = TypeVar("Value")
ESCALATION, HOURS = TypeAdapter(Escalation), TypeAdapter(ServiceHours)
ORDINARY = Organisation(name="").service_hours


def escalation_faults(raw: Mapping[str, object]) -> Iterator[Fault]:
    """Of the organisation, and of each channel that says something of its own, with what it leaves to the organisation.

    Nothing is said of what is misshapen: that is a fault already.
    """
    owner = raw.get("organisation")
    organisation = owner if isinstance(owner, dict) else {}
    hours = _sound(HOURS, organisation.get("service_hours")) or ORDINARY
    general = _escalation(organisation)
    yield from _falling(("organisation",), told(general), hours)
    for path, channel in tables(raw, "channel"):
        if own := _escalation(channel):
            yield from _falling(path, told(general, own), hours)


def _falling(path: Path, terms: Terms, hours: Mapping[str, str]) -> Iterator[Fault]:
    pair = falling(terms, full_day(hours))
    if pair is not None:
        earlier, later = pair
        what = _("{later} would be told before {earlier}.", later=later, earlier=earlier)
        remedy = _(LONGER, later=later)
        yield Fault((*path, "escalation"), what, remedy)


def _escalation(table: Table) -> Escalation:
    return _sound(ESCALATION, table.get("escalation")) or {}


def _sound(form: TypeAdapter[Value], value: object) -> Value | None:
    """The value, if it is given and has that form."""
    try:
        return form.validate_python(value, strict=True)
    except ValidationError:
        return None
