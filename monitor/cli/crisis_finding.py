"""Finds what a call of `kanalvakt emergency` names; who misspells it is told what there is."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.cli.errors import WrongWords
from monitor.emergency import incidents
from monitor.emergency.models import Incident, Message
from monitor.emergency.own_templates import offered
from monitor.emergency.wording import Wording


def incident_named(session: Session, number: int | None, *, closed: bool = False) -> Incident:
    """closed: the latest one that is, where none is named. Raises WrongWords where it is unclear which one is meant."""
    if number is not None:
        found = session.get(Incident, number)
        if found is None:
            raise WrongWords(_("There is no incident {number}.", number=number))
        return found
    if closed:
        ended = select(Incident).where(Incident.closed_at.is_not(None)).order_by(Incident.closed_at.desc())
        if (last := session.scalars(ended.limit(1)).first()) is not None:
            return last
    on = incidents.going_on(session)
    if not on:
        raise WrongWords(_("No incident goes on: begin one with `kanalvakt emergency start`."))
    if len(on) > 1:
        raise WrongWords(_("Several incidents go on: name one with --incident ({names}).", names=_names(on)))
    return on[0]


def _names(found: Iterable[Incident]) -> str:
    return ", ".join(f"{each.id} {each.title}" for each in found)


def message_named(session: Session, number: int) -> Message:
    """Raises WrongWords."""
    found = session.get(Message, number)
    if found is None:
        raise WrongWords(_("There is no message {number}.", number=number))
    return found


def template_named(session: Session, name: str) -> Wording:
    """A built-in one, or one of the municipality's own. Raises WrongWords."""
    known = {f"{each.key}.{each.variety}": each for each in offered(session)}
    if name not in known:
        raise WrongWords(
            _("There is no template {name}. There are: {names}.", name=name, names=", ".join(sorted(known)))
        )
    return known[name]


def moment_named(text: str, zone: ZoneInfo) -> datetime:
    """On the organisation's clock where it names no zone. Raises WrongWords."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise WrongWords(_("{text} is no time: write it as 2026-11-28T15:30.", text=text)) from None
    return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)
