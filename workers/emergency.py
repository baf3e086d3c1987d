"""The worker of crises: a process of its own that does nothing else, so that no reading can be before it.

It has no queue but the deliveries themselves, and needs no broker, no beat and no bell: once a second it looks, by one
query, whether something is due. Whoever presses the button delivers at once; this goes on with what was left by a
process that died, was parked, or has to be looked for. Beside that, in threads that no delivery waits for, it tells
people what they must know of a crisis, fills the board, and makes history of messages whose time is over.
"""

import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from config.observing import observe
from config.settings import settings
from monitor.db import database
from monitor.emergency.claimed import anything_to_put_back, anything_under_way
from monitor.emergency.wakeful import somebody_may_be_told, something_ran_out
from monitor.telemetry.broker import SIGN_EVERY, Sign, show_sign

if TYPE_CHECKING:
    from monitor.emergency.telling_alone import Teller

EVERY = 1.0
"""Seconds between two looks."""
BESIDE_EVERY = 2.0
"""Seconds between two looks at what no delivery waits for."""
BOARD_EVERY = 5.0
"""Seconds between two looks at what residents write: as often as the judge."""
AT_ONCE = 64
"""Deliveries that may be under way at the same time: a slow platform keeps nothing waiting, and no look either."""
FINISHES = 4.0
"""Seconds, at most, that what is being handed over to people has when we are asked to stop."""
LOOKS_BACK = timedelta(days=1)

log = structlog.get_logger(__name__)


def main() -> None:
    """Until SIGTERM. What is being sent meanwhile is finished first."""
    observe(settings(), "emergency")
    over = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda _number, _frame: over.set())
    telling = Telling()
    for task in (telling, Page(), Board(), PuttingBack()):
        threading.Thread(target=_again_and_again, args=(over, task.look), name=task.name, daemon=True).start()
    with ThreadPoolExecutor(AT_ONCE + 1, thread_name_prefix="crisis") as pool:
        pool.submit(_show_life, over)
        while not over.wait(EVERY):
            look(pool)
        telling.finish()


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


class Telling:
    """Tells people what they must know of a crisis."""

    name = "tells people"

    def __init__(self) -> None:
        self._teller: Teller | None = None

    def look(self) -> None:
        now = datetime.now(UTC)
        if not somebody_may_be_told(database(), now):
            return
        if self._teller is None:
            from monitor.emergency.telling_alone import Teller  # with all ways to reach people: large, as above

            self._teller = Teller()
        self._teller.look(database(), settings(), now)

    def finish(self) -> None:
        if self._teller is not None:
            self._teller.finish(FINISHES)


class Page:
    """Keeps what has run out from standing on the crisis page as if it held."""

    name = "keeps the page"

    def __init__(self) -> None:
        self._since: datetime | None = None

    def look(self) -> None:
        now = datetime.now(UTC)
        since = self._since or now - LOOKS_BACK
        if something_ran_out(database(), since, now):
            from monitor.emergency.hub import publish_hub  # draws, too: large, as above

            publish_hub(database(), settings(), now)
        self._since = now


class Board:
    """Brings what residents write onto the board, and its figures into the log each hour, though nobody has it open and
    the broker is down. With a broker the judge does it too; neither is there twice."""

    name = "fills the board"

    def __init__(self) -> None:
        self._looked = -BOARD_EVERY

    def look(self) -> None:
        now = datetime.now(UTC)
        if time.monotonic() - self._looked < BOARD_EVERY or not somebody_may_be_told(database(), now):
            return
        from monitor.emergency.intake import collect_all  # as above
        from monitor.emergency.situation import remind_all

        self._looked = time.monotonic()
        collect_all(database(), now)
        remind_all(database(), now)


class PuttingBack:
    """Puts back what stood somewhere before a message of a crisis that is over."""

    name = "puts back"

    def look(self) -> None:
        if anything_to_put_back(database()):
            from monitor.emergency.putting_back import put_back_due  # as above

            put_back_due(database(), settings())


def _again_and_again(over: threading.Event, task: Callable[[], None]) -> None:
    """An error that lasts is logged once, and again after it was gone."""
    trouble = ""
    while not over.wait(BESIDE_EVERY):
        try:
            task()
            trouble = ""
        except Exception as error:  # noqa: BLE001 - there is another look
            if type(error).__name__ != trouble:
                trouble = type(error).__name__
                log.warning("a look beside the deliveries failed", error=trouble)


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
