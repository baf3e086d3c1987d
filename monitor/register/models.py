"""Tables of the register. Ids are the short names that the register file gives ("fb-tibro")."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Dialect, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy_encrypted_field import EncryptedText, Secret

from monitor.db import Base


class Organisation(Base):
    """The public body: one row. service_hours: {"mon-fri": "07:30-16:00"} in its own time zone.

    closed_days: dates on which it is closed though the calendar says otherwise. other_hours: {"2026-04-30":
    "07:30-12:00"}, hours of single days. reminder_minutes: how long before closing time responsible, deputy and
    communicator hear of a channel that nobody has watched yet. longest_decision_months: of a manager's decision.
    hub_hosts: hosts besides the website's on which what a post says may be found. phone, email, rules_url, privacy_url:
    for the texts that accounts must show. answer_within: terms by kind (comment, held, interim), {"days": 1} or
    {"hours": 4}; escalation: terms after the deadline by rung (responsible, deputy, manager); what is not given is the
    default. first_import_days: working days back that count when a channel is first read. excerpts: mails quote the
    beginning of comments. on_call: id of the person who hears of flagged comments outside service hours.
    """

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
    phone: Mapped[str | None] = mapped_column(default=None)
    email: Mapped[str | None] = mapped_column(default=None)
    rules_url: Mapped[str | None] = mapped_column(default=None)
    privacy_url: Mapped[str | None] = mapped_column(default=None)
    closed_days: Mapped[list[str]] = mapped_column(default_factory=list)
    other_hours: Mapped[dict[str, str]] = mapped_column(default_factory=dict)
    reminder_minutes: Mapped[list[int]] = mapped_column(default_factory=lambda: [60, 30, 0])
    longest_decision_months: Mapped[int] = mapped_column(default=24)
    hub_hosts: Mapped[list[str]] = mapped_column(default_factory=list)
    answer_within: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    escalation: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    first_import_days: Mapped[int] = mapped_column(default=5)
    excerpts: Mapped[bool] = mapped_column(default=True)
    on_call: Mapped[str | None] = mapped_column(default=None)


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
    routes: names of the ways to reach the person, the first one first; quiet_hours: "21:00-07:00", in which nothing is
    sent but what cannot wait.
    """

    __tablename__ = "person"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(default=None)
    phone: Mapped[str | None] = mapped_column(default=None)
    roles: Mapped[list[str]] = mapped_column(default_factory=list)
    language: Mapped[str | None] = mapped_column(default=None)
    retired: Mapped[bool] = mapped_column(default=False)
    routes: Mapped[list[str]] = mapped_column(default_factory=lambda: ["mail", "sms"])
    quiet_hours: Mapped[str | None] = mapped_column(default=None)


class Address(EncryptedText):
    """Where a way leads, encrypted; empty for a person of whom no way is known, beside whom it is looked for."""

    cache_ok = True

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Secret:
        return super().process_result_value(value or b"", dialect)


class Route(Base):
    """What is known of one way to reach a person. name: mail, sms, teams, matrix, mattermost or webhook.

    address: where it leads, with its secrets; empty for mail and sms, which the register has. disabled_at, reason: it
    failed for good, or what was sent came back, and it is not used until somebody has put it right. worked_at: when it
    last carried something. tested_at: when it was last tried for the sake of trying.
    """

    __tablename__ = "route"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[Secret] = mapped_column(Address(), default="", repr=False)
    worked_at: Mapped[datetime | None] = mapped_column(default=None)
    tested_at: Mapped[datetime | None] = mapped_column(default=None)
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(default=None)


class Absence(Base):
    """A person is away from `first_day` to `last_day`, both included; who stands in hears instead."""

    __tablename__ = "absence"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]


class Channel(Base):
    """`credential` names where secrets lie ({"token_env": "TIBRO_FB_TOKEN"}), never the secrets.

    closed: a group that only members see; publish_address: False keeps such a group's address out of the public list.
    administrators: ids of the people who administer the account on the platform. account_text: which of
    register.account_text.POINTS the account's own presentation has; account_text_checked_on: when that was looked at.
    watched_since, watched_until: when the duty to watch it began, and ended; None: it has none, or still has it.
    answer_within, escalation: as the organisation's, where this channel differs. exercise: the test account that crisis
    exercises publish to ({"external_id", "address", "credential"}, a credential of its own); empty: none.
    """

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
    closed: Mapped[bool] = mapped_column(default=False)
    publish_address: Mapped[bool] = mapped_column(default=True)
    administrators: Mapped[list[str]] = mapped_column(default_factory=list)
    account_text: Mapped[list[str]] = mapped_column(default_factory=list)
    account_text_checked_on: Mapped[date | None] = mapped_column(default=None)
    watched_since: Mapped[datetime | None] = mapped_column(default=None)
    watched_until: Mapped[datetime | None] = mapped_column(default=None)
    answer_within: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    escalation: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    exercise: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


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
    """One version of a manager's decision. The database refuses to change or remove it: the next version renews it.

    address: of the channel, as it was decided about. authorised: who may answer and post there, besides the responsible
    person. What became of telling the communicator is its DecisionReceipt.
    """

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("channel_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"))
    version: Mapped[int]
    purpose: Mapped[str]
    address: Mapped[str]
    audience: Mapped[str]
    responsible_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    decided_by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    decided_on: Mapped[date]
    valid_until: Mapped[date]
    created_at: Mapped[datetime]
    authorised: Mapped[list[str]] = mapped_column(default_factory=list)


class DecisionReceipt(Base):
    """That a decision was sent to the communicator, and that somebody there has confirmed that it arrived."""

    __tablename__ = "decision_receipt"
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    sent_to_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    confirmed_by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
