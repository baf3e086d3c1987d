"""The part of the page on faults: so many broadcasts in processes of their own, and the control."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from random import Random
from threading import Event, Thread

from redis import Redis

from monitor.watch.bulkheads import queue_of
from tests.bench.emergency import control, mix
from tests.bench.emergency.faults import block
from tests.bench.emergency.found import Found
from tests.bench.emergency.scene import PROCESSES, TIMEOUT, Template, servers
from tests.bench.page import machine
from tests.services import _private_redis

BLOCK = 100
"""Broadcasts with a database and emulated platforms of their own."""
POLLS = 10_000
QUEUE = queue_of("facebook")
TEMPLATE = """Measured by `make bench-emergency ARGS="--only faults"` on {day}: {machine}; load before: {load}; seed
{seed}, {database}. {n:,} broadcasts, each the first of its crisis, to the crisis page, Facebook, Instagram, YouTube (a
comment, and the channel's text) and a group that people publish in by hand: {deliveries} deliveries. Real HTTP
and real processes; posts are
counted at the emulated platforms, never in our database. Facebook's own refusal of repeated texts is switched off;
platforms may be silent for {timeout:g} s (in production 15); the crisis page answers at once where no other is named.
The clock is the platforms', so that waiting takes no time. It took {minutes:.0f} minutes. Redis held {polls:,} queued
readings, was flushed in between and then killed: the way of a crisis message does not know it.

| | broadcasts | missed | twice | silent for 30 s | untrue | a person asked | refused |
|---|---:|---:|---:|---:|---:|---:|---:|
| Kanalvakt | {n:,} | {missed} | {twice} | {silent} | {untrue} | {asked} | {refused} |
| Celery, `autoretry_for`, {retries} retries | {control_n:,} | {control_missed} | {control_twice} | – | – | – | – |

*Missed*: not there, and no person asked or told; YouTube's channel text stands or does not, and is not judged.
*Silent*: undecided for longer, and not in the crisis log. *Untrue*: said to be out and is not, or refused and is out.
*Refused*: by the platform, so that only a person can mend it, who is told. The control is a real Celery worker on Redis
(`acks_late`, `reject_on_worker_lost`) with one Facebook page and the same shares of what strikes the call that
publishes; {control_faults} of its broadcasts met a fault.

One of these each time; in {look_alikes:.0%} of all another operator posts the same but for the address, and a resident
repeats ours whole; lists lag {lags} s: {mix}.

Killed and paused at these boundaries of a channel's delivery, on all channels in turn: {points}. Left out, as no client
can help it: who sleeps between its last look at its claim and the request itself, right behind, sends when it wakes.

Failures found by this bench, and mended: among the first 1,100 broadcasts three comments on YouTube stood twice
(2026-11-28, seed 1). A worker was paused while YouTube's token was fetched, behind what was then its last look, and
commented when it woke, though another had gone on with it. Since then every writer looks at the claim once more right
before the request itself.
{failures}"""
FAILURES = "\nFailures found in this run:\n\n{list}\n"


@dataclass(frozen=True)
class Wanted:
    """minutes: no new block is begun afterwards."""

    broadcasts: int
    minutes: float
    seed: int
    database: str
    processes: int
    control: int


def section(wanted: Wanted) -> tuple[str, Found, dict[str, int]]:
    """The page's words, and what was found."""
    load, began = os.getloadavg()[0], time.monotonic()
    with polls_queued() as redis:
        found = measured(wanted, redis)
        minutes = (time.monotonic() - began) / 60
    print(found, flush=True)  # the control takes minutes more
    with _private_redis("redis-server") as redis:
        plain = control.measured(f"{redis}/0", wanted.control, wanted.seed)
    text = TEMPLATE.format(
        day=date.today(),  # noqa: DTZ011 - the day where it was measured
        machine=machine(),
        load=f"{load:.1f}",
        seed=wanted.seed,
        database={"postgresql": "PostgreSQL", "sqlite": "SQLite"}[wanted.database],
        n=found.broadcasts,
        timeout=TIMEOUT,
        minutes=minutes,
        polls=POLLS,
        retries=control.RETRIES,
        lags=", ".join(map(str, mix.LAGS)),
        mix=", ".join(f"{name} {number:,}" for name, number in found.faults.most_common()),
        points=", ".join(f"{name} {number:,}" for name, number in sorted(found.points.items())),
        **{name: f"{getattr(found, name):,}" for name in COUNTED},
        **{f"control_{name}": plain[name] for name in ("missed", "twice", "faults")},
        look_alikes=mix.LOOK_ALIKES,
        failures=FAILURES.format(list="\n".join(f"- {each}" for each in found.wrong)) if found.wrong else "",
        control_n=plain["broadcasts"],
    )
    return text, found, plain


COUNTED = ("deliveries", "missed", "twice", "silent", "untrue", "asked", "refused")


def measured(wanted: Wanted, redis: str) -> Found:
    """In so many processes; each block is its seed's and number's alone, whoever does it."""
    template, found = Template(servers()[wanted.database]), Found()
    until = time.monotonic() + wanted.minutes * 60
    pool = ProcessPoolExecutor(wanted.processes, mp_context=PROCESSES)
    running: dict[int, Future[Found]] = {}
    try:
        with _broken(redis, wanted):
            for number in range(-(-wanted.broadcasts // BLOCK)):
                size = min(BLOCK, wanted.broadcasts - number * BLOCK)
                running[number] = pool.submit(block, template, wanted.seed, number, size)
                running[number].add_done_callback(lambda _done, number=number: print(f"block {number}", flush=True))
                while sum(not each.done() for each in running.values()) >= wanted.processes:
                    time.sleep(0.2)
                if time.monotonic() > until:
                    break
            for number, each in running.items():
                _add(found, number, each)
    finally:
        pool.shutdown()
        template.drop()
    return found


def _add(found: Found, number: int, block: Future[Found]) -> None:
    try:
        found.add(block.result())
    except Exception as error:  # noqa: BLE001 - the others count, and this one is told
        found.wrong.append(f"block {number} did not come to its end: {type(error).__name__}: {error}")


@contextmanager
def polls_queued() -> Iterator[str]:
    """A Redis of our own, full of readings to be done; everything started meanwhile has it as its broker."""
    before = os.environ.get("KANALVAKT_REDIS_URL")
    with _private_redis("redis-server") as url:
        Redis.from_url(url).rpush(QUEUE, *[_message(number) for number in range(POLLS)])
        os.environ["KANALVAKT_REDIS_URL"] = f"{url}/0"
        try:
            yield url
        finally:
            os.environ.pop("KANALVAKT_REDIS_URL")
            if before is not None:
                os.environ["KANALVAKT_REDIS_URL"] = before


def _message(number: int) -> str:
    chance = Random(number)  # noqa: S311 - fills a queue
    return f'{{"body": "{chance.randbytes(90).hex()}", "properties": {{"delivery_tag": "{number}"}}}}'


@contextmanager
def _broken(redis: str, wanted: Wanted) -> Iterator[None]:
    """The broker is flushed, and then gone. A third: of the longest that it may take."""
    over = Event()

    def breaks() -> None:
        client, third = Redis.from_url(redis), min(wanted.minutes * 20, wanted.broadcasts * 0.06)
        if not over.wait(third):
            client.flushall()
            if not over.wait(third):
                client.shutdown(nosave=True)

    thread = Thread(target=breaks)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
