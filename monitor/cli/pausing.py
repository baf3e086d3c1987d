"""`kanalvakt channel pause`, `resume` and `retire`: what a person decides about the watch of a channel."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.cli.finding import channel_named, person_named
from monitor.cli.output import say, show_json
from monitor.cli.setup import opened_database
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch import pausing

ChannelId = Annotated[str, typer.Argument(metavar="CHANNEL", help=N_("The channel's id in the register."))]
By = Annotated[str, typer.Option("--by", metavar="PERSON", help=N_("Who decides it: the person's id in the register."))]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("Why, in words others understand later."))]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
Change = Callable[[Session, Channel, str, datetime], None]
KEYS = ("id", "state", "state_reason", "watched_since", "watched_until")
PAUSED = N_(
    "{name} is not read any more. It still has to be watched: go through it yourself every working day, and attest it. "
    "Read it again: kanalvakt channel resume {id} --by PERSON"
)
RESUMED = N_("{name} is read again, at once.")
RETIRED = N_(
    "The watch of {name} has ended; its history and decisions are kept. If it is still in the register file, take it "
    "away there too: the next import would bring it back."
)


def pause(channel: ChannelId, reason: Reason, by: By, json: Json = False) -> None:
    def change(session: Session, found: Channel, actor: str, now: datetime) -> None:
        pausing.pause(session, found, reason, actor, now)

    _do(channel, by, change, PAUSED, json=json)


def resume(channel: ChannelId, by: By, json: Json = False) -> None:
    _do(channel, by, pausing.resume, RESUMED, json=json)


def retire(channel: ChannelId, reason: Reason, by: By, json: Json = False) -> None:
    def change(session: Session, found: Channel, actor: str, now: datetime) -> None:
        pausing.retire(session, found, reason, actor, now)

    _do(channel, by, change, RETIRED, json=json)


def _do(channel: str, by: str, change: Change, sentence: str, *, json: bool) -> None:
    with opened_database().transaction() as session:
        organisation(session)
        found = channel_named(session, channel)
        change(session, found, person_named(session, by).id, datetime.now(UTC))
    if json:
        show_json({key: getattr(found, key) for key in KEYS})
    else:
        say(_(sentence, name=found.name, id=found.id))
