"""What takes real processes: the crisis page seen through the web process, a worker that is killed, and the readings
that must not be in the way."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from celery import Celery
from redis import Redis

from monitor.emergency.models import Delivery
from monitor.emergency.rules import Fate
from monitor.watch.bulkheads import queue_of
from tests.bench.emergency.pressing import Town, town
from tests.bench.emergency.scene import Template
from tests.bench.hub import _web
from tests.bench.rounds import COMMAND
from tests.monitor.emergency.broadcast import commit

POLLS = 10_000
QUEUE = queue_of("facebook")
LONG = 180.0
OTHERS = get_context("spawn")


@contextmanager
def house(template: Template, latency: float = 0.0, **known: str) -> Iterator[Town]:
    """The town with its crisis page, written by us, served by the web process and read back over HTTP."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        port = listener.getsockname()[1]
        with town(template, latency=latency, WEB__PUBLIC_URL=f"http://127.0.0.1:{port}", **known) as here:
            web = _web(here.home, listener)
            try:
                _until(lambda: _answers(port))
                yield here
            finally:
                web.terminate()
                web.wait(30)


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(b"GET /krisinformation HTTP/1.0\r\n\r\n")
        return line.recv(12).startswith(b"HTTP/1")
    return False


def killed(template: Template, n: int) -> list[float]:
    """Seconds from the SIGKILL of the worker of `kanalvakt up --only emergency`, its request at Facebook, until a new
    one has taken the delivery up. Every message was published once, or this raises."""
    with house(template) as here, _only_emergency() as process:
        return [_kill_in_the_middle(here, process.pid) for _each in range(n)]


def _kill_in_the_middle(here: Town, emergency: int) -> float:
    here.there.ask("fault", {"kind": "latency", "seconds": 3.0, "method": "POST", "path": "/feed$"})
    message = here.approved()
    here.there.ask("arrivals")
    with here.db.transaction() as session:
        made = commit(session, message, "redaktor", datetime.now(UTC), here.settings)
    facebook = next(each for each in made if each.place == "facebook")
    _until(lambda: "facebook" in here.there.first_calls())
    [worker] = _children(emergency)
    token = _row(here, facebook.id).token
    os.kill(worker, signal.SIGKILL)
    began = time.monotonic()
    _until(lambda: _row(here, facebook.id).token > token)
    took = time.monotonic() - began
    here.there.ask("clear")
    _until(lambda: _row(here, facebook.id).state == Fate.VERIFIED)
    if (out := here.there.ask("published", facebook.marker)) != 1:
        raise RuntimeError(f"published {out} times")
    _until(lambda: here.left() == 0)
    return took


def _row(here: Town, id_: int) -> Delivery:
    with here.db.snapshot() as session:
        return session.get_one(Delivery, id_)


@contextmanager
def _only_emergency() -> "Iterator[subprocess.Popen[bytes]]":
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    words = [str(COMMAND), "up", "--only", "emergency"]
    process = subprocess.Popen(words, env=os.environ | {"KANALVAKT_LOG_LEVEL": "ERROR"}, **quiet)
    try:
        _until(lambda: bool(_children(process.pid)))
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in tasks for child in path.read_text().split()]


def _until(true: Any, seconds: float = LONG) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not after {seconds:.0f} s")
        time.sleep(0.02)


@contextmanager
def readings_in_the_way(redis: str) -> Iterator[None]:
    """10,000 readings queued in Redis, kept as many, and a real worker of readings busy with them."""
    words = ("celery", "-A", "workers.tasks", "worker", "-Q", QUEUE, "-P", "threads", "-c", "8", "-l", "CRITICAL")
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    client: Any = Redis.from_url(redis)
    filling = OTHERS.Process(target=_fill, args=(redis,), daemon=True)
    filling.start()
    _until(lambda: client.llen(QUEUE) >= POLLS)
    worker = subprocess.Popen([sys.executable, "-m", *words], env=os.environ | {"KANALVAKT_REDIS_URL": redis}, **quiet)
    try:
        _until(lambda: client.hlen("unacked") > 0)
        yield
    finally:
        filling.kill()
        filling.join()
        worker.kill()
        worker.wait(10)


def _fill(redis: str) -> None:
    """Whoever queues is somebody else, as beat is. Nothing is due of these readings, so that each is a look at the
    database."""
    client: Any = Redis.from_url(redis)
    broker = Celery("bench", broker=redis)
    with broker.connection_for_write() as line:
        broker.send_task("read", args=["meta", False], queue=QUEUE, connection=line)
    [message] = client.lrange(QUEUE, 0, 0)
    [tag] = re.findall(rb'"delivery_tag": ?"([^"]+)"', message)
    while True:
        missing = POLLS - client.llen(QUEUE)
        copies = [message.replace(tag, str(uuid.uuid4()).encode()) for _each in range(missing)]
        if copies:
            client.rpush(QUEUE, *copies)
        time.sleep(0.1)
