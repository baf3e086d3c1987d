"""Tells people of a crisis without broker or beat: for the worker of crises, beside whatever else tells them.

The ledger lets nothing be told twice: a row per notice, and a claim on it before it is sent.
"""

from datetime import UTC, datetime
from itertools import chain
from threading import Thread
from time import monotonic
from typing import Any

import structlog

from config.settings import Settings
from monitor.alerts.claiming import ways_due
from monitor.alerts.judging import judge_only
from monitor.alerts.sending import send_due
from monitor.db import Database
from monitor.emergency import delivery_notices, notices

OWN = tuple(each.name for each in (*notices.MATTERS, *delivery_notices.MATTERS))
"""The kinds of notices that are a crisis' own."""
AT_ONCE = 4
"""Messages that go one way at the same time."""

log = structlog.get_logger(__name__)


class Teller:
    """Writes what has come due and sends it, each way in threads of its own: a slow mail server keeps no SMS waiting,
    and nobody who calls, nor a process from ending."""

    def __init__(self) -> None:
        self._going: dict[str, list[Thread]] = {}

    def look(self, db: Database, settings: Settings, now: datetime) -> None:
        """What was written before is sent though nothing can be written now; then that error is raised."""
        try:
            judge_only(db, now, settings, OWN)
        finally:
            for way in ways_due(db, datetime.now(UTC), OWN):
                self._begin(db, settings, way)

    def finish(self, seconds: float) -> None:
        """Waits so long, at most, for what is being handed over. What is not handed over by then goes out again, under
        the same Message-ID, when its lease has run out."""
        until = monotonic() + seconds
        for thread in chain.from_iterable(self._going.values()):
            thread.join(max(0.0, until - monotonic()))

    def _begin(self, db: Database, settings: Settings, way: str) -> None:
        going = [thread for thread in self._going.get(way, ()) if thread.is_alive()]
        told: dict[str, Any] = {"args": (db, settings, way), "name": f"tells by {way}", "daemon": True}
        more = [Thread(target=_send, **told) for _each in range(AT_ONCE - len(going))]
        for thread in more:
            thread.start()
        self._going[way] = going + more


def _send(db: Database, settings: Settings, way: str) -> None:
    try:
        send_due(db, datetime.now(UTC), settings, route=way, kinds=OWN)
    except Exception as error:  # noqa: BLE001 - whatever it is, what is due stays due
        log.warning("people were not told of a crisis", route=way, error=type(error).__name__)
