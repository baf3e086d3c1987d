"""What the reports tell. docs/report.md says what each figure means."""

from datetime import date
from typing import Any

from pydantic import Field

from monitor.web.api.shapes import Moment, Out
from monitor.web.api.watch_shapes import WatchRow


class FiguresOut(Out):
    """Counts of comments by what became of them; percent with one decimal, null where there is nothing to count; times
    in minutes, of working time and by the clock."""

    written: int
    answered: int
    answered_privately: int
    closed_no_reply: int
    waiting: int
    gone: int
    historic: int
    in_time: int
    late: int
    overdue: int
    outside_service_hours: int
    percent_in_time: float | None
    percent_answered: float | None
    percent_answered_privately: float | None
    percent_closed_no_reply: float | None
    percent_waiting: float | None
    percent_gone: float | None
    percent_historic: float | None
    median_working_minutes: float | None
    ninetieth_working_minutes: float | None
    median_clock_minutes: float | None
    ninetieth_clock_minutes: float | None
    longest_wait_minutes: float | None


class OfChannel(FiguresOut):
    channel: str
    channel_name: str
    unit: str
    unit_name: str


class OfUnit(FiguresOut):
    unit: str
    unit_name: str


class OfStep(FiguresOut):
    date: date


class DayCount(Out):
    date: date
    channel: str
    channel_name: str
    written: int


class HourCount(Out):
    hour: int
    written: int


class AnswersOut(Out):
    """step: day, week or month: what each of `steps` is about, named by its first day. meanings: label and sentence."""

    organisation: str
    timezone: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    made_at: Moment
    overall: FiguresOut
    channels: list[OfChannel]
    units: list[OfUnit]
    step: str
    steps: list[OfStep]
    days: list[DayCount]
    hours: list[HourCount]
    meanings: list[list[str]]


class TallyOut(Out):
    """Days, and what they came to; percent of those that are over or watched already."""

    days: int
    watched: int
    partly: int
    not_watched: int
    pending: int
    percent: float | None


class NamedTally(TallyOut):
    name: str


class SummaryOut(Out):
    """decisions: on how many channel days the decision stood so."""

    overall: TallyOut
    units: dict[str, NamedTally]
    channels: dict[str, NamedTally]
    decisions: dict[str, int]


class GapOut(Out):
    """Working days that follow each other, not watched for the same reason."""

    channel: str
    channel_name: str
    dates: list[date]
    verdict: str
    reason: str | None
    reason_text: str


class StretchOut(Out):
    """Days that follow each other, and on which the decision stood the same."""

    channel: str
    channel_name: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    days: int
    status: str
    version: int | None
    valid_until: date | None


class HeadOut(Out):
    id: int
    hash: str


class WatchReportOut(Out):
    """hash: SHA-256 over the figures, which vouches for them in every form. names: of people in the rows, by id."""

    organisation: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    working_days: list[date]
    rows: list[WatchRow]
    summary: SummaryOut
    gaps: list[GapOut]
    decisions: list[StretchOut]
    handled: dict[str, Any] | None
    names: dict[str, str]
    rules: dict[str, Any]
    rules_text: Any
    made_at: Moment
    audit_head: HeadOut | None
    hash: str
