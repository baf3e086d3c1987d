"""A subscription that is sent to no more until somebody has looked."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.alerts.hook_rules import Reason, State
from monitor.audit import SYSTEM, audited
from monitor.audit.outgoing_models import Subscription


def disable(session: Session, subscription: Subscription, why: Reason, now: datetime) -> None:
    """With an entry in the log; it stands on Repairs, and is told by monitor.alerts.hook_stopped."""
    subscription.state, subscription.reason, subscription.since = State.DISABLED, why, now
    session.flush()
    audited(session, SYSTEM, "webhook.disabled", subject_of(subscription), now, after={"reason": why})


def subject_of(subscription: Subscription) -> tuple[str, str]:
    """As the audit log names it."""
    return "webhook", str(subscription.id)
