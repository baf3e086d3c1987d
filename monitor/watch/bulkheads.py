"""Who works for which provider in this process now: see bulkhead_rules. And the queues, one for each provider."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from config.settings import Settings
from connectors import PROVIDERS, provider_of
from monitor.watch.bulkhead_rules import Running, Work, may_begin, threads

QUEUES = {provider: f"polls.{provider}" for provider in PROVIDERS}
"""The queue of each provider. All are emptied by the same workers, whose threads the bulkheads share out."""


def queue_of(platform: str) -> str:
    return QUEUES[provider_of(platform)]


def threads_of(settings: Settings, queues: int = len(QUEUES)) -> int:
    """How many threads a worker of so many queues has. Only those that are used exist."""
    return threads(queues, settings.polling.concurrency)


@dataclass
class Bulkheads:
    """Safe to share between threads."""

    clock: Callable[[], float] = time.monotonic
    _running: defaultdict[str, list[Running]] = field(default_factory=lambda: defaultdict(list))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def room(self, provider: str, work: Work, readings: int) -> Iterator[bool]:
        """Whether there is a thread for one more; if so, it is taken meanwhile. Never waits. readings: of the provider,
        at the same time, besides long ones."""
        mine = Running(work, self.clock())
        with self._lock:
            there = may_begin(work, self._running[provider], readings, mine.began)
            if there:
                self._running[provider].append(mine)
        try:
            yield there
        finally:
            if there:
                with self._lock:
                    self._running[provider].remove(mine)
