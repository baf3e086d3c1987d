"""What may stop an answer that waits to be sent, until a moment. Nothing does by itself: a crisis adds its stop button.

Only what was given to many at once is stopped; what one person writes to one resident goes out.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.inbox.models import Action

BROAD = "crisis/"
"""How the key begins of an answer that was given to many at once."""
Stop = Callable[[Session, Action, datetime], datetime | None]
"""Until when such an answer is stopped; None: it is not. Asked in a transaction that may write; what it has read there
nobody changes before the transaction ends."""
STOPS: list[Stop] = []


def may_be_stopped(action: Action) -> bool:
    return action.key.startswith(BROAD)


def stopped_until(session: Session, action: Action, now: datetime) -> datetime | None:
    """The last of all moments until which something stops it; None: nothing does."""
    found = [stop(session, action, now) for stop in STOPS] if may_be_stopped(action) else []
    return max((until for until in found if until is not None), default=None)
