"""`kanalvakt emergency warnings` and `let-be`: what the authorities warn of."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from config.language import N_, _, moment
from monitor.access.permission_rules import Permission
from monitor.cli.emergency import app
from monitor.cli.emergency_options import By, Json
from monitor.cli.errors import WrongWords
from monitor.cli.finding import staff_named
from monitor.cli.output import say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.db.numbered import numbered
from monitor.emergency import warnings as outside
from monitor.emergency.models import OutsideWarning
from monitor.register.organisation import organisation

Number = Annotated[int, typer.Argument(metavar="NUMBER", help=N_("The warning's number."))]
NAMED = ("id", "source", "level", "status", "kind", "headline", "text", "web", "sent", "expires")


@app.command(help=N_("What the authorities have warned of lately, here."))
def warnings(json: Json = False) -> None:
    with opened_database().snapshot() as session:
        zone = ZoneInfo(organisation(session).timezone)
        found = outside.recent(session, datetime.now(UTC))
        told = [{name: getattr(each, name) for name in NAMED} | {"settled": _is_settled(each)} for each in found]
    if json:
        show_json(told)
        return
    rows = [
        (each["id"], each["source"], each["status"], moment(each["sent"], zone), each["settled"], each["text"])
        for each in told
    ]
    show_table((_("Number"), _("From"), _("Status"), _("When"), _("Looked at"), _("Text")), rows)


@app.command("let-be", help=N_("Say that you have looked at a warning, and that nothing is to be done."))
def let_be(number: Number, by: By) -> None:
    with opened_database().transaction() as session:
        who = staff_named(session, by, Permission.WORK_IN_CRISIS)
        if numbered(session, OutsideWarning, number) is None:
            raise WrongWords(_("There is no warning {number}: see `kanalvakt emergency warnings`.", number=number))
        outside.let_be(session, number, who, datetime.now(UTC))
    say(_("Somebody has looked at it."))


def _is_settled(row: OutsideWarning) -> bool:
    return row.dismissed_at is not None or row.incident_id is not None
