"""Where a message goes: the hub, the channels, and what a channel has beside its posts, by an id of its own."""

from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from config.settings import Settings
from connectors import EVERY_PLATFORM
from connectors.about import Part, Publishes
from monitor.emergency.message_rules import Place
from monitor.register.models import Channel
from monitor.register.named_secrets import name_of

HUB = "hub"
BETWEEN = ":"
"""Between a channel's id, which never has it, and the name of a part."""
NO_ENCODER = N_("There is no short video, as nothing here can draw one: install kanalvakt[video].")


def channel_of(place: str) -> str:
    """The id of the channel that a place belongs to."""
    return place.partition(BETWEEN)[0]


def part_of(place: str) -> str:
    """Empty for the channel's posts."""
    return place.partition(BETWEEN)[2]


def publishes(channel: Channel) -> Publishes | None:
    """What a machine makes of a crisis message there; None where people publish: nobody else can, or the register
    names no secrets to do it with."""
    told = on_platform(channel.platform)
    named_ones = {name_of(key) for key in channel.credential or {}}
    by_hand = told is None or channel.watch_mode == "manual" or not told.needs <= named_ones
    return None if by_hand else told


def on_platform(platform: str) -> Publishes | None:
    about = EVERY_PLATFORM.get(platform)
    return about.publishes if about is not None else None


def longest_of(channel: Channel) -> int | None:
    """Characters of a post there; None without a limit that we know of."""
    told = on_platform(channel.platform)
    return told.longest_post if told is not None else None


def parts_of(channel: Channel, settings: Settings, *, lasting: bool = True) -> Iterator[tuple[str, Part]]:
    """Those beside its posts that are offered, by place. lasting: also those where what is said stays."""
    told = publishes(channel)
    for name, part in told.parts.items() if told is not None else ():
        offered = getattr(settings.emergency, part.switch) and (can_film() or not part.needs_video)
        if offered and (lasting or not part.lasting):
            yield f"{channel.id}{BETWEEN}{name}", part


def can_film() -> bool:
    """Is there an encoder? It comes with kanalvakt[video]."""
    return find_spec("av") is not None


def lacks_encoder(channels: Iterable[Channel], settings: Settings) -> bool:
    """Is a video wanted, on one of these channels, that nothing here can make?"""
    wanted = (part for each in channels if (told := publishes(each)) for part in told.parts.values())
    return not can_film() and any(part.needs_video and getattr(settings.emergency, part.switch) for part in wanted)


def places(channels: Iterable[Channel], settings: Settings) -> list[Place]:
    """The hub and the channels, part by part, with how long a text may be there. In the language in use."""
    return [Place(HUB, _("Crisis page")), *(each for channel in channels for each in _of(channel, settings))]


def alike(places: Iterable[Place], texts: Mapping[str, str]) -> list[tuple[str, list[Place]]]:
    """Each text once, with the places where it goes, in their order."""
    found: dict[str, list[Place]] = {}
    for place in places:
        if place.id in texts:
            found.setdefault(texts[place.id], []).append(place)
    return list(found.items())


def _of(channel: Channel, settings: Settings) -> Iterator[Place]:
    told, longest = publishes(channel), longest_of(channel)
    parts = list(parts_of(channel, settings))
    if not parts or told is None:
        yield Place(channel.id, channel.name, longest)
        return
    yield Place(channel.id, named(channel.name, told.title), longest, channel.name)
    for place, part in parts:
        yield Place(place, named(channel.name, part.title), part.longest_post)


def named(channel: str, title: str) -> str:
    """ "YouTube Tibro: a short video", in the language in use."""
    return f"{channel}: {_(title)}" if title else channel


def place_name(session: Session, place: str) -> str:
    """In the language in use."""
    channel = session.get(Channel, channel_of(place)) if place != HUB else None
    if channel is None:
        return _("Crisis page")
    return named(channel.name, _title(channel, part_of(place)))


def place_names(session: Session, ids: Iterable[str]) -> Mapping[str, str]:
    """As `place_name`, by place, in one query."""
    wanted = list(ids)
    known = select(Channel).where(Channel.id.in_({channel_of(each) for each in wanted}))
    channels = {each.id: each for each in session.scalars(known)}
    return {
        each: named(channel.name, _title(channel, part_of(each))) if channel is not None else _("Crisis page")
        for each in wanted
        for channel in (channels.get(channel_of(each)),)
    }


def _title(channel: Channel, part: str) -> str:
    told = on_platform(channel.platform)
    return told.parts[part].title if told is not None and part in told.parts else ""
