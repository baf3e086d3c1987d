"""The control: the same faults on a plain Celery task with `autoretry_for`, as most would write it. It must show posts
that stand twice, or the harness would not see ours.

A real worker process with Redis as its broker; the settings are the careful ones of Celery's own documentation.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import requests
from celery import Celery

from connectors.emulator.server import Emulator
from connectors.graph.client import proof
from tests.bench.emergency import mix
from tests.connectors.graph_stages import facebook, graph_of

if TYPE_CHECKING:
    from collections.abc import Iterator

RETRIES = 3
QUIET = 2.0
"""Seconds without a request after which the worker is done with a broadcast."""
AFTER, BEFORE = "killed after the call", "killed before the call"
FATAL = {"worker killed (SIGKILL)": (AFTER, BEFORE)}

app = Celery("control", broker=os.environ.get("CONTROL_REDIS", "memory://"))
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
)


@app.task(
    name="control.post",
    autoretry_for=(Exception,),
    max_retries=RETRIES,
    default_retry_delay=0,
    retry_backoff=False,
)
def post(url: str, known: dict[str, str], text: str, kill: str, once: str) -> None:
    """known: what it proves itself with. kill: its worker dies around the call, once, as the file says."""
    if kill == BEFORE:
        _die(once)
    requests.post(url, data={"message": text, **known}, timeout=1).raise_for_status()
    if kill == AFTER:
        _die(once)


def _die(once: str) -> None:
    if not Path(once).exists():
        Path(once).touch()
        os.kill(os.getpid(), signal.SIGKILL)


def measured(redis: str, n: int, seed: int) -> dict[str, int]:
    """How many broadcasts to one Facebook page, missed and twice, and how many faults struck."""
    chance = Random(seed)  # noqa: S311 - chooses faults of a toy world
    found = {"broadcasts": 0, "missed": 0, "twice": 0, "faults": 0}
    with TemporaryDirectory() as folder, Emulator() as emulator, _worker(redis):
        stage = facebook(emulator)
        habits = graph_of(stage).habits
        habits.refuses_repeats = False
        app.conf.update(broker_url=redis)
        for number in range(n):
            name = _chosen(chance)
            found["faults"] += name != mix.GOES_WELL
            _one(emulator, stage, name, chance, f"{folder}/{number}", f"Strömavbrott k-{number:06}")
            out = sum(f"k-{number:06}" in each.text for each in emulator.world.posts.values())
            found["broadcasts"] += 1
            found["missed"] += out == 0
            found["twice"] += out > 1
    return found


def _chosen(chance: Random) -> str:
    """What can happen to a plain task: the same shares of what strikes the call that publishes, and of dying."""
    name = mix.chosen(chance)
    return name if name in mix.ANSWERS or name in FATAL else mix.GOES_WELL


def _one(emulator: Emulator, stage: Any, name: str, chance: Random, once: str, text: str) -> None:
    if name in mix.ANSWERS:
        fault = mix.fault_of(name, "facebook")
        fault.times = 1  # what a person would mend meanwhile
        emulator.faults.add(fault)
    kill = chance.choice(FATAL[name]) if name in FATAL else ""
    url = f"{emulator.url}/v23.0/{stage.account.id}/feed"
    token = stage.credential.secrets["token"]
    known = {"access_token": token, "appsecret_proof": proof(token, stage.credential.secrets["app_secret"])}
    before = len(emulator.ledger.entries)
    post.delay(url, known, text, kill, once)
    _until_quiet(emulator, before, QUIET if name != mix.GOES_WELL else 0.0)
    emulator.faults.clear()


def _until_quiet(emulator: Emulator, before: int, quiet: float) -> None:
    """Until something has been asked, and nothing more for so long."""
    known, since, until = before, time.monotonic(), time.monotonic() + 30
    while time.monotonic() < until:
        there = len(emulator.ledger.entries)
        if there != known:
            known, since = there, time.monotonic()
        if known > before and time.monotonic() - since >= quiet:
            return
        time.sleep(0.01)


@contextmanager
def _worker(redis: str) -> "Iterator[None]":
    words = ("celery", "-A", "tests.bench.emergency.control", "worker", "--concurrency", "2", "-l", "CRITICAL")
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = os.environ | {"CONTROL_REDIS": redis}
    worker = subprocess.Popen([sys.executable, "-m", *words, "--without-mingle"], env=environment, **quiet)
    try:
        time.sleep(5)
        yield
    finally:
        worker.terminate()
        worker.wait(30)
