"""What is wrong in a register file: each fault with its place, and what to do about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from config.language import _

Path = tuple[str | int, ...]
"""The way to a value in the file: ("channel", 1, "decision", 0, "purpose")."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. `what` and `remedy` are sentences in the language in use; neither holds a secret."""

    path: Path
    what: str
    remedy: str = ""
    line: int | None = None
    table: str = ""

    def __str__(self) -> str:
        line = _("line {line}", line=self.line) if self.line else ""
        place = ", ".join(part for part in (line, self.table) if part)
        return " ".join(part for part in (f"{place}:" if place else "", self.what, self.remedy) if part)


def hint(key: str, known: Iterable[str]) -> str:
    """Which key was meant, or which ones there are."""
    keys = list(known)
    near = get_close_matches(key, keys, n=1)
    return _("Did you mean {key}?", key=near[0]) if near else _("The keys here are {keys}.", keys=", ".join(keys))


class Refused(Exception):
    """What was asked for cannot be done to the register. The text says why, and what to do instead."""


class RegisterFaults(Exception):
    """The register file cannot be used. Lists every fault, in the order of the file; nothing was imported."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        count = len(faults)
        head = _("{file}: {count} faults, nothing imported.", file=name, count=count)
        if count == 1:
            head = _("{file}: one fault, nothing imported.", file=name)
        super().__init__("\n".join([head, *(f"  {fault}" for fault in faults)]))
        self.faults = tuple(faults)


def place(faults: Iterable[Fault], raw: Mapping[str, object], lines: Mapping[Path, int]) -> list[Fault]:
    """The faults with their line and table filled in, in the order of the file."""
    placed = [
        Fault(fault.path, fault.what, fault.remedy, line=_line(fault.path, lines), table=_table(fault.path, raw))
        for fault in faults
    ]
    return sorted(dict.fromkeys(placed), key=lambda fault: fault.line or 0)


def _line(path: Path, lines: Mapping[Path, int]) -> int | None:
    """The line of the value, or of the nearest table around it."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), None)


def _table(path: Path, raw: object) -> str:
    """[[channel]] 2 "fb-tibro", [[channel.decision]] 1, purpose."""
    parts: list[str] = []
    names: list[str] = []
    for step in path:
        raw = _below(raw, step)
        if isinstance(step, str):
            names.append(step)
            parts.append(step)
        elif isinstance(raw, Mapping):
            own = f' "{raw["id"]}"' if isinstance(raw.get("id"), str) else ""
            parts[-1] = f"[[{'.'.join(names)}]] {step + 1}{own}"
    return ", ".join(parts)


def _below(raw: object, step: str | int) -> object:
    if isinstance(raw, Mapping) and isinstance(step, str):
        return raw.get(step)
    if isinstance(raw, list) and isinstance(step, int) and step < len(raw):
        return raw[step]
    return None
