"""Tables of the register. Ids are the short names that the register file gives ("fb-tibro")."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy_encrypted_field import EncryptedText, Secret

from monitor.db import Base


class Organisation(Base):
    """The public body: one row. service_hours: {"mon-fri": "07:30-16:00"} in its own time zone."""

    __tablename__ = "organisation"
    id: Mapped[int] = mapped_column(primary_key=True, init=False, insert_default=1)
    name: Mapped[str]
    timezone: Mapped[str] = mapped_column(default="Europe/Stockholm")
    language: Mapped[str] = mapped_column(default="sv")
    municipality_code: Mapped[str | None] = mapped_column(default=None)
    website: Mapped[str | None] = mapped_column(default=None)
    service_hours: Mapped[dict[str, str]] = mapped_column(default_factory=lambda: {"mon-fri": "07:30-16:00"})
    first_import: Mapped[str] = mapped_column(default="recent")
    policy_url: Mapped[str | None] = mapped_column(default=None)


class Unit(Base):
    """`retired`: no longer in the register file."""

    __tablename__ = "unit"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    manager_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    retired: Mapped[bool] = mapped_column(default=False)


class Person(Base):
    """`language`: sv or en for mails to this person; the organisation's where None.

    `retired`: no longer in the register file; only the name is kept, for what this person once decided or answered for.
    """

    __tablename__ = "person"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(default=None)
    phone: Mapped[str | None] = mapped_column(default=None)
    roles: Mapped[list[str]] = mapped_column(default_factory=list)
    language: Mapped[str | None] = mapped_column(default=None)
    retired: Mapped[bool] = mapped_column(default=False)


class Channel(Base):
    """`credential` names where secrets lie ({"token_env": "TIBRO_FB_TOKEN"}), never the secrets."""

    __tablename__ = "channel"
    id: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str]
    name: Mapped[str]
    address: Mapped[str]
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    responsible_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    deputy_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    kind: Mapped[str] = mapped_column(default="official")  # official, unit
    external_id: Mapped[str | None] = mapped_column(default=None)
    has_comments: Mapped[bool] = mapped_column(default=True)
    watch_mode: Mapped[str] = mapped_column(default="automatic")  # automatic, manual
    credential: Mapped[dict[str, str]] = mapped_column(default_factory=dict)
    state: Mapped[str] = mapped_column(default="active")  # active, paused, retired
    state_reason: Mapped[str | None] = mapped_column(default=None)
    extra: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


class StoredSecret(Base):
    """One secret of a channel's credential, as `channel connect` stored it: encrypted here, in clear only where used.

    name: as in the register ("token", "refresh_token"). Set a str; what comes back shows nothing until decrypted.
    """

    __tablename__ = "stored_secret"
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Secret] = mapped_column(EncryptedText(), repr=False)
    stored_at: Mapped[datetime]


class Decision(Base):
    """One version of a manager's decision; never changed, renewed by the next."""

    __tablename__ = "decision"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"), index=True)
    version: Mapped[int]
    purpose: Mapped[str]
    audience: Mapped[str]
    responsible_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    decided_by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    decided_on: Mapped[date]
    valid_until: Mapped[date]
    authorised: Mapped[list[str]] = mapped_column(default_factory=list)
    communicated_to_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    communicated_on: Mapped[date | None] = mapped_column(default=None)
    created_at: Mapped[datetime | None] = mapped_column(default=None)
