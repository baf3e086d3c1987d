"""The morning digest as a notice: one for each person who takes care of a channel, each working day."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.alerts.digest import digest
from monitor.alerts.ladder_rules import rungs_due
from monitor.alerts.ladders import cared_for
from monitor.alerts.models import Notice
from monitor.alerts.telling import READ, Kind, NoLongerTrue, Scene, Telling, check_hours
from monitor.alerts.wording import Letter
from monitor.register.models import Channel, Person
from monitor.watch.models import Schedule

DIGEST = "digest"


def digests(session: Session, cycle: str) -> list[Telling]:
    """One for each person who takes care of an active channel on the date that the cycle begins with."""
    people = _people(session, date.fromisoformat(cycle[:10]))
    return [Telling(DIGEST, person, DIGEST, cycle, person) for person in people]


def _people(session: Session, day: date) -> list[str]:
    cared = [each.care.people for each in cared_for(session, day) if each.channel.state == "active"]
    return sorted({person for people in cared for person in people})


def _tellings(scene: Scene) -> Iterable[Telling]:
    if _is_the_guards(scene):
        return []
    too_early = _waiting_for_first_reading(scene)
    return [one for one in digests(scene.session, scene.today.isoformat()) if one.recipient_id not in too_early]


def _is_the_guards(scene: Scene) -> bool:
    """From its first rung on, whoever takes over hears from the guard, and no digest is added to those of the day.

    Where none has been begun yet, nobody could be told anything in the morning: then they all still come.
    """
    begun = (Notice.subject_kind == DIGEST, Notice.cycle == scene.today.isoformat())
    guarded = rungs_due(scene.now, scene.calendar, scene.owner.reminder_minutes)
    return bool(guarded) and scene.session.scalar(select(Notice.id).where(*begun).limit(1)) is not None


def _waiting_for_first_reading(scene: Scene) -> set[str]:
    """Who takes care of a channel that was scheduled moments ago: their first digest would know nothing yet."""
    unread = (*READ, Schedule.last_complete_at.is_(None), Schedule.failing_since.is_(None))
    channels = set(scene.session.scalars(select(Channel.id).join(Schedule).where(*unread)))
    cared = [each.care.people for each in cared_for(scene.session, scene.today) if each.channel.id in channels]
    return {person for people in cared for person in people}


def _check(scene: Scene, notice: Notice) -> None:
    if not notice.cycle.startswith(scene.today.isoformat()):
        raise NoLongerTrue(_("The day of this digest has passed."))
    if notice.cycle == scene.today.isoformat():  # else somebody has asked for it at this time
        check_hours(scene)
    if notice.recipient_id not in _people(scene.session, scene.today):
        raise NoLongerTrue(_("The recipient takes care of no active channel today."))


def _letter(scene: Scene, notice: Notice) -> Letter:
    return _together(scene, [notice])


def _together(scene: Scene, notices: Sequence[Notice]) -> Letter:
    return digest(scene, scene.session.get_one(Person, notices[0].recipient_id), notices)


KIND = Kind(_tellings, _check, _letter, group="inbox", together=_together)
