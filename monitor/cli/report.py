"""`kanalvakt watch report`: what the watch of a period came to, for people, programs, spreadsheets and auditors."""

import sys
from contextlib import redirect_stdout
from datetime import UTC, date, datetime
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer

from config.language import N_, _
from monitor.cli.errors import WrongWords
from monitor.cli.finding import channel_named, day_named
from monitor.cli.output import say, show_facts, show_table
from monitor.cli.setup import opened_database
from monitor.inbox.day_keeping import keep_days
from monitor.records.period import WrongPeriod, check_period
from monitor.records.report_document import as_json, document
from monitor.records.report_paper import paper
from monitor.records.report_sections import days, facts, sections, title
from monitor.records.report_sheet import sheet
from monitor.records.watch_report import WatchReport, full_report
from monitor.register.calendar import calendar_of
from monitor.register.organisation import organisation


class Format(StrEnum):
    """What the report can be written as."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    PDF = "pdf"


First = Annotated[str, typer.Option("--from", metavar="D", help=N_("From this day on, as 2026-06-18."))]
Last = Annotated[str, typer.Option("--to", metavar="D", help=N_("Up to and including this day."))]
Form = Annotated[Format | None, typer.Option("--format", help=N_("The form to write it in; text otherwise."))]
Output = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help=N_("Write to this file, not to standard output."))
]
Only = Annotated[
    list[str] | None, typer.Option("--channel", metavar="C", help=N_("Only this channel; may be given again."))
]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]


def report(
    first: First, last: Last, format_: Form = None, output: Output = None, channel: Only = None, json: Json = False
) -> int:
    form = _form(format_, output, json=json)
    db, now = opened_database(), datetime.now(UTC)
    keep_days(db, now)
    with db.snapshot() as session:
        begin, end = period_named(first, last, calendar_of(organisation(session)).local_date(now))
        only = [channel_named(session, name).id for name in dict.fromkeys(channel)] if channel else None
        made = full_report(session, begin, end, now, only)
    if output is not None:
        output.write_bytes(_written(form, made))
    elif form is Format.TEXT:
        _show(made, document(made)["hash"])
    else:
        sys.stdout.buffer.write(_written(form, made))
    return 1 if made.needs_somebody else 0


def _form(wished: Format | None, output: Path | None, *, json: bool) -> Format:
    """Raises WrongWords."""
    if json and wished not in {None, Format.JSON}:
        raise WrongWords(_("--json and --format {form} are two forms: choose one.", form=wished))
    form = Format.JSON if json else wished or Format.TEXT
    if form is Format.PDF and output is None and sys.stdout.isatty():
        raise WrongWords(_("A PDF cannot be shown here: say with --output which file to write."))
    return form


def period_named(first: str, last: str, today: date) -> tuple[date, date]:
    """The first day and the last, both included. Raises WrongWords."""
    begin, end = day_named(first), day_named(last)
    try:
        check_period(begin, end, today)
    except WrongPeriod as error:
        raise WrongWords(str(error)) from None
    return begin, end


def _written(form: Format, made: WatchReport) -> bytes:
    told = document(made)
    match form:
        case Format.JSON:
            return as_json(told).encode()
        case Format.CSV:
            return sheet(told).encode()
        case Format.PDF:
            return paper(made, told["hash"])
        case Format.TEXT:
            with redirect_stdout(StringIO()) as text:
                _show(made, told["hash"])
            return text.getvalue().encode()


def _show(made: WatchReport, hash_: str) -> None:
    """The days first: what they come to is what stays on the screen."""
    say(title(made))
    for section in (*days(made), *sections(made)):
        say(f"\n{section.heading}")
        if section.rows:
            show_table(section.columns, section.rows)
        else:
            say(section.empty)
    say("")
    show_facts([*facts(made), ("SHA-256", hash_)])
