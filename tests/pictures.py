"""Pictures of every page on people's days, for a reviewer to look through, and the best ones for docs/pictures.

    python -m tests.pictures [FOLDER] [pytest's arguments]     (or: make pictures)

LOOKS=quick: in four looks each rather than in eight. `-k sv-True`: only in Swedish, with scripts. The folder
(kanalvakt-pictures, ignored by git) gets an index.html. Debian's fonts-noto-color-emoji and chromium-l10n make emoji
and date fields look as they do on a desk in Sweden.
"""

import base64
import os
import struct
import subprocess
import sys
import zlib
from collections import Counter
from html import escape
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

from tests.services import Services

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "kanalvakt-pictures"
KEPT = ROOT / "docs" / "pictures"
BEST = {
    "today": ("moderator/* today/sv-1280-light.png", 1280, 900),
    "inbox": ("moderator/* inbox/sv-1280-light.png", 1280, 900),
    "inbox-phone": ("moderator/* inbox, searched/sv-360-light.png", 360, 740),
    "answering": ("moderator/* a template/sv-1280-light.png", 1280, 1100),
    "sent-phone": ("moderator/* sent/sv-360-light.png", 360, 740),
    "taking-away": ("moderator/* taking away/sv-1280-light.png", 1280, 1000),
    "case": ("moderator/* a case/sv-1280-light.png", 1280, 1000),
    "decision-phone": ("manager/* looking at it/sv-360-light.png", 360, 740),
    "month": ("registrar/* a month/sv-1280-light.png", 1280, 900),
    "report": ("figures/* a month of answers/sv-1280-light.png", 1280, 1000),
    "first-run-phone": ("administrator/* the app/sv-360-light.png", 360, 740),
    "link-phone": ("deputy/* a link, a comment/sv-360-light.png", 360, 740),
}
"""By name: where the picture is, and how much of its top is shown."""
LARGEST = 120_000
COLOURS = 256
RARE = 64  # of them: one for each part of the colours, so that a small emoji keeps its own
STYLE = """body { font: 1rem system-ui, sans-serif; margin: 1rem; background: #ddd; color: #111 }
section > div { display: flex; gap: 1rem; overflow-x: auto; align-items: start; padding-bottom: 1rem }
figure { margin: 0; flex: none } img { display: block; max-height: 60rem; max-width: 60rem; border: 1px solid #999 }"""


def main(folder: Path, arguments: list[str]) -> int:
    """The exit code of the walks: whatever was wrong on a page is told there."""
    folder.mkdir(parents=True, exist_ok=True)
    with Services() as services:
        asked = {"SCREENSHOTS": str(folder.resolve()), "LANGUAGE": "sv_SE"}  # the latter for the browser's own fields
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:randomly", "--timeout", "3600"]
        walked = subprocess.run(
            [*command, "tests/web/days", *arguments], check=False, env=os.environ | services.environment | asked
        )
        (folder / "index.html").write_text(index(folder), encoding="utf-8")
        print(f"Look through {folder / 'index.html'}")
        with sync_playwright() as playwright:
            options = {"executable_path": services.environment["TEST_CHROMIUM"], "args": ["--no-sandbox"]}
            page = playwright.chromium.launch(**options).new_page()
            for name, (where, width, height) in BEST.items():
                for found in sorted(folder.glob(where))[:1]:
                    keep(page, found, KEPT / f"{name}.png", width, height)
    return walked.returncode


def index(folder: Path) -> str:
    """Every picture, stop by stop."""
    parts = [f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Pictures</title><style>{STYLE}</style>']
    for walk in sorted(each for each in folder.iterdir() if each.is_dir()):
        parts.append(f"<h1>{escape(walk.name)}</h1>")
        for stop in sorted(each for each in walk.iterdir() if each.is_dir()):
            parts.append(f"<section><h2>{escape(stop.name)}</h2><div>")
            parts += [_figure(folder, each) for each in sorted(stop.glob("*.png"))]
            parts.append("</div></section>")
    return "\n".join(parts)


def _figure(folder: Path, picture: Path) -> str:
    address, name = quote(picture.relative_to(folder).as_posix()), escape(picture.stem)
    shown = f'<img loading="lazy" src="{address}" alt="{name}">'
    return f'<figure><figcaption>{name}</figcaption><a href="{address}">{shown}</a></figure>'


def keep(page: Page, picture: Path, to: Path, width: int, height: int) -> None:
    """The top of the picture as a small file. Fails if it is too large for a repository all the same."""
    data = base64.b64encode(picture.read_bytes()).decode()
    points = page.evaluate(POINTS, [f"data:image/png;base64,{data}", width, height])
    made = png(base64.b64decode(points["points"]), points["width"], points["height"])
    assert len(made) <= LARGEST, f"{to.name}: {len(made)} bytes"
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(made)


POINTS = """async ([address, width, height]) => {
  const image = new Image(); image.src = address; await image.decode()
  const canvas = document.createElement("canvas")
  canvas.width = Math.min(width, image.width); canvas.height = Math.min(height, image.height)
  const context = canvas.getContext("2d"); context.drawImage(image, 0, 0)
  const points = context.getImageData(0, 0, canvas.width, canvas.height).data
  let text = ""
  for (let at = 0; at < points.length; at += 4) text += String.fromCharCode(points[at], points[at + 1], points[at + 2])
  return {points: btoa(text), width: canvas.width, height: canvas.height}
}"""


def png(points: bytes, width: int, height: int) -> bytes:
    """Three bytes a point in; a PNG with the most frequent colours, of all and of each part, others by the nearest."""
    colours = [points[at : at + 3] for at in range(0, len(points), 3)]
    ranked = [colour for colour, _count in Counter(colours).most_common()]
    parts: dict[bytes, bytes] = {}
    for colour in ranked[COLOURS - RARE :]:
        parts.setdefault(bytes(each >> 6 for each in colour), colour)
    often = [*ranked[: COLOURS - RARE], *parts.values()]
    place = {colour: number for number, colour in enumerate(often)}
    for colour in set(colours) - place.keys():
        place[colour] = min(range(len(often)), key=lambda number: _apart(often[number], colour))
    lines = (colours[at : at + width] for at in range(0, width * height, width))
    rows = b"".join(b"\0" + bytes(place[colour] for colour in line) for line in lines)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"PLTE", b"".join(often)), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(kind, data) for kind, data in chunks)


def _apart(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _part(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    given = sys.argv[1:]
    named = Path(given.pop(0)) if given and not given[0].startswith("-") else FOLDER
    sys.exit(main(named, given))
