"""A mail that came back: its recipient's mail is out of use, the administrators hear of it, and what it said goes
another way where there is one.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from config.settings import Settings
from monitor.alerts.bounce_rules import bounce
from monitor.alerts.models import Notice
from monitor.audit import SYSTEM
from monitor.db import Database
from monitor.register import routes
from monitor.register.models import Person

PREFIX = "notice-"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a note that a mail was not delivered led to.

    disabled: the person's mail has been taken out of use by it. notices: how many were in the mail. again: they go
    another way now.
    """

    person: str
    status: str
    said: str
    permanent: bool
    disabled: bool
    notices: int
    again: bool


def heard(db: Database, raw: bytes, now: datetime, settings: Settings) -> Heard | None:
    """Reads one mail and does what follows from it; None where it is no note about a mail of ours that came back."""
    found = bounce(raw)
    if found is None:
        return None
    with db.transaction() as session:
        query = select(Notice).where(Notice.bundle == found.message_id.removeprefix(PREFIX)).order_by(Notice.id)
        notices = session.scalars(query.with_for_update()).all()
        if not notices:
            return None
        person = session.get_one(Person, notices[0].recipient_id)
        reason = f"{found.status} {found.said}".strip()
        disabled = found.permanent and routes.disable(session, person.id, "mail", reason, now, SYSTEM)
        other = next(iter(routes.usable(session, person, sms=settings.sms_url is not None)), None)
        again = False
        for notice in notices:
            again = _noted(notice, reason, now, other, permanent=found.permanent) or again
        return Heard(person.id, found.status, found.said, found.permanent, disabled, len(notices), again)


def _noted(notice: Notice, reason: str, now: datetime, other: str | None, *, permanent: bool) -> bool:
    """Says whether the notice goes another way now."""
    if notice.state != "sent" or notice.route != "mail":
        return False
    notice.reason = reason
    if not permanent:
        return False
    notice.sent_at = None
    if other is None:
        notice.state = "failed"
        return False
    notice.state, notice.route, notice.due_at, notice.attempts = "due", other, now, 0
    return True
