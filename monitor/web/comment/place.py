"""A comment whose page is asked for, with who asks."""

from datetime import UTC, datetime

from fastapi import HTTPException
from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.db.numbered import is_number
from monitor.inbox.at_hand import at_hand
from monitor.inbox.opened import Opened
from monitor.register.models import Channel
from monitor.register.organisation import organisation


def place(session: Session, who: Visitor, comment_id: int, permission: Permission) -> Opened:
    """Raises HTTPException: 404 where there is no such comment for this visitor, 403 where it may only be read."""
    here = at_hand(session, comment_id) if is_number(comment_id) else None
    comment = here.comment if here is not None else None
    if comment is None or not who.may(Permission.READ_INBOX, comment.channel_id):
        raise HTTPException(404)
    if not who.may(permission, comment.channel_id):
        raise HTTPException(403)
    channel = session.get_one(Channel, comment.channel_id)
    return Opened(session, organisation(session), comment, channel, who, datetime.now(UTC))
