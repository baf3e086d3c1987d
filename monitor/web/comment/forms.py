"""What the forms of a comment's page send: read no further than they may be long, and kept as it was written."""

import re
from dataclasses import dataclass, field

from fastapi import Request

from monitor.watch.shown import storable
from monitor.web.form_body import fields

LARGEST = 200_000  # bytes: the longest answer that any platform takes, with up to twelve for each character
MOST_FIELDS = 30
KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(slots=True)
class Typed:
    """As it was written, by the fields' names. faults: sentences by field. form: which of the page's forms it was."""

    values: dict[str, str] = field(default_factory=dict, repr=False)
    faults: dict[str, str] = field(default_factory=dict)
    form: str = ""

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def of(self, form: str, name: str, otherwise: str = "") -> str:
        """What was written in that form; `otherwise` where another one was sent, or none."""
        return self[name] if self.form == form else otherwise

    def fault(self, form: str, name: str) -> str | None:
        return self.faults.get(name) if self.form == form else None

    @property
    def key(self) -> str:
        """What makes a press the same press; "" where it is none of ours."""
        return self["key"] if KEY.fullmatch(self["key"]) else ""


async def typed(request: Request) -> Typed:
    """Raises HTTPException, 413, for more than any form of ours holds."""
    sent = await fields(request, LARGEST, MOST_FIELDS)
    return Typed({name: storable(each[0]).replace("\r\n", "\n") for name, each in sent.items()})
