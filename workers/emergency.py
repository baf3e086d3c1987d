"""The worker of crises: a process of its own that does nothing else, so that no reading can be before it.

It has no queue but the deliveries themselves, and needs no broker, no beat and no bell: once a second it looks, by one
query, whether something is due. Whoever presses the button delivers at once; this goes on with what was left by a
process that died, was parked, or has to be looked for.
"""

import signal
import threading
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from config.logging import configure_logging
from config.settings import settings
from monitor.cli.broker import SIGN_EVERY, Sign, show_sign
from monitor.db import database
from monitor.emergency.claimed import anything_under_way

EVERY = 1.0
"""Seconds between two looks."""
AT_ONCE = 64
"""Deliveries that may be under way at the same time: a slow platform keeps nothing waiting, and no look either."""

log = structlog.get_logger(__name__)


def main() -> None:
    """Until SIGTERM. What is being sent meanwhile is finished first."""
    configure_logging(settings().log_level)
    over = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda _number, _frame: over.set())
    with ThreadPoolExecutor(AT_ONCE + 1, thread_name_prefix="crisis") as pool:
        pool.submit(_show_life, over)
        while not over.wait(EVERY):
            look(pool)


def look(pool: Executor) -> None:
    """Never raises: there is another look in a second."""
    try:
        if not anything_under_way(database()):
            return
        # loaded in a crisis alone: what delivers takes seventy megabytes
        from monitor.emergency.sweeping import sweep

        sweep(database(), datetime.now(UTC), settings(), pool=pool)
    except SQLAlchemyError as error:  # the database comes back, and everything is in it
        log.warning("the database does not answer", error=type(error).__name__)
    except Exception as error:  # noqa: BLE001 - ours to mend, and no reason to stop looking
        log.warning("a look at the deliveries failed", error=type(error).__name__)


def _show_life(over: threading.Event) -> None:
    """While the database answers: a worker that cannot look is none."""
    while not over.is_set():
        with suppress(RedisError, SQLAlchemyError):
            with database().snapshot() as session:
                session.connection()
            show_sign(settings(), Sign.EMERGENCY)
        over.wait(SIGN_EVERY)


if __name__ == "__main__":
    main()
