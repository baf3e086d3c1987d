"""Who may act on a channel: by the manager's decision in the organisation's name, by duty against what is unlawful."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session

from config.language import _
from monitor.register.calendar import calendar_of
from monitor.register.decision_rules import Refusal, Version, answering, in_force, moderating
from monitor.register.decision_status import versions_of
from monitor.register.decision_words import REFUSALS
from monitor.register.models import Channel, Person
from monitor.register.organisation import organisation
from monitor.register.people import communicators, manager_of

IN_OUR_NAME = frozenset({"reply", "delete"})
"""Kinds of actions that say something in the organisation's name, or take it back."""


def refusal(session: Session, channel: Channel, person: str, kind: str, now: datetime) -> Refusal | None:
    """Why this person may not do this kind of action on the channel at that moment; None: may."""
    today = calendar_of(organisation(session)).local_date(now)
    versions = versions_of(session, channel.id)
    known = session.get(Person, person)
    if known is None or known.retired:
        return Refusal.NOT_CHARGED
    if kind in IN_OUR_NAME:
        return answering(versions, person, today)
    return moderating(versions, person, today, charged(session, channel))


def charged(session: Session, channel: Channel) -> frozenset[str]:
    """Who is charged with a channel, whatever its decision says."""
    duty = (channel.responsible_id, channel.deputy_id, manager_of(session, channel))
    return frozenset({*(each for each in duty if each), *(person.id for person in communicators(session))})


def in_words(session: Session, channel: Channel, person: str, why: Refusal, now: datetime) -> str:
    """The refusal as a sentence for that person, in the language in use: who may instead, or can decide."""
    today = calendar_of(organisation(session)).local_date(now)
    current = in_force(versions_of(session, channel.id), today)
    may = _may(session, channel, why, current)
    return _(
        REFUSALS[why],
        channel=channel.name,
        name=known.name if (known := session.get(Person, person)) else person,
        named=_names(session, may),
        manager=_names(session, [manager_of(session, channel) or ""]) or _("the unit's manager"),
        date=current.valid_until if current else date.min,
    )


def _may(session: Session, channel: Channel, why: Refusal, current: Version | None) -> Iterable[str]:
    named = current.named if current else frozenset()
    return named if why is Refusal.NOT_NAMED else named | charged(session, channel)


def _names(session: Session, people: Iterable[str]) -> str:
    found = (session.get(Person, each) for each in people)
    return "; ".join(sorted(person.name for person in found if person is not None and not person.retired))
