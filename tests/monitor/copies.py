"""The copy that has to be there before a comment is taken away, where a test writes the action itself."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from monitor.inbox.removal_models import SavedCopy
from monitor.inbox.saving import hash_of


def keep_copy(session: Session, comment_id: int, channel_id: str = "fb") -> SavedCopy:
    """Nothing but a row; what a copy holds is for test_saving."""
    at = datetime(2026, 6, 1, tzinfo=UTC)
    whose = {"channel_id": channel_id, "comment_id": comment_id, "by_id": "redaktor"}
    copy = SavedCopy(at=at, content="{}", sha256=hash_of("{}"), **whose)
    session.add(copy)
    session.flush()
    return copy
