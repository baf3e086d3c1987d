"""A real SMTP server on loopback, whose moods a test decides."""

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

logging.getLogger("mail").setLevel(logging.ERROR)  # the server's own dialogue

CREDENTIALS = LoginPassword(b"kanalvakt", b"hemligt-pass")


class PostOffice:
    """Keeps what it accepts in `mails`. `answers`: what it says to the next mails instead of accepting them.

    when_handed_in: called when a sender says QUIT, that is after its mail was accepted.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, *, tls_at_once: bool = False, **options: Any) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: list[str] = []
        self.logins: list[bool] = []
        self.encrypted: list[bool] = []
        self.when_handed_in: Callable[[], None] = lambda: None
        self._at_once = tls if tls_at_once else None
        self._options = options | {"tls_context": None if tls_at_once else tls}
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each greeting waits for 40 ms
        self.port: int = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._end: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()), name="post-office")

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?from=kanalvakt@tibro.example.org"

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

    def open(self) -> "PostOffice":
        self._thread.start()
        self._ready.wait(10)
        return self

    def close(self) -> None:
        assert self._end is not None
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self) -> None:
        self._end = asyncio.Event()
        known = {
            "hostname": "localhost",
            "loop": self._loop,
            "authenticator": self._authenticate,
            "auth_require_tls": False,
        }
        server = await self._loop.create_server(
            lambda: SMTP(self, **(known | self._options)), sock=self._socket, ssl=self._at_once
        )
        async with server:
            self._ready.set()
            await self._end.wait()

    def _authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any) -> AuthResult:
        self.logins.append(given == CREDENTIALS)
        return AuthResult(success=self.logins[-1], handled=False)

    async def handle_RCPT(  # noqa: N802 - the names are aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, to: str, _options: list[str]
    ) -> str:
        if "okänd" in to or to.startswith("nobody@"):
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.mails.append(message_from_bytes(envelope.original_content or b"", policy=policy.default))  # type: ignore[arg-type]
        self.encrypted.append(session.ssl is not None or self._at_once is not None)
        return "250 Accepted"

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        self.when_handed_in()
        return "221 Bye"
