"""Comments that no platform ought to write, written all the same."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from connectors.emulator.wire import Answer, Request, Site

MARK = "GIFT"
"""What a comment says that is to be poisoned."""
TEXTS = ("message", "text", "textDisplay", "rendered", "caption", "title")
TIMES = ("created_time", "timestamp", "publishedAt", "created_at", "date_gmt")
Comment = dict[str, Any]
Change = Callable[[Comment], None]


def _every(names: tuple[str, ...], value: object) -> Change:
    def change(comment: Comment) -> None:
        for part in _parts(comment):
            part.update(dict.fromkeys([name for name in names if name in part], value))

    return change


def _without_time(comment: Comment) -> None:
    for part in _parts(comment):
        for name in TIMES:
            part.pop(name, None)


UNREADABLE: dict[str, Change] = {
    "the year 0": _every(TIMES, "0000-01-01T00:00:00+0000"),
    "the last second of the calendar": _every(TIMES, "9999-12-31T23:59:59-1200"),
    "a time that is none": _every(TIMES, "in the morning"),
    "a time that is nothing": _every(TIMES, None),
    "a time without end": _every(TIMES, 10**20),
    "no time": _without_time,
    "a text that is a list": _every(TEXTS, ["a", {"b": None}]),
}
DATES = ("0000-01-01T00:00:00Z", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59-12:00", "Thu, 01 Jan 0001 00:00:00 +0000")
"""Of a feed. One that is no date at all is none that anybody told, and a feed need not tell any."""
STORABLE: dict[str, str] = {
    "NUL": "nu\0ll",
    "half of a surrogate pair": "halv \ud83d bild",
    "a megabyte": "å" * 500_000,
    "right to left, and emoji": "\u202eשלום 👩‍👩‍👧‍👦 مرحبا" + "\u0301" * 500,
    "markup": "<script>alert(1)</script> {{7*7}} %s =1+1 '; DROP TABLE comment; --",
}
JUNK: dict[str, object] = {
    "nothing": None,
    "a number": 7,
    "a number without end": 10**30,
    "no number": float("nan"),
    "yes": True,
    "an empty list": [],
    "a list": [None, ["a"]],
    "a thing": {"id": {"id": None}},
    "an empty text": "",
    "a long text": "å" * 3000,
    "half of a surrogate pair, and NUL": "\ud83d\0",
}
"""What may stand in any place of a comment."""


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


class PoisonedFeed(Poisoned):
    """The same for a feed, where each date of such a comment becomes another."""

    def __init__(self, site: Site, date: str) -> None:
        super().__init__(site, lambda _comment: None)
        self._date = date

    def answer(self, request: Request) -> Answer:
        answer = self._site.answer(request)
        whole = answer.body.decode()
        for entry in re.findall(r"<(?:item|entry)>.*?</(?:item|entry)>", whole, re.DOTALL):
            if MARK in entry:
                dates = r"(<(?:pubDate|updated|published)>)[^<]*"
                whole = whole.replace(entry, re.sub(dates, rf"\g<1>{self._date}", entry))
        return replace(answer, body=whole.encode())


def one_each(changes: Sequence[Change]) -> Change:
    """The first comment that comes is changed by the first, and so on."""
    which: dict[str, Change] = {}

    def change(comment: Comment) -> None:
        which.setdefault(str(comment["id"]), changes[len(which) % len(changes)])(comment)

    return change


def text(words: str) -> Change:
    return _every(TEXTS, words)


def junk_at(number: int, value: object) -> Change:
    """In the place of that number, counted round."""

    def change(comment: Comment) -> None:
        found = places(comment)
        part, name = found[number % len(found)]
        part[name] = value

    return change


def places(comment: Comment) -> list[tuple[Comment, str]]:
    """Everything that a comment tells: where it stands, and under which name."""
    return [(part, name) for part in _parts(comment) for name in part]


def _parts(comment: Comment) -> Iterator[Comment]:
    """The comment, and what is written in parts of its own; not the answers below it."""
    yield comment
    for name in ("snippet", "content", "from", "owner", "parent", "caption", "title", "user"):
        if isinstance(part := comment.get(name), dict):
            yield part


def _poisonous(value: Any) -> Iterator[Comment]:
    """On some platforms the text stands in a part of the comment."""
    if isinstance(value, dict):
        below = [value.get(name) for name in ("snippet", "content", "caption", "title")]
        parts = [value, *(part for part in below if isinstance(part, dict))]
        if "id" in value and any(_says(part.get(name)) for part in parts for name in TEXTS):
            yield value
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _poisonous(each)


def _says(value: object) -> bool:
    return isinstance(value, str) and value.removeprefix("<p>").removesuffix("</p>\n") == MARK
