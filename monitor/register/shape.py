"""Faults of form in a register file: keys that do not exist, values of the wrong kind, things left out."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.language import N_, _
from monitor.register.faults import Fault, Path, hint

WRONG = {  # pydantic's kind, or ours from `fields` -> what is wrong, what to do
    "missing": (N_("{key} is missing."), N_("Add it.")),
    "string_type": (N_("{key} must be a text."), N_('Write it in quotes: "…".')),
    "bool_type": (N_("{key} must be true or false."), N_("Write it without quotes.")),
    "date_type": (N_("{key} must be a date."), N_("Write it as 2027-12-31, without quotes.")),
    "int_type": (N_("{key} must be a whole number."), N_("Write it as 24, without quotes.")),
    "list_type": (
        N_("{key} must be a list."),
        N_("Write [[{key}]] above each of several tables, or […] around values."),
    ),
    "dict_type": (N_("{key} must be a table."), N_("Write it as { name = … }.")),
    "model_type": (N_("{key} must be a table."), N_("Write [{key}] on a line of its own above its keys.")),
    "empty": (N_("{key} is empty."), N_("Write something, or take the line away if the key is not needed.")),
    "control": (N_("{key} holds invisible control characters."), N_("Write the text again by hand.")),
    "short_name": (N_("{key} is no short name."), N_("Use letters, digits, hyphen, underscore and full stop only.")),
    "email": (N_("{key} is no e-mail address."), N_("Write one address: name@example.org.")),
    "phone": (N_("{key} is no telephone number."), N_("Write it as +46700000001.")),
    "code": (N_("{key} is no municipality code."), N_('Write four digits in quotes: "1472".')),
    "web_address": (N_("{key} is no web address."), N_("Write all of it: https://www.example.org/page.")),
    "login": (
        N_("{key} holds a user name or a password."),
        N_("Take away what stands before the @, and change the password if it was one."),
    ),
    "reserved": (
        N_("{key} is a name that the audit log uses for Kanalvakt itself, or for somebody at the server."),
        N_("Choose another."),
    ),
    "rounded": (
        N_("{key} was rounded by a spreadsheet: it is not the account's number any more."),
        N_("Write the whole number again, in a cell formatted as text."),
    ),
    "zone": (N_("{key} is no time zone."), N_("Write it as Europe/Stockholm.")),
    "service_hours": (
        N_("{key} cannot be read, or gives a day twice."),
        N_('Write it as { mon-thu = "07:30-12:00 13:00-16:00", fri = "07:30-15:00" }.'),
    ),
    "service_week": (N_("{key} leaves out a day from Monday to Friday."), N_("Give hours for each of the five days.")),
    "other_hours": (N_("{key} cannot be read."), N_('Write it as { "2026-04-30" = "07:30-12:00" }.')),
    "reminder_minutes": (
        N_("{key} must be three numbers from 600 to 0, none higher than the one before."),
        N_("Write how many minutes before closing time each of the three hears: [60, 30, 0]."),
    ),
    "days": (N_("{key} must be from 0 to 60."), N_("Write working days as a whole number: 5.")),
    "hours": (N_("{key} must be from 0 to 400."), N_("Write hours of service as a whole number: 4.")),
    "clock": (N_("{key} is no time of day."), N_('Write it as "12:00".')),
    "term": (N_("{key} needs either days or hours."), N_("Write { days = 1 } or { hours = 4 }.")),
    "at_without_days": (N_("{key} has a time of day without days."), N_('Write { days = 1, at = "12:00" }.')),
    "routes": (
        N_("{key} names no way, or one of them twice."),
        N_('Write the ways to reach the person, the first to be tried first: ["mail", "sms"].'),
    ),
    "quiet_hours": (
        N_("{key} cannot be read."),
        N_('Write from when until when, also past midnight: "21:00-07:00".'),
    ),
    "months": (N_("{key} must be from 1 to 120."), N_("Write the longest term of a decision in months: 24.")),
    "host": (
        N_("{key} holds something that is no host."),
        N_("Write it in small letters, without https: example.org."),
    ),
}


def misshapen(error: ValidationError, model: type[BaseModel]) -> list[Fault]:
    """A fault for each thing that pydantic found wrong. Shows no values: they may be misplaced secrets."""
    return [_fault(each, model) for each in error.errors(include_url=False)]


def _fault(error: ErrorDetails, model: type[BaseModel]) -> Fault:
    path = error["loc"]
    key = str(next((step for step in reversed(path) if isinstance(step, str)), ""))
    if error["type"] == "extra_forbidden":
        return Fault(path, _("There is no key {key} here.", key=key), hint(key, _keys(model, path[:-1])))
    if error["type"] == "literal_error":
        return _none_of_these(path, key, str(error["input"]), re.findall("'(.*?)'", error["ctx"]["expected"]))
    what, remedy = WRONG.get(error["type"], (N_("{key} cannot be used: {why}."), ""))
    return Fault(path, _(what, key=key, why=error["msg"]), _(remedy, key=key) if "{key}" in remedy else _(remedy))


def _none_of_these(path: Path, key: str, value: str, known: list[str]) -> Fault:
    near = get_close_matches(value, known, n=1)
    remedy = _("Did you mean {key}?", key=near[0]) if near else ""
    return Fault(path, _("{key} must be one of {values}.", key=key, values=", ".join(known)), remedy)


def _keys(model: type[BaseModel], path: tuple[str | int, ...]) -> Mapping[str, Any]:
    """The keys of the table at `path`."""
    keys: Mapping[str, Any] = model.__annotations__
    for step in path:
        if isinstance(step, str):
            keys = _table(keys[step]).__annotations__
    return keys


def _table(annotation: Any) -> type:
    """The table in an annotation like `list[UnitEntry]`, `Annotated[TermTable, …]` or `UnitEntry`."""
    wrapped = get_origin(annotation) in (list, UnionType, Annotated)
    table: type = get_args(annotation)[0] if wrapped else annotation
    return table
