"""Links in mails by which a person acts without logging in: signed, for one person and one thing, and expiring.

Whoever holds the mail is taken for the person it was sent to. Opening a link changes nothing; the page's button does.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from itsdangerous import BadSignature, URLSafeSerializer

from connectors.errors import CredentialMissing
from monitor.register.keys import keys, make_key_file


class LinkInvalid(Exception):
    """The link is not one of ours, or not whole."""


class LinkExpired(Exception):
    """The link was ours, and is too old. purpose: what it let its holder do."""

    def __init__(self, purpose: str) -> None:
        super().__init__(purpose)
        self.purpose = purpose


@dataclass(frozen=True, slots=True)
class Link:
    """purpose: what it lets its holder do ("attest"). person: the register's id. subject: to what ("fb/2026-11-25")."""

    purpose: str
    person: str
    subject: str


def sealed(link: Link, until: datetime) -> str:
    """The link as a word that fits into an address. Makes the key when there is none yet."""
    return _serializer().dumps([link.purpose, link.person, link.subject, int(until.timestamp())])


def opened(word: str, now: datetime) -> Link:
    """What the word was sealed with. Raises LinkInvalid and LinkExpired."""
    try:
        purpose, person, subject, until = _serializer().loads(word)
    except (BadSignature, ValueError, TypeError):
        raise LinkInvalid from None
    if now > datetime.fromtimestamp(until, UTC):
        raise LinkExpired(purpose)
    return Link(purpose, person, subject)


def digest(word: str) -> str:
    """SHA-256 of what is sealed in the word: the same however its signature is written, as that can be in many ways."""
    return sha256(word.rpartition(".")[0].encode()).hexdigest()


def _serializer() -> URLSafeSerializer:
    try:
        ring = keys()
    except CredentialMissing:
        with suppress(OSError):
            make_key_file()
        ring = keys()
    return URLSafeSerializer(ring[::-1], salt="kanalvakt link")  # the last one signs, every one verifies
