"""Whom mail does not get to."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.alerts.models import Notice

ROUTE_TEST = "route_test"
"""Of one way only: that it fails says nothing of the others."""


def given_up(session: Session) -> frozenset[str]:
    """Ids of the people whose latest notice was given up: their address does not work, as far as is known."""
    told = (Notice.state.in_(("sent", "failed")), Notice.subject_kind != ROUTE_TEST)
    ended = select(func.max(Notice.id)).where(*told).group_by(Notice.recipient_id)
    failed = select(Notice.recipient_id).where(Notice.id.in_(ended), Notice.state == "failed")
    return frozenset(session.scalars(failed))
