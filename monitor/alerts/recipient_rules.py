"""Who takes care of a channel on a day, and so finds it in the morning's digest. Pure: ids go in, ids come out."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Charge:
    """Who answers for a channel, and who stands in. others: whole groups, the first to be asked first."""

    responsible: str
    deputy: str | None = None
    others: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Care:
    """people: who takes care of the channel that day; none where nobody is left at all.

    stands_in: they do it for the person responsible. unattended: neither that person nor the deputy is there.
    """

    people: tuple[str, ...]
    stands_in: bool
    unattended: bool


def care(charge: Charge, away: Collection[str], reachable: Collection[str]) -> Care:
    """The person responsible; else the deputy; else those of the first group that has somebody.

    Nobody who is away that day, or whom no mail can reach.
    """
    own = (charge.responsible,) if charge.deputy is None else (charge.responsible, charge.deputy)
    steps = (*((person,) for person in own), *charge.others)
    there = (tuple(dict.fromkeys(id_ for id_ in step if id_ in reachable and id_ not in away)) for step in steps)
    people = next((step for step in there if step), ())
    return Care(people, charge.responsible not in people, all(person in away for person in own))
