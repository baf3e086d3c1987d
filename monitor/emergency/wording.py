"""Drafts to begin with, in Swedish, plain Swedish and English: data beside this file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config.language import language
from monitor.emergency.message_rules import PARTS

OWN = "own-"
"""What the key of a template of the municipality's own begins with: own-7."""
HOLDING = "holding"
PLAIN = "plain"
LANGUAGES = ("sv", PLAIN, "en")


@dataclass(frozen=True, slots=True)
class Wording:
    """key: power. variety: of LANGUAGES. parts: by message_rules.PARTS; what has to be filled in is in brackets. cap:
    category, urgency, severity and certainty, as Message has them."""

    key: str
    variety: str
    name: str
    headline: str
    parts: Mapping[str, str]
    cap: Mapping[str, str]

    @property
    def is_own(self) -> bool:
        """The municipality's, not one of the built-in ones."""
        return self.key.startswith(OWN)

    @property
    def language(self) -> str:
        """Of the message: plain Swedish is Swedish."""
        return "en" if self.variety == "en" else "sv"


@cache
def _data() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text())


def wordings() -> list[Wording]:
    """All of them, the holding statement first; named in the language in use."""
    return [wording(key, variety) for key in _data() for variety in LANGUAGES]


def wording(key: str, variety: str) -> Wording:
    """Raises KeyError for one that there is not."""
    told = _data()[key]
    said = told[variety]
    return Wording(
        key, variety, told["name"][language()], said["headline"], {part: said[part] for part in PARTS}, told["cap"]
    )
