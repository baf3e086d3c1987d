"""`kanalvakt budgets`: what reading and answering costs the platforms' limits, and what is left today."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from config.language import N_, _
from config.settings import settings
from monitor.cli.output import cell, local, say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.register.organisation import organisation
from monitor.watch.budget_overview import BudgetOverview, Spent, overview

Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
PURPOSES = {
    "poll": N_("reading"),
    "check": N_("checking"),
    "reply": N_("answering"),
    "crisis": N_("crisis"),
}


def budgets_(json: Json = False) -> None:
    with opened_database().snapshot() as session:
        timezone = organisation(session).timezone
        rows = overview(session, datetime.now(UTC), settings())
    if json:
        show_json(rows)
    elif not rows:
        say(_("No channel is read by a machine."))
    else:
        _show(rows, timezone)


def _show(rows: list[BudgetOverview], timezone: str) -> None:
    left = _("Left for reading / answering / crisis")
    columns = (_("Budget"), _("Channels"), _("A day"), _("Spent today"), left, _("Anew from"), _("Parked until"))
    show_table(columns, [_row(row, timezone) for row in rows])
    spent = [(row.key, each) for row in rows for each in row.spent]
    if spent:
        say("")
        ledger = (_("Budget"), _("Channel"), _("Purpose"), _("Cost"), _("Requests"))
        show_table(ledger, [_spent(key, each) for key, each in spent])


def _row(row: BudgetOverview, timezone: str) -> tuple[object, ...]:
    cost = sum(each.cost for each in row.spent)
    left = f"{row.left.polls} / {row.left.replies} / {row.left.crisis}" if row.left else None
    anew = local(row.resets_at, timezone) if row.per_day else None
    until = local(row.parked_until, timezone)
    parked = f"{until} ({row.reason})" if until and row.reason else until
    return row.key, len(row.channels), row.per_day, cost, left, anew, cell(parked)


def _spent(key: str, spent: Spent) -> tuple[object, ...]:
    return key, spent.channel, _(PURPOSES[spent.purpose]), spent.cost, spent.requests
