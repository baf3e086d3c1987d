"""Twenty people who look at pages, each in their own time; or twenty who press without pause."""

import random
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx2

from tests.bench.processes import worked
from tests.bench.web.served import TOLD

USERS, SECONDS, PAUSE = 20, 40.0, 2.0
"""How many at the same time, for how long, and how long each looks at a page on average."""
HURRY = 15.0
"""Seconds without any pause."""
Pages = Mapping[str, Sequence[str]]
Times = dict[str, list[float]]


def _times() -> Times:
    return defaultdict(list)


@dataclass
class Measured:
    """Milliseconds by page. served: inside the server; waited: until the whole answer was with who asked."""

    served: Times = field(default_factory=_times)
    waited: Times = field(default_factory=_times)

    @property
    def n(self) -> int:
        return sum(map(len, self.served.values()))


def percentile(times: Sequence[float], percent: int) -> float:
    return round(statistics.quantiles(times, n=100)[percent - 1], 1)


def walk(url: str, word: str, pages: Pages, seed: int, seconds: float = SECONDS, pause: float = PAUSE) -> Measured:
    """All users at once, each with a chance of its own. pause: on average after each page; 0: none."""
    measured, until = Measured(), time.monotonic() + seconds
    people = [
        threading.Thread(
            target=_person,
            args=(url, word, pages, random.Random(seed + number), until, measured, pause),  # noqa: S311
        )
        for number in range(USERS)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return measured


def alone(url: str, word: str, pages: Pages, processes: Sequence[int], times: int = 40) -> dict[str, float]:
    """Milliseconds of processor time of one page, of the server and its database together, nobody else there."""
    found = {}
    with httpx2.Client(base_url=url, cookies={"session": word}, timeout=60) as client:
        for page, addresses in pages.items():
            began = worked(processes)
            for number in range(times):
                client.get(addresses[number % len(addresses)]).raise_for_status()
            found[page] = round((worked(processes) - began) * 1000 / times, 1)
    return found


def _person(
    url: str, word: str, pages: Pages, chance: random.Random, until: float, measured: Measured, pause: float
) -> None:
    with httpx2.Client(base_url=url, cookies={"session": word}, timeout=60) as client:
        time.sleep(chance.random() * pause)
        while time.monotonic() < until:
            page = chance.choice(list(pages))
            began = time.perf_counter()
            answer = client.get(chance.choice(pages[page])).raise_for_status()
            measured.waited[page].append((time.perf_counter() - began) * 1000)
            measured.served[page].append(float(answer.headers[TOLD].partition("dur=")[2]))
            if pause:
                time.sleep(chance.expovariate(1 / pause))
