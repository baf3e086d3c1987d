"""What comes with the forms of a removal: read no further than it may be long, and kept as it was written."""

from dataclasses import dataclass, field
from typing import TypeVar

from fastapi import Request

from config.language import _
from monitor.inbox.removal_desk import LATER
from monitor.inbox.removal_rules import Kind, Rule, Step
from monitor.watch.shown import storable
from monitor.web.form_body import fields
from monitor.web.links.forms import LARGEST, MOST_FIELDS

LONGEST_NOTE = 1000  # characters
LONGEST_NUMBER = 60
ANSWERS = {"yes": True, "no": False}
FIELDS = (
    *("key", "how", "rule", "note", "kind", "answer", "number", "sure"),
    *(f"{kind}_{part}" for kind in LATER for part in ("answer", "note", "number")),
)
Code = TypeVar("Code", Kind, Rule)


@dataclass(slots=True)
class Sent:
    """As it was written, by field. faults: what cannot be meant, in the language in use."""

    typed: dict[str, str] = field(default_factory=lambda: dict.fromkeys(FIELDS, ""), repr=False)
    faults: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.typed[name]

    @property
    def how(self) -> Kind | None:
        return _code(Kind, self["how"])

    @property
    def rule(self) -> Rule | None:
        return _code(Rule, self["rule"])

    def step(self) -> Step | None:
        """The one step of a case's form; None where it names none."""
        kind = _code(Kind, self["kind"])
        if kind is None:
            return None
        return Step(kind, ANSWERS.get(self["answer"]), self.rule, self["number"], self["note"])

    def later(self) -> list[Step]:
        """What was answered at once of what may be answered later."""
        return [
            Step(kind, ANSWERS[self[f"{kind}_answer"]], None, self[f"{kind}_number"], self[f"{kind}_note"])
            for kind in LATER
            if self[f"{kind}_answer"] in ANSWERS
        ]

    def check_lengths(self) -> None:
        """Fills in `faults`."""
        for name, text in self.typed.items():
            most = LONGEST_NOTE if name.endswith("note") else LONGEST_NUMBER
            if len(text) > most:
                self.faults[name] = _("This has {count} characters. Write at most {most}.", count=len(text), most=most)


async def sent(request: Request) -> Sent:
    """What was sent. Raises HTTPException (413) for more than it may hold."""
    found = await fields(request, LARGEST, MOST_FIELDS)
    form = Sent({name: _text(found, name) for name in FIELDS})
    form.check_lengths()
    return form


def _text(found: dict[str, list[str]], name: str) -> str:
    return storable(found.get(name, [""])[0]).replace("\r\n", "\n").strip()


def _code(codes: type[Code], word: str) -> Code | None:
    return codes(word) if word in set(codes) else None
