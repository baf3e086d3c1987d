"""What goes in and out in every part of the API: texts, ids, times, and pages of lists."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Generic, TypeVar

from fastapi import Path, Query
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from config.language import _
from monitor.db.numbered import LARGEST, is_number
from monitor.web.api.problems import Refused, Wrong

MOST = 100
USUAL = 25


def _clean(text: str) -> str:
    """No database keeps the sign NUL, nor half a surrogate pair."""
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise PydanticCustomError("unprintable", "holds signs that cannot be kept")
    return text


CLEAN = AfterValidator(_clean)
"""For texts with bounds of their own: StringConstraints around Text would neither strip it nor stand in its schema."""
FILLED = {"strip_whitespace": True, "min_length": 1, "pattern": r"\S"}
"""Bounds of what may not be empty."""
Text = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_clean)]
"""What people wrote, of several lines. Each field has a bound of its own besides, which the domain knows."""
Line = Annotated[str, StringConstraints(max_length=500), AfterValidator(_clean)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_clean)]
"""An id of the register: a channel's, a person's, a unit's."""
Moment = AwareDatetime
"""ISO 8601 with an offset; given out in UTC."""
Number = Annotated[int, Path(ge=1, le=LARGEST)]
"""A row's id in an address."""
NameInPath = Annotated[str, Path(max_length=120), AfterValidator(_clean)]
NameInQuery = Annotated[str | None, Query(max_length=120), AfterValidator(lambda name: name and _clean(name))]
Limit = Annotated[int, Query(ge=1, le=MOST, description="So many at most.")]
After = Annotated[
    str | None, Query(max_length=500, description="What `next` was in the page before."), AfterValidator(_clean)
]


DAY = r"^(19[7-9][0-9]|2[01][0-9]{2})-[0-9]{2}-[0-9]{2}$"
"""Beyond these years a day is a slip of the finger, and the first and last of all have none before or after them."""


def _written_day(value: object) -> object:
    """Neither seconds since 1970 nor a time."""
    if not isinstance(value, str) or re.fullmatch(DAY, value, re.ASCII) is None:
        raise PydanticCustomError("day", "is no day of 1970 to 2199, written as 2026-06-18")
    return value


Day = Annotated[
    date,
    BeforeValidator(_written_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": DAY, "examples": ["2026-06-18"]}),
]
"""A day that is sent, in the organisation's time zone."""
First = Annotated[Day, Query(alias="from", description="The first day, included.")]
Last = Annotated[Day, Query(alias="to", description="The last day, included.")]


class In(BaseModel):
    """What is sent: an unknown field is an error, as it may be a misspelt one that mattered."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """What is given back; more fields may come in later versions."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True, serialize_by_alias=True)


Item = TypeVar("Item")
Row = TypeVar("Row")


class Page(BaseModel, Generic[Item]):
    """A page of a list. next: to send as `after` for the next page; null where there is none."""

    items: list[Item]
    next: str | None


def paged(
    rows: Iterable[Row], key: Callable[[Row], str | int], after: str | None, limit: int
) -> tuple[list[Row], str | None]:
    """A page of a list that is small enough to read whole, in ascending order of `key`, which no two rows share. What
    comes in or goes meanwhile neither repeats nor hides anything else. Raises Refused for an `after` of others."""
    last = read_cursor(after) if after is not None else None
    ordered = sorted(rows, key=key)
    if last is not None and ordered and type(last) is not type(key(ordered[0])):
        raise wrong_cursor()
    rest = [row for row in ordered if last is None or key(row) > last]  # type: ignore[operator]
    page = rest[:limit]
    return page, written_cursor(key(page[-1])) if len(rest) > limit else None


def written_cursor(key: str | int) -> str:
    return urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def read_cursor(text: str) -> str | int:
    """Raises Refused for what written_cursor has not made."""
    try:
        key = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        raise wrong_cursor() from None
    if not isinstance(key, str | int) or isinstance(key, bool) or written_cursor(key) != text:
        raise wrong_cursor()
    return key


def read_number(after: str | None) -> int | None:
    """Where a list by falling number goes on; None: at its beginning. Raises Refused for an `after` of others."""
    found = read_cursor(after) if after is not None else None
    if found is not None and not (isinstance(found, int) and is_number(found)):
        raise wrong_cursor()
    return found if isinstance(found, int) else None


def wrong_cursor() -> Refused:
    """For an `after` that is none of ours."""
    detail = _("Send what `next` was in the page before, or nothing to begin at the beginning.")
    return Refused(422, detail, [Wrong(at="query/after", detail=detail)])
