"""What mail servers say of recipients, in the shapes in which they say it."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.bounce_rules import Bounce, bounce, unknown_recipient

BOUNCES = Path(__file__).parent / "bounces"
ID = "notice-0123456789abcdef0123456789abcdef"
POSTFIX, EXCHANGE = (BOUNCES / f"{name}.eml" for name in ("postfix", "exchange"))


def test_postfix_says_that_a_user_is_unknown() -> None:
    said = "550 5.1.1 <redaktor@example.org>: Recipient address rejected: User unknown"
    assert bounce(POSTFIX.read_bytes()) == Bounce(ID, "5.1.1", said, permanent=True)


def test_exchange_says_that_a_recipient_is_not_found() -> None:
    found = bounce(EXCHANGE.read_bytes())
    assert found is not None
    assert (found.message_id, found.status, found.permanent) == (ID, "5.1.10", True)
    assert found.said.startswith("550 5.1.10 RESOLVER.ADR.RecipientNotFound")


@pytest.mark.parametrize("file", [POSTFIX, EXCHANGE])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_lines_may_end_either_way(file: Path, line_end: bytes) -> None:
    assert bounce(file.read_bytes().replace(b"\n", line_end)) == bounce(file.read_bytes())


def test_headers_alone_may_be_sent_back() -> None:
    raw = POSTFIX.read_text().replace("Content-Type: message/rfc822", "Content-Type: text/rfc822-headers")
    found = bounce(raw.encode())
    assert found is not None
    assert found.message_id == ID


def test_what_sends_nothing_back_is_known_by_what_it_answers() -> None:
    raw = EXCHANGE.read_text()
    start = raw.index("Content-Type: message/rfc822")
    found = bounce(
        (raw[:start] + "Content-Type: text/plain\n\n-\n" + "--58b1d1c6-6f3b-4cd0-9e8f-0f1f2a3b4c5d--\n").encode()
    )
    assert found is not None
    assert found.message_id == ID


def test_a_delay_is_no_failure() -> None:
    raw = POSTFIX.read_text().replace("Action: failed\nStatus: 5.1.1", "Action: delayed\nStatus: 4.4.1")
    found = bounce(raw.encode())
    assert found is not None
    assert (found.status, found.permanent) == ("4.4.1", False)


def test_a_failure_after_a_time_of_trying_is_not_the_addresss_fault() -> None:
    found = bounce(POSTFIX.read_text().replace("Status: 5.1.1", "Status: 4.4.1").encode())
    assert found is not None
    assert not found.permanent


def test_one_of_several_recipients_that_was_reached_is_enough() -> None:
    reached = "Final-Recipient: rfc822; annan@example.org\nAction: relayed\nStatus: 2.0.0\n\n"
    found = bounce(POSTFIX.read_text().replace("Final-Recipient", reached + "Final-Recipient", 1).encode())
    assert found is not None
    assert (found.status, found.permanent) == ("5.1.1", False)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_receipt_is_no_bounce(action: str) -> None:
    raw = POSTFIX.read_text().replace("Action: failed\nStatus: 5.1.1", f"Action: {action}\nStatus: 2.0.0")
    assert bounce(raw.encode()) is None


def test_a_note_about_somebody_elses_mail_is_none_of_ours() -> None:
    assert bounce(POSTFIX.read_text().replace(ID, "20260615@example.org").encode()) is None


def test_an_answer_that_says_that_somebody_is_away_is_no_bounce() -> None:
    mail = EmailMessage()
    mail["Subject"], mail["In-Reply-To"] = "Autosvar: semester", f"<{ID}@tibro.example.org>"
    mail.set_content("Jag är tillbaka i augusti.")
    assert bounce(mail.as_bytes()) is None


@given(st.binary(max_size=400))
def test_nothing_that_can_arrive_breaks_it(noise: bytes) -> None:
    bounce(noise)
    raw = POSTFIX.read_bytes()
    half = len(raw) // 2
    bounce(raw[:half] + noise + raw[half:])


@pytest.mark.parametrize(
    ("code", "reply", "of_address", "unknown"),
    [
        (550, "5.1.1 No such user here", True, True),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound", False, True),
        (553, "sorry, no mailbox here by that name", True, True),
        (550, "5.2.1 mailbox disabled", True, True),
        (552, "5.2.2 mailbox full", True, False),
        (550, "5.7.1 relaying denied", True, False),
        (554, "5.7.1 Message rejected as spam", False, False),
        (550, "content refused", False, False),
        (553, "5.1.8 sender address rejected", True, False),
        (450, "4.1.1 try later", True, False),
        (451, "greylisted", True, False),
        (421, "too many connections", True, False),
    ],
)
def test_only_what_concerns_the_address_is_the_recipients_fault(
    code: int, reply: str, of_address: bool, unknown: bool
) -> None:
    assert unknown_recipient(code, reply, of_address=of_address) is unknown
