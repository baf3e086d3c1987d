"""Made ready while people still read a message: what sending it would otherwise wait for, in this process."""

import gc
from functools import cache
from threading import Thread

import structlog

from config.settings import Settings
from connectors import make_ready
from monitor.emergency.cards import Words, card

log = structlog.get_logger(__name__)


def warm_soon(message: Words, exercise: bool, settings: Settings) -> None:
    """In a thread of this process: nobody waits for it, and nothing depends on it."""
    Thread(target=_warm, args=(message, exercise, settings), name="warming", daemon=True).start()


def _warm(message: Words, exercise: bool, settings: Settings) -> None:
    try:
        card(message, exercise)
        make_ready(settings)
        _keep()
    except Exception as error:  # noqa: BLE001 - then it takes a moment longer
        log.warning("nothing was made ready", error=type(error).__name__)


@cache
def _keep() -> None:
    """What delivering needs has been loaded by now, and stays: Python need not go through it, for a tenth of a second,
    while a message is being sent. Once a process: what it starts with is kept by monitor.web.served."""
    gc.collect()
    gc.freeze()
