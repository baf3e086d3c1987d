"""docs/benchmarks.md: each command writes its own part, and leaves the others' as they are."""

import os
import platform
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
DAYS, CONNECTORS = "\n## Keeping the watch days\n", "\n## Connectors\n"
"""What stands before them is `make bench`'s, as the days are; the rest is `make bench-connectors`'s."""


def write_house(text: str) -> None:
    """Everything before the days' part."""
    _house, days, connectors = _parts()
    _write(text, days, connectors)


def write_days(text: str) -> None:
    """The days' part, without its heading."""
    house, _days, connectors = _parts()
    _write(house, text, connectors)


def write_connectors(text: str) -> None:
    """The connectors' part, without its heading."""
    house, days, _connectors = _parts()
    _write(house, days, text)


def _parts() -> tuple[str, str, str]:
    front, _, connectors = PAGE.read_text().partition(CONNECTORS)
    house, _, days = front.partition(DAYS)
    return house, days, connectors


def _write(house: str, days: str, connectors: str) -> None:
    parts = [house.strip() + "\n"]
    parts += [f"{heading}\n{text.strip()}\n" for heading, text in ((DAYS, days), (CONNECTORS, connectors)) if text]
    PAGE.write_text("".join(parts))


def machine() -> str:
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores ({model}), Linux {platform.release()}, Python {platform.python_version()}"
