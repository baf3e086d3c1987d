"""Graph's cursors, as its recorded answers show them, and how a list is cut into pages by them."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.emulator.graph.refusals import Refusal


@dataclass(frozen=True)
class Cursors:
    """One way to name a place in a list. `name` gives the cursor of a thing and its number (from 1) in the list;
    `after` gives how many things to pass over to come behind a cursor."""

    name: Callable[[Any, int], str]
    after: Callable[[Sequence[Any], str], int]


def escaped(data: bytes) -> str:
    """Base64 with Graph's own escape for what a URL would not carry."""
    text = base64.b64encode(data).decode()
    return text.replace("Z", "ZA").replace("/", "ZB").replace("+", "ZC").replace("=", "ZD")


def unescaped(cursor: str) -> bytes:
    """Raises Refusal for what is no cursor."""
    text = cursor.replace("ZD", "=").replace("ZC", "+").replace("ZB", "/").replace("ZA", "Z")
    return _decoded(text.encode(errors="replace"))


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise _invalid() from None


def _invalid() -> Refusal:
    return Refusal(100, "(#100) The cursor is not valid")


def number(thing: Any) -> str:
    """The last part of an id: a comment's or post's own number."""
    return str(thing.id).rsplit("_", 1)[-1]


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def _offset(things: Sequence[Any], cursor: str) -> int:
    text = unescaped(cursor)
    if not text.isdigit():
        raise _invalid()
    return min(int(text), len(things))


def _marked(kind: str, *, twice: bool) -> Cursors:
    """Cursors that name the thing itself and its time, so that a list may grow before them."""

    def name(thing: Any, _number: int) -> str:
        plain = f"{kind}:{number(thing)}:{seconds(thing.at)}".encode()
        return escaped(base64.b64encode(plain) if twice else plain)

    def after(things: Sequence[Any], cursor: str) -> int:
        plain = _decoded(unescaped(cursor)) if twice else unescaped(cursor)
        parts = plain.decode(errors="replace").split(":")
        if len(parts) != 3 or parts[0] != kind or not parts[2].isdigit():
            raise _invalid()
        return behind(things, parts[1], int(parts[2]))

    return Cursors(name, after)


def behind(things: Sequence[Any], mark: str, time: int) -> int:
    """How many things stand before and at the marked one; where it has gone, before its time: never one too many."""
    for place, thing in enumerate(things):
        if number(thing) == mark:
            return place + 1
    falling = len(things) > 1 and things[0].at > things[-1].at
    passed = [seconds(thing.at) > time if falling else seconds(thing.at) < time for thing in things]
    return sum(passed)


RANKED = Cursors(lambda _thing, number: escaped(str(number).encode()), _offset)
BY_COMMENT = _marked("comment_cursor", twice=True)
BY_THING = _marked("AQHR", twice=False)
