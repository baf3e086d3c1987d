"""The demo's mail server keeps what it is sent, byte for byte."""

import smtplib
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

from monitor.cli.processes import Children, Program
from tests.waiting import eventually

MESSAGE = EmailMessage()
MESSAGE["Subject"], MESSAGE["From"], MESSAGE["To"] = "Två väntar", "a@example.org", "b@example.org"
MESSAGE.set_content("Åtgärd krävs.\n.\nSlut.\n")


def test_every_mail_becomes_one_file(tmp_path: Path) -> None:
    with sink(tmp_path) as client:
        client.send_message(MESSAGE)
        client.send_message(MESSAGE)
        assert eventually(lambda: len(list(tmp_path.glob("*.eml"))) == 2)
    kept = message_from_bytes(next(tmp_path.glob("*.eml")).read_bytes())
    assert kept.get_payload(decode=True) == MESSAGE.get_payload(decode=True).replace(b"\n", b"\r\n")  # type: ignore[union-attr]
    assert {path.suffix for path in tmp_path.iterdir()} == {".eml"}


def test_a_mail_that_is_seen_is_there_and_whole_while_others_come_in(tmp_path: Path) -> None:
    done = threading.Event()

    def send() -> None:
        for _ in range(300):
            client.send_message(MESSAGE)
        done.set()

    with sink(tmp_path) as client, ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send)
        while not done.is_set() and not sending.done():
            assert all(path.read_bytes().endswith(b"Slut.\r\n") for path in tmp_path.glob("*.eml"))
        sending.result()
    assert len(list(tmp_path.glob("*.eml"))) == 300


@contextmanager
def sink(folder: Path) -> Iterator[smtplib.SMTP]:
    """Somebody who is connected to a mail server that keeps mails in this folder."""
    children = Children()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.fileno()
        command = (sys.executable, "-m", "monitor.cli.mail_sink", str(folder), str(number))
        children.start(Program("mail", command, fds=(number,)))
        try:
            with smtplib.SMTP("127.0.0.1", listener.getsockname()[1], timeout=20) as client:
                yield client
        finally:
            children.stop()
