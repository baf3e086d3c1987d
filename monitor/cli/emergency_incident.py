"""`kanalvakt emergency`: an incident from its beginning to its end."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from config.language import N_, _
from config.settings import settings
from monitor.access.permission_rules import Permission
from monitor.cli.crisis_finding import incident_named
from monitor.cli.emergency import app
from monitor.cli.emergency_options import (
    Area,
    By,
    Case,
    CaseNumber,
    Chosen,
    Decided,
    Greatness,
    Json,
    Level,
    Mode,
    StageName,
    Sure,
    Title,
    Warning_,
    Which,
    Why,
)
from monitor.cli.errors import WrongWords
from monitor.cli.finding import staff_named
from monitor.cli.output import say, show_json
from monitor.cli.setup import opened_database
from monitor.emergency import incidents
from monitor.emergency.hub import publish_soon
from monitor.emergency.incident_words import MODES, STAGES, STATES
from monitor.emergency.models import Incident
from monitor.emergency.warnings import begun

Act = Callable[[Session, Incident, str, datetime], str]
SURE = {Mode.ACTUAL: {"skarpt", "live"}, Mode.EXERCISE: {"övning", "exercise"}}


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
    warning: Warning_ = "",
    json: Json = False,
) -> None:
    if sure.strip().casefold() not in SURE[mode]:
        raise WrongWords(_("Write {word} to confirm.", word=_(MODES[mode])))
    with opened_database().transaction() as session:
        who = staff_named(session, by, Permission.WORK_IN_CRISIS)
        now = datetime.now(UTC)
        made = incidents.start(session, who, mode, level, title, decided_by, now, area=area, note=case)
        begun(session, warning, made)
        told = {"id": made.id, "mode": made.mode, "level": made.level, "state": made.state, "title": made.title}
    if json:
        show_json(told)
    else:
        say(_("{mode}: incident {number} has begun.", mode=_(MODES[mode]), number=told["id"]))


@app.command(help=N_("Say what residents are told of where it stands."))
def stage(name: StageName, by: By, incident: Which = None) -> None:
    def act(session: Session, about: Incident, who: str, now: datetime) -> str:
        incidents.set_stage(session, about, name, who, now)
        return _(STAGES[name])

    _do(incident, by, act)


@app.command(help=N_("Note that the situation is under control."))
def stable(by: By, incident: Which = None) -> None:
    def act(session: Session, about: Incident, who: str, now: datetime) -> str:
        incidents.stable(session, about, who, now)
        return _(STATES["stable"])

    _do(incident, by, act)


@app.command(help=N_("Change what an incident is called: residents read it."))
def rename(title: Title, by: By, incident: Which = None) -> None:
    def act(session: Session, about: Incident, who: str, now: datetime) -> str:
        incidents.rename(session, about, title, who, now)
        return about.title

    _do(incident, by, act)


@app.command("case", help=N_("Note an incident's case number."))
def case_(number: CaseNumber, by: By, incident: Which = None) -> None:
    def act(session: Session, about: Incident, who: str, now: datetime) -> str:
        incidents.note_case(session, about, number, who, now)
        return about.note

    _do(incident, by, act)


@app.command(help=N_("End an incident: channels are read, and people told, as usual again."))
def close(by: By, incident: Which = None, why: Why = "") -> None:
    def act(session: Session, about: Incident, who: str, now: datetime) -> str:
        incidents.close(session, about, who, now, why)
        return _("The incident is closed.")

    _do(incident, by, act)


def _do(incident: int | None, by: str, act: Act) -> None:
    """In one transaction; then the crisis page is written anew."""
    with opened_database().transaction() as session:
        about = incident_named(session, incident)
        said = act(session, about, staff_named(session, by, Permission.WORK_IN_CRISIS), datetime.now(UTC))
    publish_soon(opened_database(), settings())
    say(said)
