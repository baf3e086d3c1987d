"""One mail by SMTP. Our own text and HTML parts, and a Message-ID that stays the same when a mail is sent again."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from config.language import _
from config.settings import LOOPBACK, Settings, SettingsError
from monitor.alerts.bounce_rules import unknown_recipient
from monitor.alerts.wording import Letter

PORTS = {"smtp": 25, "smtps": 465}


class MailError(Exception):
    """The mail was not accepted. The text says what the server or the network said; it never holds the password.

    permanent: there is no such recipient, so that the next attempt will end like this one.
    """

    def __init__(self, text: str, *, permanent: bool = False) -> None:
        super().__init__(text)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. `encrypted`: TLS from the first byte (smtps); else STARTTLS where it is offered.

    timeout: seconds for each step of the dialogue.
    """

    host: str
    port: int
    sender: str
    encrypted: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 20


def mail_server(settings: Settings) -> MailServer | None:
    """The server of KANALVAKT_SMTP_URL; None when it is not set. Raises SettingsError when it cannot be used."""
    if settings.smtp_url is None:
        return None
    try:
        return _parsed(urlsplit(settings.smtp_url.get_secret_value()))
    except (KeyError, ValueError, MailError):
        example = "smtp://user:password@host:587?from=kanalvakt@example.org"
        raise SettingsError(
            _("KANALVAKT_SMTP_URL cannot be used. It should look like {example}", example=example)
        ) from None


def send(server: MailServer, message: EmailMessage) -> None:
    """Hands the mail in. Raises MailError; when it returns, the server has accepted the mail."""
    try:
        connection = _connected(server)
        try:
            connection.send_message(message)
        finally:
            _part_from(connection)
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(*next(iter(error.recipients.values()))) from None
    except smtplib.SMTPAuthenticationError as error:  # its text may repeat what was sent
        raise MailError(
            _("The mail server refuses the user name or the password ({code}).", code=error.smtp_code)
        ) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error, of_address=False) from None
    except smtplib.SMTPException as error:
        raise MailError(_("The mail server broke off: {why}", why=error)) from None
    except UnicodeError:
        raise MailError(
            _("The address, user name or password has a letter that the mail server does not take.")
        ) from None
    except OSError as error:  # the network's errors and those of TLS
        why = error.strerror or type(error).__name__
        raise MailError(_("{host} cannot be reached: {why}.", host=server.host, why=why)) from None


def compose(letter: Letter, *, sender: str, to: str, message_id: str, now: datetime) -> EmailMessage:
    """The mail as it is sent: text and HTML, marked as automatic so that no out-of-office reply comes back, and files.

    Raises MailError for an address that is none.
    """
    message = EmailMessage(SMTP_POLICY)
    message["Subject"] = letter.subject
    message["From"] = _address(sender, "Kanalvakt")
    message["To"] = _address(to)
    message["Date"] = now
    message["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for each in letter.attachments:
        main, _slash, sub = each.media_type.partition("/")
        message.add_attachment(each.content, maintype=main, subtype=sub, filename=each.name)
    message["Content-Language"] = letter.language  # last: headers of that kind wander into the first part otherwise
    return message


def _parsed(url: SplitResult) -> MailServer:
    if not url.hostname:
        raise ValueError(url.scheme)
    return MailServer(
        host=url.hostname,
        port=url.port or PORTS[url.scheme],
        sender=_address(parse_qs(url.query)["from"][0]).addr_spec,
        encrypted=url.scheme == "smtps",
        user=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
    )


def _connected(server: MailServer) -> smtplib.SMTP:
    if server.encrypted:
        context = ssl.create_default_context()  # reads every certificate there is: not where none is asked for
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    try:
        _introduce(connection, server)
    except BaseException:
        connection.close()
        raise
    return connection


def _introduce(connection: smtplib.SMTP, server: MailServer) -> None:
    connection.ehlo_or_helo_if_needed()
    encrypted = server.encrypted
    if not encrypted and connection.has_extn("starttls"):
        connection.starttls(context=ssl.create_default_context())
        connection.ehlo()
        encrypted = True
    if server.user is None:
        return
    if not encrypted and server.host not in LOOPBACK:
        raise MailError(_("{host} offers no encryption, so the password was not sent.", host=server.host))
    connection.login(server.user, server.password or "")


def _part_from(connection: smtplib.SMTP) -> None:
    # Whatever goes wrong now, the mail has been accepted or refused already: it must not be sent again for this
    with suppress(OSError, smtplib.SMTPException):
        connection.quit()
    connection.close()


def _refused(code: int, reply: bytes | str, *, of_address: bool = True) -> MailError:
    """of_address: the server had just been told the recipient's address."""
    text = " ".join((reply.decode(errors="replace") if isinstance(reply, bytes) else reply).split())
    sentence = _("The mail server refuses: {code} {reply}", code=code, reply=text[:200])
    return MailError(sentence, permanent=unknown_recipient(code, text, of_address=of_address))


def _address(text: str, name: str = "") -> Address:
    try:
        return Address(name, addr_spec=text)
    except (ValueError, HeaderParseError):
        raise MailError(_("{address} is no mail address.", address=text), permanent=True) from None
