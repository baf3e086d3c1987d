"""Which rows of the ledger are due, as rules.is_due and rules.outlasts say it."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_

from monitor.alerts.kinds import KINDS
from monitor.alerts.models import Notice
from monitor.alerts.rules import LEASE, LONGEST_WAIT
from monitor.watch.budget_rules import CLOCKS_DIFFER


def due(now: datetime) -> ColumnElement[bool]:
    """What is being sent is due when its lease has run out."""
    urgent = Notice.subject_kind.in_([name for name, kind in KINDS.items() if kind.urgent])
    return or_(Notice.due_at <= now, (Notice.state == "due") & urgent & (Notice.due_at > now + LONGEST_WAIT))


def outlasting(now: datetime) -> ColumnElement[bool]:
    """What is being sent, with a lease that was written before the clock was set back."""
    return (Notice.state == "sending") & (Notice.due_at > now + LEASE + CLOCKS_DIFFER)
