"""Typesetting with Typst, whose compiler and fonts come inside its package: nothing else is installed or fetched."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

TEMPLATES = Path(__file__).parent / "templates"
CONTROLS = {code: f"[U+{code:04X}]" for code in (*range(0x20), *range(0x7F, 0xA0))} | {0x09: " ", 0x0A: "\n", 0x0D: ""}
MARKS = {"Cf", "Mn", "Me", "Sk"}  # what joins signs, or is set onto the one before
STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
NO_SIGN = re.compile(r'the (?:text|PDF contains the codepoint) `"(.+?)"`')
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
SHARP = 110.0  # dots an inch: as sharp as a telephone's screen shows a column of text


def typeset(template: str, data: Mapping[str, Any], at: datetime) -> bytes:
    """The template `template`.typ filled in with `data`, as a PDF. The same words at the same time: the same bytes.

    data: JSON values; texts are shown as they are, never read as markup. A sign that no font has, which an archived
    document may not hold, is shown by its name: [GRINNING FACE]. The template must set title and language, and give
    every picture a text: the compiler refuses a document that is not accessible.
    """
    return _made(template, data, at)[0]


def picture(template: str, data: Mapping[str, Any]) -> bytes:
    """As `typeset`, but the template's one page as a PNG. The same words: the same bytes."""
    import typst  # 84 MB, and seldom needed

    _pdf, shown = _made(template, data, BEGINNING)
    sent = {"data": json.dumps(shown, ensure_ascii=False)}
    made = typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        sys_inputs=sent,
        format="png",
        ppi=SHARP,
        ignore_system_fonts=True,
    )
    if not isinstance(made, bytes):
        raise TypeError(f"{template} has more than one page")
    return made


def _made(template: str, data: Mapping[str, Any], at: datetime) -> tuple[bytes, Any]:
    """The PDF, and the data as it could be shown."""
    import typst

    data = _each(data, lambda text: text.translate(CONTROLS))
    while True:
        try:
            made = typst.compile(
                TEMPLATES / f"{template}.typ",
                root=TEMPLATES,
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
                pdf_standards=[*STANDARDS],
                timestamp=at.astimezone(UTC).replace(microsecond=0),  # the compiler takes no parts of a second
                ignore_system_fonts=True,  # the same on every machine
            )
        except typst.TypstError as error:
            showable = _showable(data, _missing(str(error)))
            if showable == data:
                raise
            data = showable
        else:
            return made, data


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """The same data with every text changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each(each, change) for key, each in value.items()}
    return [_each(each, change) for each in value] if isinstance(value, list | tuple) else value


def _missing(message: str) -> str:
    """The signs that the compiler could not show; perhaps only for what is set onto them."""
    found = NO_SIGN.search(message)
    return re.sub(r"\\u\{(\w+)\}", lambda code: chr(int(code[1], 16)), found[1]) if found else ""


def _showable(data: Any, signs: str) -> Any:
    """The data without the marks set onto one of the signs; where it has none, with the sign's name in its place."""
    bare = _each(data, lambda text: "".join(_unmarked(text, signs)))
    named = {ord(sign): f"[{unicodedata.name(sign, f'U+{ord(sign):04X}')}]" for sign in signs if not sign.isascii()}
    return bare if bare != data else _each(data, lambda text: text.translate(named))


def _unmarked(text: str, signs: str) -> Iterator[str]:
    before = ""
    for sign in text:
        if not before or before not in signs or unicodedata.category(sign) not in MARKS:
            yield sign
            before = sign
