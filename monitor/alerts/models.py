"""The delivery ledger: a row per notice, claimed with a lease before sending, its outcome kept."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db import Base

WAITING = text("state IN ('due', 'sending')")
"""What has not come to its end. The few that have not are found without passing by all that have."""


class Notice(Base):
    """One thing one person must know. state: due, sending, sent, failed (given up), cancelled.

    subject_kind and subject: what it is about ("digest", a person id; "watch_day", "fb-tibro/2026-11-20").
    rung: which step of the ladder; cycle: which round of it (begins with a date). due_at is also the only retry.
    bundle: which message it goes in, the same for all that go in it; nobody is added to a bundle, and its Message-ID is
    made of it. route: the way that it went, or is to go next. folded: its person had too many messages, so that it was
    put off for a few minutes, to be told with others.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject", "rung", "cycle", "recipient_id"),
        Index("ix_notice_waiting", "due_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_notice_recipient_sent", "recipient_id", "sent_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    subject_kind: Mapped[str]
    subject: Mapped[str]
    rung: Mapped[str]
    cycle: Mapped[str] = mapped_column(index=True)
    recipient_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    route: Mapped[str] = mapped_column(default="mail")
    state: Mapped[str] = mapped_column(default="due")
    reason: Mapped[str | None] = mapped_column(default=None)
    claim: Mapped[str | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    bundle: Mapped[str | None] = mapped_column(default=None, index=True)
    folded: Mapped[bool] = mapped_column(default=False)
