"""docs/benchmarks.md: each command writes its own part, and leaves the others' as they are."""

import os
import platform
from pathlib import Path
from textwrap import fill

WIDTH = 118
PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
LATENCY, DAYS, WEB, HUB, CONNECTORS, SOAK, EMERGENCY, SCALE = (
    "\n## From the platform to the mail server\n",
    "\n## Keeping the watch days\n",
    "\n## Pages among a million comments\n",
    "\n## The crisis page\n",
    "\n## Connectors\n",
    "\n## A house in which something always fails\n",
    "\n## Crisis messages\n",
    "\n## What grows with what is stored\n",
)
FAULTS, SPEED = SECTIONS = ("### Under faults", "### How fast")
PARTS = (LATENCY, DAYS, WEB, HUB, CONNECTORS, SOAK, EMERGENCY, SCALE)
"""What stands before them is `make bench`'s, as the first two are; then `python -m tests.bench.web`'s,
`python -m tests.bench.hub`'s, `make bench-connectors`'s, `make soak`'s, `make bench-emergency`'s,
`make bench-scale`'s."""


def write_house(text: str) -> None:
    """Everything before the other parts."""
    _write([text, *_parts()[1:]])


def write_latency(text: str) -> None:
    """The part on how long a comment takes to the mail server, without its heading."""
    _put(LATENCY, text)


def write_days(text: str) -> None:
    """The days' part, without its heading."""
    _put(DAYS, text)


def write_web(text: str) -> None:
    """The pages' part, without its heading."""
    _put(WEB, text)


def write_hub(text: str) -> None:
    """The crisis page's part, without its heading."""
    _put(HUB, text)


def write_connectors(text: str) -> None:
    """The connectors' part, without its heading."""
    _put(CONNECTORS, text)


def write_soak(text: str) -> None:
    """The part on a house in which something always fails, without its heading."""
    _put(SOAK, text)


def write_scale(text: str) -> None:
    """The part on sizes, workers and memory, without its heading."""
    _put(SCALE, text)


def write_emergency(heading: str, text: str) -> None:
    """One of the two sections on crisis messages, without its heading; the other stays."""
    kept = dict(zip(SECTIONS, _sections(_parts()[1 + PARTS.index(EMERGENCY)]), strict=True)) | {heading: text}
    _put(EMERGENCY, "\n".join(f"{each}\n{kept[each].strip()}\n" for each in SECTIONS if kept[each].strip()))


def _sections(part: str) -> list[str]:
    """In the order of SECTIONS; empty where there is none yet."""
    found, rest = list[str](), f"\n{part.strip()}"
    for heading in reversed(SECTIONS):
        rest, _, section = rest.partition(f"\n{heading}\n")
        found.insert(0, section)
    return found


def _put(heading: str, text: str) -> None:
    parts = _parts()
    parts[1 + PARTS.index(heading)] = text
    _write(parts)


def _parts() -> list[str]:
    """The house's, and those of the headings in the order of PARTS, whatever their order on the page."""
    text = PAGE.read_text()
    begins = sorted(text.index(heading) for heading in PARTS if heading in text) or [len(text)]
    ends = dict(zip(begins, [*begins[1:], len(text)], strict=True))
    places = {heading: text.index(heading) for heading in PARTS if heading in text}
    found = {heading: text[at + len(heading) : ends[at]] for heading, at in places.items()}
    return [text[: begins[0]], *(found.get(heading, "") for heading in PARTS)]


def _write(parts: list[str]) -> None:
    house, *others = parts
    told = [house.strip() + "\n"]
    told += [f"{heading}\n{text.strip()}\n" for heading, text in zip(PARTS, others, strict=True) if text.strip()]
    PAGE.write_text("".join(told))


def filled(text: str) -> str:
    """Paragraphs in lines of the page's width; tables and lists stay."""
    parts = text.strip().split("\n\n")
    told = [each if each.startswith(("|", "-", "#")) else fill(each, WIDTH, break_on_hyphens=False) for each in parts]
    return "\n\n".join(told)


def server_of(server: str, name: str) -> str:
    """The address of a database of that PostgreSQL server."""
    return f"{server.rsplit('/', 1)[0]}/{name}"


def machine() -> str:
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores ({model}), Linux {platform.release()}, Python {platform.python_version()}"
