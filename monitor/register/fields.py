"""The kinds of values in a register file. Each refuses with a kind that `shape` has a sentence for."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict  # Python's own tells pydantic too little before 3.12

from connectors import EVERY_PLATFORM
from monitor.audit import COMMAND, SYSTEM
from monitor.register.account_text import POINTS
from monitor.register.calendar import week_of

Role = Literal["communicator", "unit_manager", "moderator", "crisis_staff", "registrar", "auditor", "administrator"]
RouteName = Literal["mail", "sms", "teams", "matrix", "mattermost", "webhook"]
REMINDERS = 3  # to the responsible person, the deputy, the communicator
EARLIEST_REMINDER = 600  # minutes before closing time
LONGEST_TERM = 120  # months that a decision may be allowed to last
MOST_DAYS, MOST_HOURS = 60, 400  # that an answer may take, or a notice wait
CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
EXACT = ConfigDict(extra="forbid", strict=True)
ACTORS = frozenset({SYSTEM, COMMAND})
ROUNDED = re.compile(r"\d+([.,]\d+)?E\+\d+")  # what a spreadsheet makes of a long number


def _refuse(kind: str) -> PydanticCustomError:
    return PydanticCustomError(kind, kind)


def _text(value: str) -> str:
    if not value.strip():
        raise _refuse("empty")
    if any(unicodedata.category(sign) == "Cc" and sign not in "\n\t" for sign in value):
        raise _refuse("control")  # PostgreSQL cannot keep them all, and terminals would obey them
    return value


def _matching(kind: str, pattern: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise _refuse(kind)
        return value

    return AfterValidator(check)


def _web_address(value: str) -> str:
    invisible = any(unicodedata.category(sign)[0] in "CZ" for sign in value)
    try:
        parts = urlsplit(value)
        sound = parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and parts.port != 0
    except ValueError:
        sound = False
    if not sound or invisible:
        raise _refuse("web_address")
    if "@" in parts.netloc:
        raise _refuse("login")
    return value


def _person(value: str) -> str:
    if value in ACTORS:
        raise _refuse("reserved")  # else the audit log could not tell the person from Kanalvakt itself
    return value


def _account(value: str) -> str:
    if ROUNDED.fullmatch(value):
        raise _refuse("rounded")
    return value


def _one_of(known: Mapping[str, object]) -> AfterValidator:
    expected = ", ".join(f"'{name}'" for name in known)

    def check(value: str) -> str:
        if value not in known:
            raise PydanticCustomError("literal_error", "unknown", {"expected": expected})
        return value

    return AfterValidator(check)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):  # unknown, no name at all, the name of a folder
        raise _refuse("zone") from None
    return value


def _service_hours(value: dict[str, str]) -> dict[str, str]:
    try:
        week = week_of(value)
    except ValueError:
        raise _refuse("service_hours") from None
    if not {0, 1, 2, 3, 4} <= week.keys():
        raise _refuse("service_week")
    return value


def _other_hours(value: dict[str, str]) -> dict[str, str]:
    try:
        sound = all(str(date.fromisoformat(day)) == day and week_of({"mon": hours}) for day, hours in value.items())
    except ValueError:
        sound = False
    if not sound:
        raise _refuse("other_hours")
    return value


def _reminder_minutes(value: list[int]) -> list[int]:
    falling = value == sorted(value, reverse=True)
    if len(value) != REMINDERS or not falling or not all(0 <= each <= EARLIEST_REMINDER for each in value):
        raise _refuse("reminder_minutes")
    return value


def _between(kind: str, least: int, most: int) -> AfterValidator:
    def check(value: int) -> int:
        if not least <= value <= most:
            raise _refuse(kind)
        return value

    return AfterValidator(check)


def _routes(value: list[str]) -> list[str]:
    if not value or len(set(value)) < len(value):
        raise _refuse("routes")
    return value


def _quiet_hours(value: str) -> str:
    begin, _dash, end = value.partition("-")
    if not re.fullmatch(f"{CLOCK}-{CLOCK}", value) or begin == end:
        raise _refuse("quiet_hours")
    return value


Text = Annotated[str, AfterValidator(_text)]
ShortName = Annotated[str, _matching("short_name", r"\w[\w.-]*")]
PersonId = Annotated[ShortName, AfterValidator(_person)]
AccountId = Annotated[Text, AfterValidator(_account)]
Email = Annotated[str, _matching("email", r"[^@\s<>,;]+@[^@\s<>,;.]+(\.[^@\s<>,;.]+)+")]
Phone = Annotated[str, _matching("phone", r"\+?[\d\s-]{5,}")]
Code = Annotated[str, _matching("code", r"\d{4}")]
Platform = Annotated[str, _one_of(EVERY_PLATFORM)]
Point = Annotated[str, _one_of(POINTS)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Zone = Annotated[str, AfterValidator(_zone)]
ServiceHours = Annotated[dict[str, str], AfterValidator(_service_hours)]
OtherHours = Annotated[dict[str, str], AfterValidator(_other_hours)]
ReminderMinutes = Annotated[list[int], AfterValidator(_reminder_minutes)]
Months = Annotated[int, _between("months", 1, LONGEST_TERM)]
Days = Annotated[int, _between("days", 0, MOST_DAYS)]
ServedHours = Annotated[int, _between("hours", 0, MOST_HOURS)]
Clock = Annotated[str, _matching("clock", CLOCK)]
Routes = Annotated[list[RouteName], AfterValidator(_routes)]
QuietHours = Annotated[str, AfterValidator(_quiet_hours)]
Host = Annotated[str, _matching("host", r"[a-z0-9åäö-]+(\.[a-z0-9åäö-]+)+")]


@with_config(EXACT)
class TermTable(TypedDict, total=False):
    """How long something may take: { days = 1 }, { days = 1, at = "12:00" } or { hours = 4 }."""

    days: Days
    hours: ServedHours
    at: Clock


def _term(value: TermTable) -> TermTable:
    if ("days" in value) == ("hours" in value):
        raise _refuse("term")
    if "at" in value and "days" not in value:
        raise _refuse("at_without_days")
    return value


TermEntry = Annotated[TermTable, AfterValidator(_term)]


@with_config(EXACT)
class AnswerWithin(TypedDict, total=False):
    """Until an answer is due, by what waits. What is left out is told by whoever is asked next (register.terms)."""

    comment: TermEntry
    held: TermEntry
    interim: TermEntry


@with_config(EXACT)
class Escalation(TypedDict, total=False):
    """After the deadline, until each is told. What is left out is told by whoever is asked next (register.terms)."""

    responsible: TermEntry
    deputy: TermEntry
    manager: TermEntry
