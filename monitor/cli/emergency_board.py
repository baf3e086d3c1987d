"""`kanalvakt emergency`: what residents write in a crisis, and what the staff do about it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.orm import Session

from config.language import N_, _, moment
from config.settings import settings
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor, visitor_of
from monitor.alerts.wording import excerpt
from monitor.cli.crisis_finding import incident_named
from monitor.cli.emergency import app
from monitor.cli.emergency_options import By, Json, Which
from monitor.cli.errors import WrongWords
from monitor.cli.finding import staff_named
from monitor.cli.output import say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.db.numbered import numbered
from monitor.emergency.hub import publish_soon
from monitor.emergency.intake import collect
from monitor.emergency.intake_rules import Kind
from monitor.emergency.models import Incident, Intake, Topic
from monitor.inbox.faults import Fault
from monitor.register.calendar import calendar_of
from monitor.register.channels import all_channels
from monitor.register.models import Person
from monitor.register.organisation import organisation

if TYPE_CHECKING:
    from monitor.emergency.board import Board
    from monitor.emergency.topics import Answered

# topics and board are loaded where they are needed: with them every other command would begin a second later

Items = Annotated[list[int], typer.Argument(metavar="ITEM…", help=N_("Numbers on the board."))]
As = Annotated[Kind, typer.Option("--as", help=N_("What they are."))]
Again = Annotated[bool, typer.Option("--again", help=N_("They are to be looked at once more."))]
OfKind = Annotated[Kind | None, typer.Option("--kind", help=N_("Only of that kind."))]
OfTopic = Annotated[int | None, typer.Option("--topic", help=N_("Only of that topic."))]
Done = Annotated[bool, typer.Option("--done", help=N_("What is done, in place of what waits."))]
Name = Annotated[str, typer.Option("--title", help=N_("What they are about."))]
TopicNumber = Annotated[int, typer.Argument(metavar="TOPIC", help=N_("The topic's number."))]
Answer = Annotated[str | None, typer.Option("--answer", help=N_("What is answered to all of it."))]
Shown = Annotated[
    bool | None, typer.Option("--show/--hide", help=N_("Put it on the crisis page, or take it away there."))
]
ToAll = Annotated[bool, typer.Option("--answer-all", help=N_("Send the answer to each comment of it, once."))]


@app.command("board", help=N_("What residents write, who needs help first."))
def board_(
    incident: Which = None, kind: OfKind = None, topic: OfTopic = None, done: Done = False, json: Json = False
) -> None:
    """Whoever may run commands at the server may read what residents wrote on every channel."""
    from monitor.emergency.board import Wish, board

    db = opened_database()
    with db.snapshot() as session:
        number = incident_named(session, incident).id
    collect(db, number, datetime.now(UTC))
    with db.snapshot() as session:
        zone = ZoneInfo(organisation(session).timezone)
        every = frozenset(each.id for each in all_channels(session))
        found = board(session, session.get_one(Incident, number), every, Wish(kind, topic, done))
    if json:
        show_json(_board_json(found))
    else:
        _show(found, zone)


@app.command(help=N_("Say what comments on the board are."))
def sort(items: Items, by: By, kind: As, incident: Which = None) -> None:
    from monitor.emergency import topics
    from monitor.emergency.board import KINDS

    with opened_database().transaction() as session:
        chosen, who = _chosen(session, items, by, incident)
        for each in chosen:
            topics.sort_anew(session, each, kind, who, datetime.now(UTC))
    say(_("{count} comments: {kind}", count=len(chosen), kind=_(KINDS[kind])))


@app.command(help=N_("Say that comments on the board are taken care of."))
def settle(items: Items, by: By, again: Again = False, incident: Which = None) -> None:
    from monitor.emergency import topics

    with opened_database().transaction() as session:
        chosen, who = _chosen(session, items, by, incident)
        for each in chosen:
            topics.settle(session, each, done=not again, by=who, now=datetime.now(UTC))
    said = _("{count} comments are to be looked at again.") if again else _("{count} comments are taken care of.")
    say(said.format(count=len(chosen)))


@app.command(help=N_("Make a topic of comments on the board that are alike."))
def topic(items: Items, title: Name, by: By, incident: Which = None, json: Json = False) -> None:
    from monitor.emergency import topics

    try:
        with opened_database().transaction() as session:
            chosen, who = _chosen(session, items, by, incident)
            about = incident_named(session, incident)
            made = topics.gather(session, about, chosen, title, who, datetime.now(UTC))
    except Fault as why:
        raise WrongWords(str(why)) from None
    if json:
        show_json({"id": made.id, "title": made.title})
    else:
        say(_("Topic {number}: {title}", number=made.id, title=made.title))


@app.command("topic-answer", help=N_("Write a topic's answer, show it to residents, or send it to all who ask."))
def topic_answer(
    number: TopicNumber, by: By, answer: Answer = None, shown: Shown = None, to_all: ToAll = False, json: Json = False
) -> int:
    """1: some were left out, or are left."""
    from monitor.emergency import topics

    db, now = opened_database(), datetime.now(UTC)
    try:
        with db.transaction() as session:
            who, row = _visitor(session, by), _topic(session, number)
            if shown is False:
                topics.show(session, row, shown=False, by=who.person_id, now=now)
            if answer is not None:
                topics.write_answer(session, row, answer, who.person_id, now)
            if shown:
                topics.show(session, row, shown=True, by=who.person_id, now=now)
        told = topics.answer_all(db, number, who, now) if to_all else topics.Answered()
    except Fault as why:
        raise WrongWords(str(why)) from None
    publish_soon(db, settings())
    if json:
        show_json({"id": number, "shown": row.shown_at is not None, **asdict(told)})
    else:
        _say_answered(row, told, to_all=to_all)
    return 1 if told.left or told.skipped else 0


def _say_answered(row: Topic, told: "Answered", *, to_all: bool) -> None:
    say(f"{row.title}: {row.answer or '–'}")
    say(_("Residents read it on the crisis page.") if row.shown_at else _("It is not on the crisis page."))
    if to_all:
        say(_("Answered: {sent}. Left: {left}.", sent=told.sent, left=told.left))
        for why, count in told.skipped.items():
            say(f"{count}: {why}")


def _chosen(session: Session, items: Sequence[int], by: str, incident: int | None) -> tuple[list[Intake], str]:
    """Raises WrongWords for what is not on the board."""
    from monitor.emergency import topics

    about, who = incident_named(session, incident), _visitor(session, by)
    found = topics.intakes(session, about.id, items, who.channels_for(Permission.READ_INBOX))
    if missing := sorted(set(items) - {each.id for each in found}):
        names = ", ".join(map(str, missing))
        raise WrongWords(_("Not on the board: {names}. See `kanalvakt emergency board`.", names=names))
    return found, who.person_id


def _visitor(session: Session, by: str) -> Visitor:
    person = session.get_one(Person, staff_named(session, by, Permission.WORK_IN_CRISIS))
    return visitor_of(session, person, 0, calendar_of(organisation(session)).local_date(datetime.now(UTC)))


def _topic(session: Session, number: int) -> Topic:
    found = numbered(session, Topic, number)
    if found is None:
        raise WrongWords(_("There is no topic {number}: see `kanalvakt emergency board`.", number=number))
    return found


def _board_json(found: "Board") -> dict[str, Any]:
    named = ("id", "title", "answer", "shown_at")
    return {
        "items": [asdict(each) for each in found.items],
        "left": found.left,
        "counts": dict(found.counts),
        "done": found.done,
        "groups": [list(each.ids) for each in found.groups],
        "topics": [
            {name: getattr(topic, name) for name in named} | {"waiting": waiting, "count": count}
            for topic, waiting, count in found.topics
        ],
    }


def _show(found: "Board", zone: ZoneInfo) -> None:
    from monitor.emergency.board import KINDS

    rows = [
        (each.id, _(KINDS[each.kind]), moment(each.posted_at, zone), each.channel, excerpt(each.text or "–"))
        for each in found.items
    ]
    show_table((_("Number"), _("What"), _("When"), _("Channel"), _("Text")), rows)
    for each in found.groups:
        say(_("Alike: {ids}", ids=" ".join(map(str, each.ids))))
    for topic, waiting, count in found.topics:
        shown = _("on the crisis page") if topic.shown_at else _("not on the crisis page")
        told = {"number": topic.id, "title": topic.title, "waiting": waiting, "count": count, "shown": shown}
        say(_("Topic {number}, {title}: {waiting} of {count} wait; {shown}", **told))
