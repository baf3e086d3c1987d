"""The list of channels that the organisation shows its residents: what is used, where, and by which unit. No people.

A closed group whose address is not to be published is listed without it.
"""

import io
import json
from dataclasses import asdict, dataclass
from html import escape

from defusedcsv import csv
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _, language
from connectors import EVERY_PLATFORM
from monitor.register.models import Channel, Unit
from monitor.register.organisation import organisation

HEADINGS = {
    "name": N_("Channel"),
    "platform": N_("Platform"),
    "address": N_("Address"),
    "unit": N_("Unit"),
    "kind": N_("Kind"),
    "has_comments": N_("Comments"),
}
STYLE = """
:root { color-scheme: light dark; background: Canvas; color: CanvasText; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 80rem; padding: 1rem; overflow-wrap: break-word; }
td:nth-of-type(2) { overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
caption, th, td { text-align: start; padding: .5rem .75rem .5rem 0; vertical-align: top; }
tr { border-bottom: 1px solid; }
@media (max-width: 45rem) {
  table, caption, tbody, tr, th, td { display: block; padding: 0; }
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
  tr { padding: .75rem 0; }
  td::before { content: attr(data-label) ": "; }
}
"""
KINDS = {"official": N_("Official channel"), "unit": N_("Unit channel")}


@dataclass(frozen=True, slots=True)
class Listed:
    """A channel as the public sees it. kind: official or unit. closed: for members. address: None if kept back."""

    name: str
    platform: str
    address: str | None
    unit: str
    kind: str
    has_comments: bool
    closed: bool


def public_list(session: Session, form: str) -> str:
    """The list as "html" (a page), "csv" or "json". Raises NotSetUp when no register has been imported."""
    owner = organisation(session)
    channels = listed(session)
    if form == "html":
        return _page(channels, owner.name)
    rows = [asdict(channel) for channel in channels]
    return _csv(rows) if form == "csv" else json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def listed(session: Session) -> list[Listed]:
    """The channels in use: the official ones first, and the website before all others."""
    query = select(Channel, Unit.name).join(Unit, Unit.id == Channel.unit_id).where(Channel.state != "retired")
    rows = [
        (channel, unit) for channel, unit in session.execute(query.order_by(Channel.kind, Channel.name, Channel.id))
    ]
    rows.sort(key=lambda row: (row[0].kind, row[0].platform != "website"))
    return [_listed(channel, unit) for channel, unit in rows]


def _listed(channel: Channel, unit: str) -> Listed:
    return Listed(
        name=channel.name,
        platform=channel.platform,
        address=channel.address if channel.publish_address or not channel.closed else None,
        unit=unit,
        kind=channel.kind,
        has_comments=channel.has_comments,
        closed=channel.closed,
    )


def _csv(rows: list[dict[str, object]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(Listed.__dataclass_fields__))
    writer.writeheader()
    writer.writerows({key: _word(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def _word(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _page(channels: list[Listed], owner: str) -> str:
    """On a phone a channel's cells lie below each other. Its roles keep it a table there, whatever the browser."""
    title = escape(_("Social media channels of {organisation}", organisation=owner))
    heads = "".join(f'<th scope="col" role="columnheader">{escape(_(name))}</th>' for name in HEADINGS.values())
    rows = "\n".join(f'<tr role="row">{_cells(channel)}</tr>' for channel in channels)
    return (
        f'<!doctype html>\n<html lang="{language()}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n"
        f'<body>\n<main>\n<h1>{title}</h1>\n<table role="table">\n'
        f"<caption>{escape(_('Number of channels: {count}', count=len(channels)))}</caption>\n"
        f'<thead role="rowgroup">\n<tr role="row">{heads}</tr>\n</thead>\n'
        f'<tbody role="rowgroup">\n{rows}\n</tbody>\n</table>\n</main>\n</body>\n</html>\n'
    )


def _cells(channel: Listed) -> str:
    about = EVERY_PLATFORM[channel.platform]
    rest = [
        _(about.closed_title if channel.closed and about.closed_title else about.title),
        channel.address or _("Not published"),
        channel.unit,
        _(KINDS[channel.kind]),
        _("yes") if channel.has_comments else _("no"),
    ]
    name = escape(channel.name)
    linked = f'<a href="{escape(channel.address)}">{name}</a>' if channel.address else name
    labels = [escape(_(heading)) for heading in list(HEADINGS.values())[1:]]
    cells = (
        f'<td role="cell" data-label="{label}">{escape(value)}</td>' for label, value in zip(labels, rest, strict=True)
    )
    return f'<th scope="row" role="rowheader">{linked}</th>{"".join(cells)}'
