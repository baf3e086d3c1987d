"""`kanalvakt report answers`: how soon residents were answered in a period, for people, programs and spreadsheets."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.cli.errors import WrongWords
from monitor.cli.finding import channel_named, nearest
from monitor.cli.output import say, show_facts, show_json, show_table
from monitor.cli.report import First, Last, Only, period_named
from monitor.cli.setup import opened_database
from monitor.records.answer_document import document, sheet
from monitor.records.answer_panels import panels
from monitor.records.answer_report import AnswerReport, answer_report
from monitor.records.answer_report_words import meanings, title
from monitor.register.calendar import calendar_of
from monitor.register.models import Unit
from monitor.register.organisation import organisation

app = typer.Typer(help=N_("What a period came to."), no_args_is_help=True)


class Format(StrEnum):
    """What the report can be written as."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


Form = Annotated[Format, typer.Option("--format", help=N_("The form to write it in; text otherwise."))]
OfUnit = Annotated[
    list[str] | None, typer.Option("--unit", metavar="U", help=N_("Only this unit's channels; may be given again."))
]


@app.callback()
def reports() -> None:
    """Without it, a group of one command would be that command."""


@app.command("answers", help=N_("How many comments were answered, how soon, and how many in time."))
def answers(first: First, last: Last, channel: Only = None, unit: OfUnit = None, format_: Form = Format.TEXT) -> None:
    now = datetime.now(UTC)
    with opened_database().snapshot() as session:
        begin, end = period_named(first, last, calendar_of(organisation(session)).local_date(now))
        channels = [channel_named(session, name).id for name in dict.fromkeys(channel)] if channel else None
        units = [_unit_named(session, name) for name in dict.fromkeys(unit)] if unit else None
        made = answer_report(session, begin, end, now, channels, units)
    match format_:
        case Format.JSON:
            show_json(document(made))
        case Format.CSV:
            sys.stdout.buffer.write(sheet(document(made)).encode())
        case Format.TEXT:
            _show(made)


def _unit_named(session: Session, name: str) -> str:
    """Raises WrongWords."""
    known = session.scalars(select(Unit.id).order_by(Unit.id)).all()
    if name not in known:
        raise WrongWords(_("There is no unit {name}.", name=name) + nearest(name, known))
    return name


def _show(made: AnswerReport) -> None:
    say(title(made))
    for panel in panels(made):
        say(f"\n{panel.heading}")
        if panel.main:
            say(panel.main)
        columns = (panel.of, *(column.name for column in panel.columns))
        show_table(columns, list(zip(panel.rows, *(column.told for column in panel.columns), strict=True)))
    say("")
    show_facts([(label, sentence) for label, sentence in meanings(made)])
