"""What comes with a task's button: read no further than it may be long, and kept as it was written."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs

from fastapi import Request

from config.language import _
from monitor.watch.shown import storable
from monitor.web.task_kinds import Filled

LONGEST_NOTE = 1000  # characters
HIGHEST_COUNT = 100_000
LARGEST = 50_000  # bytes of a form: each character takes up to twelve, and there is room to say "too long"


class TooLarge(Exception):
    """More than any form of ours holds."""


@dataclass(slots=True)
class Form:
    """As it was written. faults: what cannot be meant, by field, in the language in use."""

    note: str = ""
    count: str = ""
    faults: dict[str, str] = field(default_factory=dict)

    def filled(self) -> Filled:
        """What was meant, or what is wrong in `faults`."""
        self.faults = {name: fault for name, fault in (("note", self._note()), ("count", self._count())) if fault}
        return Filled(self.note, int(self.count) if self.count and not self.faults else None)

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
    """What was sent. Raises TooLarge, whatever the headers say."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > LARGEST:
            raise TooLarge
    try:
        sent = parse_qs(read.decode("ascii", "replace"), errors="replace", max_num_fields=20)
    except ValueError:  # more fields than any form of ours has
        raise TooLarge from None
    return Form(note=_text(sent, "note").replace("\r\n", "\n"), count=_text(sent, "count"))


def _text(sent: dict[str, list[str]], name: str) -> str:
    return storable(sent.get(name, [""])[0]).strip()
