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
from pathlib import Path
from threading import Event, Thread
from typing import Any

from celery import Celery
from redis import Redis

from monitor.emergency.committing import commit
from monitor.emergency.models import Delivery
from monitor.emergency.rules import Fate
from monitor.watch.bulkheads import queue_of
from tests.bench.emergency.pressing import Pressed, Town, town
from tests.bench.emergency.scene import Template
from tests.bench.hub import _web
from tests.bench.rounds import COMMAND

CRISIS = 10
"""Messages of one crisis."""
POLLS = 10_000
QUEUE = queue_of("facebook")
LONG = 180.0


def seen_from_outside(template: Template, n: int) -> list[Pressed]:
    """The real crisis page, written by us, served by the web process and read back over HTTP."""
    found: list[Pressed] = []
    for _crisis in range(-(-n // CRISIS)):
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with town(template, fakes_hub=False, WEB__PUBLIC_URL=address) as here:
            web = _web(here.home, listener)
            try:
                found += _crisis_of(here, listener.getsockname()[1])
            finally:
                web.terminate()
                web.wait(20)
                listener.close()
    return found[:n]


def _crisis_of(here: Town, port: int) -> list[Pressed]:
    _until(lambda: _answers(port))
    pressed: list[Pressed] = []
    for number in range(CRISIS):
        pressed.append(here.press(here.approved(same_incident=number > 0)))
        here.settle()  # the next message of a crisis waits for the one before
    here.tell_fates(pressed)
    return pressed


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(b"GET /krisinformation HTTP/1.0\r\n\r\n")
        return line.recv(12).startswith(b"HTTP/1")
    return False


def killed(template: Template, n: int) -> list[float]:
    """Seconds from the SIGKILL of the worker of `kanalvakt up --only emergency`, its request at Facebook, until a new
    one has taken the delivery up. Every message was published once, or this raises."""
    with town(template) as here, _only_emergency(here) as house:
        return [_kill_in_the_middle(here, house) for _each in range(n)]


def _kill_in_the_middle(here: Town, house: "subprocess.Popen[bytes]") -> float:
    here.there.ask("fault", {"kind": "latency", "seconds": 3.0, "method": "POST", "path": "/feed$"})
    message = here.approved()
    here.there.ask("arrivals")
    with here.db.transaction() as session:
        made = commit(session, message, "redaktor", datetime.now(UTC), here.settings)
    facebook = next(each for each in made if each.place == "facebook")
    _until(lambda: "facebook" in here.there.first_calls())
    [worker] = _children(house.pid)
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
def _only_emergency(here: Town) -> "Iterator[subprocess.Popen[bytes]]":
    """With a crisis page that our own web process shows."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    known = {"KANALVAKT_WEB__PUBLIC_URL": address, "KANALVAKT_LOG_LEVEL": "ERROR"}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    words = [str(COMMAND), "up", "--only", "emergency"]
    web = _web(here.home, listener)
    house = subprocess.Popen(words, env=os.environ | known, **quiet)
    try:
        _until(lambda: _answers(listener.getsockname()[1]))
        _until(lambda: bool(_children(house.pid)))
        yield house
    finally:
        for each in (house, web):
            each.terminate()
            each.wait(30)
        listener.close()


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
    over = Event()
    filling = Thread(target=_fill, args=(redis, client, over))
    filling.start()
    _until(lambda: client.llen(QUEUE) >= POLLS)
    worker = subprocess.Popen([sys.executable, "-m", *words], env=os.environ | {"KANALVAKT_REDIS_URL": redis}, **quiet)
    try:
        _until(lambda: client.hlen("unacked") > 0)
        yield
    finally:
        over.set()
        filling.join()
        worker.kill()
        worker.wait(10)


def _fill(redis: str, client: Any, over: Event) -> None:
    """Nothing is due of these readings, so that each is a look at the database."""
    broker = Celery("bench", broker=redis)
    with broker.connection_for_write() as line:
        broker.send_task("read", args=["meta", False], queue=QUEUE, connection=line)
    [message] = client.lrange(QUEUE, 0, 0)
    [tag] = re.findall(rb'"delivery_tag": ?"([^"]+)"', message)
    while not over.wait(0.1):
        missing = POLLS - client.llen(QUEUE)
        copies = [message.replace(tag, str(uuid.uuid4()).encode()) for _each in range(missing)]
        if copies:
            client.rpush(QUEUE, *copies)
