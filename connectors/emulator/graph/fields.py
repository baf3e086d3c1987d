"""Graph's `fields` language: name, name.modifier(value), name{inner,fields}, nested without limit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class FieldSyntax(Exception):
    """The text is not in the language; says where it stops being."""


@dataclass(frozen=True)
class Asked:
    """One field or edge that was asked for. `inner` None: the default fields; `source`: the inner text as written."""

    name: str
    modifiers: Mapping[str, str] = field(default_factory=dict)
    inner: tuple["Asked", ...] | None = None
    source: str = ""

    @property
    def shown_as(self) -> str:
        return self.modifiers.get("as", self.name)


def parse(text: str) -> tuple[Asked, ...]:
    """Raises FieldSyntax."""
    reader = _Reader(text)
    found = reader.fields()
    if reader.at < len(text):
        raise reader.wrong("end of string")
    return found


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def fields(self) -> tuple[Asked, ...]:
        found = [self._field()]
        while self._skip(","):
            if self._sees("}") or self.at == len(self.text):  # a comma at the end does no harm
                break
            found.append(self._field())
        return tuple(found)

    def wrong(self, wanted: str) -> FieldSyntax:
        there = self.text[self.at : self.at + 1]
        sentence = f'Expected {wanted} instead of "{there}".'
        return FieldSyntax(f'Syntax error "{sentence}" at character {self.at}: {self.text}')

    def _field(self) -> Asked:
        name, modifiers = self._word(), {}
        while self._skip("."):
            modifier = self._word()
            modifiers[modifier] = self._value()
        if not self._skip("{"):
            return Asked(name, modifiers)
        start = self.at
        inner = self.fields()
        source = self.text[start : self.at]
        if not self._skip("}"):
            raise self.wrong("}")
        return Asked(name, modifiers, inner, source)

    def _word(self) -> str:
        self._blanks()
        word = _WORD.match(self.text, self.at)
        if word is None:
            raise self.wrong("a name")
        self.at = word.end()
        return word.group()

    def _value(self) -> str:
        """What stands in parentheses, which may hold pairs of them."""
        if not self._skip("("):
            raise self.wrong("(")
        start, depth = self.at, 1
        while depth and self.at < len(self.text):
            depth += {"(": 1, ")": -1}.get(self.text[self.at], 0)
            self.at += 1
        if depth:
            raise self.wrong(")")
        return self.text[start : self.at - 1].strip("'\"")

    def _blanks(self) -> None:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1

    def _sees(self, sign: str) -> bool:
        self._blanks()
        return self.text.startswith(sign, self.at)

    def _skip(self, sign: str) -> bool:
        if not self._sees(sign):
            return False
        self.at += len(sign)
        return True
