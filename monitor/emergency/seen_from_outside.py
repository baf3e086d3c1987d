"""Whether the outside sees what lies here: something new is put there for a moment, and fetched as anybody would."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from config.home import make_home
from config.settings import Settings
from monitor.emergency import hub_pages
from monitor.emergency.fetching import Unfetched, base, fetch
from monitor.emergency.hub import card_address, folder
from monitor.emergency.readiness_rules import Seen

PATIENCE = 5.0
"""Seconds for each fetch."""
FRESH = {"Cache-Control": "no-cache"}
PAGE = """<!doctype html><html lang="sv"><meta charset="utf-8"><meta name="robots" content="noindex">
<title>Kontroll</title><main><h1>Kontroll av krisinformationen</h1><p>{}</p></main></html>
"""


@dataclass(frozen=True, slots=True)
class Trial:
    """The words of a card that is only fetched."""

    headline: str
    card_text: str = ""
    kind: str = "alert"
    language: str = "sv"


def page_seen(settings: Settings) -> Seen | None:
    """Of the crisis page. None where no address is set."""
    if settings.emergency.hub_url is None and settings.web.public_url is None:
        return None
    name, front = _name(), folder(settings) / "index.html"
    with _lying(settings, f"{name}.html", PAGE.format(name).encode()) as there:
        found = _fetched(f"{base(settings)}/{name}", name.encode()) if there else Seen.UNWRITTEN
    if found is not Seen.OURS or not front.exists():
        return found
    now = _fetched(base(settings), *hub_pages.marks(front.read_bytes()))
    return Seen.OLD if now is Seen.OTHER else now


def card_seen(settings: Settings) -> Seen | None:
    """Of a picture, where platforms fetch the real ones. None where no address is set."""
    ours = settings.emergency
    if ours.image_url is None and ours.hub_url is None and settings.web.public_url is None:
        return None
    from monitor.emergency.cards import card  # slow to load

    name = _name()
    content = card(Trial(f"Kontroll {name}"), exercise=True)
    with _lying(settings, f"cards/{name}.jpg", content) as there:
        return _fetched(card_address(settings, name), content) if there else Seen.UNWRITTEN


def _name() -> str:
    """One that nobody can have kept a copy of."""
    return f"kontroll-{secrets.token_hex(6)}"


@contextmanager
def _lying(settings: Settings, name: str, content: bytes) -> Iterator[bool]:
    """A file for as long as it is needed. False where it cannot be written."""
    path = folder(settings) / name
    try:
        make_home(settings.home)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError:
        yield False
        return
    try:
        yield True
    finally:
        path.unlink(missing_ok=True)


def _fetched(address: str, *marks: bytes) -> Seen:
    """Ours where all of these are in it."""
    try:
        answer = fetch(address, FRESH, PATIENCE)
    except Unfetched:
        return Seen.SILENT
    if answer.status >= 500:
        return Seen.SILENT
    return Seen.OURS if answer.status == 200 and all(mark in answer.body for mark in marks) else Seen.OTHER
