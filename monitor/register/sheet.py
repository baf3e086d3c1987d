"""The whole register as one sheet (CSV), for those who keep it in a spreadsheet.

The column `table` says what a row is about: organisation, unit, person, channel, or decision, which names its channel
in the column `channel`. The other columns are the keys of the register file; of account_text, account_text holds the
points and account_text_checked_on the day.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from config.language import _
from monitor.register.faults import Fault, Path
from monitor.register.sheet_cells import flat_exercise, read, sheet_text, unguarded
from monitor.register.unreadable import csv_reason

TABLES = ("organisation", "unit", "person", "channel", "decision")
SEPARATOR = re.compile(r'"?table"?([,;\t])')
CHECKED_ON = "account_text_checked_on"


@dataclass(slots=True)
class Sheet:
    """A sheet as read: `raw` in the form of a register file, `rows` the row of each table in it, counted from 1."""

    raw: dict[str, Any] = field(default_factory=dict)
    rows: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: int, column: str, what: str, remedy: str) -> None:
        self.faults.append(_placed(row, column, what, remedy))


def sheet(register: Mapping[str, Any], columns: Sequence[str]) -> str:
    """The register, as `RegisterFile.model_dump` gives it, in these columns."""
    return sheet_text(columns, _rows(register))


def _rows(register: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"table": "organisation", **register["organisation"]}
    for table in ("unit", "person"):
        yield from ({"table": table, **entry} for entry in register[table])
    for channel in register["channel"]:
        presentation, decisions = channel["account_text"], channel["decision"]
        own = {key: value for key, value in channel.items() if key != "decision"}
        yield {
            "table": "channel",
            **own,
            "account_text": presentation["points"],
            CHECKED_ON: presentation["checked_on"],
            "exercise": flat_exercise(channel["exercise"]),
        }
        yield from ({"table": "decision", "channel": channel["id"], **decision} for decision in decisions)


def read_sheet(text: str) -> Sheet:
    """Reads a sheet with commas, semicolons or tabs between the cells. Its faults are about the sheet's own form."""
    found = Sheet()
    separator = SEPARATOR.match(text)
    if separator is None:
        found.fault(1, "table", _("The first column must be table."), _("Export the register as CSV to see its form."))
        return found
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator[1], strict=True))
    except csv.Error as error:
        found.fault(1, "table", _("This is not CSV: {why}.", why=csv_reason(error)), _("Save it as CSV UTF-8."))
        return found
    for column in repeated(rows[0]):
        found.fault(1, column, _("The column {column} is there twice.", column=column), _("Keep one of them."))
    if found.faults:
        return found
    for number, cells in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in cells):
            _take(found, number, rows[0], cells)
    _hang_up(found)
    return found


def repeated(columns: Sequence[str]) -> list[str]:
    """The columns that are there more than once: what one of them says would be lost."""
    return [column for column, count in Counter(columns).items() if column.strip() and count > 1]


def _take(found: Sheet, number: int, columns: Sequence[str], cells: Sequence[str]) -> None:
    """Puts one row where its table belongs."""
    if len(cells) > len(columns) and any(cells[len(columns) :]):
        found.fault(number, columns[-1], _("The row has more cells than there are columns."), _("Take them away."))
    entry = _entry(columns, cells)
    table = str(entry.pop("table", "")).strip()
    if table not in TABLES:
        what = _("{key} must be one of {values}.", key="table", values=", ".join(TABLES))
        near = get_close_matches(table, TABLES, n=1)
        found.fault(number, "table", what, _("Did you mean {key}?", key=near[0]) if near else "")
    elif table == "organisation":
        if table in found.raw:
            found.fault(number, "table", _("There is a second row for the organisation."), _("Keep one of them."))
        found.raw[table] = entry
        found.rows[table,] = number
    else:
        entries = found.raw.setdefault(table, [])
        found.rows[table, len(entries)] = number
        entries.append(entry)


def _entry(columns: Sequence[str], cells: Sequence[str]) -> dict[str, Any]:
    given = {column: unguarded(cell) for column, cell in zip(columns, cells, strict=False) if cell.strip()}
    entry = {column: read(column, cell) for column, cell in given.items()}
    presentation = {"points": entry.pop("account_text", None), "checked_on": entry.pop(CHECKED_ON, None)}
    if any(value is not None for value in presentation.values()):
        entry["account_text"] = {key: value for key, value in presentation.items() if value is not None}
    return entry


def _hang_up(found: Sheet) -> None:
    """Moves each decision to the channel that it names."""
    channels = {channel.get("id"): place for place, channel in enumerate(found.raw.get("channel", []))}
    for number, decision in enumerate(found.raw.pop("decision", [])):
        row, name = found.rows.pop(("decision", number)), decision.pop("channel", "")
        if name not in channels:
            near = get_close_matches(str(name), [str(id_) for id_ in channels], n=1)
            remedy = _("Did you mean {key}?", key=near[0]) if near else _("Write the id of one of the channels.")
            found.fault(
                row, "channel", _("There is no {table} with the id {name}.", table="channel", name=name), remedy
            )
            continue
        place = channels[name]
        decisions = found.raw["channel"][place].setdefault("decision", [])
        found.rows["channel", place, "decision", len(decisions)] = row
        decisions.append(decision)


def placed(faults: Sequence[Fault], found: Sheet) -> list[Fault]:
    """The faults with their row and column, and those of the sheet's own form, in the order of the sheet."""
    told = [*found.faults, *(_placed(*_cell(fault.path, found.rows), fault.what, fault.remedy) for fault in faults)]
    return sorted(dict.fromkeys(told), key=lambda fault: fault.path[0])


def _placed(row: int, column: str, what: str, remedy: str) -> Fault:
    return Fault((row, column), what, remedy, table=_("row {row}, column {column}", row=row, column=column))


def _cell(path: Path, rows: Mapping[Path, int]) -> tuple[int, str]:
    """Row and column of the value, or of the nearest table around it."""
    table = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in rows), ())
    column = path[len(table)] if table and len(path) > len(table) else "table"
    return rows.get(table, 1), CHECKED_ON if path[-1:] == ("checked_on",) else str(column)
