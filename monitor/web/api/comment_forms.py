"""What programs send about comments. Types are strict: a number is no text, and no time is taken for another."""

import re
from datetime import UTC
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from monitor import State
from monitor.inbox.mark_rules import Kind, Reason
from monitor.web.api.shapes import CLEAN, MOST, USUAL, Day, In, Line, Moment, Name, Text

DAY, TIME, ZONE = (
    r"(19[7-9][0-9]|2[01][0-9]{2})-[0-9]{2}-[0-9]{2}",
    r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?",
    r"(Z|[+-][0-9]{2}:[0-9]{2})",
)
MOMENT = f"^{DAY}T{TIME}{ZONE}$"


def _written_moment(value: object) -> object:
    """Neither seconds since 1970 nor a time of no zone."""
    if not isinstance(value, str) or re.fullmatch(MOMENT, value, re.ASCII) is None:
        raise PydanticCustomError("moment", "is no time with an offset, written as 2026-06-18T12:00:00+02:00")
    return value


def _yes_or_no(value: object) -> object:
    if value not in ("true", "false", True, False) or (isinstance(value, int) and not isinstance(value, bool)):
        raise PydanticCustomError("yes_or_no", "is neither true nor false")
    return value


Then = Annotated[
    Moment,
    AfterValidator(lambda moment: moment.astimezone(UTC)),
    BeforeValidator(_written_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": MOMENT}),
]
"""A time that is sent, of the years 1970 to 2199."""
Whether = Annotated[bool, BeforeValidator(_yes_or_no)]
"""Of an address: true or false."""
Note = Annotated[str, StringConstraints(max_length=1000), CLEAN]
Lines = Annotated[Text, AfterValidator(lambda text: text.replace("\r\n", "\n"))]


class Filters(In):
    """Of the inbox. Without any: what waits for somebody, the most overdue first. With `everything`, or a state where
    nobody is needed: the newest first. since, until: days, both included."""

    channel: Name | None = None
    unit: Name | None = None
    mine: Whether = False
    state: State | None = None
    everything: Whether = False
    flagged: Whether = False
    overdue: Whether = False
    since: Day | None = None
    until: Day | None = None
    text: Annotated[Line, Field(max_length=200)] = Field(default="", repr=False)
    after: Line | None = None
    limit: int = Field(default=USUAL, ge=1, le=MOST)


class Answering(In):
    """seen: of the comment as it was read; confirmed: `confirm` of a 409 that was said yes to. sign: with the person's
    signature below it. interim: it only says that an answer will come."""

    text: Lines = Field(repr=False)
    seen: Line
    confirmed: Line = ""
    sign: StrictBool = False
    interim: StrictBool = False


class Drafting(In):
    text: Lines = Field(repr=False)
    sign: StrictBool = False


class Deciding(In):
    what: Literal["send", "withdraw"]


class Saying(In):
    """until: of snooze. reason: of close. note: why it is put off, where it was answered, a case's number."""

    kind: Kind
    reason: Reason | None = None
    until: Then | None = None
    note: Lines = Field(default="", repr=False)


class Claiming(In):
    """over: though somebody else is at it."""

    over: StrictBool = False


class Noting(In):
    text: Lines = Field(repr=False)


class Assigning(In):
    """to: a person's id; null: the responsible person's turn again."""

    to: Name | None


class Forwarding(In):
    unit: Name
    note: Note = Field(default="", repr=False)


class Acting(In):
    kind: Literal["hide", "unhide", "release", "reject"]
