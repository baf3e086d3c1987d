"""Tables of who may come in: what proves that somebody is a person of the register, and who is in at the moment.

Nothing here can be used by whoever reads it: passwords and codes are kept as hashes, a session's word as a digest, and
the secret behind one-time passwords is encrypted.
"""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy_encrypted_field import EncryptedText, Secret

from monitor.db import Base


class Account(Base):
    """What lets a person of the register sign in. password: an argon2id hash; None: not by password. one_time: the
    secret of the person's one-time passwords (TOTP), base32; empty: has none yet. step: of the last one used, so that
    none works twice. outside: the person's id at the organisation's own directory (OpenID Connect: issuer and subject).
    """

    __tablename__ = "account"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    created_at: Mapped[datetime]
    password: Mapped[str | None] = mapped_column(default=None, repr=False)
    password_set_at: Mapped[datetime | None] = mapped_column(default=None)
    one_time: Mapped[Secret] = mapped_column(EncryptedText(), default="", repr=False)
    step: Mapped[int] = mapped_column(default=0)
    outside: Mapped[str | None] = mapped_column(default=None, unique=True)


class Passkey(Base):
    """One device's key (WebAuthn). id: as the device names it, URL-safe base64; key: its public half. name: the
    person's own word for the device. uses: the device's own count, which must grow where it counts."""

    __tablename__ = "passkey"
    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    key: Mapped[bytes] = mapped_column(repr=False)
    name: Mapped[str]
    created_at: Mapped[datetime]
    uses: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class LoginCode(Base):
    """A code that lets its person in once. kind: emergency (printed, and good until used or replaced), setup (a link by
    which somebody chooses a password), question (no code: what a passkey has answered). digest: SHA-256 of the code,
    which is long and random."""

    __tablename__ = "login_code"
    digest: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    made_at: Mapped[datetime]
    good_until: Mapped[datetime | None] = mapped_column(default=None)
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class LoginSession(Base):
    """Somebody who is signed in on one device. digest: SHA-256 of the word in the cookie. how: password, passkey, code,
    outside, demo. device: in words ("Firefox on Android"), for the list of one's own sessions. ended_at: signed out, or
    ended by somebody."""

    __tablename__ = "login_session"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    digest: Mapped[str] = mapped_column(unique=True, repr=False)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    how: Mapped[str]
    device: Mapped[str]
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class ApiToken(Base):
    """What lets a program do on behalf of its person what `scopes` name, of permission_rules.Permission, and never more
    than that person may at the time. name: what it is for, in the person's words. digest: SHA-256 of the word."""

    __tablename__ = "api_token"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    digest: Mapped[str] = mapped_column(unique=True, repr=False)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    scopes: Mapped[list[str]]
    made_at: Mapped[datetime]
    good_until: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class ApiAnswer(Base):
    """What a program was answered to a write, so that the same key gives the same answer and does nothing twice.
    fingerprint: SHA-256 of what was asked. body: as JSON; encrypted, as it may hold a
    secret that is shown but once."""

    __tablename__ = "api_answer"
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int] = mapped_column(default=0)
    body: Mapped[Secret] = mapped_column(EncryptedText(), default="", repr=False)
