"""One mail over a real SMTP dialogue: what arrives, and what is said when nothing does."""

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from config.language import use_language
from config.settings import SettingsError
from monitor.alerts.mail import MailError, MailServer, compose, mail_server, send
from monitor.alerts.wording import Attachment, Letter
from tests.monitor.alerts.conftest import with_mail
from tests.monitor.alerts.post_office import PostOffice

NOON = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
LETTER = Letter(
    "3 obesvarade, 1 försenad – Kanalvakt, Tibro kommun",
    "sv",
    "Hej å ä ö 🙂\n",
    "<p>Hej å ä ö 🙂</p>",
    "http://127.0.0.1:8000/",
)


def message(to: str = "rut@example.org") -> EmailMessage:
    return compose(LETTER, sender="kanalvakt@tibro.example.org", to=to, message_id="notice-1", now=NOON)


def server_at(url: str) -> MailServer:
    found = mail_server(with_mail(url))
    assert found is not None
    return found


def refused(server: MailServer, what: EmailMessage | None = None) -> str:
    with use_language("en"), pytest.raises(MailError) as error:
        send(server, what or message())
    return str(error.value)


def test_a_mail_arrives_with_both_parts_and_asks_for_no_automatic_reply(post_office: PostOffice) -> None:
    send(server_at(post_office.url), message())
    [found] = post_office.mails
    assert found["Subject"] == LETTER.subject
    assert (found["To"], found["From"]) == ("rut@example.org", "Kanalvakt <kanalvakt@tibro.example.org>")
    assert found["Message-ID"] == "<notice-1@tibro.example.org>"
    assert (found["Auto-Submitted"], found["Content-Language"]) == ("auto-generated", "sv")
    assert found["Date"].datetime == NOON
    parts = {part.get_content_type(): part.get_content().strip() for part in found.iter_parts()}
    assert parts == {"text/plain": LETTER.text.strip(), "text/html": LETTER.html}


def test_files_go_with_a_mail_and_change_nothing_else(post_office: PostOffice) -> None:
    paper = Attachment("chefsbeslut-fb-tibro-2 å.pdf", "application/pdf", bytes(range(256)) * 500)
    letter = replace(LETTER, attachments=(paper,))
    send(server_at(post_office.url), compose(letter, sender="k@a.se", to="r@a.se", message_id="notice-1", now=NOON))
    [found] = post_office.mails
    assert (found["Message-ID"], found["Content-Language"]) == ("<notice-1@a.se>", "sv")
    [file] = found.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == (paper.name, paper.media_type)
    assert file.get_content() == paper.content
    text, html = found.get_body(("plain",)), found.get_body(("html",))
    assert text is not None
    assert html is not None
    assert (text.get_content().strip(), html.get_content().strip()) == (LETTER.text.strip(), LETTER.html)
    assert "x00" not in repr(letter)


def test_without_an_smtp_url_there_is_no_mail_server() -> None:
    assert mail_server(with_mail("smtp://h?from=a@example.org").model_copy(update={"smtp_url": None})) is None


@pytest.mark.parametrize(
    ("url", "port", "encrypted"),
    [
        ("smtp://mail.example.org?from=a@example.org", 25, False),
        ("smtp://mail.example.org:587?from=a@example.org", 587, False),
        ("smtps://mail.example.org?from=a@example.org", 465, True),
    ],
)
def test_the_smtp_url_says_port_and_encryption(url: str, port: int, encrypted: bool) -> None:
    assert server_at(url) == MailServer("mail.example.org", port, "a@example.org", encrypted)


def test_user_and_password_are_unquoted_and_the_password_is_never_shown() -> None:
    found = server_at("smtp://kanalvakt%40tibro.se:p%40ss%3Aord@mail.example.org?from=a@example.org")
    assert (found.user, found.password) == ("kanalvakt@tibro.se", "p@ss:ord")
    assert "p@ss" not in repr(found)


@pytest.mark.parametrize(
    "url",
    [
        "smtp://mail.example.org",
        "smtp://mail.example.org?from=nobody",
        "smtp://?from=a@example.org",
        "http://mail.example.org?from=a@example.org",
        "smtp://user:hemligt@mail.example.org:99999?from=a@example.org",
        "smtp://user:hemligt@mail.example.org:port?from=a@example.org",
    ],
)
def test_an_smtp_url_that_cannot_be_used_is_refused_without_repeating_it(url: str) -> None:
    with use_language("en"), pytest.raises(SettingsError, match="KANALVAKT_SMTP_URL cannot be used") as error:
        mail_server(with_mail(url))
    assert "hemligt" not in str(error.value)


def test_starttls_is_used_where_it_is_offered(encrypted: Callable[..., PostOffice]) -> None:
    office = encrypted()
    send(server_at(f"smtp://localhost:{office.port}?from=a@example.org"), message())
    assert office.encrypted == [True]


def test_smtps_is_encrypted_from_the_first_byte(encrypted: Callable[..., PostOffice]) -> None:
    office = encrypted(tls_at_once=True)
    send(server_at(f"smtps://localhost:{office.port}?from=a@example.org"), message())
    assert office.encrypted == [True]


def test_a_server_with_the_wrong_certificate_gets_neither_password_nor_mail(
    encrypted: Callable[..., PostOffice],
) -> None:
    office = encrypted()
    said = refused(server_at(f"smtp://kanalvakt:hemligt-pass@127.0.0.1:{office.port}?from=a@example.org"))
    assert "127.0.0.1 cannot be reached" in said
    assert (office.mails, office.logins) == ([], [])


def test_the_user_logs_in(encrypted: Callable[..., PostOffice]) -> None:
    office = encrypted(auth_required=True, auth_require_tls=True)
    send(server_at(f"smtp://kanalvakt:hemligt-pass@localhost:{office.port}?from=a@example.org"), message())
    assert (office.logins, len(office.mails)) == ([True], 1)


def test_a_wrong_password_is_said_without_the_password(encrypted: Callable[..., PostOffice]) -> None:
    office = encrypted(auth_required=True, auth_require_tls=True)
    said = refused(server_at(f"smtp://kanalvakt:fel-losen@localhost:{office.port}?from=a@example.org"))
    assert said == "The mail server refuses the user name or the password (535)."
    assert set(office.logins) == {False}


def test_a_password_with_letters_that_smtp_cannot_carry_is_said_without_it(post_office: PostOffice) -> None:
    said = refused(server_at(f"smtp://kanalvakt:l%C3%B6sen@localhost:{post_office.port}?from=a@example.org"))
    assert said.startswith("The address, user name or password has a letter")


def test_a_password_does_not_travel_unencrypted_to_another_machine(post_office: PostOffice) -> None:
    # LOCALHOST stands for another machine: it is written differently from the names that count as this one
    server = server_at(f"smtp://kanalvakt:hemligt@localhost:{post_office.port}?from=a@example.org")
    assert refused(replace(server, host="LOCALHOST")) == "LOCALHOST offers no encryption, so the password was not sent."
    assert post_office.logins == []


def test_what_the_server_says_about_the_recipient_is_passed_on(post_office: PostOffice) -> None:
    said = refused(server_at(post_office.url), message("nobody@example.org"))
    assert said == "The mail server refuses: 550 5.1.1 No such user here"


def test_what_the_server_says_about_the_mail_is_passed_on(post_office: PostOffice) -> None:
    post_office.answers.append("451 4.3.0 Try again later")
    assert refused(server_at(post_office.url)) == "The mail server refuses: 451 4.3.0 Try again later"


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert (
        refused(server_at(f"smtp://127.0.0.1:{port}?from=a@example.org"))
        == "127.0.0.1 cannot be reached: Connection refused."
    )


def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = server_at(f"smtp://127.0.0.1:{listener.getsockname()[1]}?from=a@example.org")
        said = refused(replace(server, timeout=0.2))
    assert said == "The mail server broke off: Connection unexpectedly closed: timed out"


def test_a_server_that_hangs_up_is_said(post_office: PostOffice) -> None:
    post_office.answers.append("421 4.3.2 Shutting down")
    assert refused(server_at(post_office.url)) == "The mail server refuses: 421 4.3.2 Shutting down"


def test_an_address_that_is_none_is_said_before_anything_is_sent() -> None:
    with pytest.raises(MailError, match="rut är ingen e-postadress"):
        message(to="rut")


def test_a_goodbye_that_goes_wrong_does_not_undo_a_mail_that_was_accepted(post_office: PostOffice) -> None:
    def refuse() -> None:
        raise RuntimeError("aiosmtpd answers 500 to QUIT")

    post_office.when_handed_in = refuse
    send(server_at(post_office.url), message())
    assert len(post_office.mails) == 1
