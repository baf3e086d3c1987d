"""The register as a file: whole, to import again, or as the list of channels that the public may see."""

import csv
import io
import json
from html import escape

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _, language
from connectors import EVERY_PLATFORM
from monitor.register.models import Channel, Unit
from monitor.register.organisation import organisation
from monitor.register.rows import register_file
from monitor.register.writing import toml

HEADINGS = {
    "name": N_("Channel"),
    "platform": N_("Platform"),
    "address": N_("Address"),
    "unit": N_("Unit"),
    "kind": N_("Kind"),
    "has_comments": N_("Comments"),
}


def export(session: Session, form: str) -> str:
    """The register in one form: "toml" whole; "csv", "json" and "html" the public list, without people.

    The public list holds the channels in use. Raises NotSetUp when no register has been imported.
    """
    if form == "toml":
        return toml(register_file(session).model_dump())
    channels = public_list(session)
    if form == "json":
        return json.dumps(channels, ensure_ascii=False, indent=2) + "\n"
    return _csv(channels) if form == "csv" else _html(channels, organisation(session).name)


def public_list(session: Session) -> list[dict[str, str | bool]]:
    """The channels in use: name, platform, address, unit, kind and whether residents can comment."""
    organisation(session)
    query = select(Channel, Unit.name).join(Unit, Unit.id == Channel.unit_id).where(Channel.state != "retired")
    return [
        {
            "name": channel.name,
            "platform": channel.platform,
            "address": channel.address,
            "unit": unit,
            "kind": channel.kind,
            "has_comments": channel.has_comments,
        }
        for channel, unit in session.execute(query.order_by(Channel.kind, Channel.name))
    ]


def _csv(channels: list[dict[str, str | bool]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADINGS)
    writer.writeheader()
    writer.writerows(channels)
    return text.getvalue()


def _html(channels: list[dict[str, str | bool]], owner: str) -> str:
    title = escape(_("Social media channels of {organisation}", organisation=owner))
    heads = "".join(f'<th scope="col">{escape(_(heading))}</th>' for heading in HEADINGS.values())
    rows = "\n".join(f"<tr>{_cells(channel)}</tr>" for channel in channels)
    return (
        f'<!doctype html>\n<html lang="{language()}">\n<head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body>\n<table>\n<caption>{title}</caption>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody>\n</table>\n</body>\n</html>\n"
    )


def _cells(channel: dict[str, str | bool]) -> str:
    address = escape(str(channel["address"]))
    shown = {
        "name": f'<a href="{address}">{escape(str(channel["name"]))}</a>',
        "platform": escape(_(EVERY_PLATFORM[str(channel["platform"])].title)),
        "address": address,
        "unit": escape(str(channel["unit"])),
        "kind": _("Official channel") if channel["kind"] == "official" else _("Unit channel"),
        "has_comments": _("yes") if channel["has_comments"] else _("no"),
    }
    return "".join(f"<td>{value}</td>" for value in shown.values())
