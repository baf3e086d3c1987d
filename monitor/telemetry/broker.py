"""The broker: how to reach it, and the signs of life that processes leave in it. Light: the beat needs nothing else."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from pathlib import Path
from socket import gethostname
from typing import cast

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from config.settings import Settings
from monitor.watch import bulkheads

SIGN_EVERY = 2.0  # seconds
ALIVE = timedelta(seconds=20)
SIGNS = "kanalvakt:signs"  # a Redis hash: who -> when, ISO 8601; with ":HOST" behind it, of one machine or container
REMEMBERED = timedelta(hours=1)  # so long a machine that shows no more signs is still known by what it ran
VERSIONS = "kanalvakt:versions"  # a Redis hash: who@host/process -> version and when; beside SIGNS, which old ones read
SERVED = "kanalvakt:queues"  # a Redis hash: queue -> when a worker that takes from it last showed life, ISO 8601
WEB = "web"
"""Shows its version, and no sign: its port can be knocked at, and old versions know the signs that there are."""


CLOCK = "clock"
QUEUES = (CLOCK, *bulkheads.QUEUES.values())
"""What a worker can take, as workers.queues names them; those beside the clock's hold readings."""


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


def show_sign(settings: Settings, sign: Sign, queues: Iterable[str] = ()) -> None:
    """For everybody, and as this machine's own: where two beats run, one must not pass for another. queues: which a
    worker takes from; where readers have one each, one must not pass for another either."""
    now = datetime.now(UTC).isoformat()
    with connect(settings).pipeline(transaction=False) as all_:
        for name in (SIGNS, _here()):
            all_.hset(name, sign, now)
        all_.expire(_here(), REMEMBERED)
        all_.hset(VERSIONS, *_own_version(sign, now))
        for queue in queues:
            all_.hset(SERVED, queue, now)
        all_.execute()


def show_version(settings: Settings, who: str) -> None:
    connect(settings).hset(VERSIONS, *_own_version(who, datetime.now(UTC).isoformat()))


def versions(settings: Settings, now: datetime, within: timedelta = ALIVE) -> dict[str, str]:
    """By process (what it is, its machine, its number) the version that it runs, of those that live, or that have shown
    themselves within so long."""
    broker = connect(settings)
    found: dict[str, str] = {}
    for who, said in cast("dict[str, str]", broker.hgetall(VERSIONS)).items():
        number, _space, seen = said.partition(" ")
        age = now - datetime.fromisoformat(seen)
        if age > REMEMBERED:
            broker.hdel(VERSIONS, who)
        elif age < within:
            found[who] = number
    return found


def hung_beats(settings: Settings, now: datetime) -> list[int]:
    """Numbers of the beats on this machine, or in this container, that are there and show no sign: beside another one
    that does, nobody would miss them."""
    told = cast("dict[str, str]", connect(settings).hgetall(VERSIONS))
    ours = f"{Sign.BEAT}@{gethostname()}/"
    silent = [who for who, said in told.items() if now - datetime.fromisoformat(said.partition(" ")[2]) > ALIVE]
    return sorted(pid for pid in (int(who[len(ours) :]) for who in silent if who.startswith(ours)) if _is_beat(pid))


def _is_beat(pid: int) -> bool:
    """Else it has ended, and perhaps something else has got its number."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return {b"celery", b"beat"} <= set(words)


def signs(settings: Settings, *, here: bool = False) -> dict[Sign, datetime]:
    """When each was last seen alive; who never was is missing. here: on this machine, or in this container."""
    found = cast("dict[str, str]", connect(settings).hgetall(_here() if here else SIGNS))
    return {Sign(name): datetime.fromisoformat(seen) for name, seen in found.items()}


def publisher_lives(settings: Settings, now: datetime) -> bool | None:
    """Does the worker live that publishes in a crisis? None: the broker does not answer."""
    try:
        seen = signs(settings)
    except RedisError:
        return None
    return Sign.EMERGENCY in seen and now - seen[Sign.EMERGENCY] < ALIVE


@dataclass(frozen=True, slots=True)
class Broker:
    """How it is: when each was last seen alive, messages by queue, when a queue was last served (missing: never, or by
    a version that does not say so), bytes in use, and that may be (0: no limit)."""

    signs: dict[Sign, datetime]
    queues: dict[str, int]
    served: dict[str, datetime]
    memory: int
    memory_limit: int

    @property
    def is_full(self) -> bool:
        """It takes nothing more, no sign of life either."""
        return self.memory_limit > 0 and self.memory > 0.95 * self.memory_limit


def look(settings: Settings) -> Broker:
    """In two questions. Raises redis.exceptions.RedisError."""
    asked = connect(settings).pipeline(transaction=False)
    for queue in QUEUES:
        asked.llen(queue)
    asked.hgetall(SERVED)
    asked.info("memory")
    *lengths, told, info = asked.execute()
    known = dict(zip(QUEUES, lengths, strict=True))
    served = {queue: datetime.fromisoformat(seen) for queue, seen in told.items()}
    return Broker(signs(settings), known, served, int(info["used_memory"]), int(info.get("maxmemory", 0)))


def waiting(settings: Settings, queues: Iterable[str]) -> int:
    """How many messages wait in these queues."""
    return sum(cast("int", connect(settings).llen(queue)) for queue in queues)


def _own_version(who: str, now: str) -> tuple[str, str]:
    """A field of VERSIONS, and what stands in it."""
    return f"{who}@{gethostname()}/{os.getpid()}", f"{version('kanalvakt')} {now}"


def _here() -> str:
    return f"{SIGNS}:{gethostname()}"


@cache
def _client(url: str) -> Redis:
    address = url.replace("redis+socket://", "unix://", 1).replace("virtual_host=", "db=")
    return Redis.from_url(
        address, decode_responses=True, socket_timeout=5, socket_connect_timeout=3, retry=Retry(NoBackoff(), 0)
    )
