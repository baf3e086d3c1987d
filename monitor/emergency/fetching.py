"""Reading an address that the settings name, as anybody outside would: briefly, not too much, and nowhere else."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from config.settings import Settings

MOST = 4_000_000
"""Bytes."""
AGENT = "Kanalvakt"


class Unfetched(Exception):
    """There was no answer in time, or it was too long. The error that it came from is kept back: it names addresses."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """headers: names in lower case."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


def fetch(url: str, headers: Mapping[str, str] | None = None, seconds: float = 10.0) -> Fetched:
    """Whatever is answered there; a redirect is an answer. seconds: for all of it. Raises Unfetched."""
    from requests import RequestException, Session  # several megabytes: only for who fetches

    until = time.monotonic() + seconds
    wanted = {"User-Agent": AGENT, **(headers or {})}
    try:
        how = {"timeout": seconds, "stream": True, "allow_redirects": False}
        with Session() as session, session.get(url, headers=wanted, **how) as answer:  # type: ignore[arg-type]
            body = bytearray()
            for part in answer.iter_content(65536):
                body += part
                if len(body) > MOST or time.monotonic() > until:
                    raise Unfetched
            names = {name.lower(): text for name, text in answer.headers.items()}
            return Fetched(answer.status_code, bytes(body), names)
    except (RequestException, ValueError):
        pass
    raise Unfetched


def base(settings: Settings) -> str:
    """Where the crisis page is seen from outside, without a slash at the end."""
    if settings.emergency.hub_url is not None:
        return settings.emergency.hub_url
    public = settings.web.public_url or f"http://{settings.web.host}:{settings.web.port}"
    return f"{public.rstrip('/')}/krisinformation"
