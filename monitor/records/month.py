"""One month of the watch, as its picture, its table and its pages show it: a line per channel, a cell per day."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from babel.dates import format_date, format_skeleton
from babel.numbers import format_percent
from sqlalchemy.orm import Session

from config.language import N_, _, language
from monitor.records.report_rules import Tally
from monitor.records.watch_report import ReportRow, WatchReport, watch_report
from monitor.register.calendar import OfficeCalendar, calendar_of
from monitor.register.days_off import weekday, why_off
from monitor.register.organisation import organisation
from monitor.watch.day_rules import Verdict
from monitor.watch.day_view import verdict_in_words

WRITTEN = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


class Mark(StrEnum):
    """What a cell shows. PENDING: the day has not come to closing time, and the channel is not watched yet."""

    WATCHED = "watched"
    PARTLY = "partly"
    NOT_WATCHED = "not_watched"
    PENDING = "pending"


LETTERS = {Mark.WATCHED: N_("W"), Mark.PARTLY: N_("P"), Mark.NOT_WATCHED: N_("N"), Mark.PENDING: "…"}


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """Of the years 2000 to 2099."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @classmethod
    def written(cls, text: str) -> "Month":
        """Written as 2026-06. Raises ValueError."""
        found = WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError(text)
        return cls(int(found[1]), int(found[2]))

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> "Month":
        return Month.of(self.first + timedelta(days=31))

    @property
    def previous(self) -> "Month":
        return Month.of(self.first - timedelta(days=1))

    @property
    def days(self) -> Iterator[date]:
        return (self.first + timedelta(number) for number in range((self.last - self.first).days + 1))

    @property
    def in_words(self) -> str:
        """'juni 2026' / 'June 2026', in the language in use."""
        return str(format_skeleton("yMMMM", self.first, locale=language()))

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"


@dataclass(frozen=True, slots=True)
class MonthDay:
    """off: why it is no working day, in words; None for a working day."""

    day: date
    off: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One channel's day. reason: a sentence. corrected: a person has put it right afterwards."""

    mark: Mark
    reason: str
    corrected: bool

    @property
    def letter(self) -> str:
        return letter(self.mark)

    @property
    def in_words(self) -> str:
        """'Ej bevakad', 'Bevakad, rättad i efterhand', in the language in use."""
        words = in_words(self.mark)
        return _("{verdict}, put right afterwards", verdict=words) if self.corrected else words


@dataclass(frozen=True, slots=True)
class Line:
    """A channel's month. cells: of the days that the channel was to be watched, and that have come."""

    channel: str
    name: str
    unit_name: str
    cells: Mapping[date, Cell]
    tally: Tally


@dataclass(frozen=True, slots=True)
class MonthView:
    """In the language in use when it was made. today: the organisation's date then. lines: by unit and name."""

    month: Month
    organisation: str
    today: date
    days: Sequence[MonthDay]
    lines: Sequence[Line]
    overall: Tally

    @property
    def named_days_off(self) -> list[MonthDay]:
        """Those that have a name of their own, besides that of their weekday."""
        return [each for each in self.days if each.off and each.off != weekday(each.day)]


def month_report(
    session: Session, month: Month, now: datetime, channel_ids: Sequence[str] | None = None
) -> tuple[WatchReport, MonthView]:
    """The report of a month, and the same as it is shown. Raises NotSetUp without a register; see watch_report."""
    report = watch_report(session, month.first, month.last, now, channel_ids)
    return report, month_view(report, month, calendar_of(organisation(session)))


def month_view(report: WatchReport, month: Month, calendar: OfficeCalendar) -> MonthView:
    """`report` is of that month."""
    rows: dict[str, list[ReportRow]] = {id_: [] for id_ in report.channels}
    for row in report.rows:
        rows[row.channel].append(row)
    lines = [_line(id_, report, of_channel) for id_, of_channel in rows.items()]
    return MonthView(
        month=month,
        organisation=report.organisation,
        today=calendar.local_date(report.made_at),
        days=[MonthDay(day, why_off(calendar, day)) for day in month.days],
        lines=sorted(lines, key=lambda line: (line.unit_name.casefold(), line.name.casefold(), line.channel)),
        overall=report.overall,
    )


def letter(mark: Mark) -> str:
    """The sign that stands for it, in the language in use."""
    return _(LETTERS[mark])


def in_words(mark: Mark) -> str:
    """In the language in use."""
    return verdict_in_words(None if mark is Mark.PENDING else Verdict(mark))


def span(days: Sequence[date]) -> str:
    """'3 juni' / '3–5 juni', in the language in use; `days` are of one month."""
    last = str(format_date(days[-1], "d MMMM", locale=language()))
    return last if len(days) == 1 else f"{days[0].day}–{last}"


def percentage(tally: Tally) -> str:
    """'97,6 %' / '97.6%', in the language in use; a dash where there is nothing to count."""
    if tally.percent is None:
        return "–"
    return str(format_percent(Decimal(str(tally.percent)) / 100, locale=language(), decimal_quantization=False))


def _line(id_: str, report: WatchReport, rows: Sequence[ReportRow]) -> Line:
    unit = rows[0].unit_name if rows else ""
    cells = {row.day: _cell(row) for row in rows}
    return Line(id_, report.channel_names[id_], unit, cells, report.channels[id_])


def _cell(row: ReportRow) -> Cell:
    mark = Mark.PENDING if row.pending else Mark(row.verdict.value)
    return Cell(mark, row.reason, row.corrected is not None)
