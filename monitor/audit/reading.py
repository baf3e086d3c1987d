"""Looking into the log."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.audit.models import AuditEntry


def entries(
    session: Session,
    *,
    subject_kind: str | None = None,
    subject: str | None = None,
    actor: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
) -> Sequence[AuditEntry]:
    """The entries about that, by that actor, written from `since` on and before `before`; the newest first."""
    wanted = {"subject_kind": subject_kind, "subject": subject, "actor": actor}
    query = select(AuditEntry).filter_by(**{name: value for name, value in wanted.items() if value is not None})
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    if before is not None:
        query = query.where(AuditEntry.at < before)
    return session.scalars(query.order_by(AuditEntry.id.desc())).all()
