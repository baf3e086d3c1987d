"""Comments that no platform ought to write, written all the same."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from connectors.emulator.wire import Answer, Request, Site

MARK = "GIFT"
"""What a comment says that is to be poisoned."""
TEXTS = ("message", "text", "textDisplay")
TIMES = ("created_time", "timestamp", "publishedAt")
Change = Callable[[dict[str, Any]], None]


def _every(names: tuple[str, ...], value: object) -> Change:
    def change(comment: dict[str, Any]) -> None:
        comment.update(dict.fromkeys([name for name in names if name in comment], value))

    return change


def _without_time(comment: dict[str, Any]) -> None:
    for name in TIMES:
        comment.pop(name, None)


UNREADABLE: dict[str, Change] = {
    "the year 0": _every(TIMES, "0000-01-01T00:00:00+0000"),
    "the last second of the calendar": _every(TIMES, "9999-12-31T23:59:59-1200"),
    "a time that is none": _every(TIMES, "in the morning"),
    "no time": _without_time,
    "a text that is a list": _every(TEXTS, ["a", {"b": None}]),
}
STORABLE: dict[str, str] = {
    "NUL": "nu\0ll",
    "half of a surrogate pair": "halv \ud83d bild",
    "a megabyte": "å" * 500_000,
    "right to left, and emoji": "\u202eשלום 👩‍👩‍👧‍👦 مرحبا" + "\u0301" * 500,
    "markup": "<script>alert(1)</script> {{7*7}} %s =1+1 '; DROP TABLE comment; --",
}


class Poisoned:
    """A platform's site, but what says MARK is changed in each answer."""

    def __init__(self, site: Site, change: Change) -> None:
        self.name, self._site, self._change = site.name, site, change

    def owns(self, request: Request) -> bool:
        return self._site.owns(request)

    def answer(self, request: Request) -> Answer:
        answer = self._site.answer(request)
        try:
            value = json.loads(answer.body)
        except ValueError:
            return answer
        for comment in list(_poisonous(value)):
            self._change(comment)
        return replace(answer, body=json.dumps(value).encode())


def text(words: str) -> Change:
    return _every(TEXTS, words)


def _poisonous(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if any(value.get(name) == MARK for name in TEXTS):
            yield value
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _poisonous(each)
