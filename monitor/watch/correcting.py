"""Putting a concluded day right: the row stays as it was, and what holds instead is added with its reason."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import visitor_of
from monitor.audit import audited
from monitor.db.turns import DAYS, take_turns
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel, Person
from monitor.register.organisation import organisation
from monitor.watch.day_models import Correction
from monitor.watch.day_register import keep, subject_of
from monitor.watch.day_rules import Verdict, Why, how_corrected
from monitor.watch.day_view import in_short, recorded, shown_days


class CannotCorrect(Exception):
    """The text says why, in the language in use."""


def correct(
    session: Session, channel: Channel, day: date, verdict: Verdict, reason_text: str, person_id: str, now: datetime
) -> Correction:
    """What the day came to after all. Raises CannotCorrect: not yet concluded, not this person's to do, no reason."""
    take_turns(session, DAYS)
    _check(session, channel, session.get_one(Person, person_id), reason_text, now)
    keep(session, [channel.id], now)
    before = next(iter(shown_days(session, day, day, [channel.id])), None)
    if before is None or before.concluded_at is None:
        words = {"day": day, "channel": channel.name}
        raise CannotCorrect(_("There is nothing to correct: {day} has not been concluded for {channel}.", **words))
    correction = Correction(
        channel_id=channel.id,
        day=day,
        verdict=verdict,
        how=how_corrected(verdict, before.how),
        reason=Why.CORRECTED,
        by_id=person_id,
        at=now,
        note=reason_text.strip(),
    )
    session.add(correction)
    session.flush()
    [after] = shown_days(session, day, day, [channel.id])
    told = {"before": in_short(before), "after": in_short(after) | recorded(correction) | {"note": correction.note}}
    audited(session, person_id, "watch_day.corrected", subject_of(channel.id, day), now, **told)
    return correction


def may_correct(session: Session, channel: Channel, person: Person, now: datetime) -> bool:
    """As the matrix says: communicators, and the manager of the channel's unit. Not whoever only runs the system: what
    a day came to is for those to say who answer for the watch."""
    today = calendar_of(organisation(session)).local_date(now)
    return visitor_of(session, person, 0, today).may(Permission.CORRECT_WATCH, channel.id)


def _check(session: Session, channel: Channel, person: Person, reason_text: str, now: datetime) -> None:
    if person.retired:
        raise CannotCorrect(_("{person} is no longer in the register.", person=person.id))
    if not may_correct(session, channel, person, now):
        name = person.name
        raise CannotCorrect(_("{person} may not correct days: ask a communicator or the unit's manager.", person=name))
    if not reason_text.strip():
        raise CannotCorrect(_("Say why the day is corrected: the reason stays with it."))
