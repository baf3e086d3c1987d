"""How fast readings may ask: a budget's requests in any one second, of all processes together, counted in the broker.

Days' quotas are rows (budgets.py), for they must outlive a broker. A pace need not: where the broker is away, each
process keeps it by itself. What people write, and crises, are never kept waiting.
"""

import time
from collections.abc import Iterable
from functools import cache
from typing import Final

import structlog
from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from config.settings import Settings
from connectors.base import Budget

MOST: Final = 30.0
"""Seconds that one request waits at most: machines whose clocks differ must not stop each other."""
A_LOOK = 0.02
KEY = "kanalvakt-pace"
AWAY = 10.0
"""Seconds until a broker that was away is asked again."""

log = structlog.get_logger(__name__)


class Pace:
    """Safe to share between threads. shared: with other processes."""

    def __init__(self, shared: Storage) -> None:
        self._shared, self._own = MovingWindowRateLimiter(shared), MovingWindowRateLimiter(MemoryStorage())
        self._away_until = 0.0

    def wait(self, budgets: Iterable[Budget]) -> None:
        """Until one more request may be sent that counts against all of them."""
        for budget in budgets:
            if budget.per_second is not None:
                self._wait(RateLimitItemPerSecond(budget.per_second), budget.key)

    def _wait(self, limit: RateLimitItemPerSecond, key: str) -> None:
        end = time.monotonic() + MOST
        while not self._hit(limit, key) and time.monotonic() < end:
            time.sleep(A_LOOK)

    def _hit(self, limit: RateLimitItemPerSecond, key: str) -> bool:
        if time.monotonic() >= self._away_until:
            try:
                return self._shared.hit(limit, key)
            except StorageError as error:
                self._away_until = time.monotonic() + AWAY
                log.warning("the pace is kept by this process alone", error=type(error).__name__)
        return self._own.hit(limit, key)


def pace(settings: Settings) -> Pace:
    return _pace(settings.broker)


@cache
def _pace(broker: str) -> Pace:
    address = broker.replace("redis+socket://", "redis+unix://", 1).replace("virtual_host=", "db=")
    return Pace(RedisStorage(address, wrap_exceptions=True, key_prefix=KEY, socket_timeout=2, socket_connect_timeout=2))
