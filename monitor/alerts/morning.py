"""The morning digest as a notice: one for each person who takes care of a channel, each working day."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.alerts.digest import digest
from monitor.alerts.models import Notice
from monitor.alerts.recipients import cared_for
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling
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
    too_early = _waiting_for_first_reading(scene)
    return [one for one in digests(scene.session, scene.today.isoformat()) if one.recipient_id not in too_early]


def _waiting_for_first_reading(scene: Scene) -> set[str]:
    """Who takes care of a channel that was scheduled moments ago: their first digest would know nothing yet."""
    unread = (Channel.state == "active", Schedule.last_complete_at.is_(None), Schedule.failing_since.is_(None))
    channels = set(scene.session.scalars(select(Channel.id).join(Schedule).where(*unread)))
    cared = [each.care.people for each in cared_for(scene.session, scene.today) if each.channel.id in channels]
    return {person for people in cared for person in people}


def _check(scene: Scene, notice: Notice) -> None:
    if not notice.cycle.startswith(scene.today.isoformat()):
        raise NoLongerTrue(_("The day of this digest has passed."))
    if notice.recipient_id not in _people(scene.session, scene.today):
        raise NoLongerTrue(_("The recipient takes care of no active channel today."))


def _letter(scene: Scene, notice: Notice) -> Letter:
    return digest(scene, scene.session.get_one(Person, notice.recipient_id))


KIND = Kind(_tellings, _check, _letter)
