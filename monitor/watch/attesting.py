"""A person's word that a channel has been gone through, where no machine has read it."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from monitor.register.models import Channel
from monitor.watch.models import Attestation


class CannotAttest(Exception):
    """The attestation would not count. The text says why, and what to do instead, in the language in use."""


def attest(
    session: Session,
    channel: Channel,
    day: date,
    person_id: str,
    now: datetime,
    note: str = "",
    count: int | None = None,
) -> Attestation:
    """ "I have gone through the channel", for a day. Said twice by the same person, the first one is given back.

    count: comments seen, where somebody counted. For a concluded day it becomes a Correction. Raises CannotAttest.
    """
    raise NotImplementedError
