"""HTTP on loopback: one server for all platforms, that can also misbehave.

On the standard library's threads and sockets, because a fault must be able to reset a connection, stay silent or cut
an answer short. Serves a small answer in well under a millisecond.
"""

import socket
import socketserver
import struct
import threading
import traceback
from dataclasses import dataclass, replace
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from connectors.emulator.blog import BlogSite
from connectors.emulator.control import Control
from connectors.emulator.faults import WORKED, Fault, Faults
from connectors.emulator.graph import Graph
from connectors.emulator.instagram_web import InstagramWeb
from connectors.emulator.ledger import Entry, Ledger, parameters
from connectors.emulator.oauth import AUTH_PATH, OAuth
from connectors.emulator.story import Story
from connectors.emulator.warnings import PREFIX as WARNINGS
from connectors.emulator.warnings import Warnings
from connectors.emulator.webhooks import Webhooks
from connectors.emulator.wire import Answer, Request, Site
from connectors.emulator.world import World
from connectors.emulator.youtube import YouTube

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 seconds: close sends RST


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the server does with a request. answer None: nothing is sent."""

    answer: Answer | None
    fault: Fault | None = None


class Emulator:
    """The platforms of one world, served on 127.0.0.1.

    sites: the first that owns a request answers it. latency: seconds that each answer takes, for benchmarks. faults,
    ledger: see there. story: what is told in this world, if anything, for the control verb `live`.
    """

    def __init__(self, world: World | None = None, *, port: int = 0, latency: float = 0.0) -> None:
        self.world = world or World()
        self.ledger = Ledger()
        self.faults = Faults()
        self.latency = latency
        self.story: Story | None = None
        self.graph, self.youtube = Graph(self.world), YouTube(self.world)
        self.instagram_web = InstagramWeb(self.world)
        self.oauth = OAuth(self.graph.logins, self.youtube.gate.consents)
        self.sites: list[Site] = [self.oauth, self.graph, self.youtube, self.instagram_web, BlogSite(self.world)]
        self.warnings = Warnings(self.world)
        self.sites.append(self.warnings)
        self.webhooks = Webhooks(self.world)
        self.stopping = threading.Event()
        self._control = Control(self)
        self._server = _Server(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="emulator", daemon=True)

    # -- life

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ends every connection, hanging ones too."""
        self.stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def serve(self, connection: socket.socket, client: tuple[str, int]) -> None:
        """Answers everything that comes over a connection that somebody else accepted, until it ends."""
        _Connection(connection, client, self._server)

    # -- where

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, str]:
        """The environment that sends Kanalvakt to this emulator instead of the real platforms."""
        names = ("GRAPH", "FACEBOOK", "YOUTUBE", "INSTAGRAM", "INSTAGRAM_API")
        feeds = ("VMA", "SMHI", "KRISINFORMATION")
        return {f"KANALVAKT_{name}_URL": self.url for name in names} | {
            "KANALVAKT_GOOGLE_TOKEN_URL": f"{self.url}/token",
            "KANALVAKT_GOOGLE_AUTH_URL": f"{self.url}{AUTH_PATH}",
            **{f"KANALVAKT_EMERGENCY__{name}_URL": f"{self.url}{WARNINGS}/{name.lower()}" for name in feeds},
        }

    # -- what it does

    def handle(self, request: Request) -> Outcome:
        """Decides and records, with the world's lock held; sleeping and sending are the connection's."""
        with self.world.lock:
            if self._control.owns(request):
                return Outcome(_ask(self._control, request)[0])
            site = next((site for site in self.sites if site.owns(request)), None)
            if site is None:
                outcome, error = Outcome(_nobody(request)), None
            else:
                outcome, error = self._outcome(site, request, self.faults.take(site.name, request))
            self.ledger.entries.append(self._entry(site, request, outcome, error))
        return outcome

    def _outcome(self, site: Site, request: Request, fault: Fault | None) -> tuple[Outcome, str | None]:
        if fault and fault.kind not in WORKED:
            return Outcome(fault.answer(), fault), None
        answer, error = _ask(site, request)
        if fault and fault.kind == "fail" and (failed := fault.answer()):
            answer = replace(failed, cost=answer.cost)
        return Outcome(answer, fault), error

    def _entry(self, site: Site | None, request: Request, outcome: Outcome, error: str | None) -> Entry:
        answer, fault = outcome.answer, outcome.fault
        sent = answer is not None and not (fault and fault.kind == "lose")
        return Entry(
            site=site.name if site else "",
            method=request.method,
            path=request.path,
            parameters=parameters(request),
            status=answer.status if answer and sent else None,
            cost=answer.cost if answer else fault.cost if fault else 0,
            fault=fault.kind if fault else None,
            at=self.world.now,
            error=error,
        )


def _ask(site: Site, request: Request) -> tuple[Answer, str | None]:
    """The site's answer, or 500 and the traceback: a client must never hang because of a bug in here."""
    try:
        return site.answer(request), None
    except Exception as error:  # noqa: BLE001
        return Answer.json({"error": {"message": f"emulator: {error!r}"}}, 500, cost=0), traceback.format_exc()


def _nobody(request: Request) -> Answer:
    where = f"{request.host}{request.path}"
    return Answer.json({"error": {"message": f"No emulated platform answers at {where}"}}, 404, cost=0)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], emulator: Emulator) -> None:
        self.emulator = emulator
        self._open: set[socket.socket] = set()
        self._opening = threading.Lock()
        super().__init__(address, _Connection)

    def server_bind(self) -> None:
        """Without the name lookup of the standard library, that can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def keep(self, connection: socket.socket) -> None:
        with self._opening:
            self._open.add(connection)

    def drop(self, connection: socket.socket) -> None:
        with self._opening:
            self._open.discard(connection)

    def hang_up(self) -> None:
        with self._opening:
            for connection in self._open:
                _shut(connection)


class _Connection(BaseHTTPRequestHandler):
    """One client's connection: reads requests, sends answers, or does what the fault says."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.keep(self.connection)

    def finish(self) -> None:
        self.server.drop(self.connection)
        super().finish()

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:  # the client has gone: its right
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's signature
        """The ledger is the log."""

    def serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request.parse(self.command, self.path, dict(self.headers.items()), body)
        emulator = self.server.emulator
        outcome = emulator.handle(request)
        fault = outcome.fault
        if seconds := emulator.latency + (fault.seconds if fault else 0):
            emulator.stopping.wait(seconds)
        self._carry_out(outcome.answer, fault.kind if fault else None)

    do_GET = do_POST = do_DELETE = do_PUT = do_HEAD = serve  # noqa: N815 - the standard library's names

    def _carry_out(self, answer: Answer | None, kind: str | None) -> None:
        if kind in ("reset", "lose"):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.connection.close()  # the reset goes out when `finish` closes the last file on it
        if kind in ("reset", "lose") or answer is None:
            self.close_connection = True
            return
        head, body = self._head(answer), b"" if self.command == "HEAD" else answer.body
        if kind == "truncate":
            body, self.close_connection = body[: len(body) // 2], True
        self.wfile.write(head + body)

    def _head(self, answer: Answer) -> bytes:
        start = f"HTTP/1.1 {answer.status} {responses.get(answer.status, '')}"
        lines = [start, *(f"{name}: {value}" for name, value in answer.headers.items())]
        lines += [f"Set-Cookie: {cookie}" for cookie in answer.cookies]
        if answer.status not in (204, 304):
            lines.append(f"Content-Length: {len(answer.body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # the client was quicker
        return
