"""The address on this machine that a platform's login sends the browser back to: one answer, a page, and gone."""

import socketserver
import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from config.language import _, language

ANSWERS = {"code", "error", "state"}
STYLE = "body{font:1.1rem/1.5 system-ui,sans-serif;margin:3rem auto;max-width:34rem;padding:0 1rem}"


class Callback:
    """Listens on 127.0.0.1. port 0: any free one. Raises OSError where the port is taken."""

    def __init__(self, port: int = 0) -> None:
        self._server = _Server(port, _page().encode())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def wait(self, seconds: float) -> str | None:
        """The address that the browser asked for, with the platform's answer in it; None where none came in time."""
        self._server.answered.wait(seconds)
        return self._server.answer

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, page: bytes) -> None:
        self.page, self.answer, self.answered = page, None, threading.Event()
        super().__init__(("127.0.0.1", port), _Handler)

    answer: str | None

    def server_bind(self) -> None:
        """Without the name lookup of the standard library, that can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10  # seconds; browsers open connections that they never use

    def do_GET(self) -> None:
        """The first request with an answer counts; a browser asks for an icon too."""
        address = urlsplit(self.path)
        if address.path != "/" or not ANSWERS & parse_qs(address.query).keys() or self.server.answered.is_set():
            self._send(404, b"")
            return
        self.server.answer = self.path
        self._send(200, self.server.page)
        self.server.answered.set()

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's signature
        """Nothing: the address holds the code."""


def _page() -> str:
    """Made before the server starts: its threads do not know the language. Shows nothing of the address."""
    title = escape(_("Kanalvakt has got the answer"))
    text = escape(_("Go back to the terminal: it says how it went. You can close this page."))
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    body = f"<main><h1>{title}</h1><p>{text}</p></main>"
    return (
        f'<!doctype html><html lang="{language()}"><head>{head}<style>{STYLE}</style></head><body>{body}</body></html>'
    )
