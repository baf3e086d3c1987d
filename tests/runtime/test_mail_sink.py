"""The demo's mail server keeps what it is sent, byte for byte."""

import smtplib
import socket
import sys
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

from monitor.cli.processes import Children, Program
from tests.waiting import eventually


def test_every_mail_becomes_one_file(tmp_path: Path) -> None:
    children = Children()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.fileno()
        command = (sys.executable, "-m", "monitor.cli.mail_sink", str(tmp_path), str(number))
        children.start(Program("mail", command, fds=(number,)))
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = "Två väntar", "a@example.org", "b@example.org"
        message.set_content("Åtgärd krävs.\n.\nSlut.\n")
        with smtplib.SMTP("127.0.0.1", listener.getsockname()[1], timeout=20) as client:
            client.send_message(message)
            client.send_message(message)
        assert eventually(lambda: len(list(tmp_path.glob("*.eml"))) == 2)
        children.stop()
    kept = message_from_bytes(next(tmp_path.glob("*.eml")).read_bytes())
    assert kept.get_payload(decode=True) == message.get_payload(decode=True).replace(b"\n", b"\r\n")  # type: ignore[union-attr]
    assert list(tmp_path.glob(".*")) == []
