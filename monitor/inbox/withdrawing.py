"""An action that asks first can be left undone: nothing has been sent, and nothing will be."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from config.language import N_
from monitor.audit import audited
from monitor.inbox.action_rules import Fate
from monitor.inbox.models import Action

WITHDRAWN = N_("Not sent: it was withdrawn, as somebody else had answered.")


def withdraw(session: Session, action_id: int, by: str, now: datetime) -> bool:
    """False where it does not ask any more."""
    asks = update(Action).where(Action.id == action_id, Action.state == Fate.ASKS)
    told = {"state": Fate.REFUSED, "reason": "withdrawn", "remedy": WITHDRAWN, "next_at": now}
    comment = session.scalar(asks.values(**told).returning(Action.comment_id))
    if comment is not None:
        audited(session, by, "action.withdrawn", ("comment", str(comment)), now, after={"action": action_id})
    return comment is not None
