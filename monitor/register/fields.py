"""The kinds of values in a register file. Each refuses with a kind that `shape` has a sentence for."""

import re
import unicodedata
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from connectors import EVERY_PLATFORM
from monitor.register.calendar import week_of

Role = Literal["communicator", "unit_manager", "moderator", "crisis_staff", "registrar", "auditor", "administrator"]


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
    try:
        parts = urlsplit(value)
        sound = parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and " " not in value
    except ValueError:
        sound = False
    if not sound:
        raise _refuse("web_address")
    return value


def _platform(value: str) -> str:
    if value not in EVERY_PLATFORM:
        known = ", ".join(f"'{name}'" for name in EVERY_PLATFORM)
        raise PydanticCustomError("literal_error", "unknown platform", {"expected": known})
    return value


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


Text = Annotated[str, AfterValidator(_text)]
ShortName = Annotated[str, _matching("short_name", r"\w[\w.-]*")]
Email = Annotated[str, _matching("email", r"[^@\s<>,;]+@[^@\s<>,;.]+(\.[^@\s<>,;.]+)+")]
Phone = Annotated[str, _matching("phone", r"\+?[\d\s-]{5,}")]
Code = Annotated[str, _matching("code", r"\d{4}")]
Platform = Annotated[str, AfterValidator(_platform)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Zone = Annotated[str, AfterValidator(_zone)]
ServiceHours = Annotated[dict[str, str], AfterValidator(_service_hours)]
