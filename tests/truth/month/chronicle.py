"""What happened in the month, as whoever made it happen wrote it down: the oracle reads this, and the letters."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from tests.truth.month.plan import Away

NEEDS_SOMEBODY = frozenset({"open", "probably_answered", "held"})


@dataclass(frozen=True)
class Mark:
    """kind: acknowledge, snooze, close. until: of the first two."""

    kind: str
    at: datetime
    until: datetime | None


@dataclass
class Asked:
    """A resident's comment. states: what a reader knew of it, since when. since: from when its deadline counts; None
    for one that was edited, or held and then let through: there the reader cannot know it to the minute."""

    name: str
    channel: str
    since: datetime | None
    flagged: bool = False
    states: list[tuple[datetime, str]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def state(self, moment: datetime) -> str | None:
        """Of the platform, as it was last read."""
        return next((state for since, state in reversed(self.states) if since <= moment), None)

    def closed(self, moment: datetime) -> bool:
        """What was let through since was closed as something that nobody else could see: it waits again."""
        turns = pairwise(self.states)
        shown = max((at for (_at, was), (at, _is) in turns if was == "held" and at <= moment), default=None)
        closings = [mark.at for mark in self.marks if mark.kind == "close" and mark.at <= moment]
        return any(shown is None or at > shown for at in closings)

    def quiet_until(self, moment: datetime) -> datetime | None:
        """Somebody has said so, and it still holds."""
        last = next((mark for mark in reversed(self.marks) if mark.at <= moment), None)
        return last.until if last is not None and last.until is not None and last.until > moment else None

    def waits(self, moment: datetime) -> bool:
        return self.state(moment) in NEEDS_SOMEBODY and not self.closed(moment)


@dataclass(frozen=True)
class Gap:
    """Nothing could be told. kind: of a plan's outage, or killed: a worker that died in a step, until what it had in
    hand is given to the next one."""

    kind: str
    begin: datetime
    end: datetime


@dataclass
class Chronicle:
    asked: dict[str, Asked] = field(default_factory=dict)
    absences: list[Away] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    steps: list[datetime] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def is_away(self, person: str, day: object, moment: datetime) -> bool:
        """As was known at that moment."""
        mine = [each for each in self.absences if each.person == person and each.told <= moment]
        return any(each.first <= day <= each.last for each in mine)  # type: ignore[operator]
