"""`kanalvakt watch month`: a month of the watch as a table, and as a picture in a file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from config.language import N_, _
from monitor.cli.errors import WrongWords
from monitor.cli.output import say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.inbox.day_keeping import keep_days
from monitor.records.month import Line, Mark, Month, MonthView, in_words, letter, month_report, percentage
from monitor.records.month_picture import in_short, month_picture
from monitor.records.report_document import tally_counts
from monitor.register.calendar import calendar_of
from monitor.register.organisation import organisation

DAY_OFF, NOTHING = "·", " "

Written = Annotated[str | None, typer.Argument(metavar="MONTH", help=N_("As 2026-06; this month otherwise."))]
Output = Annotated[
    Path | None, typer.Option("--output", metavar="FILE.svg", help=N_("Write the month as a picture (SVG) there."))
]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]


def month(written: Written = None, output: Output = None, json: Json = False) -> None:
    db, now = opened_database(), datetime.now(UTC)
    keep_days(db, now)
    with db.snapshot() as session:
        today = calendar_of(organisation(session)).local_date(now)
        _report, view = month_report(session, month_named(written) if written else Month.of(today), now)
    if output is not None:
        output.write_text(month_picture(view), encoding="utf-8")
    if json:
        show_json(_as_json(view))
    else:
        _show(view)


def month_named(text: str) -> Month:
    """The month written as 2026-06. Raises WrongWords."""
    try:
        return Month.written(text)
    except ValueError:
        raise WrongWords(_("{text} is no month: write it as 2026-06.", text=text)) from None


def _show(view: MonthView) -> None:
    """One letter a day, below the last figure of its number."""
    not_come = view.month.first > view.today
    say(f"{view.month.in_words}: {_('The month has not come yet.') if not_come else in_short(view)}")
    if view.lines:
        ruler = "".join(str(each.day.day % 10) for each in view.days)
        show_table((_("Channel"), ruler, _("Watched")), [_row(line, view) for line in view.lines])
        letters = [f"{letter(mark)} {in_words(mark)}" for mark in Mark]
        say(", ".join([*letters, f"{DAY_OFF} {_('Day off')}"]))
    for each in view.named_days_off:
        say(f"{each.day} {each.off}")


def _row(line: Line, view: MonthView) -> tuple[object, ...]:
    signs = [
        line.cells[each.day].letter if each.day in line.cells else DAY_OFF if each.off else NOTHING
        for each in view.days
    ]
    return line.name, "".join(signs), percentage(line.tally)


def _as_json(view: MonthView) -> dict[str, object]:
    return {
        "month": str(view.month),
        "organisation": view.organisation,
        "days_off": [{"date": each.day, "why_text": each.off} for each in view.days if each.off],
        "channels": [_line(line) for line in view.lines],
        "overall": tally_counts(view.overall),
    }


def _line(line: Line) -> dict[str, object]:
    days = [
        {"date": day, "mark": cell.mark, "reason_text": cell.reason, "corrected": cell.corrected}
        for day, cell in sorted(line.cells.items())
    ]
    own = {"channel": line.channel, "name": line.name, "unit_name": line.unit_name}
    return own | tally_counts(line.tally) | {"dates": days}
