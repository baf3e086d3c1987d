"""`kanalvakt unanswered`: what waits for somebody, the most overdue first."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from config.language import N_, _
from monitor.alerts.masked_rows import masked_rows
from monitor.alerts.wording import excerpt
from monitor.cli.finding import channel_named
from monitor.cli.output import local, say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.inbox.flag_listing import LABELS
from monitor.inbox.reasons import STATES
from monitor.inbox.removal_words import SECRET
from monitor.inbox.unanswered import Obligation, unanswered
from monitor.register.organisation import organisation

ChannelId = Annotated[str | None, typer.Option("--channel", metavar="CHANNEL", help=N_("Only this channel."))]
AllStates = Annotated[bool, typer.Option("--all-states", help=N_("Also what is answered, hidden, gone or historic."))]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]


def unanswered_(channel: ChannelId = None, all_states: AllStates = False, json: Json = False) -> None:
    with opened_database().snapshot() as session:
        owner = organisation(session)
        chosen = channel and channel_named(session, channel).id
        found = unanswered(session, datetime.now(UTC), channel_id=chosen, all_states=all_states)
        rows = masked_rows(session, found)
    if json:
        show_json(rows)
    elif not found:
        say(_("Nothing waits for an answer."))
    else:
        columns = (_("Number"), _("Answer by"), _("Comment"))
        show_table(columns, [_row(item, row, owner.timezone) for item, row in zip(found, rows, strict=True)])


def _row(item: Obligation, row: Mapping[str, Any], timezone: str) -> tuple[object, ...]:
    """Few columns, so that a terminal of 80 has room for them: the last one tells the rest in sentences."""
    late = [_("Overdue").lower()] if item.overdue else []
    posted, fetched = local(item.posted_at, timezone), local(item.fetched_at, timezone)
    words = _(SECRET) if row["secret"] else excerpt(item.text) or "–"
    told = [
        f"{', '.join([_(STATES[item.state]), *late]).capitalize()}.",
        *(f"{_(LABELS[kind])}." for kind in row["flags"]),
        f"{item.channel}, {item.author or _('Author not shown by the platform')}: {words}",
        _("Received {posted}, fetched {fetched}.", posted=posted, fetched=fetched),
        item.reason,
    ]
    return item.comment_id, local(item.due_at, timezone), " ".join(told)
