"""Asking a unit about a comment: its manager is told once (monitor.alerts.forwarded), and the question is kept.

The clock goes on. What residents see of it is the interim answer: without one they do not know that somebody asks.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor import State
from monitor.audit import audited
from monitor.db.bulk import among
from monitor.inbox.desk_models import Forward
from monitor.inbox.marking import why_not
from monitor.register.models import Channel, Person, Unit
from monitor.register.people import reachable_ids
from monitor.watch.models import Comment

LONGEST = 1000  # characters


class CannotForward(Exception):
    """Nobody was asked. The text says why and what to do, in the language in use."""


def forward(session: Session, comment: Comment, unit_id: str, note: str, by_id: str, now: datetime) -> Forward:
    """Asks the unit's manager about it, with an audit entry. Raises CannotForward, also where nobody can be told.

    The same unit is asked once about a comment: who asks again is told when that was.
    """
    session.get_one(Comment, comment.id, with_for_update={"key_share": True})  # two at once take turns
    if why := why_not(session, session.get_one(Channel, comment.channel_id), by_id, now):
        raise CannotForward(why)
    if len(note.strip()) > LONGEST:
        sentence = _("The note has {count} characters. Shorten it to at most {most}.", count=len(note), most=LONGEST)
        raise CannotForward(sentence)
    unit, contact = _contact(session, unit_id)
    if any(each.unit_id == unit.id for each in forwards_of(session, [comment.id])):
        raise CannotForward(_("{unit} has been asked about this already.", unit=unit.name))
    about: dict[str, Any] = {
        "channel_id": comment.channel_id,
        "comment_id": comment.id,
        "unit_id": unit.id,
        "to_id": contact.id,
    }
    made = Forward(**about, by_id=by_id, at=now, note=note.strip())
    session.add(made)
    session.flush()
    told = {"unit": unit.id, "to": contact.id, "note": "set" if made.note else None}
    audited(session, by_id, "comment.forwarded", ("comment", str(comment.id)), now, after=told)
    return made


def forwards_of(session: Session, comment_ids: Sequence[int]) -> list[Forward]:
    """What units were asked about these comments, the first one first."""
    query = select(Forward).where(among(session, Forward.comment_id, list(comment_ids))).order_by(Forward.id)
    return list(session.scalars(query))


def units_to_ask(session: Session) -> list[Unit]:
    """Units with a manager whom a message reaches, by name."""
    there = reachable_ids(session)
    units = session.scalars(select(Unit).where(~Unit.retired).order_by(Unit.name, Unit.id))
    return [unit for unit in units if unit.manager_id in there]


def waits_for_unit(state: State, asked: Sequence[object]) -> bool:
    """Does it wait for a unit, and can the resident see that? Only an interim answer shows it."""
    return bool(asked) and state is State.INTERIM_ANSWERED


def _contact(session: Session, unit_id: str) -> tuple[Unit, Person]:
    """The unit and its manager. Raises CannotForward."""
    unit = session.get(Unit, unit_id)
    if unit is None or unit.retired:
        raise CannotForward(_("Choose which unit to ask."))
    contact = session.get(Person, unit.manager_id) if unit.manager_id else None
    if contact is None or contact.id not in reachable_ids(session):
        sentence = _("{unit} has no manager whom a message reaches: put that right in the register.", unit=unit.name)
        raise CannotForward(sentence)
    return unit, contact
