"""`python -m tests.bench.hub`: a thousand people read the crisis page at the same moment, the database gone.

Web process and readers share the machine's cores. Every reader has a connection of its own, opened beforehand, and asks
when all the others do; then again, without pause. Writes its part of docs/benchmarks.md.
"""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import httpx2

from config.settings import Settings
from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.emergency import hub
from tests.bench.page import machine, write_hub
from tests.monitor.emergency.crises import incident, register, sent

READERS, ROUNDS, MESSAGES = 1000, 10, 12
TEMPLATE = """Measured by `python -m tests.bench.hub` on {day}: {machine}; load before: {load}.
{readers:,} readers at the same moment, each with a connection of its own, {rounds} times without pause; one web process
and the readers on the same cores; a page of {size:,} bytes with {messages} messages; no database. Milliseconds from
asking until the whole page is there.

| n | not whole, or no 200 | p50 | p95 | slowest | pages a second |
|---:|---:|---:|---:|---:|---:|
| {n:,} | {failed} | {p50:.0f} | {p95:.0f} | {slowest:.0f} | {rate:,.0f} |
"""


@dataclass
class Read:
    """times: milliseconds. took: seconds for all."""

    times: list[float]
    failed: int
    took: float


def main() -> None:
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="kanalvakt-bench-") as folder:
        page = _publish(Path(folder))
        listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        web = _web(Path(folder), listener)
        try:
            port = listener.getsockname()[1]
            _wait(port, page)
            found = asyncio.run(_read(port, page))
        finally:
            web.terminate()
            web.wait(10)
    quantiles = statistics.quantiles(found.times, n=100)
    text = TEMPLATE.format(
        day=date.today(),  # noqa: DTZ011 - the reader's own date
        machine=machine(),
        load=f"{load:.1f}",
        readers=READERS,
        rounds=ROUNDS,
        size=len(page),
        messages=MESSAGES,
        n=len(found.times) + found.failed,
        failed=found.failed,
        p50=quantiles[49],
        p95=quantiles[94],
        slowest=max(found.times),
        rate=len(found.times) / found.took,
    )
    write_hub(text)
    print(text)


def _publish(home: Path) -> bytes:
    """The front page, from a database that is thrown away."""
    url = f"sqlite:///{home / 'gone.sqlite3'}"
    db = Database(url)
    upgrade(db)
    with db.transaction() as session:
        register(session)
        event = incident(session)
        for number in range(MESSAGES):
            sent(session, event, f"tibro-{number}", happened="En ledning är av i Häggetorp. " * 12)
    settings = Settings(home=home)
    hub.publish_hub(db, settings, datetime(2026, 11, 28, 16, tzinfo=UTC))
    db.close()
    (home / "gone.sqlite3").unlink()
    return (hub.folder(settings) / "index.html").read_bytes()


def _web(home: Path, listener: socket.socket) -> subprocess.Popen[bytes]:
    """As `kanalvakt up` starts it."""
    listener.set_inheritable(True)
    words = ("uvicorn", "monitor.web.served:served", "--factory", "--fd", str(listener.fileno()))
    known = {"KANALVAKT_HOME": str(home), "KANALVAKT_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/gone"}
    return subprocess.Popen(
        [sys.executable, "-m", *words, "--no-access-log", "--log-level", "error"],
        env=os.environ | known,
        pass_fds=[listener.fileno()],
    )


def _wait(port: int, page: bytes) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        answer = httpx2.get(f"http://127.0.0.1:{port}{hub.PATH}", timeout=60)
        if answer.content == page:
            return
        time.sleep(0.2)
    raise TimeoutError


async def _read(port: int, page: bytes) -> Read:
    lines = [await asyncio.open_connection("127.0.0.1", port) for _reader in range(READERS)]
    now, times, began = asyncio.Event(), list[float](), time.perf_counter()
    people = [asyncio.create_task(_reader(*line, now, times, page)) for line in lines]
    await asyncio.sleep(0.1)
    began = time.perf_counter()
    now.set()
    failed = sum(await asyncio.gather(*people))
    return Read(times, failed, time.perf_counter() - began)


async def _reader(
    answers: asyncio.StreamReader, asks: asyncio.StreamWriter, now: asyncio.Event, times: list[float], page: bytes
) -> int:
    """How many of its pages were not whole."""
    await now.wait()
    failed = 0
    for _again in range(ROUNDS):
        began = time.perf_counter()
        try:
            asks.write(f"GET {hub.PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            head = (await answers.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
            body = await answers.readexactly(length)
        except (OSError, ValueError, asyncio.IncompleteReadError):
            return failed + 1
        if " 200 " in head and body == page:
            times.append((time.perf_counter() - began) * 1000)
        else:
            failed += 1
    asks.close()
    return failed


if __name__ == "__main__":
    main()
