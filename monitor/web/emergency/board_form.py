"""What the board's forms send: which comments, and what to do with them."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from fastapi import Request

from monitor.emergency.board import Wish
from monitor.emergency.intake_rules import Kind
from monitor.watch.shown import storable
from monitor.web.form_body import fields

LARGEST = 200_000  # bytes
MOST_FIELDS = 2500
"""Of a group that is made a topic: a comment each."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """ids: of the comments on the board. values: everything else, by field."""

    ids: tuple[int, ...]
    values: dict[str, str] = field(repr=False)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def wish(self) -> Wish:
        """What the page showed that was sent."""
        kind, topic = self["kind"], self["topic"]
        number = int(topic) if topic.isdecimal() and len(topic) < 10 else None
        return Wish(Kind(kind) if kind in set(Kind) else None, number, bool(self["shown_done"]))

    def back(self, number: int) -> str:
        """To the board as it was shown."""
        wish = self.wish()
        query = {"kind": wish.kind, "topic": wish.topic, "done": "1" if wish.done else None}
        kept = urlencode({name: str(value) for name, value in query.items() if value is not None})
        return f"/crisis/{number}/board{f'?{kept}' if kept else ''}"


async def chosen(request: Request) -> Chosen:
    """Raises HTTPException (413) for more than a form may hold. A button that names one comment ("done": "7") is the
    act for that one alone."""
    found = await fields(request, LARGEST, MOST_FIELDS)
    values = {name: storable(each[0]).replace("\r\n", "\n") for name, each in found.items() if name != "id"}
    ids = found.get("id", [])
    if one := values.get("done_one"):
        ids, values["act"] = [one], "open" if values.get("shown_done") else "done"
    return Chosen(tuple(int(each) for each in ids if each.isdecimal() and len(each) < 10), values)
