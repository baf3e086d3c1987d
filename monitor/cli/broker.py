"""The broker: how to reach it, and the signs of life that processes leave in it. Light: the beat needs nothing else."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import cast

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from config.settings import Settings

SIGN_EVERY = 2.0  # seconds
ALIVE = timedelta(seconds=20)
SIGNS = "kanalvakt:signs"  # a Redis hash: who -> when, ISO 8601


class Sign(StrEnum):
    """Who shows that they live: the beat, the workers by their queue, a canary that went the whole way, and
    the worker of crises."""

    BEAT = "beat"
    CLOCK = "clock"
    POLLS = "polls"
    CANARY = "canary"
    EMERGENCY = "emergency"


def connect(settings: Settings) -> Redis:
    """A client that fails within seconds, with a redis.exceptions.RedisError, rather than wait."""
    return _client(settings.broker)


def answers(settings: Settings) -> bool:
    try:
        return bool(connect(settings).ping())
    except RedisError:
        return False


def show_sign(settings: Settings, sign: Sign) -> None:
    connect(settings).hset(SIGNS, sign, datetime.now(UTC).isoformat())


def signs(settings: Settings) -> dict[Sign, datetime]:
    """When each was last seen alive; who never was is missing."""
    found = cast("dict[str, str]", connect(settings).hgetall(SIGNS))
    return {Sign(name): datetime.fromisoformat(seen) for name, seen in found.items()}


def publisher_lives(settings: Settings, now: datetime) -> bool | None:
    """Does the worker live that publishes in a crisis? Where there is none of its own, the clock's does it. None: the
    broker does not answer."""
    try:
        seen = signs(settings)
    except RedisError:
        return None
    sign = next((each for each in Sign if each == "emergency"), Sign.CLOCK)
    return sign in seen and now - seen[sign] < ALIVE


def waiting(settings: Settings, queues: Iterable[str]) -> int:
    """How many messages wait in these queues."""
    return sum(cast("int", connect(settings).llen(queue)) for queue in queues)


@cache
def _client(url: str) -> Redis:
    address = url.replace("redis+socket://", "unix://", 1).replace("virtual_host=", "db=")
    return Redis.from_url(
        address, decode_responses=True, socket_timeout=5, socket_connect_timeout=3, retry=Retry(NoBackoff(), 0)
    )
