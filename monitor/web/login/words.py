"""Signed words that a browser holds for some minutes while somebody comes in: what has been proven so far."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from fastapi import Request
from fastapi.responses import Response

from monitor.register.links import Link, LinkExpired, LinkInvalid, opened, sealed
from monitor.web import cookies

GOOD_FOR = timedelta(minutes=10)
BETWEEN = "\n"


def word(purpose: str, person_id: str, *told: str) -> str:
    """What only we can have written. Its reader can read it too: it holds nothing that the person may not know."""
    return sealed(Link(purpose, person_id, BETWEEN.join(told)), datetime.now(UTC) + GOOD_FOR)


def read(purpose: str, text: str | None, now: datetime) -> tuple[str, Sequence[str]] | None:
    """The person and what was told with it; None for what is not ours, too old, or for something else."""
    try:
        link = opened(text or "", now)
    except (LinkInvalid, LinkExpired):
        return None
    return (link.person, link.subject.split(BETWEEN)) if link.purpose == purpose else None


def hold(request: Request, answer: Response, name: str, text: str) -> None:
    """Gives the word to the browser, for the login's own pages."""
    cookies.give(request, answer, name, text, int(GOOD_FOR.total_seconds()))
