"""A process goes on showing in the broker that it lives, for as long as it does."""

import threading
import time
from collections.abc import Callable

import structlog
from redis.exceptions import RedisError

from monitor.telemetry.broker import SIGN_EVERY

log = structlog.get_logger(__name__)


def keep_showing(what: str, show: Callable[[], None]) -> None:
    """In a thread that keeps nobody from ending. show: of monitor.telemetry.broker; may raise RedisError."""
    threading.Thread(target=_show_for_ever, args=(what, show), name="signs of life", daemon=True).start()


def _show_for_ever(what: str, show: Callable[[], None]) -> None:
    """A broker that is away is no reason to stop: its absence is what `doctor` reports."""
    while True:
        try:
            show()
        except RedisError as error:
            log.debug("no sign of life could be left", sign=what, error=type(error).__name__)
        time.sleep(SIGN_EVERY)
