"""Finds what a call names; who misspells it is told what there is."""

from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.cli.errors import WrongWords
from monitor.emergency.staff import with_permission
from monitor.register.models import Channel, Person
from monitor.watch.models import Comment

YEARS = range(1970, 2200)
"""Beyond them a year is a slip of the finger, and the first and last of all have no day before or after them."""


def channel_named(session: Session, name: str) -> Channel:
    """The channel with that id. Raises WrongWords."""
    found = session.get(Channel, name)
    if found is None:
        hint = nearest(name, session.scalars(select(Channel.id)).all())
        raise WrongWords(_("There is no channel {name}.", name=name) + hint)
    return found


def person_named(session: Session, name: str) -> Person:
    """The person with that id. Raises WrongWords, also for somebody who has left."""
    found = session.get(Person, name)
    if found is None:
        hint = nearest(name, session.scalars(select(Person.id).where(~Person.retired).order_by(Person.id)).all())
        raise WrongWords(_("There is no person {name}.", name=name) + hint)
    if found.retired:
        raise WrongWords(_("{name} is no longer in the register, and can neither do nor be told anything.", name=name))
    return found


def staff_named(session: Session, name: str, permission: Permission) -> str:
    """The id of a person who may do that in a crisis. Raises WrongWords, also for one who may not: the pages' rules
    hold here too."""
    found = person_named(session, name)
    if found not in with_permission(session, permission):
        can = ", ".join(each.id for each in with_permission(session, permission)) or "–"
        raise WrongWords(_("{name} has no role that permits it. Who has: {people}.", name=name, people=can))
    return found.id


def comment_named(session: Session, name: str) -> Comment:
    """By our own number or the platform's id. Raises WrongWords."""
    by_number = session.get(Comment, int(name)) if name.isdecimal() and len(name) < 10 else None
    named = session.scalars(select(Comment).where(Comment.external_id == name).limit(2)).all()
    found = [*([by_number] if by_number else []), *(one for one in named if one is not by_number)]
    if not found:
        raise WrongWords(_("There is no comment {name}: see `kanalvakt unanswered`.", name=name))
    if len(found) > 1:
        ids = ", ".join(str(one.id) for one in found)
        raise WrongWords(_("{name} may be several comments: use one of the numbers {ids}.", name=name, ids=ids))
    return found[0]


def day_named(text: str) -> date:
    """The day written as 2026-06-18. Raises WrongWords."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year not in YEARS:
        raise WrongWords(_("{text} is no day: write it as 2026-06-18.", text=text))
    return day


def nearest(name: str, known: Sequence[str]) -> str:
    """Which one was meant, or which there are: a sentence to follow another."""
    near = get_close_matches(name, known, n=1)
    return (
        _(" Did you mean {name}?", name=near[0]) if near else _(" There are: {names}.", names=", ".join(known) or "–")
    )
