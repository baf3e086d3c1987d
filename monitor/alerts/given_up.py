"""Whom mail does not get to."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.alerts.models import Notice


def given_up(session: Session) -> frozenset[str]:
    """Ids of the people whose latest notice was given up: their address does not work, as far as is known."""
    ended = select(func.max(Notice.id)).where(Notice.state.in_(("sent", "failed"))).group_by(Notice.recipient_id)
    failed = select(Notice.recipient_id).where(Notice.id.in_(ended), Notice.state == "failed")
    return frozenset(session.scalars(failed))
