"""How often somebody may try to come in. Nobody is locked out for good: after a while each can try again."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from config.settings import Settings
from monitor.access.sessions import digest

ONE_HERE = RateLimitItemPerMinute(10, 15)
"""Failed tries at one account from one address, in 15 minutes. Others behind the same address go on."""
ADDRESS = RateLimitItemPerMinute(100, 15)
"""From one address: a whole town hall may have but one."""
ONE = RateLimitItemPerHour(100)
"""At one account, from everywhere."""
Answer = TypeVar("Answer")


@dataclass(slots=True)
class Throttle:
    """Counts what failed. shared: with other processes, in a broker; where that is gone, each counts by itself."""

    shared: Storage | None = None
    own: Storage = field(default_factory=MemoryStorage)

    def wait(self, account: str, address: str) -> int:
        """Seconds until the next try; 0 where it may be now. account: what was typed as a name, or a person's id."""
        return self._counted(lambda by: max(_seconds(by, *each) for each in _kinds(account, address)))

    def failed(self, account: str, address: str) -> None:
        """Notes one more failed try."""
        self._counted(lambda by: [by.hit(limit, key) for limit, key in _kinds(account, address)])

    def _counted(self, count: Callable[[MovingWindowRateLimiter], Answer]) -> Answer:
        try:
            return count(MovingWindowRateLimiter(self.shared or self.own))
        except StorageError:
            self.shared = None
            return count(MovingWindowRateLimiter(self.own))


def throttle(settings: Settings) -> Throttle:
    """Counting in Redis where one is set, so that several web processes count together; else in this process."""
    if settings.redis_url is None:
        return Throttle()
    return Throttle(RedisStorage(settings.broker, wrap_exceptions=True, key_prefix="kanalvakt-login"))


def _kinds(account: str, address: str) -> Iterator[tuple[RateLimitItem, str]]:
    """Each limit with what is counted for it; by digest, for somebody may type a password where the name goes."""
    named = account.strip().casefold()
    yield ONE_HERE, digest(f"{named}\n{address}")
    yield ADDRESS, digest(address)
    yield ONE, digest(named)


def _seconds(by: MovingWindowRateLimiter, limit: RateLimitItem, key: str) -> int:
    if by.test(limit, key):
        return 0
    return max(1, round(by.get_window_stats(limit, key).reset_time - time.time()))
