"""Who takes care of a channel, changed by hand under the same rules as the register file."""

from datetime import datetime

from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.register.faults import Refused
from monitor.register.models import Channel, Person
from monitor.register.people import reachable_ids
from monitor.register.storing import Storing

RESPONSIBLE, DEPUTY = "responsible", "deputy"
NOBODY = N_("deputy is missing: a channel with comments is watched by two people.")
SAME = N_("The deputy is the responsible person.")
UNREACHABLE = N_("Nothing reaches {person}: no way to that person has an address that works.")


class CannotCharge(Refused):
    """Nothing was changed. field: of RESPONSIBLE and DEPUTY, which of them is wrong."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


def charge(session: Session, channel: Channel, responsible: str, deputy: str | None, actor: str, now: datetime) -> bool:
    """The channel is theirs from now on; the audit log tells it. Says whether that is a change. Ids of people.

    The register file says it too, and its next import says it again. Raises CannotCharge for a channel that is not
    watched any more, for somebody who is not in the register or whom nothing reaches, and for a deputy who is missing
    where there are comments or is the responsible person.
    """
    if channel.state == "retired":
        raise CannotCharge(RESPONSIBLE, _("{name} is retired already.", name=channel.id))
    _check(session, RESPONSIBLE, responsible)
    if deputy is None and channel.has_comments:
        raise CannotCharge(DEPUTY, _(NOBODY))
    if deputy == responsible:
        raise CannotCharge(DEPUTY, _(SAME))
    if deputy is not None:
        _check(session, DEPUTY, deputy)
    return Storing(session, actor, now).change(channel, {"responsible_id": responsible, "deputy_id": deputy})


def _check(session: Session, field: str, person_id: str) -> None:
    person = session.get(Person, person_id)
    if person is None or person.retired:
        raise CannotCharge(field, _("There is no such person in the register."))
    if person_id not in reachable_ids(session):
        raise CannotCharge(field, _(UNREACHABLE, person=person.name))
