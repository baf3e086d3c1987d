"""A server on loopback that keeps everything it is sent, as a collector of traces or an error tracker would."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Sink:
    """bodies: of every request, by path, unpacked."""

    address: str = ""
    bodies: list[tuple[str, bytes]] = field(default_factory=list)

    def got(self, enough: Callable[[bytes], bool], seconds: float = 30) -> bytes:
        """Everything, as soon as there is enough of it."""
        deadline = time.monotonic() + seconds
        while not enough(whole := b"\n".join(body for _path, body in self.bodies)):
            assert time.monotonic() < deadline, f"not enough came: {self.bodies}"
            time.sleep(0.02)
        return whole


@contextmanager
def sink() -> Iterator[Sink]:
    kept = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kept.bodies.append((self.path, gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    kept.address = f"127.0.0.1:{server.server_port}"
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
