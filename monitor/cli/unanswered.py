"""`kanalvakt unanswered`: what waits for somebody, the most overdue first."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from config.language import N_, _
from monitor import State
from monitor.alerts.wording import excerpt
from monitor.cli.finding import channel_named
from monitor.cli.output import local, say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.inbox.unanswered import Obligation, unanswered
from monitor.register.organisation import organisation

ChannelId = Annotated[str | None, typer.Option("--channel", metavar="CHANNEL", help=N_("Only this channel."))]
AllStates = Annotated[bool, typer.Option("--all-states", help=N_("Also what is answered, hidden, gone or historic."))]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
STATES = {
    State.OPEN: N_("not answered"),
    State.PROBABLY_ANSWERED: N_("check who was meant"),
    State.ANSWERED: N_("answered"),
    State.HELD: N_("held for approval"),
    State.HIDDEN_BY_US: N_("hidden by us"),
    State.REMOVED_BY_AUTHOR: N_("deleted"),
    State.UNAVAILABLE: N_("gone"),
    State.HISTORIC: N_("historic"),
}


def unanswered_(channel: ChannelId = None, all_states: AllStates = False, json: Json = False) -> None:
    with opened_database().snapshot() as session:
        owner = organisation(session)
        chosen = channel and channel_named(session, channel).id
        found = unanswered(session, datetime.now(UTC), channel_id=chosen, all_states=all_states)
    if json:
        show_json([item.as_json() for item in found])
    elif not found:
        say(_("Nothing waits for an answer."))
    else:
        columns = (_("Answer by"), _("State"), _("Channel"), _("Received"), _("From"), _("Text"), _("Reason"))
        show_table(columns, [_row(item, owner.timezone) for item in found])


def _row(item: Obligation, timezone: str) -> tuple[object, ...]:
    state = f"{_(STATES[item.state])}, {_('Overdue').lower()}" if item.overdue else _(STATES[item.state])
    due, received = local(item.due_at, timezone), local(item.posted_at, timezone)
    return due, state, item.channel, received, item.author, excerpt(item.text), item.reason
