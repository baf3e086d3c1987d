"""The post office of the town: what it took, and when; on some days it takes nothing."""

from dataclasses import dataclass
from datetime import datetime

from aiosmtpd.smtp import Envelope, Session

from tests.monitor.alerts.post_office import SMTP, PostOffice


@dataclass(frozen=True)
class Letter:
    """What a server received. to: the person's id."""

    at: datetime
    to: str
    subject: str
    text: str


class MoodyOffice(PostOffice):
    """`refuses`: as a server whose disk is full does, until it is not any more."""

    refuses = False

    def taken(self, now: datetime) -> list[Letter]:
        """Since the last time."""
        mails, self.mails = self.mails, []
        bodies = [mail.get_body(("plain",)) for mail in mails]
        texts = [body.get_content() if body is not None else "" for body in bodies]
        return [
            Letter(now, str(mail["To"]).partition("@")[0], str(mail["Subject"]), text)
            for mail, text in zip(mails, texts, strict=True)
        ]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuses:
            return "452 4.3.1 Insufficient system storage"
        return await super().handle_DATA(server, session, envelope)
