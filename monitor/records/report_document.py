"""A watch report as one JSON document, and the hash that vouches for its figures in every form.

The hash is SHA-256 over the document without what says when and in which language it was made: see `figures`.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from monitor.records.report_rules import Tally
from monitor.records.report_words import rules_in_words
from monitor.records.watch_report import DecisionStretch, Gap, ReportRow, WatchReport
from monitor.register.decision_rules import Status

OF_THE_MAKING = ("hash", "made_at", "audit_head", "rules_text")


def document(report: WatchReport) -> dict[str, Any]:
    """JSON values only, with INTERFACE's keys and more; docs/report.md says what each one means."""
    known = {
        "organisation": report.organisation,
        "from": report.first,
        "to": report.last,
        "working_days": report.working_days,
        "rows": [row_told(row) for row in report.rows],
        "summary": _summary(report),
        "gaps": [_gap(gap) for gap in report.gaps],
        "decisions": [_stretch(each) for each in report.decisions],
        "handled": _handled(report),
        "names": report.names,
        "rules": asdict(report.rules),
        "rules_text": rules_in_words(report.rules),
        "made_at": report.made_at,
        "audit_head": {"id": report.audit_head.entry, "hash": report.audit_head.hash} if report.audit_head else None,
    }
    made: dict[str, Any] = _plain(known)
    return made | {"hash": fingerprint(made)}


def as_json(made: Mapping[str, Any]) -> str:
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def fingerprint(made: Mapping[str, Any]) -> str:
    """SHA-256, in hex, over the figures: keys sorted, no spaces, everything outside ASCII escaped."""
    return sha256(json.dumps(figures(made), sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def figures(made: Mapping[str, Any]) -> dict[str, Any]:
    """The document without OF_THE_MAKING, and without the `reason_text` of rows and gaps."""
    told = {key: value for key, value in made.items() if key not in OF_THE_MAKING}
    return told | {key: [_without_words(each) for each in made[key]] for key in ("rows", "gaps")}


def _without_words(each: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in each.items() if key != "reason_text"}


def row_told(row: ReportRow) -> dict[str, Any]:
    """Times are times, not yet JSON."""
    return {
        "channel": row.channel,
        "channel_name": row.channel_name,
        "unit": row.unit,
        "unit_name": row.unit_name,
        "date": row.day,
        "watch_mode": row.mode,
        "verdict": row.verdict,
        "how": row.how,
        "final": row.final,
        "pending": row.pending,
        "first_complete_read": row.first_complete_read,
        "reviewed_by": row.reviewed_by,
        "reviewed_at": row.reviewed_at,
        "attested_by": row.attested_by,
        "attested_at": row.attested_at,
        "reason": row.why,
        "reason_text": row.reason,
        "corrected": asdict(row.corrected) if row.corrected else None,
        "decision": asdict(row.decision),
    }


def _summary(report: WatchReport) -> dict[str, Any]:
    units = {id_: {"name": report.unit_names[id_], **tally_counts(tally)} for id_, tally in report.units.items()}
    channels = {id_: {"name": report.channel_names[id_], **tally_counts(each)} for id_, each in report.channels.items()}
    stood = [row.decision.status for row in report.rows]
    decisions = {str(status): stood.count(status) for status in Status}
    return {"overall": tally_counts(report.overall), "units": units, "channels": channels, "decisions": decisions}


def tally_counts(tally: Tally) -> dict[str, Any]:
    """With its percentage."""
    return asdict(tally) | {"percent": tally.percent}


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "channel": gap.channel,
        "channel_name": gap.channel_name,
        "dates": list(gap.days),
        "verdict": gap.verdict,
        "reason": gap.why,
        "reason_text": gap.reason,
    }


def _stretch(each: DecisionStretch) -> dict[str, Any]:
    own = {"channel": each.channel, "channel_name": each.channel_name, "from": each.first, "to": each.last}
    return own | {"days": each.days, **asdict(each.decision)}


def _handled(report: WatchReport) -> dict[str, Any] | None:
    if report.handled is None:
        return None
    answers = report.handled.answers
    return {"answers": asdict(answers) | {"percent": answers.percent}, "acts": report.handled.acts}


def _plain(value: Any) -> Any:
    """Times as ISO 8601 in UTC, days as 2026-06-18, enumerations as their values."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case str():
            return str(value)
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
    return value
