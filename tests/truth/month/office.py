"""The post office of the month: what it took, when, and in which mood; and how it kills whoever hands a mail in."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage

from aiosmtpd.smtp import Envelope, Session

from tests.monitor.alerts.post_office import SMTP, PostOffice

LINK = re.compile(r"/comment/(\d+)\b")


@dataclass(frozen=True)
class Letter:
    """What the server took. to: the person's id; comments: by our number, as its links name them."""

    at: datetime
    to: str
    subject: str
    text: str
    id: str
    comments: tuple[int, ...]


class MoodyOffice(PostOffice):
    """mood: takes, refuses, hangs (silent for a moment, and then gone), closes. now: what the clock of the month shows.
    kills: called instead of an answer, once the mail is kept. handed_in: a mail was taken, and nobody has come with
    another one since."""

    mood = "takes"
    now = datetime(1, 1, 1, tzinfo=UTC)
    kills: Callable[[], None] | None = None

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[Letter] = []
        self.refused = 0
        self.handed_in = False

    async def handle_EHLO(  # noqa: N802 - the names are aiosmtpd's
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.handed_in = False
        session.host_name = hostname
        if self.mood == "hangs":
            await asyncio.sleep(0.3)
        if self.mood in {"hangs", "closes"}:
            self.refused += 1
            server.transport.abort()
        return responses

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.mood == "refuses":
            self.refused += 1
            return "452 4.3.1 Insufficient system storage"
        answer = await super().handle_DATA(server, session, envelope)
        self.letters.append(_letter(self.now, self.mails.pop()))
        self.handed_in = True
        if self.kills is not None:
            kills, self.kills = self.kills, None
            kills()
        return answer


def _letter(now: datetime, mail: EmailMessage) -> Letter:
    body = mail.get_body(("plain",))
    text = str(body.get_content()) if body is not None else ""
    named = tuple(dict.fromkeys(map(int, LINK.findall(text))))
    to = str(mail["To"]).partition("@")[0]
    return Letter(now, to, str(mail["Subject"]), text, str(mail["Message-ID"]), named)
