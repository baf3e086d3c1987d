"""Made ready while people still read a message: what sending it would otherwise wait for, in this process."""

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
    except Exception as error:  # noqa: BLE001 - then it takes a moment longer
        log.warning("nothing was made ready", error=type(error).__name__)
