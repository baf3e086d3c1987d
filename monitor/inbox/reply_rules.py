"""From a template and a signature to the text of an answer. Pure."""

import re
from collections.abc import Mapping
from enum import StrEnum


class TemplateKind(StrEnum):
    """What a template's words do."""

    ANSWER = "answer"
    INTERIM = "interim"  # tell that an answer will come, so that the comment goes on waiting
    REFERRAL = "referral"  # tell where else to turn


FIELDS = ("organisation", "channel", "phone", "email")
"""What a template may hold in braces: the organisation's name, the channel's, and where residents reach the former."""
_FIELD = re.compile(r"\{(" + "|".join(FIELDS) + r")\}")

_BRACES = re.compile(r"\{\s*[^\W\d]\w*\s*\}")


def filled(template: str, values: Mapping[str, str | None]) -> str:
    """The template with its fields filled in. One without a value stays as it is: `left_open` finds it."""
    return _FIELD.sub(lambda found: values.get(found[1]) or found[0], template)


def left_open(text: str) -> list[str]:
    """Fields that still stand in the text, each once: a resident must never read them."""
    return list(dict.fromkeys(found[0] for found in _FIELD.finditer(text)))


def unknown_fields(template: str) -> list[str]:
    """What stands in braces as a field does and is none, each once: a slip of the pen, which nothing would fill in."""
    return list(dict.fromkeys(each for each in _BRACES.findall(template) if not _FIELD.fullmatch(each)))


def signed_text(text: str, signature: str) -> str:
    """The text with the signature below it, once, however often it is signed."""
    written, below = text.rstrip(), signature.strip()
    if not below or written == below or written.endswith(f"\n{below}"):
        return written
    return f"{written}\n\n{below}" if written else ""
