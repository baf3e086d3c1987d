"""`kanalvakt emergency ready`: looks at everything that a crisis would need, and says of each thing what to do."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from config.language import N_, _
from config.settings import settings
from monitor.cli.output import show_json, show_table
from monitor.cli.setup import opened_database
from monitor.emergency.readiness import check
from monitor.emergency.readiness_rules import CHECKS, all_well
from monitor.telemetry.broker import publisher_lives

Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]


def ready(json: Json = False) -> int:
    """Gives 1 where anything is not in order. Publishes nothing."""
    now = datetime.now(UTC)
    found = check(opened_database(), settings(), now, worker_alive=publisher_lives(settings(), now))
    if json:
        show_json([one.as_json() for one in found])
    else:
        columns = (_("Checked"), _("Well"), _("Found"), _("What to do"))
        rows = [(_(CHECKS[one.check]), one.ok, _(one.detail, **one.values), _(one.remedy)) for one in found]
        show_table(columns, rows)
    return 0 if all_well(found) else 1
