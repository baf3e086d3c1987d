"""The delivery ledger: a row per notice, claimed with a lease before sending, its outcome kept."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db import Base


class Notice(Base):
    """One thing one person must know. state: due, sending, sent, failed (given up), cancelled.

    subject_kind and subject: what it is about ("digest", a person id; "watch_day", "fb-tibro/2026-11-20").
    rung: which step of the ladder; cycle: which round of it (a date). due_at is also the only retry.
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("subject_kind", "subject", "rung", "cycle", "recipient_id"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    subject_kind: Mapped[str]
    subject: Mapped[str]
    rung: Mapped[str]
    cycle: Mapped[str]
    recipient_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    due_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime]
    route: Mapped[str] = mapped_column(default="mail")
    state: Mapped[str] = mapped_column(default="due", index=True)
    reason: Mapped[str | None] = mapped_column(default=None)
    claim: Mapped[str | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
