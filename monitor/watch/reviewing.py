"""A person has gone through everything that was fetched of a channel."""

from datetime import datetime

from sqlalchemy.orm import Session

from config.language import _
from monitor.audit import audited
from monitor.db.turns import DAYS, take_turns
from monitor.register.models import Channel, Person
from monitor.watch.day_models import Review
from monitor.watch.day_register import keep
from monitor.watch.day_standing import AUTOMATIC


class CannotReview(Exception):
    """There is nothing fetched to go through. The text says why, and what to do instead, in the language in use."""


def review(session: Session, channel: Channel, person_id: str, now: datetime) -> Review:
    """Everything that was fetched until now has been gone through. Raises CannotReview."""
    take_turns(session, DAYS)
    _check(session, channel, person_id)
    made = Review(channel_id=channel.id, by_id=person_id, at=now)
    session.add(made)
    session.flush()
    audited(session, person_id, "channel.reviewed", ("channel", channel.id), now, after={"review": made.id})
    keep(session, [channel.id], now)
    return made


def _check(session: Session, channel: Channel, person_id: str) -> None:
    if session.get_one(Person, person_id).retired:
        raise CannotReview(_("{person} is no longer in the register.", person=person_id))
    if channel.state == "retired" or not channel.has_comments:
        raise CannotReview(_("{channel} is not watched: nothing has to be gone through.", channel=channel.name))
    if channel.watch_mode != AUTOMATIC:
        because = _("{channel} is watched by people, and nothing is fetched from it: ", channel=channel.name)
        raise CannotReview(because + _("attest instead that you have gone through it (`kanalvakt attest`)."))
