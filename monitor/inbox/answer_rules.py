"""How soon residents were answered. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median


@dataclass(frozen=True, slots=True)
class Came:
    """One comment. since: from when its deadline counts. waits: somebody still has to look at it. privately: answered
    where others do not see it; closed: a person has said that it needs no reply."""

    since: datetime
    due_at: datetime
    answered_at: datetime | None = None
    waits: bool = False
    privately: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """came: comments. answered: of them; in_time: of those. waiting: those that still need somebody; overdue: of those.

    answered_privately, closed_no_reply: as people said; neither in time nor late, as nobody but they knows when.
    The others needed no answer any more: taken away, hidden, or not to be seen. median_minutes: from when it came to
    the answer, over those answered; None without any.
    """

    came: int
    answered: int
    in_time: int
    waiting: int
    overdue: int
    median_minutes: int | None
    answered_privately: int = 0
    closed_no_reply: int = 0

    @property
    def percent(self) -> float | None:
        """Answered in time of those answered and overdue, in percent; one decimal, never rounded up."""
        counted = self.answered + self.overdue
        return self.in_time * 1000 // counted / 10 if counted else None


def answers(came: Sequence[Came], now: datetime) -> Answers:
    times = [(each.answered_at, each) for each in came if each.answered_at is not None]
    waits = [max(answered - each.since, timedelta(0)) / timedelta(minutes=1) for answered, each in times]
    waiting = [each for each in came if each.waits]
    return Answers(
        came=len(came),
        answered=len(times),
        in_time=sum(answered <= each.due_at for answered, each in times),
        waiting=len(waiting),
        overdue=sum(now > each.due_at for each in waiting),
        median_minutes=int(median(waits)) if waits else None,
        answered_privately=sum(each.privately for each in came),
        closed_no_reply=sum(each.closed for each in came),
    )
