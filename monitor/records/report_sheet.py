"""A watch report as one sheet (CSV) that holds all its figures.

The column `record` says what a row tells of: meta (a key and its value), name (of a person), rule, summary, handled,
decision, gap, or row (a day of a channel). The cells are those of the JSON document; what a spreadsheet would calculate
is kept from it as in the register's sheet.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from monitor.register.sheet_cells import sheet_text

COLUMNS = (
    "record",
    "key",
    "value",
    "channel",
    "channel_name",
    "unit",
    "unit_name",
    "date",
    "watch_mode",
    "verdict",
    "how",
    "final",
    "pending",
    "reason",
    "reason_text",
    "first_complete_read",
    "reviewed_by",
    "reviewed_at",
    "attested_by",
    "attested_at",
    "corrected_by",
    "corrected_at",
    "corrected_note",
    "first_verdict",
    "decision_status",
    "decision_version",
    "decision_valid_until",
    "from",
    "to",
    "days",
    "watched",
    "partly",
    "not_watched",
    "not_over",
    "percent",
)
META = ("organisation", "from", "to", "made_at", "hash")


def sheet(document: Mapping[str, Any]) -> str:
    """document: as monitor.records.report_document makes it."""
    return sheet_text(COLUMNS, _records(document))


def _records(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from _meta(document)
    yield from _summary(document["summary"])
    if document["handled"] is not None:
        told = {**document["handled"]["answers"], **document["handled"]["acts"]}
        yield from ({"record": "handled", "key": key, "value": value} for key, value in told.items())
    for stretch in document["decisions"]:
        yield {"record": "decision", **_named(stretch, "decision", ("status", "version", "valid_until"))}
    for gap in document["gaps"]:
        for day in gap["dates"]:
            yield {"record": "gap", "date": day, **{key: value for key, value in gap.items() if key != "dates"}}
    yield from map(_day, document["rows"])


def _meta(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    head = document["audit_head"]
    values = {key: document[key] for key in META}
    values["audit_head"] = f"{head['id']}:{head['hash']}" if head else None
    values["working_days"] = document["working_days"]
    values |= document["rules"]
    yield from ({"record": "meta", "key": key, "value": value} for key, value in values.items())
    yield from ({"record": "name", "key": id_, "value": name} for id_, name in document["names"].items())
    yield from ({"record": "rule", "key": label, "value": sentence} for label, sentence in document["rules_text"])


def _summary(summary: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"record": "summary", "key": "overall", **_tally(summary["overall"])}
    for id_, each in summary["units"].items():
        yield {"record": "summary", "key": "unit", "unit": id_, "unit_name": each["name"], **_tally(each)}
    for id_, each in summary["channels"].items():
        yield {"record": "summary", "key": "channel", "channel": id_, "channel_name": each["name"], **_tally(each)}
    for status, days in summary["decisions"].items():
        yield {"record": "summary", "key": "decisions", "decision_status": status, "days": days}


def _tally(tally: Mapping[str, Any]) -> dict[str, Any]:
    names = {"pending": "not_over"}
    return {names.get(key, key): value for key, value in tally.items() if key != "name"}


def _day(row: Mapping[str, Any]) -> dict[str, Any]:
    late = row["corrected"] or {}
    own = {key: value for key, value in row.items() if key not in {"corrected", "decision"}}
    corrected = {f"corrected_{key}": late[key] for key in ("by", "at", "note") if key in late}
    decision = {f"decision_{key}": value for key, value in row["decision"].items()}
    return {"record": "row", **own, **corrected, "first_verdict": late.get("first_verdict"), **decision}


def _named(values: Mapping[str, Any], before: str, keys: tuple[str, ...]) -> dict[str, Any]:
    """The same values, those keys with a word before them."""
    return {f"{before}_{key}" if key in keys else key: value for key, value in values.items()}
