"""`kanalvakt poll`: reads channels now, in this process, several at a time, without a broker."""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from config.settings import settings
from connectors import PLATFORMS
from monitor.cli.finding import channel_named
from monitor.cli.output import local, remark, say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.db import Database
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch.polling import PollOutcome, claim_now, poll

Channels = Annotated[list[str] | None, typer.Argument(metavar="CHANNEL", help=N_("Channels to read; all otherwise."))]
All = Annotated[bool, typer.Option("--all", help=N_("All channels that are read by machine."))]
Full = Annotated[bool, typer.Option("--full", help=N_("Read everything, however old."))]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]

PATIENCE = 0.5  # seconds between two looks at a channel that another process is reading
OUTCOMES = {"complete": N_("read completely"), "partial": N_("read in part"), "failed": N_("could not be read")}


def poll_(channels: Channels = None, all_: All = False, full: Full = False, json: Json = False) -> None:
    db = opened_database()
    with db.snapshot() as session:
        zone = organisation(session).timezone
        chosen = _chosen(session, [] if all_ else channels or [])
    outcomes = sorted(_read(db, chosen, full), key=lambda outcome: outcome.channel)
    if json:
        show_json([outcome.as_json() for outcome in outcomes])
    else:
        _show(outcomes, zone)
    if any(outcome.outcome != "complete" for outcome in outcomes):
        raise typer.Exit(1)


def _chosen(session: Session, ids: list[str]) -> list[str]:
    """Ids of the channels that can be read; about each of the others a word on standard error."""
    known = [channel_named(session, id_) for id_ in dict.fromkeys(ids)]
    chosen = []
    for channel in known or session.scalars(select(Channel).where(Channel.state != "retired").order_by(Channel.id)):
        if why := _obstacle(channel):
            remark(_("{channel} is left out: {why}.", channel=channel.id, why=why))
        else:
            chosen.append(channel.id)
    return chosen


def _obstacle(channel: Channel) -> str | None:
    if channel.state != "active":
        return _("it is paused") if channel.state == "paused" else _("it is not watched any more")
    if channel.watch_mode == "manual" or channel.platform not in PLATFORMS:
        return _("people watch it")
    return None if channel.has_comments else _("it has no comments")


def _read(db: Database, channel_ids: list[str], full: bool) -> Iterator[PollOutcome]:
    """Reads the channels, with a progress bar where somebody sees it; gives each outcome as it comes."""
    console = Console(stderr=True)
    bar = Progress(console=console, disable=not sys.stderr.isatty(), transient=True)
    with bar, ThreadPoolExecutor(settings().polling.concurrency) as threads:
        task = bar.add_task(_("Reading"), total=len(channel_ids))
        readings = [threads.submit(_read_one, db, channel_id, full) for channel_id in channel_ids]
        for reading in as_completed(readings):
            bar.advance(task)
            if outcome := reading.result():
                yield outcome


def _read_one(db: Database, channel_id: str, full: bool) -> PollOutcome | None:
    """Waits where the channel, or its login, is being read by somebody else: then the platform is not asked twice.

    None when it has been paused or retired meanwhile.
    """
    while True:
        with db.transaction() as session:
            claims = claim_now(session, datetime.now(UTC), [channel_id])
            if not claims and _obstacle(session.get_one(Channel, channel_id)):
                return None
        for claimed in claims:
            outcome = poll(db, claimed, full=full, settings=settings())
            if outcome.outcome != "lost":
                return outcome
        time.sleep(PATIENCE)


def _show(outcomes: list[PollOutcome], zone: str) -> None:
    if not outcomes:
        say(_("There is no channel to read."))
        return
    columns = (_("Channel"), _("Outcome"), _("Seen"), _("New"), _("Edited"), _("Gone"), _("Calls"), _("Seconds"))
    show_table(columns, [_row(outcome) for outcome in outcomes])
    for outcome in outcomes:
        if outcome.error:
            what, todo = outcome.error.message, _(outcome.error.remedy)
            remark(_("{channel}: {what}. {todo}", channel=outcome.channel, what=what, todo=todo))
            if until := local(outcome.error.retry_at, zone):
                remark(_("{channel} is not asked before {moment}.", channel=outcome.channel, moment=until))


def _row(outcome: PollOutcome) -> tuple[object, ...]:
    counts = (outcome.comments_seen, outcome.new, outcome.edited, outcome.gone, outcome.counted_cost)
    return (outcome.channel, _(OUTCOMES[outcome.outcome]), *counts, f"{outcome.seconds:.1f}")
