"""A watch report as tables for people, the same on paper and on a terminal, in the language in use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.language import _
from monitor.alerts.wording import clock
from monitor.inbox.handled import Handled
from monitor.records.report_rules import Tally
from monitor.records.report_words import (
    ACTS,
    decision_in_words,
    length_in_words,
    percent_in_words,
    rules_in_words,
)
from monitor.records.watch_report import DecisionOnDay, ReportRow, WatchReport
from monitor.register.decision_words import STATUSES
from monitor.watch.day_view import NOT_YET, VERDICTS


@dataclass(frozen=True, slots=True)
class Section:
    """A table below its heading. widths: of the columns, in proportion. empty: what is said without rows."""

    heading: str
    columns: list[str]
    widths: list[int]
    rows: list[list[str]]
    empty: str = ""


def title(report: WatchReport) -> str:
    return _("Watch report {first} – {last}", first=report.first, last=report.last)


def facts(report: WatchReport) -> list[tuple[str, str]]:
    """Pairs of a label and a text: what somebody reads who reads no further."""
    head = report.audit_head
    return [
        (_("Organisation"), report.organisation),
        (_("Period"), f"{report.first} – {report.last}"),
        (_("Working days"), str(len(report.working_days))),
        (_("Channels"), str(len(report.channels))),
        (_("Percentage watched"), percent_in_words(report.overall.percent)),
        (_("Made"), _when(report.made_at, report)),
        (_("Last entry of the audit log"), str(head) if head else "–"),
    ]


def sections(report: WatchReport) -> Iterator[Section]:
    """All but the days themselves, in the order in which they are read."""
    units = {report.unit_names[id_]: tally for id_, tally in report.units.items()}
    yield _summary(_("Per unit"), _("Unit"), {_("All"): report.overall} | units)
    channels = {_channel(id_, report): tally for id_, tally in report.channels.items()}
    yield _summary(_("Per channel"), _("Channel"), channels)
    yield _gaps(report)
    yield _decisions(report)
    yield _corrections(report)
    if report.handled is not None:
        yield _handled(report.handled)
    yield Section(_("Rules"), [_("Word"), _("Meaning")], [1, 4], rules_in_words(report.rules))


def days(report: WatchReport) -> Iterator[Section]:
    """Each channel's days."""
    return (_days(id_, report) for id_ in report.channels)


def _summary(heading: str, of: str, tallies: Mapping[str, Tally]) -> Section:
    counted = [_("Days"), _("Watched"), _("Partly watched"), _("Not watched"), _("Not over"), _("Percentage")]
    rows = [[name, *_tally(tally)] for name, tally in tallies.items()]
    return Section(heading, [of, *counted], [3, 1, 1, 1, 1, 1, 1], rows)


def _tally(tally: Tally) -> list[str]:
    counts = (tally.days, tally.watched, tally.partly, tally.not_watched, tally.pending)
    return [*map(str, counts), percent_in_words(tally.percent)]


def _gaps(report: WatchReport) -> Section:
    rows = [
        [
            _channel(gap.channel, report),
            _span(gap.days[0], gap.days[-1]),
            str(len(gap.days)),
            _(VERDICTS[gap.verdict]),
            gap.reason,
        ]
        for gap in report.gaps
    ]
    columns = [_("Channel"), _("Period"), _("Days"), _("Verdict"), _("Reason")]
    return Section(_("Gaps"), columns, [3, 2, 1, 1, 4], rows, _("There are no gaps."))


def _decisions(report: WatchReport) -> Section:
    rows = [
        [_channel(each.channel, report), _span(each.first, each.last), str(each.days), decision_in_words(each.decision)]
        for each in report.decisions
    ]
    columns = [_("Channel"), _("Period"), _("Days"), _("Decision")]
    return Section(_("Decisions on each watch day"), columns, [3, 2, 1, 4], rows, _("There are no watch days."))


def _corrections(report: WatchReport) -> Section:
    rows = [
        [
            _channel(row.channel, report),
            str(row.day),
            _(VERDICTS[late.first_verdict] if late.first_verdict else NOT_YET),
            _(VERDICTS[row.verdict]),
            report.names.get(late.by, late.by),
            _when(late.at, report),
            late.note,
        ]
        for row in report.rows
        if (late := row.corrected) is not None
    ]
    columns = [_("Channel"), _("Day"), _("Before"), _("Now"), _("By"), _("When"), _("Reason")]
    return Section(_("Corrections"), columns, [3, 1, 1, 1, 2, 2, 3], rows, _("Nothing was corrected."))


def _handled(handled: Handled) -> Section:
    answers = handled.answers
    counts = [
        (_("Residents' comments that came"), str(answers.came)),
        (_("Answered"), str(answers.answered)),
        (_("Answered in time"), str(answers.in_time)),
        (_("Answered privately"), str(answers.answered_privately)),
        (_("Closed without a reply"), str(answers.closed_no_reply)),
        (_("Waiting"), str(answers.waiting)),
        (_("Of these overdue"), str(answers.overdue)),
        (_("Share answered in time"), percent_in_words(answers.percent)),
        (_("Response time, median"), length_in_words(answers.median_minutes)),
        *((_(ACTS[kind]), str(count)) for kind, count in handled.acts.items()),
    ]
    return Section(_("Comments of the period"), [_("What"), _("Count")], [4, 1], [list(each) for each in counts])


def _days(channel: str, report: WatchReport) -> Section:
    rows = [_day(row, report) for row in report.rows if row.channel == channel]
    columns = [
        _("Day"),
        _("Verdict"),
        _("Read completely"),
        _("Gone through by"),
        _("Attested by"),
        _("Decision"),
        _("Reason"),
    ]
    heading = _("Day by day: {channel}", channel=_channel(channel, report))
    return Section(heading, columns, [2, 2, 2, 3, 3, 2, 5], rows, _("There are no watch days."))


def _day(row: ReportRow, report: WatchReport) -> list[str]:
    return [
        str(row.day),
        _(NOT_YET if row.pending else VERDICTS[row.verdict]),
        _clock(row.first_complete_read, row.day, report),
        _person(row.reviewed_by, row.reviewed_at, row.day, report),
        _person(row.attested_by, row.attested_at, row.day, report),
        _in_short(row.decision),
        row.reason,
    ]


def _person(id_: str | None, at: datetime | None, day: date, report: WatchReport) -> str:
    return f"{report.names.get(id_, id_)}, {_clock(at, day, report)}" if id_ else "–"


def _in_short(decision: DecisionOnDay) -> str:
    """Valid (2)."""
    status = _(STATUSES[decision.status])
    return f"{status} ({decision.version})" if decision.version is not None else status


def _channel(id_: str, report: WatchReport) -> str:
    return f"{report.channel_names[id_]} ({id_})"


def _span(first: date, last: date) -> str:
    return str(first) if first == last else f"{first} – {last}"


def _when(moment: datetime, report: WatchReport) -> str:
    zone = ZoneInfo(report.rules.timezone)
    return f"{moment.astimezone(zone).date()} {clock(moment, zone)}"


def _clock(moment: datetime | None, day: date, report: WatchReport) -> str:
    """The time, with the date where it is another day's."""
    return _when(moment, report).removeprefix(f"{day} ") if moment else "–"
