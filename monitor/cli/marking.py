"""`kanalvakt close`, `acknowledge`, `snooze`, `wake`, `confirm`, `disown`, `private`, `reopen`, `interim`: what a
person says of an obligation."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from config.language import N_, _
from monitor import Calendar
from monitor.alerts.masked_rows import masked_rows
from monitor.cli.errors import WrongWords
from monitor.cli.finding import YEARS, comment_named, person_named
from monitor.cli.output import say, show_json
from monitor.cli.setup import opened_database
from monitor.inbox.mark_rules import Kind, Reason, Said
from monitor.inbox.marking import CannotMark, mark
from monitor.inbox.reasons import STATES
from monitor.register.calendar import calendar_of
from monitor.register.organisation import organisation

CommentId = Annotated[str, typer.Argument(metavar="COMMENT", help=N_("Its comment_id, or its id on the platform."))]
By = Annotated[str, typer.Option("--by", metavar="PERSON", help=N_("Who says it: the person's id in the register."))]
Why = Annotated[Reason, typer.Option("--reason", help=N_("Why it needs no reply."))]
Note = Annotated[str, typer.Option("--note", help=N_("A few words for colleagues, or the number of the case."))]
Cause = Annotated[str, typer.Option("--reason", help=N_("Why it is put off, in a few words."))]
Place = Annotated[str, typer.Option("--note", help=N_("Where it was answered, or the number of the case."))]
Until = Annotated[str, typer.Option("--until", metavar="WHEN", help=N_("Until when: 2026-06-18 or 2026-06-18T12:00."))]
MaybeUntil = Annotated[
    str | None,
    typer.Option("--until", metavar="WHEN", help=N_("Until when; the end of the next working day otherwise.")),
]
Reply = Annotated[
    str | None,
    typer.Option(
        "--reply", metavar="ID", help=N_("Which reply of ours, by its id on the platform; the one in question.")
    ),
]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]


def close(comment: CommentId, reason: Why, by: By, note: Note = "", json: Json = False) -> None:
    _say_of(comment, by, Said(Kind.CLOSE, reason=reason, note=note), json=json)


def acknowledge(comment: CommentId, by: By, until: MaybeUntil = None, json: Json = False) -> None:
    _say_of(comment, by, Said(Kind.ACKNOWLEDGE), until, json=json)


def snooze(comment: CommentId, until: Until, reason: Cause, by: By, json: Json = False) -> None:
    _say_of(comment, by, Said(Kind.SNOOZE, note=reason), until, json=json)


def wake(comment: CommentId, by: By, json: Json = False) -> None:
    _say_of(comment, by, Said(Kind.WAKE), json=json)


def confirm(comment: CommentId, by: By, reply: Reply = None, json: Json = False) -> None:
    _say_of(comment, by, Said(Kind.CONFIRM, reply=reply), json=json)


def disown(comment: CommentId, by: By, reply: Reply = None, json: Json = False) -> None:
    _say_of(comment, by, Said(Kind.REJECT, reply=reply), json=json)


def private(comment: CommentId, by: By, note: Place, json: Json = False) -> None:
    _say_of(comment, by, Said(Kind.PRIVATE, note=note), json=json)


def reopen(comment: CommentId, by: By, note: Note = "", json: Json = False) -> None:
    _say_of(comment, by, Said(Kind.REOPEN, note=note), json=json)


def interim(comment: CommentId, by: By, reply: Reply = None, json: Json = False) -> None:
    _say_of(comment, by, Said(Kind.INTERIM, reply=reply), json=json)


def _say_of(name: str, by: str, said: Said, until: str | None = None, *, json: bool) -> None:
    now = datetime.now(UTC)
    with opened_database().transaction() as session:
        owner = organisation(session)
        comment, person = comment_named(session, name), person_named(session, by)
        if until is not None:
            said = replace(said, until=_moment(until, calendar_of(owner), ZoneInfo(owner.timezone)))
        try:
            found = mark(session, comment.id, said, person.id, now)
        except CannotMark as refusal:
            raise WrongWords(str(refusal)) from None
        [row] = masked_rows(session, [found])
    if json:
        show_json(row)
    else:
        say(f"{_(STATES[found.state]).capitalize()}. {found.reason}")


def _moment(text: str, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """A time on the organisation's clock; of a day alone, when service hours end on it, or when a day off begins."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min.replace(tzinfo=UTC)
    if moment.year not in YEARS:
        raise WrongWords(_("{text} is no time: write it as 2026-06-18 or 2026-06-18T12:00.", text=text))
    if len(text) == len("2026-06-18") and calendar.is_working_day(moment.date()):
        return calendar.closing(moment.date())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
