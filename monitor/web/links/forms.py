"""What comes with a task's button: read no further than it may be long, and kept as it was written."""

import re
from dataclasses import dataclass, field

from fastapi import Request

from config.language import _
from monitor.watch.shown import storable
from monitor.web.form_body import fields
from monitor.web.links.holding import Filled

LONGEST_NOTE = 1000  # characters
HIGHEST_COUNT = 100_000
MOST_FIELDS = 120
NUMBER = re.compile(r"[0-9]{1,18}")
LARGEST = 50_000  # bytes
SINGLE = ("note", "count", "newest", "choice", "reason")


@dataclass(slots=True)
class Form:
    """As it was written. faults: what cannot be meant, by field, in the language in use."""

    note: str = field(default="", repr=False)
    count: str = ""
    newest: str = ""
    choice: str = ""
    reason: str = ""
    picked: tuple[str, ...] = ()
    faults: dict[str, str] = field(default_factory=dict)

    def filled(self) -> Filled:
        """What was meant, or what is wrong in `faults`."""
        self.faults = {name: fault for name, fault in (("note", self._note()), ("count", self._count())) if fault}
        count = int(self.count) if self.count and not self.faults else None
        newest = int(self.newest) if NUMBER.fullmatch(self.newest) else None
        picked = frozenset(int(each) for each in self.picked if NUMBER.fullmatch(each))
        return Filled(self.note, count, newest, self.choice, self.reason, picked)

    def _note(self) -> str | None:
        if len(self.note) <= LONGEST_NOTE:
            return None
        length, most = len(self.note), LONGEST_NOTE
        return _("The note has {count} characters. Shorten it to at most {most}.", count=length, most=most)

    def _count(self) -> str | None:
        number = self.count.isascii() and self.count.isdecimal() and len(self.count) <= len(str(HIGHEST_COUNT))
        if not self.count or (number and int(self.count) <= HIGHEST_COUNT):
            return None
        return _("Write a whole number from 0 to {most}, or nothing.", most=HIGHEST_COUNT)


async def form(request: Request) -> Form:
    """What was sent. Raises HTTPException (413) for more than it may hold."""
    sent = await fields(request, LARGEST, MOST_FIELDS)
    note, count, newest, choice, reason = (_text(sent, name) for name in SINGLE)
    return Form(note.replace("\r\n", "\n"), count, newest, choice, reason, tuple(sent.get("picked", [])))


def _text(sent: dict[str, list[str]], name: str) -> str:
    return storable(sent.get(name, [""])[0]).strip()
