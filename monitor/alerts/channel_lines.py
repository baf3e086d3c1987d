"""How a mail speaks of a channel that somebody has to go through: what happened there, what to do, and the links."""

from dataclasses import dataclass

from config.language import _
from connectors.errors import remedy
from monitor.alerts.trouble import NEEDS_PERSON
from monitor.alerts.wording import web_address
from monitor.register.models import Channel
from monitor.watch.models import Schedule

Links = tuple[tuple[str, str], ...]
"""Label and address of each."""


@dataclass(frozen=True, slots=True)
class Line:
    """One channel in a mail. address: None where it is no web address. said: paragraphs."""

    name: str
    address: str | None
    said: tuple[str, ...]
    links: Links = ()


def line(channel: Channel, said: list[str], links: Links) -> Line:
    return Line(channel.name, web_address(channel.address), tuple(said), links)


def how_to_mend(channel: Channel, schedule: Schedule | None) -> list[str]:
    """What a person has to do so that the channel is read again; nothing where that comes by itself."""
    if channel.state == "paused":
        return [_("To have it read again: `{command}`.", command=f"kanalvakt channel resume {channel.id}")]
    if channel.watch_mode != "automatic" or schedule is None or schedule.failing_since is None:
        return []
    kind = schedule.failure_kind or ""
    if kind in NEEDS_PERSON:
        return [_("To have it read again: {remedy}", remedy=_(schedule.failure_remedy or remedy(kind)))]
    return [_("Kanalvakt goes on trying to read it.")]
