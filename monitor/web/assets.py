"""What the pages are dressed in: style sheets, script and icon, each kept by browsers until it changes.

Packages' files lie in static/vendor, fetched by `.ci/assets` when the project is built. Without them pages are bare,
and work.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs

from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

FOLDER = Path(__file__).parent / "static"
A_YEAR = "public, max-age=31536000, immutable"
"""For an address that names the version: another version has another address."""


def address(name: str) -> str:
    """Where browsers get static/NAME; the address changes with what is in the file."""
    return f"/static/{name}?v={version(name)}"


@cache
def version(name: str) -> str:
    """Eight signs that change with the file; as the process began, for that is what it goes on to name."""
    try:
        return sha256((FOLDER / name).read_bytes()).hexdigest()[:8]
    except FileNotFoundError:
        return ""


def served() -> ASGIApp:
    """The files, compressed. Pages are not: compressed together with what strangers wrote, a secret tells of itself."""
    return GZipMiddleware(_Lasting(directory=FOLDER), minimum_size=1024)


class _Lasting(StaticFiles):
    """Static files that say how long they last."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("v")
        answer.headers["Cache-Control"] = A_YEAR if asked == [version(path)] else "no-cache"
        return answer
