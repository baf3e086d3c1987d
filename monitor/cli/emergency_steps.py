"""`kanalvakt emergency`: the crisis log and what belongs to it, and what people say of a delivery."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import select

from config.language import N_, _, moment
from config.settings import settings
from monitor.access.permission_rules import Permission
from monitor.cli.crisis_finding import incident_named, message_named
from monitor.cli.emergency import app
from monitor.cli.emergency_options import By, Json, Number, Which
from monitor.cli.errors import WrongWords
from monitor.cli.finding import nearest, staff_named
from monitor.cli.output import say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.emergency import by_hand, crisis_log, questions
from monitor.emergency.committing import deliveries_of
from monitor.emergency.delivering import deliver_all
from monitor.emergency.faults import CannotSend
from monitor.emergency.message_words import FATES
from monitor.emergency.models import Delivery
from monitor.emergency.rules import Fate
from monitor.emergency.situation import note_report, report_pdf
from monitor.register.organisation import organisation


class LineKind(StrEnum):
    """What people write in the log."""

    EVENT = "event"
    DECISION = "decision"
    NOTE = "note"


class Seen(StrEnum):
    """What somebody who has looked says."""

    SEEN = "seen"
    NOT_SEEN = "not_seen"
    SKIP = "skip"


Text = Annotated[str, typer.Argument(metavar="TEXT", help=N_("What has happened, or was decided."))]
OfKind = Annotated[LineKind, typer.Option("--kind", help=N_("What it is."))]
File = Annotated[Path, typer.Argument(metavar="FILE", help=N_("Where to write the PDF."))]
Where = Annotated[str, typer.Argument(metavar="PLACE", help=N_("A channel's id, or hub."))]
Look = Annotated[
    Seen, typer.Argument(metavar="ANSWER", help=N_("seen: it is there. not_seen: send it again. skip: leave it out."))
]
Url = Annotated[str, typer.Option("--url", help=N_("Where it is; need not be said."))]
GoingOn = Annotated[str, typer.Option("--going-on", help=N_("What is going on right now?"))]
Decided = Annotated[str, typer.Option("--decided", help=N_("What has been decided?"))]
Promised = Annotated[str, typer.Option("--promised", help=N_("What has been promised to residents, and by when?"))]
Waiting = Annotated[str, typer.Option("--waiting", help=N_("What waits for an answer or for somebody else?"))]
WatchOut = Annotated[str, typer.Option("--watch-out", help=N_("What should whoever takes over look out for?"))]
WentWell = Annotated[str, typer.Option("--went-well", help=N_("What went well?"))]
WentBadly = Annotated[str, typer.Option("--went-badly", help=N_("What went less well?"))]
FirstMessage = Annotated[
    str,
    typer.Option("--first-message", help=N_("Did the first message go out in time? What took the longest?")),
]
Understood = Annotated[
    str,
    typer.Option("--understood", help=N_("Did residents understand what was said? What did they ask all the same?")),
]
AnsweredWell = Annotated[
    str,
    typer.Option("--answered", help=N_("Were questions, rumours and cries for help seen and answered in time?")),
]
Technique = Annotated[str, typer.Option("--technique", help=N_("What did not work in the technique?"))]
Change = Annotated[str, typer.Option("--change", help=N_("What do we change, who does it, and by when?"))]
LONGEST = questions.LONGEST


@app.command(help=N_("The crisis log, the oldest line first."))
def log(incident: Which = None, json: Json = False) -> None:
    with opened_database().snapshot() as session:
        zone = ZoneInfo(organisation(session).timezone)
        lines = crisis_log.lines(session, incident_named(session, incident).id)
    if json:
        named = ("id", "at", "kind", "text")
        show_json([{name: getattr(each, name) for name in named} | {"by": each.name} for each in lines])
        return
    rows = [(moment(each.at, zone), _(crisis_log.KINDS[each.kind]), each.text, each.name or "–") for each in lines]
    show_table((_("When"), _("What"), _("Text"), _("Who")), rows)


@app.command(help=N_("Add a line to the crisis log. Nobody can change it afterwards."))
def note(text: Text, by: By, kind: OfKind = LineKind.NOTE, incident: Which = None) -> None:
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise WrongWords(_("Write what has happened, in at most {most} characters.", most=LONGEST))
    with opened_database().transaction() as session:
        about = incident_named(session, incident)
        who = staff_named(session, by, Permission.WORK_IN_CRISIS)
        crisis_log.write(session, about.id, kind, text, who, datetime.now(UTC))
    say(_("It stands in the crisis log."))


@app.command(help=N_("Write the board's figures of this moment in the crisis log."))
def figures(by: By, incident: Which = None) -> None:
    with opened_database().transaction() as session:
        about = incident_named(session, incident)
        note_report(session, about, staff_named(session, by, Permission.WORK_IN_CRISIS), datetime.now(UTC))
    say(_("It stands in the crisis log."))


@app.command(help=N_("Hand over to whoever goes on: the answers go into the crisis log."))
def handover(
    by: By,
    going_on: GoingOn = "",
    decided: Decided = "",
    promised: Promised = "",
    waiting: Waiting = "",
    watch_out: WatchOut = "",
    incident: Which = None,
) -> None:
    said = dict(zip(questions.HANDOVER, (going_on, decided, promised, waiting, watch_out), strict=True))
    with opened_database().transaction() as session:
        about = incident_named(session, incident)
        who = staff_named(session, by, Permission.WORK_IN_CRISIS)
        questions.hand_over(session, about, said, who, datetime.now(UTC))
    say(_("It stands in the crisis log."))


@app.command(help=N_("Say what to do better, of an incident that is closed."))
def evaluate(
    by: By,
    went_well: WentWell = "",
    went_badly: WentBadly = "",
    first_message: FirstMessage = "",
    understood: Understood = "",
    answered: AnsweredWell = "",
    technique: Technique = "",
    change: Change = "",
    incident: Which = None,
) -> None:
    """What is not said stays as it was."""
    given = (went_well, went_badly, first_message, understood, answered, technique, change)
    said = {name: text for name, text in zip(questions.EVALUATION, given, strict=True) if text}
    with opened_database().transaction() as session:
        about = incident_named(session, incident, closed=True)
        who = staff_named(session, by, Permission.WORK_IN_CRISIS)
        questions.evaluate(session, about, {**about.evaluation, **said}, who, datetime.now(UTC))
    say(_("The evaluation is kept."))


@app.command(help=N_("The situation as it stands, as a PDF."))
def report(file: File, incident: Which = None) -> None:
    with opened_database().snapshot() as session:
        made = report_pdf(session, incident_named(session, incident), datetime.now(UTC))
    file.write_bytes(made)
    say(_("Written: {file}", file=file))


@app.command(help=N_("Say what you see where no machine can tell, or that you have published it by hand."))
def answer(number: Number, place: Where, seen: Look, by: By, url: Url = "", json: Json = False) -> int:
    db = opened_database()
    try:
        with db.transaction() as session:
            message_named(session, number)
            who = staff_named(session, by, Permission.WORK_IN_CRISIS)
            made = {each.place: each for each in deliveries_of(session, number)}
            if place not in made:
                raise WrongWords(_("It does not go to {place}.", place=place) + nearest(place, list(made)))
            by_hand.answer(session, made[place].id, seen, url.strip(), who, datetime.now(UTC))
    except CannotSend as why:
        raise WrongWords(str(why)) from None
    if seen is Seen.NOT_SEEN:
        deliver_all(db, number, settings())
    with db.snapshot() as session:
        wanted = select(Delivery).where(Delivery.message_id == number, Delivery.place == place)
        after = session.scalars(wanted).one()
    if json:
        show_json({"place": after.place, "state": after.state, "url": after.url})
    else:
        say(f"{after.place}: {_(FATES[Fate(after.state)])}")
    return 0 if after.state == Fate.VERIFIED or seen is Seen.SKIP else 1
