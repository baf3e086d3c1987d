"""`kanalvakt doctor`: looks at everything that has to work, and says of each problem what to do."""

import os
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.exc import ArgumentError, DBAPIError

from config.language import N_, _
from config.settings import Settings, settings
from monitor.alerts.looks import STILL, Fault, mail_fault, sms_fault
from monitor.alerts.mail import mail_server
from monitor.alerts.standing_still import standing_still
from monitor.audit.restorations import held
from monitor.cli import at_home, beneath, parts_alive
from monitor.cli.at_home import BACK_UP, START, START_AGAIN
from monitor.cli.errors import WrongWords, explain
from monitor.cli.output import show_json, show_table
from monitor.cli.setup import moved_mark
from monitor.db import database
from monitor.db.migrating import revision
from monitor.records.repairs import INVITE, NOBODY_ENTERS, nobody_administers
from monitor.register.duties import people
from monitor.register.models import Channel, Organisation
from monitor.register.organisation import NotSetUp, organisation
from monitor.register.routes import without_way
from monitor.register.secrets import unreadable
from monitor.telemetry.serving import serves
from monitor.watch.checking import check_now

CHECKS = {
    "settings": N_("Settings"),
    **at_home.CHECKS,
    "database": N_("Database"),
    "keys": N_("Keys to the stored secrets"),
    "restored": N_("Restored from a backup"),
    "register": N_("Register"),
    "reading": N_("Reading of channels"),
    "notices": N_("Notices"),
    "days": N_("Register of days"),
    **parts_alive.CHECKS,
    "mail": N_("Mail server"),
    "sms": N_("SMS gateway"),
    "people": N_("Ways to people"),
    "logins": N_("Administrators who can sign in"),
    **beneath.CHECKS,
}
STILL_CHECKS = {"channels": "reading", "notices": "notices", "days": "days"}
AFTER_THAT = N_(
    "Put right what the other lines say of beat, workers and mail. If all of them are well, stop Kanalvakt and start "
    "it again; a channel that still is not read can be paused (`kanalvakt channel pause`), and a person watches it."
)
RELEASE = N_("See what has happened since, and that no other Kanalvakt runs; then: `kanalvakt notices release`.")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found. problem and remedy are sentences, and None where all is well."""

    check: str
    ok: bool
    problem: str | None = None
    remedy: str | None = None


def doctor(
    only: Annotated[
        list[str] | None, typer.Argument(metavar="CHECK…", help=N_("Only these; everything when none is named."))
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help=N_("Ask no platform about the channels' tokens."))] = False,
    here: Annotated[
        bool, typer.Option("--here", help=N_("Of beats and workers, look at this machine's or container's own."))
    ] = False,
    json: Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))] = False,
) -> int:
    """Gives 1 if there is a problem."""
    findings = _chosen(list(examine(settings(), quick=quick or bool(only), here=here)), only)
    if json:
        show_json(findings)
    else:
        columns = (_("Checked"), _("Well"), _("Problem"), _("What to do"))
        show_table(
            columns, [(_(CHECKS.get(one.check, one.check)), one.ok, one.problem, one.remedy) for one in findings]
        )
    return 0 if all(one.ok for one in findings) else 1


def _chosen(findings: list[Finding], only: list[str] | None) -> list[Finding]:
    """Those that were asked for. One that was not reached, because of what was found before, is a problem too."""
    for name in only or []:
        if name not in CHECKS:
            raise WrongWords(_("There is no check {name}. There are: {names}.", name=name, names=", ".join(CHECKS)))
    found = {one.check: one for one in findings}
    unseen = _("It could not be looked at yet.")
    missing = {name: _bad(name, unseen, _(BACK_UP if name == "backup" else START)) for name in only or []}
    return [{**missing, **found}[name] for name in only] if only else findings


def examine(chosen: Settings, *, quick: bool = False, here: bool = False) -> Iterator[Finding]:
    """Every look, from the ground up. Changes nothing, except that a file is written into the home and taken away."""
    yield Finding("settings", ok=True)  # who comes here has read them
    yield from (_of(*each) for each in at_home.at_home(chosen.home.absolute()))
    found = _database(chosen)
    yield found
    if found.ok:
        yield _keys()
        yield _restored()
        yield _register()
        yield from _still(chosen)
        yield from (_of(*each) for each in beneath.beneath_database(database(), chosen))
    yield from (_of(*each) for each in parts_alive.parts_alive(chosen, here))
    yield from (_of(*each) for each in (*beneath.beneath_broker(chosen), beneath.extras(chosen)))
    yield _mail(chosen)
    yield _of("sms", sms_fault(chosen))
    if found.ok:
        yield _people(chosen)
        yield _logins(chosen)
    if found.ok and not quick:
        yield from _channels(chosen)


def _database(chosen: Settings) -> Finding:
    if chosen.database.startswith("sqlite:///"):
        path = Path(chosen.database.removeprefix("sqlite:///"))
        if not path.exists():
            return _bad("database", _("There is no database yet."), _(START))
        if moved_mark(path).exists():
            where = moved_mark(path).read_text(encoding="utf-8").strip()
            remedy = _("Set KANALVAKT_DATABASE_URL to that, for every part.")
            return _bad("database", _("The database was moved to {where}.", where=where), remedy)
    try:
        current, empty = serves(database()), revision(database()) is None
    except DBAPIError as error:
        return _bad("database", _("The database cannot be used."), explain(error)[0])
    except ArgumentError:
        problem = _("KANALVAKT_DATABASE_URL is not the address of a database.")
        return _bad("database", problem, _("Write it as postgresql://user:password@host/name."))
    if current:
        return Finding("database", ok=True)
    if empty:
        return _bad("database", _("The database is there, and has none of Kanalvakt's tables yet."), _(START))
    return _bad("database", _("The database has the tables of another version."), _(START_AGAIN))


def _keys() -> Finding:
    with database().transaction() as session:  # in a snapshot, what is rotated at this moment looks like a wrong key
        problem = unreadable(session)
    if problem is None:
        return Finding("keys", ok=True)
    told = _("What is kept encrypted cannot be read: its key is missing, or is another.")
    return _bad("keys", told, _(problem.remedy))


def _restored() -> Finding:
    with database().snapshot() as session:
        found = held(session)
    if found is None:
        return Finding("restored", ok=True)
    problem = _(
        "Nobody is told anything: this was restored from a backup of {when}.",
        when=f"{found.made_at:%Y-%m-%d %H:%M} UTC",
    )
    return _bad("restored", problem, _(RELEASE))


def _register() -> Finding:
    try:
        with database().snapshot() as session:
            organisation(session)
    except NotSetUp as error:
        return _bad("register", _("No channel is known."), str(error))
    return Finding("register", ok=True)


def _still(chosen: Settings) -> Iterator[Finding]:
    """What the auditor keeps its heartbeat back for."""
    with database().snapshot() as session:
        still = standing_still(session, datetime.now(UTC), chosen)
    for name, found in asdict(still).items():
        fault = Fault(_(STILL[name], names=", ".join(found)), _(AFTER_THAT)) if found else None
        yield _of(STILL_CHECKS[name], fault)


def _mail(chosen: Settings) -> Finding:
    fault = mail_fault(chosen)
    if fault is None and (server := mail_server(chosen)) is not None:
        fault = _silent(server.host, server.port)
    return _of("mail", fault)


def _silent(host: str, port: int) -> Fault | None:
    try:
        socket.create_connection((host, port), timeout=5).close()
    except OSError as error:
        why = error.strerror or os.strerror(error.errno or 0)
        problem = _("The mail server {host} does not answer ({why}).", host=host, why=why)
        return Fault(problem, _("Check KANALVAKT_SMTP_URL, and that a firewall lets us through."))
    return None


def _people(chosen: Settings) -> Finding:
    """Whether everybody who has a duty can be told anything."""
    with database().snapshot() as session:
        lost = without_way(session, sms=chosen.sms_url is not None)
        today = datetime.now(UTC).date()
        names = [row.id for row in people(session, today) if row.has_duties and row.id in lost]
    if not names:
        return Finding("people", ok=True)
    problem = _("Nothing reaches these people: {names}.", names=", ".join(names))
    return _bad("people", problem, _("Correct their addresses; `kanalvakt person route list` says what is wrong."))


def _logins(chosen: Settings) -> Finding:
    """Whether an administrator can sign in. Without a register that is said already."""
    with database().snapshot() as session:
        known = session.get(Organisation, 1) is not None
        locked = known and nobody_administers(session, chosen)
    return _bad("logins", _(NOBODY_ENTERS), _(INVITE)) if locked else Finding("logins", ok=True)


def _channels(chosen: Settings) -> Iterator[Finding]:
    with database().snapshot() as session:
        rows = session.scalars(select(Channel).where(Channel.state == "active").order_by(Channel.id)).all()
    for row in rows:
        found = check_now(database(), row, chosen)
        yield Finding(f"channel {row.id}", found.ok, found.message, found.remedy)


def _of(name: str, fault: Fault | None) -> Finding:
    return Finding(name, ok=True) if fault is None else _bad(name, fault.problem, fault.remedy)


def _bad(name: str, problem: str, remedy: str) -> Finding:
    return Finding(name, ok=False, problem=problem, remedy=remedy)
