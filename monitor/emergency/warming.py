"""Made ready while people still read a message: what sending it would otherwise wait for, in this process."""

from functools import cache
from importlib import import_module
from threading import Thread

import structlog

from connectors import PLATFORMS
from monitor.emergency.cards import Words, card

log = structlog.get_logger(__name__)


def warm_soon(message: Words, exercise: bool) -> None:
    """In a thread of this process: nobody waits for it, and nothing depends on it."""
    Thread(target=_warm, args=(message, exercise), name="warming", daemon=True).start()


def _warm(message: Words, exercise: bool) -> None:
    try:
        card(message, exercise)
        _load()
    except Exception as error:  # noqa: BLE001 - then it takes a moment longer
        log.warning("nothing was made ready", error=type(error).__name__)


@cache
def _load() -> None:
    """The platforms' libraries: heavy, and otherwise loaded on first use."""
    for about in PLATFORMS.values():
        if about.publishes is not None:
            import_module(about.connector.partition(":")[0])
