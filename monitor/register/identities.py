"""Who the organisation is on a platform: what its own channels are called there."""

from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors import EVERY_PLATFORM
from monitor.db.once import is_snapshot
from monitor.register.channels import all_channels
from monitor.register.models import Channel

Named = tuple[str, str | None, str]
"""A channel's platform, external_id and address."""
BEFORE_THE_NAME = {"c": 1, "channel": 1, "groups": 1, "pg": 1, "user": 1, "pages": 2, "people": 2}


class Identities:
    """The organisation's names, as the register has them when they are first asked for."""

    def __init__(self, session: Session, channels: Iterable[Channel] | None = None) -> None:
        """channels: all there are, retired ones too, where they have been read already."""
        self._session = session
        self._known = _by_network(_named(each) for each in channels) if channels is not None else {}

    def of(self, channel: Channel) -> frozenset[str]:
        """Ids and handles (lower case, without @) of all the organisation's channels on the channel's network, retired
        ones too. Where ids mean something at one address only, those of the channel alone."""
        if EVERY_PLATFORM[channel.platform].local_ids:
            return own_names(channel)
        if not self._known:
            self._known = _by_network(_all_named(self._session))
        return self._known.get(_network(channel.platform), frozenset())


def _all_named(session: Session) -> Iterable[Named]:
    if is_snapshot(session):
        return map(_named, all_channels(session))
    columns = select(Channel.platform, Channel.external_id, Channel.address)
    return ((platform, id_, at) for platform, id_, at in session.execute(columns))


def _by_network(channels: Iterable[Named]) -> dict[str, frozenset[str]]:
    known: dict[str, set[str]] = defaultdict(set)
    for platform, external_id, address in channels:
        known[_network(platform)] |= _names(platform, external_id, address)
    return {network: frozenset(found) for network, found in known.items()}


def _named(channel: Channel) -> Named:
    return channel.platform, channel.external_id, channel.address


def identities(session: Session, channel: Channel) -> frozenset[str]:
    """As Identities.of, of one channel."""
    return Identities(session).of(channel)


def own_names(channel: Channel) -> frozenset[str]:
    """What the channel itself is called: ids (external_id may hold several, between commas) and the handle in its
    address, lower case, without @."""
    return _names(*_named(channel))


def _names(platform: str, external_id: str | None, address: str) -> frozenset[str]:
    ids = (external_id or "").split(",")
    names = ids if EVERY_PLATFORM[platform].local_ids else [*ids, *handles(address)]
    return frozenset(name.strip().lower().removeprefix("@") for name in names if name.strip())


def _network(platform: str) -> str:
    """Two platforms may be two ways to read the same accounts."""
    return EVERY_PLATFORM[platform].network or platform


def handles(address: str) -> list[str]:
    """The account's own name or id in its address: /tibrokommun, /@tibrokommun, /channel/UC1, /pages/Tibro/1, ?id=1."""
    parts = urlsplit(address)
    path = [unquote(part) for part in parts.path.split("/") if part]
    if path[:1] == ["profile.php"]:
        return parse_qs(parts.query).get("id", [])
    start = BEFORE_THE_NAME.get(path[0], 0) if path else 0
    return path[start : start + 1]
