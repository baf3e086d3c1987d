"""A person has gone through everything that was fetched of a channel."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.register.models import Channel
from monitor.watch.models import Review


class CannotReview(Exception):
    """There is nothing fetched to go through. The text says why, and what to do instead, in the language in use."""


def review(session: Session, channel: Channel, person_id: str, now: datetime) -> Review:
    """Raises CannotReview for a channel that no machine reads: that is attested."""
    raise NotImplementedError
