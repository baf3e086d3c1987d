"""Putting a concluded day right: the row stays as it was, and what holds instead is added with its reason."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from config.language import _
from monitor.audit import audited
from monitor.db.turns import DAYS, take_turns
from monitor.register.models import Channel, Person
from monitor.watch.day_models import Correction
from monitor.watch.day_register import keep, subject_of
from monitor.watch.day_rules import Verdict, Why, how_corrected
from monitor.watch.day_view import in_short, recorded, shown_days

MAY_CORRECT = frozenset({"communicator", "administrator"})


class CannotCorrect(Exception):
    """The text says why, in the language in use."""


def correct(
    session: Session, channel: Channel, day: date, verdict: Verdict, reason_text: str, person_id: str, now: datetime
) -> Correction:
    """What the day came to after all. Raises CannotCorrect: not yet concluded, not this person's to do, no reason."""
    take_turns(session, DAYS)
    _check(session.get_one(Person, person_id), reason_text)
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


def _check(person: Person, reason_text: str) -> None:
    if person.retired:
        raise CannotCorrect(_("{person} is no longer in the register.", person=person.id))
    if not MAY_CORRECT.intersection(person.roles):
        name = person.name
        raise CannotCorrect(_("{person} may not correct days: ask a communicator or an administrator.", person=name))
    if not reason_text.strip():
        raise CannotCorrect(_("Say why the day is corrected: the reason stays with it."))
