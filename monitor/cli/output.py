"""What commands print: tables for people, one JSON document for programs. Errors and remarks go to standard error."""

import json
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from config.language import _

WIDEST = 100  # columns
SHORT = 12  # letters of a word that is never cut where there is room


def show_json(value: object) -> None:
    """One JSON document on standard output. Dataclasses become objects, times ISO 8601 with offset."""
    print(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table of at most 100 columns on a terminal; tab-separated lines, whole and without frames, in a pipe."""
    cells = [[cell(value) for value in row] for row in rows]
    if not sys.stdout.isatty():
        for line in (columns, *cells):
            print("\t".join(line))
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for column, least in zip(columns, _least([columns, *cells]), strict=True):
        table.add_column(column, overflow="fold", min_width=least)
    for line in cells:
        table.add_row(*line)
    _console().print(table)


def _least(lines: Sequence[Sequence[str]]) -> list[int | None]:
    """How wide each column has to be so that no word of up to 12 letters (a day, a state) is cut; None for each where
    the terminal has no room for that."""
    words = [[word for text in column for word in text.split()] for column in zip(*lines, strict=True)]
    widths = [max((min(SHORT, len(word)) for word in column), default=1) for column in words]
    return [*widths] if sum(width + 2 for width in widths) <= _console().width else [None] * len(widths)


def show_facts(facts: Iterable[tuple[str, object]]) -> None:
    """One `name: value` line a fact."""
    for name, value in facts:
        say(f"{name}: {cell(value)}")


def say(sentence: str) -> None:
    """A sentence on standard output."""
    _console().print(sentence, soft_wrap=not sys.stdout.isatty())


def remark(sentence: str) -> None:
    """A sentence on standard error: what went wrong, or what a program need not read."""
    print(_harmless(sentence, keep="\n"), file=sys.stderr)


def cell(value: object) -> str:
    """Any value as one line of text."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        value = ", ".join(map(cell, value))
    text = "–" if value is None or value == "" else str(value)
    return _harmless(text)


def local(moment: datetime | None, timezone: str) -> str | None:
    """A time as people in the organisation read it: 2026-06-18 15.00."""
    return moment.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H.%M") if moment else None


def _harmless(text: str, keep: str = "") -> str:
    """The text without the signs that break lines or could steer a terminal."""
    steering = {"Cc", "Zl", "Zp"}
    return "".join(" " if unicodedata.category(sign) in steering and sign not in keep else sign for sign in text)


def _console() -> Console:
    width = min(WIDEST, shutil.get_terminal_size().columns)
    # no markup, no emoji: what residents wrote is text
    return Console(width=width, highlight=False, markup=False, emoji=False)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, date | time):  # datetimes are dates too
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
