"""Who the organisation is on a platform: what its own channels are called there."""

from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors import EVERY_PLATFORM
from monitor.register.models import Channel

BEFORE_THE_NAME = {"c": 1, "channel": 1, "groups": 1, "pg": 1, "user": 1, "pages": 2, "people": 2}


def identities(session: Session, platform: str) -> frozenset[str]:
    """Ids and handles (lower case, without @) of all the organisation's channels on that network, retired ones too."""
    same = [name for name in EVERY_PLATFORM if _network(name) == _network(platform)]
    channels = session.execute(select(Channel.external_id, Channel.address).where(Channel.platform.in_(same)))
    names = {name for id_, address in channels for name in (id_ or "", *handles(address))}
    return frozenset(name.lower().removeprefix("@") for name in names if name)


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
