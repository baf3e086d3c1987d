"""Five answers become one long text and one short text, and of these the text for each place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _, clock, use_language, written
from config.settings import Settings
from config.settings import settings as current_settings
from connectors import EVERY_PLATFORM
from monitor.emergency.message_rules import AT_ONCE, PARTS, SHORT, Content, Fault, Kind, faults
from monitor.emergency.models import Incident, Message, Version
from monitor.emergency.places import HUB as HUB
from monitor.emergency.places import longest_of, parts_of, places
from monitor.register.models import Channel
from monitor.register.organisation import organisation

NOT_YET = "0" * 12
"""Stands for the identifier of a message that has none before it is sent, so that lengths are right."""
BEGINS = {
    Kind.UPDATE: N_("Update: {headline}"),
    Kind.CORRECTION: N_("CORRECTION: {headline}"),
    Kind.CANCEL: N_("WITHDRAWN: {headline}"),
}
HEADS = {
    "meaning": N_("What this means for you:"),
    "doing": N_("The municipality:"),
    "to_do": N_("Do this:"),
    "learn_more": N_("Learn more:"),
}
EXERCISE = {"sv": "ÖVNING", "en": "ÖVNING (EXERCISE)"}
"""What every text of an exercise begins with, by the message's language; never left to translators."""


def texts(
    session: Session, message: Message, channels: Iterable[Channel], settings: Settings | None = None
) -> dict[str, str]:
    """By place (the hub, and each channel that is not left out): the text exactly as it will go out. An exercise's
    begins with the word for it, whatever anybody has written."""
    incident = session.get_one(Incident, message.incident_id)
    zone = ZoneInfo(organisation(session).timezone)
    chosen = settings or current_settings()
    link = link_of(message, chosen)
    own = {each.place: each for each in versions(session, message.id)}
    long, short = long_text(message, incident, link, zone), short_text(message, incident, link)
    found = {HUB: _own(own.get(HUB), message, incident, link, zone) or long}
    for channel in channels:
        for place, most in _where(channel, own, chosen, lasting=message.kind != Kind.CANCEL):
            fitting = long if most is None or len(long) <= most else short
            found[place] = _own(own.get(place), message, incident, link, zone) or fitting
    return found


def _where(
    channel: Channel, own: Mapping[str, Version], settings: Settings, *, lasting: bool
) -> Iterator[tuple[str, int | None]]:
    """The channel's places that are not left out, with the longest text of each; 0: the short one in any case. What
    leaves out the channel leaves out everything of it."""
    if channel.id in own and own[channel.id].left_out:
        return
    yield channel.id, longest_of(channel)
    for place, part in parts_of(channel, settings, lasting=lasting):
        if place not in own or not own[place].left_out:
            yield place, 0 if part.short else part.longest_post


def long_text(message: Message, incident: Incident, link: str, zone: ZoneInfo) -> str:
    """Everything, in the message's language."""
    with use_language(message.language):
        said = {name: text for name in PARTS if (text := getattr(message, name).strip())}
        headed = [f"{_(HEADS[name])} {text}" if name in HEADS else text for name, text in said.items()]
        parts = [_begun(message, incident.mode, message.headline.strip()), *headed]
        return "\n\n".join([*parts, *_promised(message, zone), link])


def short_text(message: Message, incident: Incident, link: str) -> str:
    """What fits everywhere: the words of the card where there are any, else the headline and what to do."""
    with use_language(message.language):
        said = message.card_text.strip() or f"{message.headline.strip()}. {message.to_do.strip()}".strip()
        return f"{_cut(_begun(message, incident.mode, said), SHORT - len(link) - 1)} {link}"


def titled(message: Message, mode: str) -> str:
    """The headline, with what it is before it, where a place has titles."""
    with use_language(message.language):
        return _begun(message, mode, message.headline.strip())


def link_of(message: Message, settings: Settings) -> str:
    """Where the message itself can be read; before it is sent, an address of the same length."""
    from monitor.emergency.hub import address  # it shows what is put together here

    return address(settings, message.identifier or NOT_YET)


def channels_of(session: Session) -> list[Channel]:
    """Where crisis messages go besides the hub: all channels in use."""
    hubs = [name for name, about in EVERY_PLATFORM.items() if about.hub]
    query = select(Channel).where(Channel.state != "retired", Channel.platform.not_in(hubs))
    return list(session.scalars(query.order_by(Channel.name, Channel.id)))


def versions(session: Session, message_id: int) -> Sequence[Version]:
    return session.scalars(select(Version).where(Version.message_id == message_id)).all()


def what_is_wrong(session: Session, message: Message, now: datetime, settings: Settings) -> list[Fault]:
    """All that has to be mended before it can go out."""
    channels = channels_of(session)
    said = Content(
        Kind(message.kind),
        message.headline,
        {name: getattr(message, name) for name in PARTS},
        short=message.card_text,
        final=message.final,
        next_update_at=message.next_update_at,
        texts=texts(session, message, channels, settings),
    )
    return faults(said, places(channels, settings), now)


def _own(version: Version | None, message: Message, incident: Incident, link: str, zone: ZoneInfo) -> str:
    """A place's own words, with what no text may lack; empty where it has none."""
    if version is None or not version.text.strip():
        return ""
    with use_language(message.language):
        parts = [_headed(message, incident.mode, version.text.strip()), *_promised(message, zone)]
    return "\n\n".join(parts if link in version.text else [*parts, link])


def _headed(message: Message, mode: str, text: str) -> str:
    """With what it is before it, but for what was written there already."""
    kind, head = Kind(message.kind), _exercise(message, mode)
    said = text.removeprefix(head.strip()).lstrip(": ") if head else text
    takes_back = _(BEGINS[kind], headline="") if kind in AT_ONCE else ""
    return head + (said if said.startswith(takes_back.strip(" :")) else takes_back + said)


def _promised(message: Message, zone: ZoneInfo) -> list[str]:
    """When there is more, in the language in use."""
    if message.next_update_at is None or message.final:
        return []
    return [_("Next update at the latest {when}.", when=_promise(message.next_update_at, zone))]


def _begun(message: Message, mode: str, said: str) -> str:
    """With what it is before it: an exercise, an update, a correction."""
    kind = Kind(message.kind)
    return _exercise(message, mode) + (_(BEGINS[kind], headline=said) if kind in BEGINS else said)


def _exercise(message: Message, mode: str) -> str:
    return f"{EXERCISE[message.language]}: " if mode == "exercise" else ""


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0]}…"


def _promise(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return _("{time} on {day}", time=clock(local), day=written(local.date(), "EEEE d MMMM"))
