"""`kanalvakt person route`: the ways to reach a person. An address is a secret, and never a word of a call."""

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from config.language import N_, _
from config.settings import settings
from monitor.alerts.by_apprise import NoAddress, chat_at
from monitor.alerts.hook_posting import is_hook, new_secret
from monitor.alerts.route_test import NAMES
from monitor.alerts.trials import Trial, try_ways
from monitor.audit import COMMAND
from monitor.cli.errors import WrongWords
from monitor.cli.finding import nearest, person_named
from monitor.cli.output import local, remark, say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.register import routes
from monitor.register.models import Person, Route
from monitor.register.organisation import organisation

app = typer.Typer(
    help=N_("The ways to reach a person: chats and web hooks, and which of all are in use."), no_args_is_help=True
)
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
PersonId = Annotated[str, typer.Argument(metavar="PERSON", help=N_("The person's id in the register."))]
RouteName = Annotated[str, typer.Argument(metavar="NAME", help=N_("mail, sms, teams, matrix, mattermost or webhook."))]
UrlEnv = Annotated[str | None, typer.Option("--url-env", metavar="VAR", help=N_("A variable that holds the address."))]
UrlFile = Annotated[Path | None, typer.Option("--url-file", help=N_("A file that holds the address."))]
By = Annotated[
    str | None, typer.Option("--by", metavar="PERSON", help=N_("Who asks for it, for the audit log: a person's id."))
]


@app.command("add", help=N_("Store the address of a chat or web hook; else it is read from standard input."))
def add(
    person: PersonId,
    name: RouteName,
    url_env: UrlEnv = None,
    url_file: UrlFile = None,
    by: By = None,
    json: Json = False,
) -> None:
    if name not in routes.OF_THEIR_OWN:
        names = ", ".join(routes.OF_THEIR_OWN)
        raise WrongWords(_("{name} has no address of its own. These have: {names}.", name=name, names=names))
    address, secret = _address(name, url_env, url_file), None
    if name == "webhook":
        secret = new_secret()
        address = f"{address}#{secret}"
    with opened_database().transaction() as session:
        organisation(session)
        found = person_named(session, person)
        routes.add(session, found, name, address, _actor(session, by), datetime.now(UTC))
    if json:
        show_json({"person": person, "route": name, "secret": secret})
        return
    say(_("{person} can be reached by {way} now.", person=person, way=_(NAMES[name])))
    if secret is not None:
        say(_("The secret that messages are signed with, shown this once: {secret}", secret=secret))
    say(_("See whether it works: `kanalvakt notices test {person}`", person=person))
    say(_("Name it in the person's routes in the register file too: the next import sets their order."))


@app.command("list", help=N_("A person's ways, in the order in which they are used."))
def list_(person: PersonId, json: Json = False) -> int:
    with opened_database().snapshot() as session:
        owner, found = organisation(session), person_named(session, person)
        usable = routes.usable(session, found, sms=settings().sms_url is not None)
        rows = _rows(session, found, usable)
    if json:
        show_json(rows)
    else:
        columns = (_("Way"), _("In use"), _("Last worked"), _("Out of use since"), _("Reason"))
        show_table(columns, [_line(row, owner.timezone) for row in rows])
    if not usable:
        remark(_("{person} cannot be reached in any way.", person=person))
    return 0 if usable else 1


@app.command("enable", help=N_("Use a way again that was taken out of use."))
def enable(person: PersonId, name: RouteName, by: By = None) -> int:
    with opened_database().transaction() as session:
        organisation(session)
        found, way = person_named(session, person), _known(name)
        done = routes.enable(session, found.id, way, _actor(session, by), datetime.now(UTC))
    say(_("{way} is in use again.", way=_(NAMES[name])) if done else _("{way} was in use.", way=_(NAMES[name])))
    return 0


@app.command("remove", help=N_("Forget the address of a chat or web hook."))
def remove(person: PersonId, name: RouteName, by: By = None) -> int:
    with opened_database().transaction() as session:
        organisation(session)
        found, way = person_named(session, person), _known(name)
        if not routes.remove(session, found, way, _actor(session, by), datetime.now(UTC)):
            raise WrongWords(_("No address of {name} is stored for {person}.", name=name, person=person))
    say(_("The address is forgotten."))
    return 0


@app.command("test", help=N_("Send a test one way, and show what really happens."))
def try_(person: PersonId, name: RouteName, json: Json = False) -> int:
    return tried(person, _known(name), json=json)


def tried(person: str, only: str | None, *, json: bool) -> int:
    """Sends a test on every way, or on one; shows what came of it. Gives 1 where one failed, or there is none."""
    db = opened_database()
    with db.snapshot() as session:
        organisation(session)
        found = person_named(session, person)
    trials = try_ways(db, found, datetime.now(UTC), settings(), only)
    if json:
        show_json(trials)
    else:
        for trial in trials:
            _tell(trial, person)
    failed = any(trial.ok is False for trial in trials)
    return 1 if failed or not any(trial.ok for trial in trials) else 0


def known_route(name: str | None) -> str | None:
    """The way of that name, or none where none is named. Raises WrongWords."""
    return _known(name) if name is not None else None


def _tell(trial: Trial, person: str) -> None:
    way = _(NAMES[trial.route])
    if trial.ok:
        say(_("{way}: the other side has taken a test message.", way=way))
    else:
        remark(f"{way}: {trial.said}")
    if trial.disabled:
        remark(_("It is out of use: `kanalvakt person route enable {person} {name}`", person=person, name=trial.route))


@dataclass(frozen=True, slots=True)
class Shown:
    """One way, as it is shown; usable: it has an address and a gateway, and is not out of use."""

    route: str
    usable: bool
    worked_at: datetime | None
    tested_at: datetime | None
    disabled_at: datetime | None
    reason: str | None


def _rows(session: Session, person: Person, usable: list[str]) -> list[Shown]:
    rows = routes.routes_of(session, person.id)
    names = dict.fromkeys([*person.routes, *sorted(rows)])
    known = [(name, rows.get(name) or Route(person_id=person.id, name=name)) for name in names]
    return [
        Shown(name, name in usable, row.worked_at, row.tested_at, row.disabled_at, row.reason) for name, row in known
    ]


def _line(row: Shown, zone: str) -> tuple[object, ...]:
    since = local(row.disabled_at, zone)
    return _(NAMES.get(row.route, row.route)), row.usable, local(row.worked_at, zone), since, row.reason


def _known(name: str) -> str:
    if name not in routes.NAMES:
        raise WrongWords(_("There is no way called {name}.", name=name) + nearest(name, routes.NAMES))
    return name


def given(variable: str | None, file: Path | None) -> str:
    """An address as it was given. Raises WrongWords."""
    if variable is not None and file is not None:
        raise WrongWords(_("Give either --url-env or --url-file."))
    if variable is not None:
        text = os.environ.get(variable, "")
    else:
        text = file.read_text() if file is not None else sys.stdin.readline()
    address = text.strip()
    if not address:
        raise WrongWords(_("There is no address: it comes from --url-env, --url-file, or standard input."))
    return address


def _address(name: str, variable: str | None, file: Path | None) -> str:
    """The address as it was given. Raises WrongWords, which does not repeat it."""
    address = given(variable, file)
    if name == "webhook":
        if not is_hook(address):
            raise WrongWords(_("A web hook's address begins with https://, and has no #."))
        return address
    try:
        chat_at(name, address)
    except NoAddress as why:
        raise WrongWords(str(why)) from None
    return address


def _actor(session: Session, by: str | None) -> str:
    return person_named(session, by).id if by is not None else COMMAND
