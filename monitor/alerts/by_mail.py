"""A letter as a mail, through KANALVAKT_SMTP_URL."""

from datetime import datetime

from config.language import _
from config.settings import Settings
from monitor.alerts.carrying import WayFailed
from monitor.alerts.mail import MailError, compose, mail_server, send
from monitor.alerts.wording import Letter


def by_mail(_name: str, address: str, letter: Letter, message_id: str, settings: Settings, now: datetime) -> None:
    """Raises WayFailed, for good only where the server knows no such recipient."""
    server = mail_server(settings)
    if server is None:
        raise WayFailed(_("No mail server is set: set KANALVAKT_SMTP_URL."))
    try:
        send(server, compose(letter, sender=server.sender, to=address, message_id=message_id, now=now))
    except MailError as error:
        raise WayFailed(str(error), permanent=error.permanent) from None
