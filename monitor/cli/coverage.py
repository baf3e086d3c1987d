"""`kanalvakt channel coverage`: what is not seen of each channel."""

from typing import Annotated

import typer
from sqlalchemy import select

from config.language import N_, _
from monitor.cli.finding import channel_named
from monitor.cli.output import local, say, show_facts, show_json
from monitor.cli.setup import opened_database
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch.coverage import Gap, Report, reports

Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
ChannelId = Annotated[str | None, typer.Argument(metavar="CHANNEL", help=N_("Only this channel."))]


def coverage_(channel: ChannelId = None, json: Json = False) -> None:
    with opened_database().snapshot() as session:
        zone = organisation(session).timezone
        watched = select(Channel.id).where(Channel.state != "retired").order_by(Channel.id)
        ids = [channel_named(session, channel).id] if channel else list(session.scalars(watched))
        found = reports(session, ids)
    if json:
        show_json(found[0] if channel else found)
        return
    for number, report in enumerate(found):
        if number:
            say("")
        _show(report, zone)


def _show(report: Report, zone: str) -> None:
    show_facts(
        [
            (_("Channel"), f"{report.name} ({report.channel})"),
            (_("Last complete read"), local(report.last_complete_read, zone)),
            (_("Last daily read"), local(report.last_daily_read, zone)),
            (_("Last full read"), local(report.last_full_read, zone)),
            (_("Refused by the platform"), report.degraded),
            (_("In no listing, but there"), report.unlisted),
            (_("Posts with comments that are counted but not shown"), len(report.posts)),
        ]
    )
    for post in report.posts:
        say(f"  {_gap(post, zone)}")
    for what in report.not_covered:
        say(_("Not covered: {what}", what=what))


def _gap(post: Gap, zone: str) -> str:
    return _(
        "{post}: {declared} counted, {stored} shown, since {since}",
        post=post.permalink or post.post,
        declared=post.declared,
        stored=post.stored,
        since=local(post.since, zone),
    )
