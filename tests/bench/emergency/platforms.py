"""The emulated platforms in a process of their own, so that their work is not taken for ours. They say when each
request came in, by the clock that all processes of a machine share."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator, Outcome
from connectors.emulator.wire import Request
from connectors.emulator.world import World
from tests.bench.emergency.scene import PROCESSES

FIRST = {
    ("POST", "/feed"): "facebook",
    ("POST", "/media"): "instagram",
    ("POST", "/commentThreads"): "youtube",
    ("PUT", "/channels"): "youtube:text",
}
"""The first call of each channel that makes something of the message; what only reads before is the platform's."""


class Noting(Emulator):
    """arrivals: (time.monotonic(), method, path)."""

    def __init__(self) -> None:
        super().__init__(World(clock=datetime.now(UTC), real_time=True))
        self.arrivals: list[tuple[float, str, str]] = []

    def handle(self, request: Request) -> Outcome:
        self.arrivals.append((time.monotonic(), request.method, request.path))
        return super().handle(request)


@dataclass
class Platforms:
    """The other process. emulator: what it was made of; only its address and its settings still hold here."""

    emulator: Noting
    line: Connection

    def ask(self, verb: str, value: Any = None) -> Any:
        self.line.send((verb, value))
        return self.line.recv()

    def first_calls(self) -> dict[str, float]:
        """When the first call of each channel came in since somebody asked."""
        found: dict[str, float] = {}
        for at, method, path in self.ask("arrivals"):
            place = FIRST.get((method, f"/{path.rpartition('/')[2]}"))
            if place is not None:
                found.setdefault(place, at)
        return found


@contextmanager
def platforms(furnish: Callable[[Noting], None]) -> Iterator[Platforms]:
    """furnish: makes accounts and tokens, before the process begins."""
    emulator = Noting()
    furnish(emulator)
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=_serve, args=(emulator, theirs), daemon=True)
    process.start()
    try:
        yield Platforms(emulator, ours)
    finally:
        process.kill()
        process.join()


def _serve(emulator: Noting, line: Connection) -> None:
    with emulator:
        while True:
            verb, value = line.recv()
            line.send(_answer(emulator, verb, value))


def _answer(emulator: Noting, verb: str, value: Any) -> Any:
    if verb == "arrivals":
        found, emulator.arrivals = emulator.arrivals, []
        emulator.ledger.entries.clear()
        return found
    if verb == "latency":
        emulator.latency = value
    elif verb == "fault":
        emulator.faults.add(Fault(**value))
    elif verb == "clear":
        emulator.faults.clear()
    elif verb == "published":
        posts = emulator.world.posts.values()
        return sum(value in each.text for each in posts if each.account.platform == "facebook")
    return None
