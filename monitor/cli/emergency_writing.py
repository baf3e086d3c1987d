"""`kanalvakt emergency`: beginning and ending an incident, and writing, approving and taking back its messages."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.orm import Session

from config.language import N_, _, moment
from config.settings import settings
from monitor.access.permission_rules import Permission
from monitor.cli.crisis_finding import incident_named, message_named, moment_named, template_named
from monitor.cli.emergency import app
from monitor.cli.errors import WrongWords
from monitor.cli.finding import staff_named
from monitor.cli.output import say, show_json
from monitor.cli.setup import opened_database
from monitor.emergency import incidents, sending
from monitor.emergency.approving import approve as approve_message
from monitor.emergency.composing import channels_of, texts, what_is_wrong
from monitor.emergency.delivering import deliver_all
from monitor.emergency.drafting import Written, begin, edit, from_template, submit
from monitor.emergency.drafting import discard as discard_message
from monitor.emergency.faults import CannotSend
from monitor.emergency.hub import publish_soon
from monitor.emergency.incident_words import MODES, STAGES
from monitor.emergency.message_rules import BEFORE, PARTS, Kind
from monitor.emergency.message_words import KINDS, STATES, fault_in_words
from monitor.emergency.models import Incident, Message
from monitor.emergency.places import NO_ENCODER, alike, lacks_encoder, places
from monitor.emergency.standing import message_state
from monitor.emergency.wording import wording
from monitor.register.organisation import organisation


class Mode(StrEnum):
    """Fixed when the incident begins."""

    ACTUAL = "actual"
    EXERCISE = "exercise"


class Level(StrEnum):
    """From the least to the greatest."""

    ELEVATED = "elevated"
    DISTURBANCE = "disturbance"
    EXTRAORDINARY = "extraordinary"


By = Annotated[str, typer.Option("--by", metavar="PERSON", help=N_("Who does it: a person's id."))]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
Title = Annotated[str, typer.Argument(metavar="TITLE", help=N_("What it is about, in a few words."))]
Number = Annotated[int, typer.Argument(metavar="MESSAGE", help=N_("The message's number."))]
Which = Annotated[
    int | None, typer.Option("--incident", metavar="N", help=N_("Which one; the only one that goes on otherwise."))
]
Chosen = Annotated[Mode, typer.Option("--mode", help=N_("Live, or an exercise; never to be changed."))]
Greatness = Annotated[Level, typer.Option("--level", help=N_("How serious it is."))]
Decided = Annotated[str, typer.Option("--decided-by", help=N_("Who decided that it is an incident."))]
Area = Annotated[str, typer.Option("--area", help=N_("Where."))]
Case = Annotated[str, typer.Option("--case", help=N_("The case number; can come later."))]
Sure = Annotated[
    str,
    typer.Option("--sure", metavar="WORD", help=N_("SKARPT or LIVE; for an exercise ÖVNING or EXERCISE."), prompt=True),
]
Template = Annotated[
    str,
    typer.Option("--template", metavar="NAME", help=N_("To begin with: power.sv, power.plain, power.en …")),
]
Headline = Annotated[str | None, typer.Option("--headline", help=N_("In one line."))]
Happened = Annotated[str | None, typer.Option("--happened", help=N_("What has happened?"))]
Meaning = Annotated[str | None, typer.Option("--meaning", help=N_("What does it mean for you?"))]
Doing = Annotated[str | None, typer.Option("--doing", help=N_("What is the municipality doing?"))]
ToDo = Annotated[str | None, typer.Option("--to-do", help=N_("What should you do?"))]
LearnMore = Annotated[str | None, typer.Option("--learn-more", help=N_("Where do you learn more?"))]
Promise = Annotated[
    str | None,
    typer.Option("--next-update", metavar="TIME", help=N_("When residents hear more, as 2026-11-28T15:30.")),
]
Final = Annotated[bool, typer.Option("--final", help=N_("It is the last message."))]
Keep = Annotated[bool, typer.Option("--keep", help=N_("Keep it as a draft, and ask for no approval yet."))]
Why = Annotated[str, typer.Option("--why", help=N_("Why there is no final message."))]
StageName = Annotated[
    str, typer.Argument(metavar="STAGE", help=N_("confirmed, ongoing, controlled, over or evaluation."))
]
SAID = ("headline", *PARTS)
Answers = dict[str, str | None]
Maker = Callable[[Session, str, datetime], Message]


@app.command(help=N_("Begin an incident. No formal decision is needed."))
def start(
    title: Title,
    by: By,
    mode: Chosen,
    sure: Sure,
    level: Greatness = Level.ELEVATED,
    decided_by: Decided = "",
    area: Area = "",
    case: Case = "",
    json: Json = False,
) -> None:
    if sure.strip().casefold() not in SURE[mode]:
        raise WrongWords(_("Write {word} to confirm.", word=_(MODES[mode])))
    with opened_database().transaction() as session:
        who = staff_named(session, by, Permission.WORK_IN_CRISIS)
        now = datetime.now(UTC)
        made = incidents.start(session, who, mode, level, title, decided_by, now, area=area, note=case)
        told = {"id": made.id, "mode": made.mode, "level": made.level, "state": made.state, "title": made.title}
    if json:
        show_json(told)
    else:
        say(_("{mode}: incident {number} has begun.", mode=_(MODES[mode]), number=told["id"]))


SURE = {Mode.ACTUAL: {"skarpt", "live"}, Mode.EXERCISE: {"övning", "exercise"}}


@app.command(help=N_("Write a message, and ask for approval of it."))
def draft(
    by: By,
    template: Template = "",
    headline: Headline = None,
    happened: Happened = None,
    meaning: Meaning = None,
    doing: Doing = None,
    to_do: ToDo = None,
    learn_more: LearnMore = None,
    next_update: Promise = None,
    final: Final = False,
    incident: Which = None,
    keep: Keep = False,
    json: Json = False,
) -> int:
    answers = dict(zip(SAID, (headline, happened, meaning, doing, to_do, learn_more), strict=True))

    def make(session: Session, who: str, now: datetime) -> Message:
        about = incident_named(session, incident)
        if template:
            return from_template(session, about, who, now, wording(*template_named(template)))
        return begin(session, about, who, now)

    return _written(by, make, answers, next_update, final=final, keep=keep, json=json)


@app.command(help=N_("Write an update of a message that was sent, and ask for approval of it."))
def update(
    number: Number,
    by: By,
    headline: Headline = None,
    happened: Happened = None,
    meaning: Meaning = None,
    doing: Doing = None,
    to_do: ToDo = None,
    learn_more: LearnMore = None,
    next_update: Promise = None,
    final: Final = False,
    keep: Keep = False,
    json: Json = False,
) -> int:
    answers = dict(zip(SAID, (headline, happened, meaning, doing, to_do, learn_more), strict=True))

    def make(session: Session, who: str, now: datetime) -> Message:
        earlier = message_named(session, number)
        about = session.get_one(Incident, earlier.incident_id)
        return begin(session, about, who, now, kind=Kind.UPDATE, earlier=earlier)

    return _written(by, make, answers, next_update, final=final, keep=keep, json=json)


@app.command(help=N_("A message as it will go out, or has gone out, and what has to be mended first."))
def preview(number: Number, json: Json = False) -> int:
    with opened_database().snapshot() as session:
        message = message_named(session, number)
        return _show(session, message, json=json)


@app.command(help=N_("Approve somebody else's message, as it stands now."))
def approve(number: Number, by: By, json: Json = False) -> int:
    with opened_database().transaction() as session:
        message = message_named(session, number)
        who = staff_named(session, by, Permission.APPROVE_CRISIS)
        approve_message(session, message, who, message.revision, datetime.now(UTC))
        return _show(session, message, json=json)


@app.command(help=N_("Discard a message that has not been sent."))
def discard(number: Number, by: By, json: Json = False) -> int:
    with opened_database().transaction() as session:
        message = message_named(session, number)
        discard_message(session, message, staff_named(session, by, Permission.WORK_IN_CRISIS), datetime.now(UTC))
        return _show(session, message, json=json)


@app.command(help=N_("Say at once, everywhere, that a message is not right. Nobody has to approve it."))
def correct(number: Number, by: By, json: Json = False) -> int:
    return _take_back(number, Kind.CORRECTION, by, json=json)


@app.command(help=N_("Withdraw a message at once, everywhere. Nobody has to approve it."))
def cancel(number: Number, by: By, json: Json = False) -> int:
    return _take_back(number, Kind.CANCEL, by, json=json)


@app.command(help=N_("Say what residents are told of where it stands."))
def stage(
    name: StageName,
    by: By,
    incident: Which = None,
) -> None:
    with opened_database().transaction() as session:
        about = incident_named(session, incident)
        incidents.set_stage(
            session, about, name, staff_named(session, by, Permission.WORK_IN_CRISIS), datetime.now(UTC)
        )
    publish_soon(opened_database(), settings())
    say(_(STAGES[name]))


@app.command(help=N_("Change what an incident is called: residents read it."))
def rename(title: Title, by: By, incident: Which = None) -> None:
    with opened_database().transaction() as session:
        about = incident_named(session, incident)
        incidents.rename(session, about, title, staff_named(session, by, Permission.WORK_IN_CRISIS), datetime.now(UTC))
        named = about.title
    publish_soon(opened_database(), settings())
    say(named)


@app.command(help=N_("End an incident: channels are read, and people told, as usual again."))
def close(by: By, incident: Which = None, why: Why = "") -> None:
    with opened_database().transaction() as session:
        about = incident_named(session, incident)
        incidents.close(session, about, staff_named(session, by, Permission.WORK_IN_CRISIS), datetime.now(UTC), why)
    publish_soon(opened_database(), settings())
    say(_("The incident is closed."))


def _written(
    by: str, make: Maker, answers: Answers, next_update: str | None, *, final: bool, keep: bool, json: bool
) -> int:
    """0: it waits for approval, or is kept as a draft as asked; 1: something has to be mended first."""
    chosen = settings()
    with opened_database().transaction() as session:
        zone, now = ZoneInfo(organisation(session).timezone), datetime.now(UTC)
        who = staff_named(session, by, Permission.WORK_IN_CRISIS)
        message = make(session, who, now)
        said = {name: getattr(message, name) for name in SAID}
        said |= {name: text for name, text in answers.items() if text is not None}
        promise = moment_named(next_update, zone) if next_update else message.next_update_at
        written = Written(said.pop("headline"), said, language=message.language, final=final, next_update_at=promise)
        edit(session, message, who, message.revision, written, now)
        faults = what_is_wrong(session, message, now, chosen)
        if not keep and not faults:
            submit(session, message, who, message.revision, now, chosen)
        shown = _show(session, message, json=json)
    return shown if not keep else 0


def _take_back(number: int, kind: Kind, by: str, *, json: bool) -> int:
    db, chosen = opened_database(), settings()
    try:
        with db.transaction() as session:
            who = staff_named(session, by, Permission.WORK_IN_CRISIS)
            earlier = message_named(session, number)
            made = sending.taken_back(session, earlier.id, kind, who, datetime.now(UTC), chosen).id
    except CannotSend as why:
        raise WrongWords(str(why)) from None
    deliver_all(db, made, chosen)
    with db.snapshot() as session:
        return _show(session, session.get_one(Message, made), json=json)


def _show(session: Session, message: Message, *, json: bool) -> int:
    """1 where something has to be mended before it can go out."""
    now, channels = datetime.now(UTC), channels_of(session)
    zone = ZoneInfo(organisation(session).timezone)
    said = texts(session, message, channels, settings())
    faults = what_is_wrong(session, message, now, settings()) if message.state in BEFORE else []
    told = [{"field": each.at, "what": each.what, "text": fault_in_words(each)} for each in faults]
    if json:
        names = ("id", "incident_id", "kind", "headline", "revision", "next_update_at", "final", "identifier")
        shown = {name: getattr(message, name) for name in names} | {"state": message_state(message, now)}
        show_json(shown | {"texts": said, "faults": told})
        return 1 if faults else 0
    promise = moment(message.next_update_at, zone) if message.next_update_at else "–"
    kind, state = _(KINDS[Kind(message.kind)]), _(STATES[message_state(message, now)])
    say(_("{kind} {number}: {state}. Next update: {when}", kind=kind, number=message.id, state=state, when=promise))
    for text, where in alike(places(channels, settings()), said):
        say(f"\n-- {', '.join(each.name for each in where)} ({len(text)})\n{text}")
    if lacks_encoder(channels, settings()):
        say(f"\n{_(NO_ENCODER)}")
    for each in told:
        say(f"! {each['field']}: {each['text']}")
    return 1 if faults else 0
