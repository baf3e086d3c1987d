"""Who the organisation is on a platform: what its own channels are called there."""

from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors import EVERY_PLATFORM
from monitor.register.models import Channel

BEFORE_THE_NAME = {"c": 1, "channel": 1, "groups": 1, "pg": 1, "user": 1, "pages": 2, "people": 2}


class Identities:
    """The organisation's names, as the register has them when they are first asked for: each network's is read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, frozenset[str]] = {}

    def of(self, channel: Channel) -> frozenset[str]:
        """Ids and handles (lower case, without @) of all the organisation's channels on the channel's network, retired
        ones too. Where ids mean something at one address only, those of the channel alone."""
        if EVERY_PLATFORM[channel.platform].local_ids:
            return own_names(channel)
        network = _network(channel.platform)
        if network not in self._known:
            self._known[network] = self._read(network)
        return self._known[network]

    def _read(self, network: str) -> frozenset[str]:
        same = [name for name in EVERY_PLATFORM if _network(name) == network]
        query = select(Channel.platform, Channel.external_id, Channel.address).where(Channel.platform.in_(same))
        return frozenset().union(*(_names(*row) for row in self._session.execute(query)))


def identities(session: Session, channel: Channel) -> frozenset[str]:
    """As Identities.of, of one channel."""
    return Identities(session).of(channel)


def own_names(channel: Channel) -> frozenset[str]:
    """What the channel itself is called: ids (external_id may hold several, between commas) and the handle in its
    address, lower case, without @."""
    return _names(channel.platform, channel.external_id, channel.address)


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
