"""Tables of what is told to other systems: who subscribes, what has happened, and what became of telling it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy_encrypted_field import EncryptedText, Secret

from monitor.db import Base


class Subscription(Base):
    """Another system that is told what happens. events: of outgoing_rules.Event. channels: their ids; none: all.

    address: may hold secrets, so of it only the host is shown. secret: what is signed with; old_secret, where it is not
    empty, signs as well until old_until. by_id: who made it, and may read what it tells. state: active, paused,
    disabled; reason: why disabled (failing, gone, left). since: of the state.
    """

    __tablename__ = "subscription"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - the log names them by number: none is used again
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str]
    host: Mapped[str]
    address: Mapped[Secret] = mapped_column(EncryptedText(), repr=False)
    secret: Mapped[Secret] = mapped_column(EncryptedText(), repr=False)
    events: Mapped[list[str]]
    channels: Mapped[list[str]]
    by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    since: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="active")
    reason: Mapped[str | None] = mapped_column(default=None)
    old_secret: Mapped[Secret] = mapped_column(EncryptedText(), default="", repr=False)
    old_until: Mapped[datetime | None] = mapped_column(default=None)


class OutgoingEvent(Base):
    """Something that happened, written in its own transaction. kind: of outgoing_rules.Event; the rest as in Happened.

    handed_at: when it was handed to those who subscribe; None: that is still to be done. It is looked for by that, not
    by its number: on PostgreSQL a lower number may be committed after a higher one.
    """

    __tablename__ = "outgoing_event"
    __table_args__ = (
        Index(
            "ix_outgoing_event_waiting",
            "id",
            sqlite_where=sql("handed_at IS NULL"),
            postgresql_where=sql("handed_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    subject_kind: Mapped[str]
    subject: Mapped[str]
    channel_id: Mapped[str | None]
    data: Mapped[dict[str, Any]]
    handed_at: Mapped[datetime | None] = mapped_column(default=None)


class Dispatch(Base):
    """One event on its way to one subscriber. message_id: the same for every attempt. state: waiting, delivered,
    withheld (its subscriber may not be told after all, or somebody left it out).

    next_at: when the next attempt is due, or by when somebody who is sending it must have said what became of it.
    status: the latest answer's; problem: what kept it from coming (of hook_rules.Problem).
    """

    __tablename__ = "dispatch"
    __table_args__ = (Index("ix_dispatch_subscription_state", "subscription_id", "state", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("outgoing_event.id"), index=True)
    message_id: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(index=True)
    next_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    status: Mapped[int | None] = mapped_column(default=None)
    problem: Mapped[str | None] = mapped_column(default=None)
