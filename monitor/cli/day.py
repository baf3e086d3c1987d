"""`kanalvakt attest` and `review`: what people say of a channel's day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.cli.errors import WrongWords
from monitor.cli.finding import channel_named, day_named, person_named
from monitor.cli.output import local, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.inbox.day_keeping import keep_days
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch.attesting import CannotAttest
from monitor.watch.attesting import attest as attest_day
from monitor.watch.day_view import ShownDay, shown_days, verdict_in_words
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
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]


def attest(
    channel: ChannelId, by: By, day: Day = None, note: Note = "", count: Count = None, json: Json = False
) -> None:
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
        [stands] = shown_days(session, chosen, chosen, [watched.id])
    if json:
        known = {"attested_by": person.id, "attested_at": made.at, "note": made.note, "count": made.count}
        show_json({"channel": watched.id, "name": watched.name, "date": chosen, **known, **_as_json(stands)})
        return
    columns = (_("Channel"), _("Working day"), _("State"), _("Who"), _("When"), _("Comments"), _("Note"))
    when, state = local(made.at, owner.timezone), verdict_in_words(stands.verdict)
    show_table(columns, [(watched.name, chosen, state, person.name, when, made.count, made.note)])


def review(channels: ChannelIds, by: By, json: Json = False) -> None:
    db, now = opened_database(), datetime.now(UTC)
    with db.transaction() as session:
        owner = organisation(session)
        today = calendar_of(owner).local_date(now)
        person, watched = person_named(session, by), [channel_named(session, name) for name in channels]
        try:
            for channel in watched:
                review_channel(session, channel, person.id, now)
        except CannotReview as refusal:
            raise WrongWords(str(refusal)) from None
    keep_days(db, now)
    with db.snapshot() as session:
        stand = _standing(session, today, watched)
    if json:
        known = {"date": today, "reviewed_by": person.id, "reviewed_at": now}
        show_json([{"channel": each.id, "name": each.name, **known, **_as_json(stand[each.id])} for each in watched])
        return
    columns = (_("Channel"), _("State"), _("Who"), _("When"))
    when = local(now, owner.timezone)
    show_table(columns, [(each.name, _in_words(stand[each.id]), person.name, when) for each in watched])


def _standing(session: Session, day: date, channels: Sequence[Channel]) -> dict[str, ShownDay | None]:
    """How the channels' day stands; None for what has not to be watched that day."""
    ids = [channel.id for channel in channels]
    return dict.fromkeys(ids) | {shown.channel_id: shown for shown in shown_days(session, day, day, ids)}


def _as_json(stands: ShownDay | None) -> dict[str, object]:
    return {"verdict": stands and stands.verdict, "how": stands and stands.how, "reason": stands and stands.why}


def _in_words(stands: ShownDay | None) -> str | None:
    return verdict_in_words(stands.verdict) if stands else None
