"""How long an answer may take on a channel, and who hears after that: as the channel says, the organisation, or we."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time, timedelta
from itertools import pairwise
from typing import Any

from monitor import Term
from monitor.register.models import Channel, Organisation


@dataclass(frozen=True, slots=True)
class Terms:
    """comment, held, interim: until an answer is due, by what waits: a comment that can be seen, one that the platform
    holds, one that was answered for the time being. responsible, deputy, manager: after that, until each is told."""

    comment: Term
    held: Term
    interim: Term
    responsible: Term
    deputy: Term
    manager: Term


RUNGS = ("responsible", "deputy", "manager")
OURS = Terms(
    comment=Term(days=1),
    held=Term(days=1),
    interim=Term(days=5),
    responsible=Term(hours=0),
    deputy=Term(days=1),
    manager=Term(days=2),
)


def terms_of(owner: Organisation, channel: Channel) -> Terms:
    """What holds for the channel."""
    return told(owner.answer_within, owner.escalation, channel.answer_within, channel.escalation)


def told(*said: Mapping[str, Any]) -> Terms:
    """What these tables say, a later one before an earlier one; ours for what none of them says."""
    return replace(OURS, **{name: term(value) for table in said for name, value in table.items()})


def falling(terms: Terms, full_day: timedelta) -> tuple[str, str] | None:
    """The first two rungs of which the second would come first, days and hours compared by full days of service."""
    rungs = [(rung, _place(getattr(terms, rung), full_day)) for rung in RUNGS]
    return next(((one, two) for (one, first), (two, then) in pairwise(rungs) if then < first), None)


def _place(term: Term, full_day: timedelta) -> tuple[float, time]:
    """Of two terms the one that ends later has the higher place."""
    if term.hours is not None:
        return timedelta(hours=term.hours) / full_day, time.min
    return term.days or 0, term.at or time.max


def term(said: Mapping[str, Any]) -> Term:
    """From {"days": 1}, {"days": 1, "at": "12:00"} or {"hours": 4}."""
    at = said.get("at")
    return Term(days=said.get("days"), hours=said.get("hours"), at=time.fromisoformat(at) if at else None)
