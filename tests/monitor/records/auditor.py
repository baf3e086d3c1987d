"""An auditor with the four forms of one report in hand, and nothing of Kanalvakt's but what docs/report.md says."""

import csv
import hashlib
import io
import json
from typing import Any

from pypdf import PdfReader

Figures = tuple[str, ...]
TALLY = ("days", "watched", "partly", "not_watched")


def recomputed(document: str) -> str:
    """The hash, by the recipe of docs/report.md."""
    told = json.loads(document)
    for key in ("hash", "made_at", "audit_head", "rules_text"):
        del told[key]
    for each in told["rows"] + told["gaps"]:
        del each["reason_text"]
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def cells(sheet: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sheet)))


def of_paper(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def tallies(document: str) -> list[tuple[str, Figures]]:
    """Whom the figures are of, and the figures, the last one in percent."""
    summary: dict[str, Any] = json.loads(document)["summary"]
    named = [("Alla", summary["overall"]), *((each["name"], each) for each in summary["units"].values())]
    named += [(f"{each['name']} ({id_})", each) for id_, each in summary["channels"].items()]
    return [(name, (*(str(each[key]) for key in (*TALLY, "pending")), str(each["percent"]))) for name, each in named]


def tallies_of_sheet(sheet: str) -> list[Figures]:
    rows = [row for row in cells(sheet) if row["record"] == "summary" and row["key"] != "decisions"]
    return [tuple(row[key] for key in (*TALLY, "not_over", "percent")) for row in rows]


def days(document: str) -> list[Figures]:
    """Channel, day and verdict of each row."""
    return [(row["channel"], row["date"], row["verdict"]) for row in json.loads(document)["rows"]]


def days_of_sheet(sheet: str) -> list[Figures]:
    return [(row["channel"], row["date"], row["verdict"]) for row in cells(sheet) if row["record"] == "row"]
