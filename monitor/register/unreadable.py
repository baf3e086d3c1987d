"""Why a file cannot be read at all, in the language in use: Python's readers of TOML and CSV know English only."""

import re
from collections.abc import Mapping

from config.language import N_, _

PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
TOML = {  # how tomllib's reason begins -> what we say
    r"Invalid value": N_("a value is missing, or is a text without quotation marks"),
    r"Unterminated string|Illegal character": N_("a text lacks its last quotation mark"),
    r"Expected '=' after a key": N_("there is no equals sign after a key"),
    r"Expected '\]": N_("a heading lacks its last bracket"),
    r"Cannot overwrite a value|Duplicate inline table key": N_("a key is there twice"),
    r"Cannot (?:declare|redefine|mutate)": N_("a table is there twice"),
    r"Expected newline": N_("something stands after the value"),
    r"Unescaped '\\'|Escaped character|Invalid hex": N_("there is a backslash in a text: write two"),
    r"Unclosed array": N_("a list lacks its last bracket"),
    r"Unclosed inline table": N_("a small table lacks its last brace"),
    r"Invalid statement|Invalid initial character": N_("a line is neither a heading nor a key with its value"),
    r"Invalid date": N_("there is no such date or time"),
}
CSV = {
    r"unexpected end of data": N_("a cell lacks its last quotation mark"),
    r"'.' expected after": N_("something stands after a cell's last quotation mark"),
    r"field larger than": N_("a cell is too long, or lacks its last quotation mark"),
    r"new-line character": N_("a line ends in an unknown way"),
}


def toml_reason(error: Exception) -> tuple[str, int | None]:
    """The reason, and the number of the line; None where the file ends too early."""
    place = PLACE.search(str(error))
    return _said(PLACE.sub("", str(error)), TOML), int(place[1]) if place and place[1] else None


def csv_reason(error: Exception) -> str:
    return _said(str(error), CSV)


def _said(reason: str, known: Mapping[str, str]) -> str:
    """In Python's own words where it is none that we know."""
    return next((_(ours) for pattern, ours in known.items() if re.match(pattern, reason)), reason)
