"""SMS gateways, chats and web hooks on loopback: a real HTTP server that keeps what it is sent, and has moods."""

import json
import socket
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

HOSTS = (
    "api.46elks.com",
    "prod-1.westeurope.logic.azure.com",
    "default1.environment.api.powerplatform.com",
    "hook.example.org",
)


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return {key: values[0] for key, values in parse_qs(self.body.decode()).items()}

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Providers:
    """`moods`: what is answered to the next requests that hand something over; status and body, or seconds of silence
    before the connection ends. Else all is well.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.moods: list[tuple[int, str] | float] = []
        self.headers: dict[str, str] = {}
        providers = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                providers.asked.append(asked)
                mood = providers.moods.pop(0) if providers.moods and self.command != "GET" else (200, "{}")
                if isinstance(mood, float):
                    time.sleep(mood)
                    self.close_connection = True
                    return
                status, text = mood
                if "/_matrix/" in self.path and status == 200:
                    text = json.dumps(
                        {"user_id": "@kanalvakt:example.org", "room_id": "!r:example.org", "event_id": "$1"}
                    )
                self.send_response(status)
                for name, value in providers.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            do_PUT = do_GET = do_POST  # noqa: N815 - the standard library's names

            def log_message(self, *_: object) -> None:
                pass

        self._handler = Answer
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    @property
    def sent(self) -> list[Asked]:
        """What was handed over, without what Matrix is asked before."""
        return [each for each in self.asked if "/_matrix/" not in each.path or "/send/" in each.path]

    def serve(self, connection: socket.socket, client: tuple[str, int]) -> None:
        self._handler(connection, client, self.server)

    def open(self) -> "Providers":
        self._thread.start()
        return self

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()
