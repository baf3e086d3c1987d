"""Server-sent events of the board: one look at the database every two seconds, and nothing held meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import structlog
from anyio.to_thread import run_sync
from sqlalchemy.exc import SQLAlchemyError

from monitor.db import Database
from monitor.db.one_view import one_view
from monitor.emergency.board import state_of
from monitor.emergency.intake import collect

EVERY = 2.0  # seconds
LONGEST = 300.0
"""Seconds of one stream; the browser comes back, and is asked anew who it is and what it may read."""
MOST = 50
"""Streams at the same time: others read the page again instead."""
NOTHING = ""
_AGAIN = "retry: 30000\n\n"

log = structlog.get_logger(__name__)


class Full(Exception):
    """There are as many streams as there may be."""


def looks(state: Any, incident_id: int, channels: frozenset[str], last: str = "") -> AsyncIterator[str]:
    """Events, named "board", each with a word that is another one when something has changed. state: of the
    application. last: the word that whoever comes back has heard. Raises Full. The stream ends when whoever reads it is
    gone, and after LONGEST."""
    if getattr(state, "streams", 0) >= MOST:
        raise Full
    return _stream(state, incident_id, channels, last)


async def _stream(state: Any, incident_id: int, channels: frozenset[str], last: str) -> AsyncIterator[str]:
    state.streams = getattr(state, "streams", 0) + 1
    try:
        if state.streams > MOST:  # several came at the same time: they come back when told
            yield _AGAIN
            return
        ends = asyncio.get_running_loop().time() + LONGEST
        while asyncio.get_running_loop().time() < ends:
            now = await _shared(state, incident_id, channels)
            yield f"event: board\ndata: {now}\nid: {now}\n\n" if now not in (last, NOTHING) else ":\n\n"
            last = now if now != NOTHING else last
            await asyncio.sleep(EVERY)
    finally:
        state.streams -= 1


async def _shared(state: Any, incident_id: int, channels: frozenset[str]) -> str:
    """One look for all that may read the same, as long as it is new: a look reads all that stands on the board."""
    known: dict[tuple[int, frozenset[str]], tuple[float, asyncio.Task[str]]] = getattr(state, "looks", {})
    key, now = (incident_id, channels), asyncio.get_running_loop().time()
    state.looks = known = {each: kept for each, kept in known.items() if now - kept[0] < EVERY}
    if key not in known:
        known[key] = now, asyncio.create_task(run_sync(_look, state.db, *key))
    return await asyncio.shield(known[key][1])  # whoever is gone takes it from nobody else


def _look(db: Database, incident_id: int, channels: frozenset[str]) -> str:
    """In a view of its own: that of the request would be kept for as long as the stream lasts, and grow old. NOTHING
    while the database does not answer: it comes back."""
    try:
        with one_view():
            collect(db, incident_id, datetime.now(UTC))
        with one_view(), db.snapshot() as session:
            return state_of(session, incident_id, channels)
    except SQLAlchemyError as error:  # the type alone: nothing of what stands on the board reaches a log
        log.warning("the board was not looked at", error=type(error).__name__)
        return NOTHING
