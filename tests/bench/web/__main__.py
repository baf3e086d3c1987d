"""`python -m tests.bench.web`: measures the pages among 10,000 and 1,000,000 comments, and writes its part of
docs/benchmarks.md. Takes about seven minutes on an idle machine, most of it to make the comments."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import httpx2
import psycopg
from sqlalchemy import delete, select, text

from monitor.access import sessions
from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.inbox.models import OpenThreads
from monitor.inbox.remembering import write_down
from monitor.inbox.unanswered import unanswered
from monitor.watch.models import Comment
from tests.bench.page import machine, write_web
from tests.bench.web.town import EDITOR, build, moment
from tests.bench.web.users import HURRY, PAUSE, SECONDS, USERS, Measured, Pages, alone, percentile, walk
from tests.services import Services

SIZES, SEED, GOAL, GROWTH = (10_000, 1_000_000), 1, 60, 1.5
SEARCHES = ("läcka", "vattenläckan", "hej", "kommunen", "skolkontor", "översvämning", "ترجمة", "xyzzyq", "väghuset")
TEMPLATE = """Measured by `python -m tests.bench.web` on {day}: {machine}.
PostgreSQL, one web process and those who ask on the same two cores; seed {seed}; {users} people signed in at once, each
of whom looks at a page for {pause:.0f} s on average before the next, for {seconds:.0f} s. Milliseconds. Server time:
from the moment at which the request is there until the whole page is ready to be sent, with sign-in, waiting for a turn
and everything else; with who asks: until that person has it all. Processor time: of web server and database together
for one page, nobody else there, which other work on the machine changes least. Load on the machine before the two sizes
were measured (1 is one busy core): {load}.
Goals: server time at p95 at most {goal} at 1,000,000, and at most {growth} × that of 10,000.

| page | comments | n | server p50 | server p95 | with who asks, p95 | processor time | p95 ÷ that of 10,000 | \
processor time ÷ that of 10,000 |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
{rows}

The same {users} without any pause, for {hurry:.0f} s, which no people do: how the pages stand when both cores are
always busy.

| page | comments | n | server p50 | server p95 | pages a second, all together |
|---|---:|---:|---:|---:|---:|
{hurried}

The first look after the web server starts finds what waits. Where the worker has written down in which threads
something does, which it does within seconds of every change: {cold}. Where nobody has, as after an upgrade: {unjudged}.
The command took {took:.1f} minutes.
"""


@dataclass(frozen=True)
class Size:
    """What was measured among so many comments. worked: processor time by page; cold, unjudged: seconds of the first
    look, where the worker has judged, and where nobody has; load: before it."""

    calm: Measured
    hurried: Measured
    worked: dict[str, float]
    cold: float
    unjudged: float
    load: float


def main() -> None:
    began = time.monotonic()
    with Services() as services:
        server = services.environment.get("TEST_POSTGRESQL_URL", "")
        if not server:
            sys.exit("PostgreSQL is needed: " + ", ".join(services.missing))
        found = {}
        for n in SIZES:
            with _filled(server, n) as url:
                unjudged = _first_of_all(url)
                with _served(url) as (address, process):
                    found[n] = _measure(url, address, process, unjudged)
    told = _page(found, (time.monotonic() - began) / 60)
    print(told)
    write_web(told)


def _page(found: dict[int, Size], took: float) -> str:
    return TEMPLATE.format(
        day=date.today(),  # noqa: DTZ011 - the reader's own date
        machine=machine(),
        users=USERS,
        pause=PAUSE,
        seconds=SECONDS,
        hurry=HURRY,
        seed=SEED,
        load=", ".join(f"{each.load:.1f}" for each in found.values()),
        goal=GOAL,
        growth=GROWTH,
        rows="\n".join(_rows(found)),
        hurried="\n".join(_hurried(found)),
        cold=", ".join(f"{each.cold:.1f} s among {n:,} comments" for n, each in found.items()),
        unjudged=", ".join(f"{each.unjudged:.1f} s among {n:,}" for n, each in found.items()),
        took=took,
    )


def _rows(found: dict[int, Size]) -> Iterator[str]:
    least = found[SIZES[0]]
    for page in sorted(least.worked):
        for n, each in found.items():
            served, waited = each.calm.served[page], each.calm.waited[page]
            grown = percentile(served, 95) / percentile(least.calm.served[page], 95)
            more = each.worked[page] / least.worked[page]
            figures = (len(served), percentile(served, 50), percentile(served, 95), percentile(waited, 95))
            yield _row(page, f"{n:,}", *figures, each.worked[page], f"{grown:.2f}", f"{more:.2f}")


def _hurried(found: dict[int, Size]) -> Iterator[str]:
    for page in sorted(found[SIZES[0]].worked):
        for n, each in found.items():
            served = each.hurried.served[page]
            speed = f"{each.hurried.n / HURRY:.0f}"
            yield _row(page, f"{n:,}", len(served), percentile(served, 50), percentile(served, 95), speed)


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _first_of_all(url: str) -> float:
    """Seconds of the first look where nobody has judged anything; then the worker has."""
    db = Database(url)
    with db.transaction() as session:
        session.execute(delete(OpenThreads))
    word = _signed_in(db)
    with _served(url) as (address, _process), httpx2.Client(cookies={"session": word}, timeout=600) as client:
        took = _first_look(client, address)
    with db.snapshot() as session:
        unanswered(session, datetime.now(UTC))
    write_down(db)
    db.close()
    return took


def _signed_in(db: Database) -> str:
    with db.transaction() as session:
        return sessions.begin(session, EDITOR, "password", "bench", datetime.now(UTC))


def _first_look(client: httpx2.Client, address: str) -> float:
    began = time.perf_counter()
    client.get(f"{address}/inbox").raise_for_status()
    return time.perf_counter() - began


def _measure(url: str, address: str, process: int, unjudged: float) -> Size:
    load, db = os.getloadavg()[0], Database(url)
    word = _signed_in(db)
    with db.snapshot() as session:
        some = list(session.scalars(select(Comment.id).order_by(text("md5(id::text)")).limit(50)))
    with httpx2.Client(base_url=address, cookies={"session": word}, timeout=600) as client:
        cold = _first_look(client, address)
        pages = _pages(client, some)
        for addresses in pages.values():  # as the first of a day has done
            for each in addresses[:10]:
                client.get(each).raise_for_status()
    worked = alone(address, word, pages, [process, *_backends(db)])
    calm = walk(address, word, pages, SEED)
    hurried = walk(address, word, pages, SEED, HURRY, 0)
    db.close()
    return Size(calm, hurried, worked, cold, unjudged, load)


def _pages(client: httpx2.Client, comments: list[int]) -> Pages:
    pages = {
        "start page": ["/"],
        "inbox, what waits": ["/inbox", "/inbox?mine=1", "/inbox?unit=u1"],
        "inbox, everything": ["/inbox?state=all", "/inbox?state=answered", "/inbox?state=all&channel=c3"],
        "search": [f"/inbox?state=all&q={word}" for word in SEARCHES],
    }
    threads = [f"/comment/{id_}" for id_ in comments]
    return pages | ({"thread": threads} if client.get(threads[0]).status_code == 200 else {})


def _backends(db: Database) -> list[int]:
    """The database's processes that serve the web server; this very one aside."""
    query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with db.engine.connect() as connection:
        return list(connection.scalars(text(query)))


@contextmanager
def _filled(server: str, n: int) -> Iterator[str]:
    """A database with so many comments; `WEB_BENCH_KEEP`: one that was kept is used again, and stays."""
    keep = "WEB_BENCH_KEEP" in os.environ
    name = f"kanalvakt_webbench_{n}" if keep else f"kanalvakt_bench_{uuid.uuid4().hex[:8]}"
    url = f"{server.rsplit('/', 1)[0]}/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not known:
            connection.execute(f"CREATE DATABASE {name}")
        try:
            if not known:
                build(db := Database(url), n, SEED, moment())
                db.close()
            upgrade(kept := Database(url))
            kept.close()
            yield url
        finally:
            if not keep:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _served(url: str) -> Iterator[tuple[str, int]]:
    """The web server's address and process."""
    command = [sys.executable, "-m", "uvicorn", "tests.bench.web.served:timed", "--factory", "--port", "18765"]
    environment = os.environ | {"KANALVAKT_DATABASE_URL": url}
    command += ["--log-level", "warning", "--timeout-keep-alive", "60"]
    with subprocess.Popen(command, env=environment) as server:
        address = "http://127.0.0.1:18765"
        try:
            for _each in range(600):
                try:
                    httpx2.get(f"{address}/healthz")
                    break
                except httpx2.TransportError:
                    time.sleep(0.1)
            yield address, server.pid
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
