"""docs/benchmarks.md: two commands write it, each its own part, and leave the other's as it is."""

import os
import platform
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
HEADING = "\n## Connectors\n"
"""What stands before it is `make bench`'s, the rest `make bench-connectors`'s."""


def write_house(text: str) -> None:
    """Everything before the connectors' part."""
    _, heading, connectors = PAGE.read_text().partition(HEADING)
    PAGE.write_text(text.rstrip("\n") + "\n" + heading + connectors)


def write_connectors(text: str) -> None:
    """The connectors' part, without its heading."""
    house = PAGE.read_text().partition(HEADING)[0]
    PAGE.write_text(f"{house.rstrip()}\n{HEADING}\n{text.strip()}\n")


def machine() -> str:
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores ({model}), Linux {platform.release()}, Python {platform.python_version()}"
