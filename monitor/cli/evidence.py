"""`kanalvakt emergency evidence`: everything about an incident in one file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from config.language import N_, _
from config.settings import settings
from monitor.audit import COMMAND
from monitor.cli.errors import WrongWords
from monitor.cli.output import say
from monitor.cli.setup import opened_database
from monitor.db.numbered import numbered
from monitor.emergency.evidence import bundle, note_taken
from monitor.emergency.models import Incident
from monitor.register.models import Channel

Number = Annotated[int, typer.Argument(metavar="INCIDENT", help=N_("The number of the incident."))]
File = Annotated[Path, typer.Argument(metavar="FILE", help=N_("Where to write the zip file."))]


def evidence(number: Number, file: File) -> int:
    """Whoever may run commands at the server may read what residents wrote on every channel."""
    db = opened_database()
    with db.snapshot() as session:
        incident = numbered(session, Incident, number)
        if incident is None:
            raise WrongWords(_("There is no incident with that number."))
        made = bundle(session, incident, frozenset(session.scalars(select(Channel.id))), settings())
    with db.transaction() as session:
        note_taken(session, incident, made, COMMAND, datetime.now(UTC))
    file.write_bytes(made)
    say(_("Written: {file}", file=file))
    return 0
