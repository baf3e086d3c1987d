"""The register file: its form, and how it is read. `load` gives a register that can be imported, or all its faults."""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.language import _
from monitor.register.consistency import inconsistencies
from monitor.register.faults import Fault, RegisterFaults, place
from monitor.register.fields import (
    AccountId,
    AnswerWithin,
    Code,
    Days,
    Email,
    Escalation,
    Host,
    Months,
    OtherHours,
    PersonId,
    Phone,
    Platform,
    Point,
    QuietHours,
    ReminderMinutes,
    Role,
    Routes,
    ServiceHours,
    ShortName,
    Text,
    WebAddress,
    Zone,
)
from monitor.register.lines import line_numbers
from monitor.register.shape import misshapen
from monitor.register.sheet import placed, read_sheet
from monitor.register.unreadable import toml_reason


class Entry(BaseModel):
    """A table of the file. Unknown keys and values of another type are faults, never guesses."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class OrganisationEntry(Entry):
    name: Text
    timezone: Zone = "Europe/Stockholm"
    language: Literal["sv", "en"] = "sv"
    municipality_code: Code | None = None
    website: WebAddress | None = None
    service_hours: ServiceHours = Field(default_factory=lambda: {"mon-fri": "07:30-16:00"})
    first_import: Literal["recent", "all"] = "recent"
    policy_url: WebAddress | None = None
    phone: Phone | None = None
    email: Email | None = None
    rules_url: WebAddress | None = None
    privacy_url: WebAddress | None = None
    closed_days: list[date] = []
    other_hours: OtherHours = {}
    reminder_minutes: ReminderMinutes = Field(default_factory=lambda: [60, 30, 0])
    longest_decision_months: Months = 24
    hub_hosts: list[Host] = []
    answer_within: AnswerWithin = {}
    escalation: Escalation = {}
    first_import_days: Days = 5
    excerpts: bool = True
    on_call: Text | None = None


class UnitEntry(Entry):
    id: ShortName
    name: Text
    manager: Text | None = None


class PersonEntry(Entry):
    id: PersonId
    name: Text
    email: Email | None = None
    phone: Phone | None = None
    roles: list[Role] = []
    language: Literal["sv", "en"] | None = None
    routes: Routes = ["mail", "sms"]
    quiet_hours: QuietHours | None = None


class DecisionEntry(Entry):
    purpose: Text
    address: WebAddress | None = None
    audience: Text
    responsible: Text
    decided_by: Text
    decided_on: date
    valid_until: date
    authorised: list[Text] = []
    communicated_to: Text | None = None
    communicated_on: date | None = None


class AccountTextEntry(Entry):
    points: list[Point] = []
    checked_on: date | None = None


class ExerciseEntry(Entry):
    external_id: AccountId | None = None
    address: WebAddress | None = None
    credential: dict[str, Text] = {}


class ChannelEntry(Entry):
    id: ShortName
    platform: Platform
    kind: Literal["official", "unit"] = "official"
    name: Text
    address: WebAddress
    external_id: AccountId | None = None
    unit: Text
    responsible: Text
    deputy: Text | None = None
    has_comments: bool = True
    watch_mode: Literal["automatic", "manual"] = "automatic"
    credential: dict[str, Text] = {}
    closed: bool = False
    publish_address: bool = True
    administrators: list[Text] = []
    account_text: AccountTextEntry = AccountTextEntry()
    answer_within: AnswerWithin = {}
    escalation: Escalation = {}
    exercise: ExerciseEntry | None = None
    decision: list[DecisionEntry] = []


class RegisterFile(Entry):
    """The whole register as the file tells it. Every reference in it leads somewhere."""

    organisation: OrganisationEntry
    unit: list[UnitEntry] = []
    person: list[PersonEntry] = []
    channel: list[ChannelEntry] = []


def load(path: Path) -> RegisterFile:
    """Reads a register file, a sheet if its name ends with .csv. Raises RegisterFaults with every fault in it."""
    read = parse_sheet if path.suffix.lower() == ".csv" else parse
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise RegisterFaults(str(path), [Fault((), _("The file is not UTF-8."), _("Save it as UTF-8."))]) from None
    except FileNotFoundError:
        raise RegisterFaults(str(path), [Fault((), _("There is no such file."), _("Correct its name."))]) from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise RegisterFaults(str(path), [Fault((), _("The file cannot be read: {why}.", why=why))]) from None
    return read(text, str(path))


def parse(text: str, name: str = "register.toml") -> RegisterFile:
    """Reads the text of a register file. Raises RegisterFaults with every fault in it; `name` is for its message."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RegisterFaults(name, [_not_toml(error)]) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, thousands of brackets
        raise RegisterFaults(name, [Fault((), _("It holds something too long or too deeply nested."))]) from None
    register, faults = _read(raw)
    faults += inconsistencies(raw)
    if register is None or faults:
        raise RegisterFaults(name, place(faults, raw, line_numbers(text)))
    return register


def parse_sheet(text: str, name: str = "register.csv") -> RegisterFile:
    """Reads the register as a sheet. Raises RegisterFaults with every fault in it; `name` is for its message."""
    found = read_sheet(text.removeprefix("\ufeff"))
    register, faults = _read(found.raw) if found.raw or not found.faults else (None, [])
    faults += inconsistencies(found.raw)
    if register is None or faults or found.faults:
        raise RegisterFaults(name, placed(faults, found))
    return register


def _read(raw: Mapping[str, object]) -> tuple[RegisterFile | None, list[Fault]]:
    try:
        return RegisterFile.model_validate(raw), []
    except ValidationError as error:
        return None, misshapen(error, RegisterFile)


def _not_toml(error: tomllib.TOMLDecodeError) -> Fault:
    why, line = toml_reason(error)
    return Fault((), _("This is not TOML: {why}.", why=why), _("Correct it; the other faults show after that."), line)
