"""Reads a play: posts, and below each who says what and when.

    == facebook 5d                      a post of the account `facebook`, five days ago; its text follows
    == facebook 5d, Kim Exempelsson     a visitor's post
    == facebook 5d <https://…>          a post that shares a link besides its text
    - Kim Exempelsson, +20m: …          a comment 20 minutes after the line above (units m, h, d)
    -- Tibro kommun, @2h: …             a reply to it, two hours ago; the account itself where the name is the account's
    --- Kim Exempelsson, +1m: …         a reply to that reply
    ~ +5m: …                            the line above is edited

Words in brackets before the colon: [anonymous] [held] [hidden] [mention] (names the one it answers).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SPOKEN = ("-", "~")
_POST = re.compile(r"== (?P<account>\w+) (?P<ago>\S+?)(?:, (?P<author>.+?))?(?: <(?P<link>\S+)>)?")
_LINE = re.compile(
    r"(?P<depth>-{1,3}|~) (?:(?P<name>[^,:]+), )?(?P<when>[+@]\w+)(?: \[(?P<words>[\w ]+)\])?: (?P<text>.+)"
)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Line:
    """One utterance. depth 0: the line above is edited."""

    depth: int
    name: str
    when: str
    text: str
    words: frozenset[str]

    def time(self, above: datetime, now: datetime) -> datetime:
        """When it was said; `above`: when the line before was."""
        span = duration(self.when[1:])
        return now - span if self.when[0] == "@" else above + span


@dataclass(frozen=True)
class Scene:
    """A post with all that is said below it. author empty: the account's own; link empty: it shares none."""

    account: str
    ago: timedelta
    author: str
    text: str
    lines: tuple[Line, ...] = field(default=())
    link: str = ""


def scenes(script: str) -> Iterator[Scene]:
    for part in re.split(r"^(?=== )", script, flags=re.MULTILINE)[1:]:
        yield _scene(part.strip().splitlines())


def duration(text: str) -> timedelta:
    """'90m', '3h' or '5d'."""
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


def _scene(rows: list[str]) -> Scene:
    head = _POST.fullmatch(rows[0])
    if head is None:
        raise ValueError(f"not a post: {rows[0]}")
    lines = tuple(_line(row) for row in rows[1:] if row.startswith(SPOKEN))
    text = " ".join(row for row in rows[1:] if not row.startswith(SPOKEN))
    return Scene(head["account"], duration(head["ago"]), head["author"] or "", text, lines, head["link"] or "")


def _line(row: str) -> Line:
    said = _LINE.fullmatch(row)
    if said is None:
        raise ValueError(f"not a line: {row}")
    words = frozenset((said["words"] or "").split())
    return Line(said["depth"].count("-"), said["name"] or "", said["when"], said["text"], words)
