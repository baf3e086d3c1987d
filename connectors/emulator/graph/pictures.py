"""What Meta takes for a picture, by the bytes themselves: JPEG of certain shapes on Instagram.

The codes are PLATFORMS'; which code stands for an address that gives no picture is from memory.
"""

import struct
from dataclasses import dataclass
from typing import Self
from urllib.error import URLError
from urllib.request import Request, build_opener

from connectors.emulator.graph.refusals import Refusal

LARGEST = 8 * 1024 * 1024
"""Bytes, of a picture for Instagram (from memory)."""
TALLEST, WIDEST = 4 / 5, 1.91
SECONDS = 2
CRAWLER = "facebookexternalhit/1.1"
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


@dataclass(frozen=True, slots=True)
class Picture:
    """Its kind (JPEG or PNG) and size in pixels."""

    kind: str
    width: int
    height: int

    @classmethod
    def of(cls, content: bytes) -> Self:
        """Raises Refusal for what is no picture."""
        try:
            if content.startswith(b"\x89PNG\r\n\x1a\n"):
                return cls("PNG", *struct.unpack(">II", content[16:24]))
            if content.startswith(b"\xff\xd8"):
                return cls("JPEG", *_size(content))
        except (struct.error, IndexError):
            pass
        raise Refusal(36001, "The image is not of a supported format.", subcode=2207005)


def fetch(address: str) -> bytes:
    """What stands at the address now, as Meta's crawler gets it. Raises Refusal where nothing does."""
    try:
        asked = Request(address, headers={"User-Agent": CRAWLER})  # noqa: S310 - a toy's own web
        with build_opener().open(asked, timeout=SECONDS) as answer:
            content: bytes = answer.read(LARGEST + 1)
            return content
    except (URLError, OSError, ValueError):
        pass
    raise Refusal(9004, "The media could not be fetched from this uri.", subcode=2207052)


def refuse_unfit(content: bytes) -> None:
    """Raises Refusal for a picture that Instagram does not take."""
    picture = Picture.of(content)
    if picture.kind != "JPEG":
        raise Refusal(36001, "The image is not of a supported format.", subcode=2207005)
    if len(content) > LARGEST:
        raise Refusal(36000, "The image is too large to download.", subcode=2207004)
    if not TALLEST <= picture.width / picture.height <= WIDEST:
        raise Refusal(36003, "The submitted image has an aspect ratio that is not supported.", subcode=2207009)


def _size(jpeg: bytes) -> tuple[int, int]:
    """Width and height in the frame's header."""
    at = 2
    while jpeg[at] == 0xFF:
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4])
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", jpeg[at + 5 : at + 9])
            return width, height
        at += 2 + length
    raise IndexError
