"""`kanalvakt claim`, `note`, `assign` and `forward`: what colleagues tell each other of one comment."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.orm import Session

from config.language import N_, _, moment
from monitor.cli.errors import WrongWords
from monitor.cli.finding import comment_named, person_named
from monitor.cli.output import say
from monitor.cli.setup import opened_database
from monitor.inbox import assigning, claims, forwarding, notes
from monitor.inbox.marking import why_not
from monitor.register.models import Channel, Person, Unit
from monitor.register.organisation import organisation
from monitor.watch.models import Comment

CommentId = Annotated[str, typer.Argument(metavar="COMMENT", help=N_("Its comment_id, or its id on the platform."))]
By = Annotated[str, typer.Option("--by", metavar="PERSON", help=N_("Who does it: the person's id in the register."))]
Back = Annotated[bool, typer.Option("--back", help=N_("Give it back: you are not at it any more."))]
Over = Annotated[bool, typer.Option("--over", help=N_("Also if somebody else is at it."))]
Words = Annotated[str, typer.Option("--text", help=N_("What colleagues should know."))]
To = Annotated[
    str | None,
    typer.Option("--to", metavar="PERSON", help=N_("Whose turn it is; without it the responsible person's again.")),
]
ToUnit = Annotated[str, typer.Option("--to", metavar="UNIT", help=N_("Which unit to ask: its id in the register."))]
Question = Annotated[str, typer.Option("--note", help=N_("What the unit is asked."))]
Act = Callable[[Session, Comment, Person, datetime], str]


def claim(comment: CommentId, by: By, back: Back = False, over: Over = False) -> None:
    def act(session: Session, row: Comment, person: Person, now: datetime) -> str:
        if why := why_not(session, session.get_one(Channel, row.channel_id), person.id, now):
            raise WrongWords(why)
        zone = ZoneInfo(organisation(session).timezone)
        if back:
            claims.give_back(session, row.id, person.id, now)
            return _("Given back.")
        try:
            until = claims.claim(session, row.id, person.id, now, over=over).until
        except claims.Taken as taken:
            known = {"name": taken.name, "until": moment(taken.until, zone)}
            raise WrongWords(_("{name} is at it until {until}.", **known)) from None
        return _("You are at it until {until}.", until=moment(until, zone))

    _do(comment, by, act)


def note(comment: CommentId, text: Words, by: By) -> None:
    def act(session: Session, row: Comment, person: Person, now: datetime) -> str:
        notes.add_note(session, row, text, person.id, now)
        return _("The internal note is kept.")

    _do(comment, by, act)


def assign(comment: CommentId, by: By, to: To = None) -> None:
    def act(session: Session, row: Comment, person: Person, now: datetime) -> str:
        other = person_named(session, to) if to is not None else None
        assigning.assign(session, row, other.id if other else None, person.id, now)
        if other is None:
            return _("It is the responsible person's turn.")
        return _("It is {person}'s turn.", person=other.name)

    _do(comment, by, act)


def forward(comment: CommentId, to: ToUnit, by: By, note: Question = "") -> None:
    def act(session: Session, row: Comment, person: Person, now: datetime) -> str:
        asked = forwarding.forward(session, row, to, note, person.id, now)
        unit, contact = session.get_one(Unit, asked.unit_id), session.get_one(Person, asked.to_id)
        return _("{person} is told, for {unit}.", person=contact.name, unit=unit.name)

    _do(comment, by, act)


def _do(name: str, by: str, act: Act) -> None:
    with opened_database().transaction() as session:
        organisation(session)
        comment, person = comment_named(session, name), person_named(session, by)
        try:
            done = act(session, comment, person, datetime.now(UTC))
        except (notes.CannotNote, assigning.CannotAssign, forwarding.CannotForward) as refusal:
            raise WrongWords(str(refusal)) from None
    say(done)
