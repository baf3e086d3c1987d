"""Putting a concluded day right: the row stays as it was, and what holds instead is added with its reason."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from monitor.register.models import Channel
from monitor.watch.day_rules import Verdict
from monitor.watch.models import Correction


class CannotCorrect(Exception):
    """The text says why, in the language in use."""


def correct(
    session: Session, channel: Channel, day: date, verdict: Verdict, reason_text: str, person_id: str, now: datetime
) -> Correction:
    """What the day came to after all. Raises CannotCorrect: not yet concluded, not this person's to do, no reason."""
    raise NotImplementedError
