"""The log's tables. The database itself refuses to change or remove an entry."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db import Base


class AuditEntry(Base):
    """One act. actor: a person's id, "system" (Kanalvakt itself) or "command" (somebody at the server, unnamed).

    act: what was done ("decision.made"); subject_kind and subject: to what ("decision", "fb-tibro/2"). before, after:
    what changed, without secrets, contact details or residents' texts. hash: see monitor.audit.rules. Ids have no gaps.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_act_subject", "act", "subject"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    act: Mapped[str]
    subject_kind: Mapped[str]
    subject: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    hash: Mapped[str]


class AuditHead(Base):
    """The latest entry, so that one cut off at the end is missed: one row, which also lets writers take turns."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int]
    hash: Mapped[str]
