"""Claims are kept for those who wait for a platform: by one thread of the process, however many wait."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock, Thread

import structlog

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class Kept:
    """until: of time.monotonic(). over: nobody waits with it any more."""

    renew: Callable[[], bool]
    until: float
    over: bool = False
    writing: Lock = field(default_factory=Lock)

    def go_on(self) -> None:
        """Whatever goes wrong with one claim keeps the thread from no other."""
        with self.writing:
            try:
                self.over = self.over or time.monotonic() > self.until or not self.renew()
            except Exception as error:  # noqa: BLE001 - a database that is away for a moment, mostly
                log.warning("a claim was not kept", error=type(error).__name__)


class Keeper:
    """every: seconds between two renewals. A thread for each who waits would take longer to begin than most wait."""

    def __init__(self, every: float) -> None:
        self._every, self._changing = every, Lock()
        self._kept = set[Kept]()
        self._thread: Thread | None = None

    @contextmanager
    def keep(self, renew: Callable[[], bool], longest: float) -> Iterator[None]:
        """renew: False where the claim is lost. It is not called again once this is over, nor after `longest` seconds.

        Raises RuntimeError where the process may begin no thread.
        """
        kept = Kept(renew, time.monotonic() + longest)
        with self._changing:
            if self._thread is None or not self._thread.is_alive():  # it does not live on in a process that was forked
                thread = Thread(target=self._run, name="keeps claims", daemon=True)
                thread.start()
                self._thread = thread
            self._kept.add(kept)
        try:
            yield
        finally:
            with self._changing:
                self._kept.discard(kept)
            with kept.writing:
                kept.over = True

    def _run(self) -> None:
        while True:
            time.sleep(self._every)
            with self._changing:
                kept = list(self._kept)
                if not kept:
                    self._thread = None
                    return
            for each in kept:
                each.go_on()
