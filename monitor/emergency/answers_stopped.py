"""The stop button stops broad answers too: those that wait to be sent to residents. Importing this adds it to what may
stop an answer."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.emergency.holding import active, concerning
from monitor.emergency.models import Hold
from monitor.inbox.models import Action
from monitor.inbox.stops import STOPS


def stopped(session: Session, action: Action, now: datetime) -> datetime | None:
    """By what is live, as nobody is answered in an exercise. Whoever lets go meanwhile waits for us, and then finds
    what we write."""
    query = select(Hold.until).where(concerning(action.channel_id), *active("actual", now)).with_for_update(read=True)
    return max(session.scalars(query).all(), default=None)


STOPS.append(stopped)
