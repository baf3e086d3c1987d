"""The morning digest as a notice: one for each person responsible and working day."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.alerts.digest import digest, own_channels
from monitor.alerts.models import Notice
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling
from monitor.alerts.wording import Letter
from monitor.register.models import Channel, Person
from monitor.watch.models import Schedule

DIGEST = "digest"


def digests(session: Session, cycle: str) -> list[Telling]:
    """One for each person who is responsible for an active channel."""
    people = session.scalars(select(Channel.responsible_id).where(Channel.state == "active").distinct())
    return [Telling(DIGEST, person, DIGEST, cycle, person) for person in people]


def _tellings(scene: Scene) -> Iterable[Telling]:
    too_early = _waiting_for_first_reading(scene.session)
    return [one for one in digests(scene.session, scene.today.isoformat()) if one.recipient_id not in too_early]


def _waiting_for_first_reading(session: Session) -> set[str]:
    """Responsible for a channel that was scheduled moments ago: their first digest would know nothing yet."""
    unread = (Channel.state == "active", Schedule.last_complete_at.is_(None), Schedule.failing_since.is_(None))
    return set(session.scalars(select(Channel.responsible_id).join(Schedule).where(*unread)))


def _check(scene: Scene, notice: Notice) -> None:
    if not notice.cycle.startswith(scene.today.isoformat()):
        raise NoLongerTrue(_("The day of this digest has passed."))
    if not own_channels(scene.session, notice.recipient_id, scene.today):
        raise NoLongerTrue(_("The recipient is no longer responsible for an active channel."))


def _letter(scene: Scene, notice: Notice) -> Letter:
    person = scene.session.get_one(Person, notice.recipient_id)
    return digest(scene.session, person, scene.owner, scene.now, scene.settings)


KIND = Kind(_tellings, _check, _letter)
