"""Writing the register as TOML, in the form people write it: one [[table]] for each thing, small tables on one line."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml(tables: Mapping[str, Any]) -> str:
    """A document of tables and lists of tables, which may hold lists of tables. None is left out."""
    return "\n".join(line for name, value in tables.items() for line in _tables(name, value)).lstrip("\n") + "\n"


def _tables(name: str, value: Any) -> Iterator[str]:
    repeated = isinstance(value, list)
    for table in value if repeated else [value]:
        yield f"\n[[{name}]]" if repeated else f"\n[{name}]"
        inner = {key: each for key, each in table.items() if _is_tables(each)}
        yield from (
            f"{_key(key)} = {_value(each)}" for key, each in table.items() if each is not None and key not in inner
        )
        for key, each in inner.items():
            yield from _tables(f"{name}.{_key(key)}", each)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # TOML's strings are JSON's, but for DEL, which no text here holds
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        given = [f"{_key(key)} = {_value(each)}" for key, each in value.items() if each is not None]
        return f"{{ {', '.join(given)} }}" if given else "{}"
    return str(value.isoformat())
