"""A crisis message as a picture, for platforms that take no text alone: 1080 × 1080 pixels, JPEG.

The picture holds the message's own words and a band that says what it is: dark red in earnest, blue in exercises, in
words too, as many see no difference between the colours. What does not fit is set smaller, then cut with "…": nothing
ever stands over the edge. Every sign stands out from its ground by at least 4.5 : 1 (WCAG AA).
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Protocol

from PIL import Image, ImageDraw, ImageFont

from config.language import _, use_language

SIDE = 1080
MARGIN = 72
BAND = 168
LARGEST, SMALLEST, STEP = 104, 40, 4
"""Sizes of the text, in pixels: the smallest is read on a phone, where the picture is a third as wide."""
LINE = 1.22
"""Height of a line, in sizes."""
PAPER, INK, WHITE = "#ffffff", "#16191d", "#ffffff"
EARNEST, EXERCISE = "#8f1020", "#1b4b8f"
QUALITY = 90
MORE = "…"
SAID_LATER = 600
"""Signs of a text that are looked at at all: no picture shows more."""


class Words(Protocol):
    """What a card takes of a message."""

    @property
    def headline(self) -> str: ...
    @property
    def card_text(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def language(self) -> str: ...


def card(message: Words, exercise: bool) -> bytes:
    """The picture of a message: always the same bytes for the same words. `card_text`, or else the headline."""
    return _drawn(band_text(message, exercise), shown_text(message), exercise)


@lru_cache(maxsize=8)
def _drawn(band: str, text: str, exercise: bool) -> bytes:
    """Kept: who reads a message before it is sent has seen it, and then it need not be drawn."""
    picture = Image.new("RGB", (SIDE, SIDE), PAPER)
    draw = ImageDraw.Draw(picture)
    _band(draw, band, EXERCISE if exercise else EARNEST, 0)
    if exercise:
        _band(draw, band, EXERCISE, SIDE - BAND)
    _text(draw, text, SIDE - BAND if exercise else SIDE)
    content = BytesIO()
    picture.save(content, "JPEG", quality=QUALITY, subsampling=0)
    return content.getvalue()


def alt_text(message: Words, exercise: bool) -> str:
    """What the picture says, for whoever cannot see it: the same words."""
    return f"{band_text(message, exercise)}: {shown_text(message)}"


def shown_text(message: Words) -> str:
    """The words below the band, in one paragraph for each line of them."""
    text = message.card_text.strip() or message.headline.strip()
    return "\n".join(" ".join(_printable(line).split()) for line in text.splitlines())[:SAID_LATER]


def band_text(message: Words, exercise: bool) -> str:
    """What kind of a message it is, in its own language. Exercises say so first, and in Swedish always."""
    with use_language("en" if message.language.startswith("en") else "sv"):
        if exercise:
            return _("ÖVNING: this is an exercise")
        named = {"correction": _("Correction"), "cancel": _("Withdrawn")}
        return named.get(message.kind) or _("Crisis information")


def lines(text: str, width: float, size: int) -> list[str]:
    """The text in lines no wider than `width` pixels; a word that is wider is broken where it has to be."""
    found: list[str] = []
    for paragraph in text.split("\n"):
        line, used = "", 0.0
        for piece in _pieces(paragraph, width, size):
            more = length(piece, size) + (length(" ", size) if line else 0)
            if used + more <= width:
                line, used = f"{line} {piece}" if line else piece, used + more
            else:
                found.append(line)
                line, used = piece, length(piece, size)
        found.append(line)
    return found


def length(text: str, size: int) -> float:
    """In pixels, sign by sign: measuring whole lines takes a hundred times as long, and kerning only makes them
    shorter."""
    return sum(_advance(sign, size) for sign in text)


def fitted(text: str, width: float, height: float) -> tuple[list[str], int]:
    """Lines and size: the largest at which all of it fits, else the smallest and as many lines as fit."""
    for size in range(LARGEST, SMALLEST - 1, -STEP):
        found = lines(text, width, size)
        if len(found) * _line_height(size) <= height:
            return found, size
    most = int(height // _line_height(SMALLEST))
    return [*found[: most - 1], _cut(found[most - 1], width)], SMALLEST


def _text(draw: ImageDraw.ImageDraw, text: str, bottom: int) -> None:
    """In the middle between the band and `bottom`."""
    top, height = BAND + MARGIN, bottom - BAND - 2 * MARGIN
    found, size = fitted(text, SIDE - 2 * MARGIN, height)
    at = top + (height - len(found) * _line_height(size)) / 2
    for line in found:
        draw.text((MARGIN, at), line, INK, _font("SemiBold", size))
        at += _line_height(size)


def _band(draw: ImageDraw.ImageDraw, text: str, colour: str, top: int) -> None:
    draw.rectangle((0, top, SIDE, top + BAND), colour)
    font = _font("Bold", 64)
    draw.text((MARGIN, top + BAND / 2), text, WHITE, font, anchor="lm")


def _pieces(paragraph: str, width: float, size: int) -> Iterator[str]:
    """The words, those that are too wide in parts."""
    for word in paragraph.split():
        part, used = "", 0.0
        for sign in word:
            if part and used + _advance(sign, size) > width:
                yield part
                part, used = "", 0.0
            part, used = part + sign, used + _advance(sign, size)
        yield part


def _cut(line: str, width: float) -> str:
    while line and length(line.rstrip() + MORE, SMALLEST) > width:
        line = line[:-1]
    return line.rstrip() + MORE


@cache
def _advance(sign: str, size: int) -> float:
    return _font("SemiBold", size).getlength(sign)


def _line_height(size: int) -> float:
    return size * LINE


def _printable(text: str) -> str:
    """Without signs that the font does not have: pictures and joiners say nothing as an empty box."""
    return "".join(sign for sign in text if sign.isspace() or _has(sign))


@lru_cache(maxsize=2000)
def _has(sign: str) -> bool:
    font = _font("SemiBold", SMALLEST)
    return bytes(font.getmask(sign)) != _unknown() or sign == "\u25a1"


@cache
def _unknown() -> bytes:
    return bytes(_font("SemiBold", SMALLEST).getmask("\uffff"))


@cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    name = weight.capitalize()
    path = files("font_source_sans_pro") / "files" / f"SourceSansPro-{name}.ttf"
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
