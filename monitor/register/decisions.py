"""Faults in the decisions that channels rest on: who may decide, and for how long."""

from collections.abc import Iterator, Mapping
from datetime import date

from config.language import _
from monitor.register.decision_rules import MANAGER, latest_end
from monitor.register.faults import Fault, Path
from monitor.register.tables import Table, below, tables, text

LONGEST_MONTHS = 24  # where the file does not say
MOST_MONTHS = 120


def decision_faults(raw: Table) -> list[Fault]:
    """Every decision that ends before it begins or too late, or that was not the unit manager's to make."""
    managers = {text(unit, "id"): text(unit, "manager") for _path, unit in tables(raw, "unit")}
    roles = {text(person, "id"): _roles(person) for _path, person in tables(raw, "person")}
    months = _longest(raw)
    return [
        fault
        for path, channel in tables(raw, "channel")
        for fault in (
            *_decisions(path, channel, managers.get(text(channel, "unit")), _former(roles, managers), roles),
            *_term(path, channel, months),
        )
    ]


def _former(roles: Mapping[str, list[object]], managers: Mapping[str, str]) -> set[str]:
    """Unit managers who have no unit now: what they decided while they had one still holds."""
    return {person for person, has in roles.items() if MANAGER in has} - set(managers.values())


def _roles(person: Table) -> list[object]:
    roles = person.get("roles")
    return roles if isinstance(roles, list) else []


def _decisions(
    path: Path, channel: Table, manager: str | None, former: set[str], roles: Mapping[str, list[object]]
) -> Iterator[Fault]:
    for place, decision in below(path, channel, "decision"):
        dates = _dates(decision)
        if dates and dates[1] < dates[0]:
            what = _("The decision ends before it was made.")
            yield Fault((*place, "valid_until"), what, _("Correct one of the dates."))
        decider = text(decision, "decided_by")
        if decider and decider == manager:
            yield from _without_role(place, decider, roles)
        elif decider and manager is not None and decider not in former:
            yield _not_manager(place, decider, manager)


def _not_manager(path: Path, decider: str, manager: str) -> Fault:
    what = _("{name} is not the manager of the channel's unit, and cannot decide about it.", name=decider)
    remedy = _("The manager of the unit is {name}.", name=manager) if manager else _("Give the unit a manager.")
    return Fault((*path, "decided_by"), what, remedy)


def _without_role(path: Path, decider: str, roles: Mapping[str, list[object]]) -> Iterator[Fault]:
    if decider in roles and MANAGER not in roles[decider]:
        what = _("{name} decides about a channel, but does not have the role unit_manager.", name=decider)
        yield Fault((*path, "decided_by"), what, _('Write roles = ["unit_manager"] at that person.'))


def _term(path: Path, channel: Table, months: int) -> Iterator[Fault]:
    """Of a channel's decisions only the latest: those before it held under the rules of their time."""
    dated = [(place, dates) for place, each in below(path, channel, "decision") if (dates := _dates(each))]
    if not dated:
        return
    place, (start, end) = max(dated, key=lambda each: each[1])
    latest = latest_end(start, months)
    if end > latest:
        what = _(
            "The decision is to hold for more than {months} months, that is after {latest}.",
            months=months,
            latest=latest,
        )
        remedy = _("Let the manager decide again for a shorter time, or change longest_decision_months.")
        yield Fault((*place, "valid_until"), what, remedy)


def _dates(decision: Table) -> tuple[date, date] | None:
    """The day it was made and its last day; None where one of them is missing or no date."""
    start, end = decision.get("decided_on"), decision.get("valid_until")
    return (start, end) if type(start) is date and type(end) is date else None


def _longest(raw: Table) -> int:
    owner = raw.get("organisation")
    months = owner.get("longest_decision_months") if isinstance(owner, Mapping) else None
    return months if isinstance(months, int) and 0 < months <= MOST_MONTHS else LONGEST_MONTHS
