"""The public crisis page: files, answered before anything else is asked, so that it stands when the database does not.

It is read by everybody at once: a file is kept in memory as long as it does not change.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.emergency.hub import PATH
from monitor.web.middleware import HTTPS_ONLY

ENGLISH = "/crisis-information"
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
KINDS = {
    r"()": ("index.html", "text/html; charset=utf-8"),
    r"(index\.json)": ("{}", "application/json"),
    r"(feed\.atom)": ("{}", "application/atom+xml"),
    r"(robots\.txt)": ("{}", "text/plain; charset=utf-8"),
    rf"(cap/{NAME}\.xml)": ("{}", "application/cap+xml"),
    rf"(cards/{NAME}\.jpg)": ("{}", "image/jpeg"),
    rf"({NAME})": ("{}.html", "text/html; charset=utf-8"),
}
"""Every address that there is, with its file and what it is; the first that fits."""
HEADERS = {
    "Cache-Control": "public, max-age=10, stale-while-revalidate=30, stale-if-error=86400",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Access-Control-Allow-Origin": "*",
}
NOTHING = (
    '<!doctype html><html lang="sv"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>{0} – Krisinformation</title><style>body {{ font: 1.125rem/1.5 system-ui, sans-serif; color: #1a1a1a; "
    "max-width: 42rem; margin: 0 auto; padding: 1rem }} a {{ color: #14508c }}</style>"
    '<main><h1>{0}</h1><p>{1}</p><p lang="en">{2}</p></main></html>'
)
NONE_NOW = (
    "Ingen krisinformation just nu",
    "Här står kommunens information när något allvarligt händer.",
    "There is no crisis information at the moment.",
)
NO_PAGE = (
    "Sidan finns inte",
    f'<a href="{PATH}">Till krisinformationen</a>',
    f'<a href="{PATH}/en">To the crisis information</a>',
)
MOST = 500
"""Files in memory."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it was when it had this stamp."""

    stamp: tuple[int, int, int]
    content: bytes
    etag: str


class CrisisPage:
    """Everything below PATH comes from the folder; everything else goes on to the application. https: people reach us
    by https, and browsers are to use nothing else."""

    def __init__(self, app: ASGIApp, folder: Path, https: bool) -> None:
        self.app, self._folder, self._kept = app, folder, dict[str, Kept]()
        self._headers = HEADERS | (HTTPS_ONLY if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path == PATH or path.startswith(f"{PATH}/"):
            await self._answer(scope, path.removeprefix(PATH).strip("/"))(scope, receive, send)
        elif path == ENGLISH:
            await Response(status_code=302, headers=self._headers | {"Location": f"{PATH}/en"})(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _answer(self, scope: Scope, name: str) -> Response:
        if scope["method"] not in {"GET", "HEAD"}:
            return Response(status_code=405, headers=self._headers | {"Allow": "GET, HEAD"})
        for pattern, (file, kind) in KINDS.items():
            if found := re.fullmatch(pattern, name):
                kept = self._file(file.format(found[1]))
                return self._missing(name) if kept is None else self._given(scope, kept, kind)
        return self._missing(name)

    def _file(self, name: str) -> Kept | None:
        path = self._folder / name
        try:
            told = path.stat()
            stamp = (told.st_mtime_ns, told.st_size, told.st_ino)
            kept = self._kept.get(name)
            if kept is None or kept.stamp != stamp:
                content = path.read_bytes()
                kept = Kept(stamp, content, f'"{sha256(content).hexdigest()[:32]}"')
                if len(self._kept) >= MOST:
                    self._kept.clear()
                self._kept[name] = kept
        except OSError:
            return None
        return kept

    def _given(self, scope: Scope, kept: Kept, kind: str) -> Response:
        headers = self._headers | {"ETag": kept.etag, "Content-Type": kind}
        if kept.etag in _etags(scope):
            return Response(status_code=304, headers=headers)
        if scope["method"] == "HEAD":
            return Response(headers=headers | {"Content-Length": str(len(kept.content))})
        return Response(kept.content, headers=headers)

    def _missing(self, name: str) -> Response:
        """Before the first message there is no file, and all the same a page."""
        words = NO_PAGE if name else NONE_NOW
        status = 404 if name else 200
        return Response(NOTHING.format(*words), status, headers=self._headers, media_type="text/html")


def _etags(scope: Scope) -> Iterator[str]:
    """What the reader has already; a cache in between may have weakened it."""
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            yield from (each.strip().removeprefix("W/") for each in value.decode("latin-1").split(","))
