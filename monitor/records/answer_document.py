"""The report on answers as one JSON document, and as one sheet (CSV) with the same figures.

The sheet's column `record` says what a row tells of: meta (a key and its value), meaning, overall, unit, channel, step,
day (of a channel) or hour. What a spreadsheet would calculate is kept from it as in the register's sheet.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from monitor.records.answer_report import AnswerReport
from monitor.records.answer_report_rules import Figures, Outcome
from monitor.records.answer_report_words import meanings
from monitor.register.sheet_cells import sheet_text

META = ("organisation", "timezone", "from", "to", "made_at", "step")
FIGURES = (
    *("written", "answered", "answered_privately", "closed_no_reply", "waiting", "gone", "historic"),
    *("in_time", "late", "overdue", "outside_service_hours", "percent_in_time"),
    *("percent_answered", "percent_answered_privately", "percent_closed_no_reply", "percent_waiting"),
    *("percent_gone", "percent_historic"),
    *("median_working_minutes", "ninetieth_working_minutes", "median_clock_minutes", "ninetieth_clock_minutes"),
    "longest_wait_minutes",
)
COLUMNS = ("record", "key", "value", "channel", "channel_name", "unit", "unit_name", "date", "hour", *FIGURES)


def document(report: AnswerReport) -> dict[str, Any]:
    """JSON values only; docs/report.md says what each one means."""
    names, units = report.channel_names, report.unit_names
    return {
        "organisation": report.organisation,
        "timezone": report.timezone,
        "from": report.first.isoformat(),
        "to": report.last.isoformat(),
        "made_at": report.made_at.astimezone(UTC).isoformat(),
        "overall": _figures(report.overall),
        "channels": [
            {"channel": id_, "channel_name": names[id_], **_unit(report, report.channel_units[id_]), **_figures(each)}
            for id_, each in report.channels.items()
        ],
        "units": [{"unit": id_, "unit_name": units[id_], **_figures(each)} for id_, each in report.units.items()],
        "step": report.step.value,
        "steps": [{"date": begin.isoformat(), **_figures(each)} for begin, each in report.steps.items()],
        "days": [
            {"date": day.isoformat(), "channel": id_, "channel_name": names[id_], "written": count}
            for day, counts in report.days.items()
            for id_, count in counts.items()
        ],
        "hours": [{"hour": hour, "written": count} for hour, count in enumerate(report.hours)],
        "meanings": meanings(report),
    }


def sheet(made: Mapping[str, Any]) -> str:
    """made: as `document` makes it."""
    return sheet_text(COLUMNS, _records(made))


def _records(made: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from ({"record": "meta", "key": key, "value": made[key]} for key in META)
    yield from ({"record": "meaning", "key": label, "value": sentence} for label, sentence in made["meanings"])
    yield {"record": "overall", **made["overall"]}
    for record in ("unit", "channel", "step", "day", "hour"):
        yield from ({"record": record, **each} for each in made[f"{record}s"])


def _unit(report: AnswerReport, id_: str) -> dict[str, str]:
    return {"unit": id_, "unit_name": report.unit_names[id_]}


def _figures(found: Figures) -> dict[str, Any]:
    """With FIGURES as keys. Percent: one decimal; None where there is nothing to count."""
    told = {
        "in_time": found.in_time,
        "late": found.late,
        "overdue": found.overdue,
        "outside_service_hours": found.outside,
        "percent_in_time": found.percent_in_time,
        "median_working_minutes": found.working.median,
        "ninetieth_working_minutes": found.working.ninetieth,
        "median_clock_minutes": found.clock.median,
        "ninetieth_clock_minutes": found.clock.ninetieth,
        "longest_wait_minutes": found.longest_wait,
        "written": found.written,
    }
    told |= {outcome.value: getattr(found, outcome.value) for outcome in Outcome}
    told |= {f"percent_{outcome.value}": found.percent_of(outcome) for outcome in Outcome}
    return {key: told[key] for key in FIGURES}
