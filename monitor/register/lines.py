"""Where things stand in a TOML file: Python's reader does not tell, and a person needs the line number."""

import re

from monitor.register.faults import Path

HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
KEY = re.compile(r"""\s*([\w-]+|"[^"]*"|'[^']*')\s*=""")
QUOTES = re.compile(r'"""|' + "'''")


def line_numbers(text: str) -> dict[Path, int]:
    """Line of every table and key, counted from 1. Keys inside inline tables have the line of the table."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    quoted = False
    for number, line in enumerate(text.splitlines(), 1):
        if not quoted:
            if header := HEADER.match(line):
                table = _table(header[2].split("."), header[1] == "[[", counts)
                for path in (table[:1], table):
                    found.setdefault(path, number)
            elif key := KEY.match(line):
                found.setdefault((*table, key[1].strip("\"'")), number)
        quoted ^= len(QUOTES.findall(line)) % 2 == 1
    return found


def _table(names: list[str], repeated: bool, counts: dict[Path, int]) -> Path:
    """The table's path: its parents with the number that each has reached, and a new number for a repeated one."""
    path: Path = ()
    for depth, name in enumerate(names, 1):
        path = (*path, name.strip(" \"'"))
        if repeated and depth == len(names):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
