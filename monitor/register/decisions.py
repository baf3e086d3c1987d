"""Faults in the decisions that channels rest on: who may decide, and for how long."""

from collections.abc import Iterator
from datetime import date

from config.language import _
from monitor.register.faults import Fault, Path
from monitor.register.tables import Table, below, tables, text


def decision_faults(raw: Table) -> list[Fault]:
    """Every decision that ends before it begins, or that was not the unit manager's to make."""
    managers = {text(unit, "id"): text(unit, "manager") for _path, unit in tables(raw, "unit")}
    former = _without_unit(raw, set(managers.values()))
    return [
        fault
        for channel_path, channel in tables(raw, "channel")
        for path, decision in below(channel_path, channel, "decision")
        for fault in (*_time(path, decision), *_decider(path, decision, managers.get(text(channel, "unit")), former))
    ]


def _without_unit(raw: Table, managers: set[str]) -> set[str]:
    """Unit managers who have no unit now: what they decided while they had one still holds."""
    people = (person for _path, person in tables(raw, "person") if text(person, "id") not in managers)
    return {text(person, "id") for person in people if "unit_manager" in _roles(person)}


def _roles(person: Table) -> list[object]:
    roles = person.get("roles")
    return roles if isinstance(roles, list) else []


def _time(path: Path, decision: Table) -> Iterator[Fault]:
    start, end = decision.get("decided_on"), decision.get("valid_until")
    if isinstance(start, date) and isinstance(end, date) and end < start:
        yield Fault((*path, "valid_until"), _("The decision ends before it was made."), _("Correct one of the dates."))


def _decider(path: Path, decision: Table, manager: str | None, former: set[str]) -> Iterator[Fault]:
    decider = text(decision, "decided_by")
    if manager is None or not decider or decider == manager or decider in former:
        return
    what = _("{name} is not the manager of the channel's unit, and cannot decide about it.", name=decider)
    remedy = _("The manager of the unit is {name}.", name=manager) if manager else _("Give the unit a manager.")
    yield Fault((*path, "decided_by"), what, remedy)
