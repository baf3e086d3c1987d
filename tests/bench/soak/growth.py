"""What the processes of a house hold, looked at again and again, and how much more of it in an hour."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.runtime.house import processes

PARTS = {
    "clock": "--queues clock",
    "polls": "--queues polls",
    "beat": " beat ",
    "web": "uvicorn",
    "emergency": "workers.emergency",
    "up": "monitor.cli.main",
}
"""A process' name, and what stands in its command line."""
WARM_UP = 240.0
"""Seconds of each process' life that do not count: what it needs is loaded meanwhile."""
LEAST = 300.0
"""So long something must have been watched for a slope to mean anything."""
PAGE = os.sysconf("SC_PAGE_SIZE") / 1e6
MEMORY, FILES, THREADS, CONNECTIONS = "memory, MB", "open files", "threads", "database connections"
LIMITS = {MEMORY: (20.0, 60.0), FILES: (6.0, 20.0), THREADS: (6.0, 20.0), CONNECTIONS: (10.0, 20.0)}
"""A leak is more than this in the time that was watched, and more than that in an hour; or, as fast as it grew in the
second half, more than this in the time that was watched."""


@dataclass(frozen=True, slots=True)
class Look:
    """at: seconds since the beginning. life: the process' id, as each of them begins anew."""

    at: float
    who: str
    life: int
    what: str
    value: float


@dataclass(frozen=True, slots=True)
class Growth:
    """least, most: of the values after the warm-up. hours: how long was watched. lately: per hour, of the second half
    of each life: what warms up grows less and less, a leak does not."""

    who: str
    what: str
    lives: int
    hours: float
    least: float
    most: float
    per_hour: float
    lately: float

    @property
    def is_leak(self) -> bool:
        meanwhile, hourly = LIMITS[self.what]
        fast = self.per_hour * self.hours > meanwhile and self.per_hour > hourly
        return fast or self.lately * self.hours > meanwhile


def looks(home: Path, at: float) -> Iterator[Look]:
    """At every process of the house; at none that dies meanwhile."""
    for pid, line in processes(home).items():
        who = next((name for name, words in PARTS.items() if words in line), None)
        if who is None:
            continue
        folder = Path(f"/proc/{pid}")
        try:
            pages = int((folder / "statm").read_text().split()[1])
            held = {MEMORY: pages * PAGE, FILES: len(list((folder / "fd").iterdir()))}
            held[THREADS] = len(list((folder / "task").iterdir()))
        except OSError:
            continue
        yield from (Look(at, who, pid, what, value) for what, value in held.items())


def growths(seen: Iterable[Look]) -> list[Growth]:
    """Of each thing that each process holds."""
    lives: defaultdict[tuple[str, str], defaultdict[int, list[tuple[float, float]]]]
    lives = defaultdict(lambda: defaultdict(list))
    for each in seen:
        lives[each.who, each.what][each.life].append((each.at, each.value))
    found = [_growth(who, what, of) for (who, what), of in sorted(lives.items())]
    return [each for each in found if each is not None]


def _growth(who: str, what: str, lives: Mapping[int, Sequence[tuple[float, float]]]) -> Growth | None:
    warm = [[point for point in life if point[0] >= life[0][0] + WARM_UP] for life in lives.values()]
    warm = [life for life in warm if len(life) > 1]
    watched = sum(life[-1][0] - life[0][0] for life in warm)
    if watched < LEAST:
        return None
    values = [value for life in warm for _at, value in life]
    late = [life[len(life) // 2 :] for life in warm]
    hourly, lately = 3600 * slope(warm), 3600 * slope(late)
    return Growth(who, what, len(lives), watched / 3600, min(values), max(values), hourly, lately)


def slope(lives: Iterable[Sequence[tuple[float, float]]]) -> float:
    """Least squares over all lives, each with a beginning of its own; a second."""
    above = below = 0.0
    for life in lives:
        middle = sum(at for at, _value in life) / len(life)
        usual = sum(value for _at, value in life) / len(life)
        above += sum((at - middle) * (value - usual) for at, value in life)
        below += sum((at - middle) ** 2 for at, _value in life)
    return above / below if below else 0.0
