"""The crisis page: files that anybody can read while everything else is down, written whole or not at all."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import structlog

from config.settings import Settings
from monitor.db import Database
from monitor.emergency import hub_pages
from monitor.emergency.cap_rules import NAME
from monitor.emergency.fetching import Unfetched, base, fetch
from monitor.emergency.hub_contents import contents
from monitor.emergency.hub_turn import TURNS, Turn, turn

log = structlog.get_logger(__name__)
PATH = "/krisinformation"
"""Where the web process serves the files."""
SECONDS = 5.0
"""That the page may take to be seen from outside."""


def folder(settings: Settings, *, exercise: bool = False) -> Path:
    """Where the files lie. Those of exercises are for our own people only: nothing serves them. Their cards, which say
    ÖVNING, lie with the others all the same: platforms fetch them for test accounts."""
    return settings.home / ("hub-exercise" if exercise else "hub")


def address(settings: Settings, identifier: str) -> str:
    """A message's own page. Its last part, the identifier, stands in no other address of anybody's."""
    return f"{base(settings)}/{identifier}"


def card_address(settings: Settings, identifier: str) -> str:
    """Where platforms fetch the message's card."""
    return f"{settings.emergency.image_url or f'{base(settings)}/cards'}/{identifier}.jpg"


def publish_hub(db: Database, settings: Settings, now: datetime) -> None:
    """Writes the files anew from the messages that were sent, those of exercises apart. Raises NotSetUp without a
    register, and OSError where nothing can be written."""
    for exercise in (False, True):
        _written(db, settings, now, exercise)


def publish_pages(db: Database, settings: Settings, now: datetime, identifier: str) -> None:
    """Writes what people read of a message that is to be seen at once: the pages of its incident's messages, the first
    page, and what is not there; the pages of years are the worker's, which comes by every minute. What machines read
    follows with `publish_feeds`. Raises as `publish_hub`."""
    any(_written(db, settings, now, exercise, identifier, feeds=False) for exercise in (False, True))


def publish_feeds(db: Database, settings: Settings, now: datetime, identifier: str) -> None:
    """Writes what machines read of a message whose pages are there. Raises as `publish_hub`."""
    any(_written(db, settings, now, exercise, identifier, pages=False) for exercise in (False, True))


def _written(
    db: Database,
    settings: Settings,
    now: datetime,
    exercise: bool,
    identifier: str | None = None,
    *,
    pages: bool = True,
    feeds: bool = True,
) -> bool:
    """False where there is nothing to be written, or the message is none of these. Pages that are not there are made
    whatever is wanted, as others lead to them."""
    kept, place = folder(settings), folder(settings, exercise=exercise)
    with turn(place, kept) as held:
        with db.snapshot() as session:  # in turn: who read the database earlier must not write later
            found = contents(session, now, exercise, identifier, feeds=feeds)
            own = found.incidents(identifier)
            if not own and (exercise or identifier is not None):
                return False
            missing = {each.incident.id for each in found.messages if not (place / f"{each.identifier}.html").exists()}
            wanted = missing | own if pages else missing
            made = hub_pages.files(found, wanted, base(settings), kept, fronts=pages, feeds=feeds)
        cards = {name: content for name, content in made.items() if name.startswith(hub_pages.CARDS)}
        _write(held, kept, cards)
        _write(held, place, {name: content for name, content in made.items() if name not in cards})
    return True


def publish_soon(db: Database, settings: Settings) -> None:
    """As publish_hub, in a thread of this process: what was decided is seen though no worker comes by. What goes wrong
    stands in the log; the worker writes the page every minute."""
    Thread(target=_publish, args=(db, settings), name="crisis page").start()


def _publish(db: Database, settings: Settings) -> None:
    try:
        publish_hub(db, settings, datetime.now(UTC))
    except Exception as error:  # noqa: BLE001 - nobody waits for this thread
        log.warning("the crisis page was not written", error=type(error).__name__)


def verify(settings: Settings, identifier: str, text_hash: str) -> bool:
    """Is the message seen from outside as it was sent? An exercise's is looked for where exercises lie."""
    if not NAME.fullmatch(identifier):
        return False
    rehearsed = folder(settings, exercise=True) / f"{identifier}.html"
    if rehearsed.exists():
        return hub_pages.seal(identifier, text_hash) in rehearsed.read_bytes()
    try:
        answer = fetch(address(settings, identifier), {"Cache-Control": "no-cache"}, SECONDS)
    except Unfetched:
        return False
    return answer.status == 200 and hub_pages.seal(identifier, text_hash) in answer.body


def _write(held: Turn, place: Path, made: Mapping[str, bytes]) -> None:
    """Each file is there whole, the old one or the new one; what a page leads to is there before the page."""
    for name, content in made.items():
        path = place / name
        if path.exists() and hub_pages.same(path.read_bytes(), content):
            continue
        path.parent.mkdir(exist_ok=True)
        _replace(held, place, path, content)


def _replace(held: Turn, place: Path, path: Path, content: bytes) -> None:
    """Leaves nothing behind where there is no room for it: what cannot be written is tried again and again."""
    with ExitStack() as undone:
        where = place / TURNS
        beside = undone.enter_context(tempfile.NamedTemporaryFile(dir=where, prefix=held.begun, delete=False))
        undone.callback(Path(beside.name).unlink, missing_ok=True)
        beside.write(content)
        beside.flush()
        os.fsync(beside.fileno())
        Path(beside.name).chmod(0o644)
        held.check()
        Path(beside.name).replace(path)
