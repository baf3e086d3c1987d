"""One-time passwords (TOTP, RFC 6238): six digits that a telephone shows, others every 30 seconds, none twice."""

from base64 import b32decode, b32encode
from datetime import datetime
from hmac import compare_digest
from secrets import token_bytes

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECONDS = 30
DIGITS = 6
AROUND = (0, -1, 1)
"""Steps that count beside the present one: clocks differ, and people type slowly."""


def new_secret() -> str:
    """160 random bits in base32, as apps take them."""
    return b32encode(token_bytes(20)).decode("ascii")


def grouped(secret: str) -> str:
    """As somebody reads it off a screen, in fours."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def app_address(secret: str, person: str, owner: str) -> str:
    """otpauth://…: opened on a telephone it puts the secret into the app there."""
    return _totp(secret).get_provisioning_uri(person, f"Kanalvakt {owner}")


def code_at(secret: str, step: int) -> str:
    """The digits of a step; steps are half-minutes since 1970."""
    return _totp(secret).generate(step * SECONDS).decode("ascii")


def step_of(secret: str, code: str, now: datetime, last: int) -> int | None:
    """The step to which the digits belong; None where they are wrong, old, or of a step that is not after `last`."""
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdecimal() and len(typed) == DIGITS):
        return None
    present = int(now.timestamp()) // SECONDS
    found = [step for step in (present + each for each in AROUND) if compare_digest(code_at(secret, step), typed)]
    return next((step for step in found if step > last), None)


def _totp(secret: str) -> TOTP:
    return TOTP(b32decode(secret), DIGITS, SHA1(), SECONDS)  # noqa: S303 - what every app expects (RFC 6238)
