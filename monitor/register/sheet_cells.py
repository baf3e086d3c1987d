"""What a cell of the register's sheet (CSV) holds: lists joined by "; ", small tables as key=value, dates, numbers.
In terms each value is a small table itself, and written as words: comment=days 1 at 12:00.

A cell that does not hold what its column wants is read as text, so that the register's own rules refuse it.
"""

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from defusedcsv import csv

YES = frozenset({"true", "yes", "ja", "sant", "1"})
NO = frozenset({"false", "no", "nej", "falskt", "0"})
SIGNS = {"%": "%25", ";": "%3B"}  # in a value of a list, where ; ends it
LONG = r"(?:0\d+|\d{12,})"  # a number that a spreadsheet would save without its zeros, or rounded: 1,78414E+16
GUARDED = re.compile(rf"'(?:[@+\-=%']|\\\||{LONG}$)")


def written(value: object) -> str:
    """The cell for a value of the register; None is an empty cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "; ".join(_kept(written(each)) for each in value)
    if isinstance(value, Mapping):
        return "; ".join(_kept(f"{key}={_worded(each)}") for key, each in value.items() if each is not None)
    return "" if value is None else str(value)


def sheet_text(columns: Sequence[str], records: Iterable[Mapping[str, object]]) -> str:
    """A whole sheet with these columns, which no spreadsheet calculates or alters."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    for record in records:
        writer.writerow({column: guarded(written(value)) for column, value in record.items()})
    return text.getvalue()


def read(column: str, cell: str) -> object:
    """The value that the column's key takes in the register file."""
    return READERS.get(column, str)(cell)


def guarded(cell: str) -> str:
    """A cell that begins with ' gets one more, as `defusedcsv` puts one before what a spreadsheet would calculate; and
    so does a number that a spreadsheet would alter."""
    return f"'{cell}" if cell.startswith("'") or re.fullmatch(LONG, cell) else cell


def unguarded(cell: str) -> str:
    """The cell without the ' that keeps spreadsheets from calculating it ('+46700000001), or altering it."""
    if not GUARDED.match(cell):
        return cell
    return cell[1:] if cell[1] == "'" else cell[1:].replace("\\|", "|")


def _worded(value: object) -> str:
    return " ".join(f"{key} {each}" for key, each in value.items()) if isinstance(value, Mapping) else str(value)


def _kept(value: str) -> str:
    return "".join(SIGNS.get(sign, sign) for sign in value)


def _items(cell: str) -> list[str]:
    items = (item.strip() for item in cell.split(";"))
    return [item.replace("%3B", ";").replace("%25", "%") for item in items if item]


def _table(cell: str) -> object:
    pairs = [item.partition("=") for item in _items(cell)]
    names = {key.strip() for key, _equals, _value in pairs}
    if not all(equals for _key, equals, _value in pairs) or len(names) < len(pairs):
        return cell  # of a name that is there twice, one value would be lost
    return {key.strip(): value.strip() for key, _equals, value in pairs}


def _terms(cell: str) -> object:
    table = _table(cell)
    return {key: _term(value.split()) for key, value in table.items()} if isinstance(table, dict) else table


def _term(words: Sequence[str]) -> object:
    names = words[::2]
    if len(words) % 2 or len(set(names)) < len(names):
        return " ".join(words)
    return {name: value if name == "at" else _number(value) for name, value in zip(names, words[1::2], strict=True)}


def _truth(cell: str) -> object:
    word = cell.strip().casefold()
    return True if word in YES else False if word in NO else cell


def _day(cell: str) -> object:
    try:
        return date.fromisoformat(cell.strip())
    except ValueError:
        return cell


def _number(cell: str) -> object:
    return int(cell) if re.fullmatch(r"\s*[0-9]{1,9}\s*", cell) else cell


def _each(reader: Callable[[str], object]) -> Callable[[str], object]:
    return lambda cell: [reader(item) for item in _items(cell)]


def flat_exercise(exercise: Mapping[str, Any] | None) -> dict[str, str]:
    """A test account as one small table: its own two keys, and those of its credential."""
    given = dict(exercise or {})
    credential: dict[str, str] = given.pop("credential", {})
    return {key: value for key, value in given.items() if value is not None} | credential


def _exercise(cell: str) -> object:
    table = _table(cell)
    if not isinstance(table, dict):
        return table
    own = {key: table.pop(key) for key in ("external_id", "address") if key in table}
    return own | {"credential": table}


READERS: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("has_comments", "closed", "publish_address", "excerpts"), _truth),
    **dict.fromkeys(("decided_on", "valid_until", "communicated_on", "account_text_checked_on"), _day),
    **dict.fromkeys(("roles", "authorised", "administrators", "account_text", "hub_hosts", "routes"), _each(str)),
    **dict.fromkeys(("service_hours", "other_hours", "credential"), _table),
    "exercise": _exercise,
    "closed_days": _each(_day),
    "reminder_minutes": _each(_number),
    **dict.fromkeys(("longest_decision_months", "first_import_days"), _number),
    **dict.fromkeys(("answer_within", "escalation"), _terms),
}
