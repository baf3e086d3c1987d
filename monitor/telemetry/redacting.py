"""What may leave in a bundle for a bug report, and in which form. Pure, and of what is known to be harmless: what is
not listed here stays, whoever wrote it."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

OURS = ("monitor", "workers", "connectors", "config")
"""Loggers whose events are words of the code; what others say may quote anything."""
ALWAYS = {"timestamp": re.compile(r"[\d:.TZ+-]{10,40}"), "level": re.compile(r"[a-z]{1,10}")}
WORDS = {
    "event": re.compile(r"[\w ,.'-]{1,100}"),
    "logger": re.compile(r"[a-z_.]{1,80}"),
    "error": re.compile(r"[A-Za-z_]{1,40}"),
    "code": re.compile(r"[\d/]{1,12}|HTTP \d{3}|[A-Za-z]{1,40}"),
    "because": re.compile(r"[a-z_ ]{1,30}"),
    "next": ALWAYS["timestamp"],
    "method": re.compile(r"[A-Z]{1,7}"),
    "trace": re.compile(r"[0-9a-f]{32}"),
}
"""Texts of a line that may stay, by their field and as they always look."""
CHOSEN = {"outcome": frozenset({"complete", "partial", "failed", "lost", "thread", "running"})}
PLACES = ("channel", "place")
FRAME = re.compile(r"[\w<>]{1,60}\.py:\d+ [\w<>]{1,80}")
LEFT_OUT = "(left out)"


def settings_told(values: Mapping[str, Any], harmless: Collection[str], defaults: Mapping[str, Any]) -> dict[str, str]:
    """By dotted name: numbers, switches and what is harmless as it is; of the rest whether it is set. A section
    is what has defaults: what else holds several may have names and telephone numbers for keys."""
    found: dict[str, str] = {}
    for name, value in values.items():
        inner = defaults.get(name)
        if isinstance(value, Mapping) and isinstance(inner, Mapping) and inner:
            inside = settings_told(value, harmless, inner)
            found |= {f"{name}.{each}": said for each, said in inside.items()}
        elif isinstance(value, bool | int | float) or name in harmless:
            found[name] = str(value)
        else:
            changed = value is not None and value != inner
            found[name] = "(set)" if changed else "(not set)"
    return found


def lines_told(lines: Iterable[str], channels: Collection[str]) -> Iterator[dict[str, Any]]:
    """What may stay of lines of the log, which are JSON; of others only that there was one."""
    for line in lines:
        try:
            fields = json.loads(line)
        except ValueError:
            fields = None
        yield line_told(fields, channels) if isinstance(fields, dict) else {"line": LEFT_OUT}


def line_told(fields: Mapping[str, Any], channels: Collection[str]) -> dict[str, Any]:
    logger = fields.get("logger")
    ours = isinstance(logger, str) and logger.split(".")[0] in OURS
    told = {name: value for name, value in fields.items() if _may_stay(name, value, channels, ours=ours)}
    return {"event": LEFT_OUT} | told


def _may_stay(name: str, value: Any, channels: Collection[str], *, ours: bool) -> bool:
    if name in ALWAYS:
        return isinstance(value, str) and ALWAYS[name].fullmatch(value) is not None
    if not ours or not re.fullmatch(r"[a-z_]{1,40}", name):
        return False
    if value is None or isinstance(value, bool | int | float):
        return True
    if name == "frames":
        return isinstance(value, list) and all(isinstance(each, str) and FRAME.fullmatch(each) for each in value)
    return isinstance(value, str) and _word_may_stay(name, value, channels)


def _word_may_stay(name: str, value: str, channels: Collection[str]) -> bool:
    if name in PLACES:
        return value == "hub" or value in channels
    if name in CHOSEN:
        return value in CHOSEN[name]
    pattern = WORDS.get(name)
    return pattern is not None and pattern.fullmatch(value) is not None


def code_told(code: str | None) -> str | None:
    """A platform's code of an error, as long as it looks like one."""
    return code if code is None or WORDS["code"].fullmatch(code) else LEFT_OUT


def without(sentence: str, known: Iterable[str]) -> str:
    """A sentence of ours without these values, wherever they stand in it as words."""
    for value in sorted(filter(None, set(known)), key=len, reverse=True):
        sentence = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", LEFT_OUT, sentence)
    return sentence
