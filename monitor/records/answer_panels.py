"""The report on answers as tables, in the language in use. Each can be drawn: the picture shows what the table says."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date, format_skeleton
from babel.numbers import format_percent

from config.language import N_, _, language
from monitor.records.answer_report import AnswerReport
from monitor.records.answer_report_rules import Figures, Outcome, Step, step_begin
from monitor.records.report_words import length_in_words

MOST_DRAWN = 5
"""So many channels have a colour of their own; the others share one."""
PERCENT = "%"
STEPS = {Step.DAY: N_("Day"), Step.WEEK: N_("Week"), Step.MONTH: N_("Month")}
PER_STEP = {
    Step.DAY: N_("Comments per day"),
    Step.WEEK: N_("Comments per week"),
    Step.MONTH: N_("Comments per month"),
}
OUTCOMES = {
    Outcome.ANSWERED: N_("Answered"),
    Outcome.PRIVATELY: N_("Answered elsewhere"),
    Outcome.CLOSED: N_("Closed without a reply"),
    Outcome.WAITING: N_("Waiting"),
    Outcome.GONE: N_("Hidden or removed"),
    Outcome.HISTORIC: N_("Older than the watch"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """told: what the table says, row by row; drawn: the same as numbers, None where there is none. drawn empty: the
    picture leaves the column out."""

    name: str
    told: Sequence[str]
    drawn: Sequence[float | None] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """A table. key: its name in addresses. rows: what each row is about, under the heading `of`. main: what there is
    to see in it, in a sentence or two. lying: drawn with bars that lie; stacked: one on the other; unit: of the numbers
    that are drawn."""

    key: str
    heading: str
    of: str
    rows: Sequence[str]
    columns: Sequence[Column]
    main: str
    lying: bool = False
    stacked: bool = False
    unit: str = ""

    @property
    def is_drawn(self) -> bool:
        """A picture of nothing but dashes says less than the sentence above it."""
        return any(value is not None for column in self.columns for value in column.drawn)


def panels(report: AnswerReport) -> list[Panel]:
    """In the order in which they are read."""
    every = (_in_time, _times, _trend, _outcomes, _units, _volume, _hours)
    return [each(report) for each in every]


def percentage(percent: float | None) -> str:
    """'97,6 %' / '97.6%'; a dash where there is nothing to count."""
    if percent is None:
        return "–"
    return str(format_percent(Decimal(str(percent)) / 100, locale=language(), decimal_quantization=False))


def step_in_words(begin: date, step: Step) -> str:
    """'3 juni', 'vecka 23 (1 juni)', 'juni 2026'."""
    if step is Step.MONTH:
        return str(format_skeleton("yMMMM", begin, locale=language()))
    day = str(format_date(begin, "d MMM", locale=language()))
    return _("week {number} ({day})", number=begin.isocalendar().week, day=day) if step is Step.WEEK else day


def _by_channel(report: AnswerReport) -> tuple[list[str], list[Figures]]:
    """All together first where there are several."""
    names = [report.channel_names[id_] for id_ in report.channels]
    found = list(report.channels.values())
    return ([_("All"), *names], [report.overall, *found]) if len(found) > 1 else (names, found)


def _counts(name: str, rows: Sequence[Figures], count: Callable[[Figures], int], *, drawn: bool = False) -> Column:
    counts = [count(each) for each in rows]
    return Column(name, list(map(str, counts)), counts if drawn else ())


def _in_time_columns(rows: Sequence[Figures]) -> list[Column]:
    shares = [each.percent_in_time for each in rows]
    return [
        Column(_("Share in time"), list(map(percentage, shares)), shares),
        _counts(_("Answered in time"), rows, lambda each: each.in_time),
        _counts(_("Answered late"), rows, lambda each: each.late),
        _counts(_("Overdue, not answered"), rows, lambda each: each.overdue),
        _counts(_("Waiting, not due yet"), rows, lambda each: each.waiting - each.overdue),
    ]


def _in_time(report: AnswerReport) -> Panel:
    names, rows = _by_channel(report)
    overall = report.overall
    counted = overall.answered + overall.overdue
    told = {"share": percentage(overall.percent_in_time), "count": overall.in_time, "all": counted}
    main = _("{share} were answered in time: {count} of {all}.", **told) if counted else _("Nothing was due.")
    heading = _("Answered in time")
    return Panel("in-time", heading, _("Channel"), names, _in_time_columns(rows), main, lying=True, unit=PERCENT)


def _times(report: AnswerReport) -> Panel:
    names, rows = _by_channel(report)

    def column(name: str, minutes: Callable[[Figures], int | None], *, drawn: bool = False) -> Column:
        found = [minutes(each) for each in rows]
        hours = [round(each / 60, 2) if each is not None else None for each in found]
        return Column(name, list(map(length_in_words, found)), hours if drawn else ())

    columns = [
        column(_("Median, working time"), lambda each: each.working.median, drawn=True),
        column(_("Nine in ten, working time"), lambda each: each.working.ninetieth, drawn=True),
        column(_("Median, by the clock"), lambda each: each.clock.median),
        column(_("Nine in ten, by the clock"), lambda each: each.clock.ninetieth),
        _counts(_("Answers counted"), rows, lambda each: each.answered),
        column(_("Longest wait without an answer"), lambda each: each.longest_wait),
    ]
    working = report.overall.working
    told = {"median": length_in_words(working.median), "ninetieth": length_in_words(working.ninetieth)}
    said = N_("Half were answered within {median} of working time, nine in ten within {ninetieth}.")
    main = _(said, **told) if report.overall.answered else _("Nothing was answered.")
    return Panel("times", _("Response time"), _("Channel"), names, columns, main, lying=True, unit=_("h"))


def _trend(report: AnswerReport) -> Panel:
    names = [step_in_words(begin, report.step) for begin in report.steps]
    rows = list(report.steps.values())
    shares = [(each.percent_in_time, name) for each, name in zip(rows, names, strict=True)]
    counted = [(share, name) for share, name in shares if share is not None]
    main = _("Nothing was due.")
    if counted:
        (low, worst), (high, best) = min(counted, key=lambda each: each[0]), max(counted, key=lambda each: each[0])
        days = {"worst": worst.removesuffix("."), "best": best.removesuffix(".")}  # "12 nov." would end twice
        told = {"low": percentage(low), "high": percentage(high), **days}
        main = _("Lowest: {low}, {worst}. Highest: {high}, {best}.", **told)
    columns = [*_in_time_columns(rows), _counts(_("Written"), rows, lambda each: each.written)]
    heading = _("Answered in time, over the period")
    return Panel("trend", heading, _(STEPS[report.step]), names, columns, main, unit=PERCENT)


def _outcomes(report: AnswerReport) -> Panel:
    names, rows = _by_channel(report)
    columns = [_counts(_("Written"), rows, lambda each: each.written), *_outcome_columns(rows, drawn=True)]
    main = _said_of_outcomes(report.overall)
    heading = _("What became of the comments")
    return Panel("outcomes", heading, _("Channel"), names, columns, main, lying=True, stacked=True, unit=PERCENT)


def _outcome_columns(rows: Sequence[Figures], *, drawn: bool = False) -> Iterator[Column]:
    """'12 (60,0 %)'; drawn as shares, so that a small channel can be read beside a large one."""
    for outcome, name in OUTCOMES.items():
        counts = [getattr(each, outcome.value) for each in rows]
        shares = [each.percent_of(outcome) for each in rows]
        told = [
            f"{count} ({percentage(share)})" if share is not None else "0"
            for count, share in zip(counts, shares, strict=True)
        ]
        yield Column(_(name), told, shares if drawn else ())


def _said_of_outcomes(overall: Figures) -> str:
    if not overall.written:
        return _("Nothing was written.")
    shares = {outcome: percentage(overall.percent_of(outcome)) for outcome in Outcome}
    return _(
        "Of {count} comments, {answered} were answered, {closed} closed without a reply, and {waiting} still wait.",
        count=overall.written,
        answered=shares[Outcome.ANSWERED],
        closed=shares[Outcome.CLOSED],
        waiting=shares[Outcome.WAITING],
    )


def _units(report: AnswerReport) -> Panel:
    names, rows = [report.unit_names[id_] for id_ in report.units], list(report.units.values())
    medians = [length_in_words(each.working.median) for each in rows]
    ninetieths = [length_in_words(each.working.ninetieth) for each in rows]
    columns = [
        Column(_("Share in time"), [percentage(each.percent_in_time) for each in rows]),
        Column(_("Median, working time"), medians),
        Column(_("Nine in ten, working time"), ninetieths),
        _counts(_("Written"), rows, lambda each: each.written),
        *_outcome_columns(rows),
    ]
    return Panel("units", _("Per unit"), _("Unit"), names, columns, "")


def _volume(report: AnswerReport) -> Panel:
    counts: dict[date, dict[str, int]] = {begin: dict.fromkeys(report.channels, 0) for begin in report.steps}
    for day, by_channel in report.days.items():
        for channel, count in by_channel.items():
            counts[step_begin(day, report.step, report.first)][channel] += count
    names = [step_in_words(begin, report.step) for begin in counts]
    columns = [Column(name, list(map(str, each)), each) for name, each in _by_largest(report, counts)]
    totals = [sum(each.values()) for each in counts.values()]
    columns.append(Column(_("All"), list(map(str, totals))))
    main = _most(names, totals)
    return Panel("volume", _(PER_STEP[report.step]), _(STEPS[report.step]), names, columns, main, stacked=True)


def _by_largest(report: AnswerReport, counts: Mapping[date, Mapping[str, int]]) -> Iterator[tuple[str, list[int]]]:
    """Each channel's counts, the largest channels first; those without a colour of their own together."""
    ranked = sorted(report.channels, key=lambda id_: (-report.channels[id_].written, id_))
    alone = ranked if len(ranked) <= MOST_DRAWN + 1 else ranked[:MOST_DRAWN]
    for id_ in alone:
        yield report.channel_names[id_], [each[id_] for each in counts.values()]
    if rest := ranked[len(alone) :]:
        yield _("{count} other channels", count=len(rest)), [sum(each[id_] for id_ in rest) for each in counts.values()]


def _hours(report: AnswerReport) -> Panel:
    names = [f"{hour:02}–{(hour + 1) % 24:02}" for hour in range(24)]
    written = report.overall.written
    columns = [Column(_("Comments"), list(map(str, report.hours)), report.hours)]
    main = _most(names, report.hours)
    if written:
        outside, share = report.overall.outside, percentage(report.overall.percent_outside)
        main += " " + _("{count} ({share}) were written outside service hours.", count=outside, share=share)
    return Panel("hours", _("Hour of the day"), _("Hour"), names, columns, main)


def _most(names: Sequence[str], counts: Sequence[int]) -> str:
    if not any(counts):
        return _("Nothing was written.")
    top = max(counts)
    return _("Most: {count}, {when}.", count=top, when=names[counts.index(top)].removesuffix("."))
