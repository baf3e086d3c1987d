"""How many threads a provider's platforms may hold in one process, so that there are always some for all others. Pure.

Each provider has threads of its own, and of these each kind of work: whatever hangs or lasts for hours keeps only its
like waiting. A reading that has lasted for a while counts as a long one, and makes room for another short one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

LONG = 10.0
"""Seconds after which a reading counts as a long one. Almost all take one or two."""
ACTIONS, CHECKS = 4, 1


class Work(StrEnum):
    """What a thread does. LONG: a channel that was never read to its end, or took long the last time."""

    READ = "read"
    LONG = "long"
    ACT = "act"
    CHECK = "check"


READINGS = frozenset({Work.READ, Work.LONG})


@dataclass(frozen=True, slots=True)
class Running:
    """One thread at work. began: seconds of a clock that is never set."""

    work: Work
    began: float


def most(work: Work, readings: int) -> int:
    """Threads of one provider for that work, where so many channels are read at the same time; as many again for those
    that take long."""
    return {Work.ACT: ACTIONS, Work.CHECK: CHECKS}.get(work, readings)


def threads(providers: int, readings: int) -> int:
    """What a process needs so that no work waits for a thread: then everyone's share is free whatever others do."""
    return providers * sum(most(work, readings) for work in Work)


def may_begin(work: Work, running: Collection[Running], readings: int, now: float) -> bool:
    """Is there a thread for one more, of those of the same provider that are at work?"""
    kinds = [_counts_as(each, now) for each in running]
    if work in READINGS and sum(kind in READINGS for kind in kinds) >= 2 * readings:
        return False  # so many long ones that they fill the threads of the short ones too
    return kinds.count(work) < most(work, readings)


def _counts_as(one: Running, now: float) -> Work:
    return Work.LONG if one.work is Work.READ and now - one.began >= LONG else one.work
