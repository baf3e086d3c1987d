"""What the watch of a period came to, for whoever asks afterwards: the facts that all forms of the report tell."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from monitor import Calendar
from monitor.audit.models import AuditHead
from monitor.audit.verifying import Head
from monitor.inbox.handled import Handled, handled_between
from monitor.records.report_rows import CorrectionLine, DecisionOnDay, ReportRow, rows_of
from monitor.records.report_rules import Tally, stretches, tally
from monitor.register.calendar import calendar_of
from monitor.register.channels import all_channels, units_in_use
from monitor.register.models import Channel, Organisation
from monitor.register.organisation import organisation
from monitor.register.people import named
from monitor.watch.day_rules import Verdict, Why
from monitor.watch.day_view import shown_days

__all__ = [
    "CorrectionLine",
    "DecisionOnDay",
    "DecisionStretch",
    "Gap",
    "ReportRow",
    "Rules",
    "Tally",
    "WatchReport",
    "full_report",
    "watch_report",
]


@dataclass(frozen=True, slots=True)
class Gap:
    """Working days of one channel that follow each other, not watched for the same reason."""

    channel: str
    channel_name: str
    days: tuple[date, ...]
    verdict: Verdict
    why: Why | None
    reason: str


@dataclass(frozen=True, slots=True)
class DecisionStretch:
    """Watch days of one channel that follow each other, and on which its decision stood the same."""

    channel: str
    channel_name: str
    first: date
    last: date
    days: int
    decision: DecisionOnDay


@dataclass(frozen=True, slots=True)
class Rules:
    """What the figures rest on, as the organisation has set it now; closed_days and other_hours of the period."""

    timezone: str
    service_hours: Mapping[str, str]
    closed_days: Sequence[str]
    other_hours: Mapping[str, str]
    reminder_minutes: Sequence[int]


@dataclass(frozen=True, slots=True)
class WatchReport:
    """The watch from `first` to `last`, both included. rows: by day and channel; only days that have come.

    working_days: of the whole period. units, channels: by id, those with rows and those asked for by name; unit_names,
    channel_names: what they are called today. names: of the people in the rows, by id. audit_head: the last entry.
    handled: what became of the comments of the period; None where that was not asked for.
    """

    organisation: str
    first: date
    last: date
    working_days: Sequence[date]
    rows: Sequence[ReportRow]
    overall: Tally
    units: dict[str, Tally]
    channels: dict[str, Tally]
    unit_names: dict[str, str]
    channel_names: dict[str, str]
    names: dict[str, str]
    gaps: Sequence[Gap]
    decisions: Sequence[DecisionStretch]
    rules: Rules
    audit_head: Head | None
    made_at: datetime
    handled: Handled | None = None

    @property
    def needs_somebody(self) -> bool:
        """Is there a day that was not watched, or only partly, and that nobody has put right?"""
        return any(row.is_gap and row.corrected is None for row in self.rows)


def watch_report(
    session: Session, first: date, last: date, now: datetime, channel_ids: Sequence[str] | None = None
) -> WatchReport:
    """The report in the language in use. channel_ids: only of these. Raises NotSetUp without a register.

    Days that have not been planned yet are missing: call monitor.inbox.day_keeping.keep_days before.
    """
    calendar = calendar_of(owner := organisation(session))
    days = shown_days(session, first, last, channel_ids)
    channels = _channels(session, {day.channel_id for day in days} | set(channel_ids or ()))
    rows = rows_of(session, days, channels, calendar, now)
    units = sorted({channel.unit_id for channel in channels.values()})
    return WatchReport(
        organisation=owner.name,
        first=first,
        last=last,
        working_days=_working_days(calendar, first, last, rows),
        rows=rows,
        overall=_tally(rows),
        units={unit: _tally(row for row in rows if row.unit == unit) for unit in units},
        channels={id_: _tally(row for row in rows if row.channel == id_) for id_ in channels},
        unit_names=_names({unit.id: unit.name for unit in units_in_use(session).values()}, units),
        channel_names={id_: channel.name for id_, channel in channels.items()},
        names=_names(named(session), (id_ for row in rows for id_ in row.people)),
        gaps=list(_gaps(rows)),
        decisions=list(_decisions(rows)),
        rules=_rules(owner, first, last),
        audit_head=_head(session),
        made_at=now,
    )


def full_report(
    session: Session, first: date, last: date, now: datetime, channel_ids: Sequence[str] | None = None
) -> WatchReport:
    """As watch_report, with what became of the period's comments: slower, as each of them is judged."""
    report = watch_report(session, first, last, now, channel_ids)
    calendar = calendar_of(organisation(session))
    begin, end = calendar.midnight(first), calendar.midnight(last + timedelta(days=1))
    return replace(report, handled=handled_between(session, calendar, begin, end, list(report.channels), now))


def _head(session: Session) -> Head | None:
    head = session.get(AuditHead, 1)
    return Head(head.entry_id, head.hash) if head and head.entry_id else None


def _channels(session: Session, ids: Collection[str]) -> dict[str, Channel]:
    return {channel.id: channel for channel in all_channels(session) if channel.id in ids}


def _names(known: Mapping[str, str], ids: Iterable[str]) -> dict[str, str]:
    return {id_: known[id_] for id_ in sorted(set(ids))}


def _working_days(calendar: Calendar, first: date, last: date, rows: Sequence[ReportRow]) -> list[date]:
    """What the calendar says now, and days that were planned as such before it said otherwise."""
    days = (first + timedelta(number) for number in range((last - first).days + 1))
    planned = {row.day for row in rows}
    return [day for day in days if calendar.is_working_day(day) or day in planned]


def _tally(rows: Iterable[ReportRow]) -> Tally:
    return tally((row.verdict, row.pending) for row in rows)


def _by_channel(rows: Sequence[ReportRow]) -> list[ReportRow]:
    return sorted(rows, key=lambda row: (row.channel, row.day))


def _gaps(rows: Sequence[ReportRow]) -> Iterator[Gap]:
    """By channel and day."""
    for each in stretches(_by_channel(rows), lambda row: (row.channel, row.is_gap, row.verdict, row.why, row.reason)):
        row = each[0]
        if row.is_gap:
            days = tuple(row.day for row in each)
            yield Gap(row.channel, row.channel_name, days, row.verdict, row.why, row.reason)


def _decisions(rows: Sequence[ReportRow]) -> Iterator[DecisionStretch]:
    """By channel and day."""
    for each in stretches(_by_channel(rows), lambda row: (row.channel, row.decision)):
        row = each[0]
        yield DecisionStretch(row.channel, row.channel_name, row.day, each[-1].day, len(each), row.decision)


def _rules(owner: Organisation, first: date, last: date) -> Rules:
    def concerns(day: str) -> bool:
        return first <= date.fromisoformat(day) <= last

    return Rules(
        owner.timezone,
        dict(owner.service_hours),
        sorted(filter(concerns, owner.closed_days)),
        {day: hours for day, hours in sorted(owner.other_hours.items()) if concerns(day)},
        list(owner.reminder_minutes),
    )
