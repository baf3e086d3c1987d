"""Decisions that wait for whoever is signed in: the unit's manager makes them, the communicator confirms them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.register.channels import all_channels, whole
from monitor.register.decision_rules import REMINDER_DAYS, Status
from monitor.register.decision_status import Standing, standings
from monitor.register.models import Channel


@dataclass(frozen=True, slots=True)
class Due:
    """text: a sentence. address: of the page where it is done, and label: what the link says. late: nothing holds."""

    channel: str
    text: str
    address: str
    label: str
    late: bool = False


def decisions_due(session: Session, who: Visitor, today: date) -> list[Due]:
    """What nothing holds for comes first. today: the organisation's date."""
    decides, confirms = who.channels_for(Permission.DECIDE), who.channels_for(Permission.CONFIRM_DECISION)
    if not decides | confirms:
        return []
    stand = standings(session, today)
    found = [
        *_to_decide(session, {id_: each for id_, each in stand.items() if id_ in decides}),
        *_to_confirm(session, {id_: each for id_, each in stand.items() if id_ in confirms}),
    ]
    return sorted(found, key=lambda due: (not due.late, due.text.casefold()))


def _to_decide(session: Session, stand: dict[str, Standing]) -> Iterator[Due]:
    for channel in _in_use(session, stand):
        where, standing = f"/channels/{quote(channel.id, safe='')}/decision", stand[channel.id]
        day, name = str(standing.valid_until), channel.name
        if standing.status is Status.MISSING:
            yield Due(name, _("{channel}: there is no decision", channel=name), where, _("Decide"), late=True)
        elif standing.status is Status.EXPIRED:
            text = _("{channel}: the decision ended on {day}", channel=name, day=day)
            yield Due(name, text, where, _("Decide again"), late=True)
        elif standing.days_left is not None and standing.days_left <= max(REMINDER_DAYS):
            yield Due(name, _("{channel}: the decision ends on {day}", channel=name, day=day), where, _("Decide again"))


def _to_confirm(session: Session, stand: dict[str, Standing]) -> Iterator[Due]:
    open_ = {id_: each for id_, each in stand.items() if each.version is not None and not each.confirmed}
    made = whole(session).decisions
    for channel in _in_use(session, open_):
        number = next(each.id for each in made[channel.id] if each.version.version == open_[channel.id].version)
        text = _("{channel}: nobody has confirmed that the decision arrived", channel=channel.name)
        yield Due(channel.name, text, f"/decisions/{number}", _("Read it"))


def _in_use(session: Session, stand: dict[str, Standing]) -> list[Channel]:
    there = (each for each in all_channels(session) if each.id in stand and each.state != "retired")
    return sorted(there, key=lambda channel: channel.name)
