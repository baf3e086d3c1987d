"""Another system on loopback: a real HTTP server that checks signatures as the specification says, and does what it is
told once for each id. And a town that such systems subscribe to.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy import select

from config.settings import Settings
from monitor.alerts import hook_subscriptions
from monitor.alerts.hook_handing import hand_over
from monitor.alerts.hook_sending import due, send_due
from monitor.alerts.hook_subscriptions import Wish
from monitor.audit.outgoing import tell
from monitor.audit.outgoing_models import Dispatch, OutgoingEvent, Subscription
from monitor.audit.outgoing_rules import Event, Happened
from monitor.db import Database
from monitor.register.secrets import ready
from tests.monitor.town import Town

INSIDE = Settings(private_addresses=True, web={"public_url": "https://kanalvakt.tibro.example.org"})
MONDAY = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
RECEIVED = Event.COMMENT_RECEIVED


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """By the specification's own words, without its library."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    words = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = "v1," + base64.b64encode(hmac.new(key, words, hashlib.sha256).digest()).decode()
    return right in headers["webhook-signature"].split(" ")


class Receiver:
    """moods: what is answered to the next messages, in order: a status, or seconds of silence before 204. done: what
    something was done about, once for each id. arrived: each id, each time it came, with its body. forged: how many had
    no signature by one of the secrets.
    """

    def __init__(self) -> None:
        self.secrets: list[str] = []
        self.moods: list[int | float] = []
        self.always: int | float = 204
        self.headers: dict[str, str] = {}
        self.arrived: list[str] = []
        self.known: set[str] = set()
        self.done: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
        self.forged = 0
        self.on_arrival: Callable[[], object] = lambda: None
        receiver = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.paths.append(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                mood = receiver.take({name.lower(): text for name, text in self.headers.items()}, body)
                if isinstance(mood, float):
                    time.sleep(mood)
                    mood = 204
                self.send_response(mood)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.server.daemon_threads = True
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/in?token=hemligt"

    def take(self, headers: dict[str, str], body: bytes) -> int | float:
        if not any(is_signed(secret, headers, body) for secret in self.secrets):
            self.forged += 1
            return 401
        mood = self.moods.pop(0) if self.moods else self.always
        if headers["webhook-id"] not in self.known and (mood == 204 or isinstance(mood, float)):
            self.known.add(headers["webhook-id"])
            self.done.append(json.loads(body))
        self.arrived.append(headers["webhook-id"])
        self.bodies.append(body)
        self.on_arrival()
        return mood

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


@dataclass
class Hooked:
    """A town, what happens in it, and who is told. now: goes on only when a test says so."""

    db: Database
    town: Town
    now: datetime = MONDAY
    opened: list[Receiver] = field(default_factory=list)

    @classmethod
    def of(cls, db: Database) -> "Hooked":
        town = Town(db)
        town.person("admin", roles=["administrator"])
        town.person("kommunikator", roles=["communicator"])
        return cls(db, town)

    def subscribe(
        self, *events: Event, receiver: Receiver | None = None, by: str = "kommunikator", channels: tuple[str, ...] = ()
    ) -> tuple[int, Receiver]:
        found = receiver or Receiver()
        if receiver is None:
            self.opened.append(found)
        wish = Wish("Arkivet", found.url, tuple(events or (RECEIVED,)), channels)
        with self.db.transaction() as session:
            made, secret = hook_subscriptions.add(session, wish, by, self.now, INSIDE)
        found.secrets.append(secret)
        return made.id, found

    def comes(self, name: str, channel: str = "fb", event: Event = RECEIVED) -> int:
        """A comment, and the word of it in the transaction's outbox."""
        number = self.town.comment(name, self.now, channel_id=channel)
        with self.db.transaction() as session:
            tell(session, [Happened(event, ("comment", str(number)), channel)], self.now)
        return number

    def later(self, span: timedelta) -> None:
        self.now += span

    def run(self) -> int:
        """What the worker does every two seconds, one subscriber after the other."""
        hand_over(self.db, self.now)
        return sum(send_due(self.db, each, INSIDE, lambda: self.now) for each in due(self.db, self.now))

    def subscription(self, number: int) -> Subscription:
        with self.db.snapshot() as session:
            return session.get_one(Subscription, number)

    def dispatches(self) -> list[Dispatch]:
        with self.db.snapshot() as session:
            return list(session.query(Dispatch).order_by(Dispatch.id))


def listen(db: Database, *events: Event) -> None:
    """Somebody subscribes to these, or to everything; nothing is sent anywhere."""
    with db.transaction() as session:
        ready(session)
        made: dict[str, Any] = {"made_at": MONDAY, "since": MONDAY, "by_id": "redaktor"}
        where: dict[str, Any] = {"name": "X", "host": "x", "address": "https://x/", "secret": "whsec_eA=="}
        session.add(Subscription(events=list(events or Event), channels=[], **where, **made))


def outbox(db: Database) -> list[tuple[str, str, dict[str, Any]]]:
    """What is to be told: the event, what it is about, and what else is said; the oldest first."""
    with db.snapshot() as session:
        rows = session.scalars(select(OutgoingEvent).order_by(OutgoingEvent.id))
        return [(row.kind, row.subject, row.data) for row in rows]
