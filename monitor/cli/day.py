"""`kanalvakt attest` and `review`: what people say of a channel's day."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from config.language import N_, _
from monitor.cli.errors import WrongWords
from monitor.cli.finding import channel_named, person_named
from monitor.cli.output import local, say
from monitor.cli.setup import opened_database
from monitor.inbox.day_keeping import keep_days
from monitor.register.calendar import calendar_of
from monitor.register.organisation import organisation
from monitor.watch.attesting import CannotAttest
from monitor.watch.attesting import attest as attest_day
from monitor.watch.reviewing import CannotReview
from monitor.watch.reviewing import review as review_channel

ChannelId = Annotated[str, typer.Argument(metavar="CHANNEL", help=N_("The channel's id in the register."))]
ChannelIds = Annotated[list[str], typer.Argument(metavar="CHANNEL…", help=N_("The channels' ids in the register."))]
Day = Annotated[str | None, typer.Option("--date", metavar="D", help=N_("Which day, as 2026-06-18; today otherwise."))]
By = Annotated[
    str, typer.Option("--by", metavar="PERSON", help=N_("Who has done it: the person's id in the register."))
]
Note = Annotated[str, typer.Option("--note", help=N_("What is worth remembering of it."))]
Count = Annotated[int | None, typer.Option("--count", min=0, help=N_("How many comments there were."))]


def attest(channel: ChannelId, by: By, day: Day = None, note: Note = "", count: Count = None) -> None:
    db, now = opened_database(), datetime.now(UTC)
    keep_days(db, now)
    with db.transaction() as session:
        owner = organisation(session)
        watched, person = channel_named(session, channel), person_named(session, by)
        chosen = day_named(day) if day else calendar_of(owner).local_date(now)
        try:
            made = attest_day(session, watched, chosen, person.id, now, note, count)
        except CannotAttest as refusal:
            raise WrongWords(str(refusal)) from None
    told = {"channel": watched.name, "day": chosen, "person": person.name, "time": local(made.at, owner.timezone)}
    say(_("{channel} has been gone through for {day}: attested by {person}, {time}.", **told))


def review(channels: ChannelIds, by: By) -> None:
    db, now = opened_database(), datetime.now(UTC)
    with db.transaction() as session:
        organisation(session)
        person, watched = person_named(session, by), [channel_named(session, name) for name in channels]
        try:
            for channel in watched:
                review_channel(session, channel, person.id, now)
        except CannotReview as refusal:
            raise WrongWords(str(refusal)) from None
    keep_days(db, now)
    for channel in watched:
        say(_("{channel}: what was new has been gone through by {person}.", channel=channel.name, person=person.name))


def day_named(text: str) -> date:
    """The day written as 2026-06-18. Raises WrongWords."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongWords(_("{text} is no day: write it as 2026-06-18.", text=text)) from None
