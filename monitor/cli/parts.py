"""The parts of a running Kanalvakt and the programs that they are: worker, beat, web."""

import os
import socket
import sys
from collections.abc import Collection, Iterator
from enum import StrEnum

from config.language import _
from config.settings import LOOPBACK, Settings
from monitor.alerts.hook_rules import MOST
from monitor.cli.processes import Program
from monitor.register.organisation import NotSetUp
from monitor.register.routes import NAMES
from monitor.telemetry.broker import CLOCK, QUEUES
from monitor.watch.bulkheads import threads_of

CLOCK_TASKS = 13 + len(NAMES) + MOST
"""Kinds of tasks in the clock's queue, ways to send, and subscribers to send to; each runs once at a time."""

IN_A_CRISIS = 1.0
"""Seconds until the crisis worker is started again, though it may have died five times in a minute: what it had in hand
is another's within ten."""


class Part(StrEnum):
    """What `up --only` can be asked for."""

    WEB = "web"
    WORKER = "worker"
    BEAT = "beat"
    EMERGENCY = "emergency"


def programs(
    part: Part, settings: Settings, listener: socket.socket | None, queues: Collection[str] = QUEUES
) -> list[Program]:
    """What to run for a part. Output goes to ours; `listener` is the web's, `queues` are the worker's."""
    if part is Part.WEB and listener is not None:
        return [_web(listener)]
    if part is Part.EMERGENCY:
        return [Program("emergency", (sys.executable, "-m", "workers.emergency"), longest_pause=IN_A_CRISIS)]
    if part is Part.BEAT:
        # the scheduler without a file: all times are intervals, and what is due are rows
        return [_celery("beat", "workers.app", "beat", "--scheduler", "workers.beat:Scheduler")]
    return [*_workers(settings, queues)]


def listen(settings: Settings) -> socket.socket:
    """The web's socket, held by us: its address is known before the web starts, and survives the web's death."""
    host, port = settings.web.host, settings.web.port
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        sentence = _(
            "The web pages cannot listen on {host}, port {port} ({why}): choose another KANALVAKT_WEB__PORT.",
            host=host,
            port=port,
            why=_reason(error),
        )
        raise NotSetUp(sentence) from None


def _reason(error: OSError) -> str | None:
    """In the system's words alone: Python adds the address, which the sentence has already."""
    return error.strerror if isinstance(error, socket.gaierror) or not error.errno else os.strerror(error.errno)


def address(settings: Settings, listener: socket.socket) -> str:
    """Where a person finds the pages: the public address where it is set."""
    if settings.web.public_url:
        return settings.web.public_url
    host = settings.web.host if settings.web.host in LOOPBACK else socket.gethostname()
    return f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}/"


def _web(listener: socket.socket) -> Program:
    words = ("uvicorn", "monitor.web.served:served", "--factory", "--fd", str(listener.fileno()))
    # whoever watches the board never goes by himself: then what is being delivered could not be finished in time
    ends = ("--timeout-graceful-shutdown", "2")
    return Program("web", (sys.executable, "-m", *words, "--no-access-log", *ends), fds=(listener.fileno(),))


def _workers(settings: Settings, queues: Collection[str]) -> Iterator[Program]:
    """The clock's is a process of its own wherever it runs: a slow platform keeps it from nothing."""
    if CLOCK in queues:
        yield _worker(CLOCK, CLOCK_TASKS, CLOCK)
    if reading := [each for each in queues if each != CLOCK]:
        yield _worker(reading[0], threads_of(settings, len(reading)), ",".join(reading))


def _worker(name: str, threads: int, queues: str) -> Program:
    # threads, for the work is waiting; without the three talks between workers, that only delay the start
    pool = ("--pool", "threads", "--concurrency", str(threads))
    quiet = ("--without-mingle", "--without-gossip", "--without-heartbeat")
    return _celery(name, "workers.tasks", "worker", "--queues", queues, "--hostname", f"{name}@%h", *pool, *quiet)


def _celery(name: str, app: str, *words: str) -> Program:
    return Program(name, (sys.executable, "-m", "celery", "--app", app, "--quiet", *words))
