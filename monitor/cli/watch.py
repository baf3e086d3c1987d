"""`kanalvakt watch`: the proof that every working day was watched."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy import select

from config.language import N_, _
from monitor.cli.errors import WrongWords
from monitor.cli.finding import channel_named, day_named, person_named
from monitor.cli.month import month
from monitor.cli.output import local, say, show_json, show_table
from monitor.cli.report import report
from monitor.cli.setup import opened_database
from monitor.inbox.day_keeping import keep_days
from monitor.register.calendar import calendar_of
from monitor.register.days_off import why_off
from monitor.register.models import Person
from monitor.register.organisation import organisation
from monitor.watch.correcting import CannotCorrect
from monitor.watch.correcting import correct as correct_day
from monitor.watch.day_rules import Verdict
from monitor.watch.day_view import verdict_in_words
from monitor.watch.today import Today, for_programs, why_so_far
from monitor.watch.today import today as of_today

app = typer.Typer(help=N_("The proof that every working day was watched."), no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
ChannelId = Annotated[str, typer.Argument(metavar="CHANNEL", help=N_("The channel's id in the register."))]
Day = Annotated[str, typer.Option("--date", metavar="D", help=N_("Which day, as 2026-06-18."))]
Put = Annotated[Verdict, typer.Option("--verdict", help=N_("What the day came to after all."))]
Reason = Annotated[str, typer.Option("--reason", help=N_("Why it is corrected."))]
By = Annotated[
    str, typer.Option("--by", metavar="PERSON", help=N_("Who corrects it: the person's id in the register."))
]


@app.command("today", help=N_("How each channel's watch stands today, and who is to act."))
def today(json: Json = False) -> int:
    db, now = opened_database(), datetime.now(UTC)
    keep_days(db, now)
    with db.snapshot() as session:
        owner = organisation(session)
        calendar, found = calendar_of(owner), of_today(session, now)
        off = why_off(calendar, calendar.local_date(now))
        names = dict(session.execute(select(Person.id, Person.name)).all())
    if json:
        show_json([for_programs(each) for each in found])
    elif found:  # also on a day that was planned before it became a day off
        columns = (_("Channel"), _("State"), _("Last complete read"), _("Not gone through"), _("Who"), _("Reason"))
        show_table(columns, [_row(each, owner.timezone, names) for each in found])
    elif off:
        say(_("Today is no working day ({why}): nothing has to be watched.", why=off))
    else:
        say(_("Nothing has to be watched today."))
    return 1 if any(each.is_missed for each in found) else 0


@app.command("correct", help=N_("Put a day that is over right; the first verdict stays visible."))
def correct(channel: ChannelId, day: Day, verdict: Put, reason: Reason, by: By) -> None:
    db, now, chosen = opened_database(), datetime.now(UTC), day_named(day)
    keep_days(db, now)
    with db.transaction() as session:
        organisation(session)
        watched, person = channel_named(session, channel), person_named(session, by)
        try:
            correct_day(session, watched, chosen, verdict, reason, person.id, now)
        except CannotCorrect as refusal:
            raise WrongWords(str(refusal)) from None
    say(_("{channel}, {day}: {verdict}.", channel=watched.name, day=chosen, verdict=verdict_in_words(verdict)))


app.command(
    "report",
    help=N_(
        "What the watch of a period came to. Ends with 1 while it holds a day that was not watched, or only partly, "
        "and that nobody has put right."
    ),
)(report)
app.command("month", help=N_("A month of the watch as a table, and as a picture in a file."))(month)


def _row(each: Today, zone: str, names: Mapping[str, str]) -> tuple[object, ...]:
    day = each.shown
    read = local(each.last_complete_at, zone)
    who = names[each.who] if each.who else None
    return each.name, verdict_in_words(day.verdict), read, day.unseen, who, why_so_far(day) or None
