"""What mail servers say of a recipient: at the door, and in the notes they send back later. Standard library only."""

import re
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import Message

ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
OF_THE_ADDRESS = ("5.1.", "5.2.1")  # RFC 3463: addressing status; mailbox disabled
STATUS_PART = "message/delivery-status"
RETURNED, RETURNED_HEADERS = "message/rfc822", "text/rfc822-headers"
OUR_ID = re.compile(r"<(notice-[0-9a-f]{32})@")
RETURNED_ID = re.compile(r"^Message-ID:\s*<(notice-[0-9a-f]{32})@", re.IGNORECASE | re.MULTILINE)
LONGEST_REPLY = 200
BARE = {550, 551, 553}  # RFC 5321: mailbox unavailable, not local, name not allowed


def unknown_recipient(code: int, reply: str, *, of_address: bool) -> bool:
    """Whether a refusal says that the recipient's address does not work.

    What concerns our own server, its sender, or the message (relaying, policy, size, a full mailbox) does not. A server
    that gives no enhanced status is believed where it answers the address itself (`of_address`).
    """
    if not 500 <= code < 600:
        return False
    if found := ENHANCED.search(reply):
        return found[1].startswith(OF_THE_ADDRESS) and found[1] not in {"5.1.7", "5.1.8"}  # those are the sender's
    return of_address and code in BARE


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery status notification (RFC 3464) says of one of our mails.

    message_id: of our mail, without the domain. status: "5.1.1". said: what the other server answered.
    permanent: it was delivered to nobody that it was for, and never will be.
    """

    message_id: str
    status: str
    said: str
    permanent: bool


def bounce(raw: bytes) -> Bounce | None:
    """What the mail says of ours; None where it is no note about a mail that was not delivered, or not about ours.

    Delays, and mails of several recipients of which one was reached, are no permanent failures.
    """
    mail = message_from_bytes(raw, policy=policy.default)
    blocks = [block for part in mail.walk() if part.get_content_type() == STATUS_PART for block in _blocks(part)]
    found = [(action, status, block) for block in blocks for action, status in _judgement(block)]
    undone = [each for each in found if each[0] in {"failed", "delayed"}]
    id_ = _original_id(mail)
    if not undone or id_ is None:
        return None
    undone.sort(key=lambda each: each[0] == "failed", reverse=True)
    _action, status, block = undone[0]
    permanent = all(action == "failed" and status.startswith("5.") for action, status, _block in found)
    return Bounce(id_, status, _said(block), permanent)


def _blocks(part: Message) -> list[Message]:
    """The header blocks of a message/delivery-status; some senders have it as one text."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return [each for each in payload if isinstance(each, Message)]
    return [message_from_string(text) for text in re.split(r"\r?\n\r?\n", str(payload))]


def _judgement(block: Message) -> list[tuple[str, str]]:
    """Action and status of a recipient's block; none for the block about the whole mail."""
    action = str(block.get("Action", "")).strip().lower().split(" ")[0]
    status = ENHANCED.search(str(block.get("Status", "")))
    return [(action, status[1] if status else "5.0.0" if action == "failed" else "4.0.0")] if action else []


def _said(block: Message) -> str:
    text = " ".join(str(block.get("Diagnostic-Code", "")).split())
    return text.partition(";")[2].strip()[:LONGEST_REPLY] or text[:LONGEST_REPLY]


def _original_id(mail: Message) -> str | None:
    """The Message-ID of the mail that is sent back, whole or only its headers; else of what the note answers."""
    returned = [part for part in mail.walk() if part.get_content_type() in {RETURNED, RETURNED_HEADERS}]
    for part in returned:
        payload = part.get_payload()
        text = "\n".join(str(each) for each in payload) if isinstance(payload, list) else _text(part)
        if found := RETURNED_ID.search(text):
            return found[1]
    for name in ("In-Reply-To", "References", "X-MS-Exchange-Parent-Message-Id"):
        if found := OUR_ID.search(str(mail.get(name, ""))):
            return found[1]
    return None


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode(errors="replace") if isinstance(payload, bytes) else str(part.get_payload())
