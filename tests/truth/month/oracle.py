"""Who ought to have heard of what, and when: worked out from the chronicle, and held against what the post office took.

Plain and slow, and knows nothing of Kanalvakt's rules. What is waited for begins when a reader could know of it and it
is past its deadline, on the rung in question; gaps, in which nothing could be told, do not count.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from tests.monitor.register.slow_calendar import wall
from tests.truth.month.chronicle import Asked, Chronicle
from tests.truth.month.clock import HOUR, MINUTE, Clock, without
from tests.truth.month.office import Letter
from tests.truth.month.town import KINDS, ON_CALL, PEOPLE, UNREACHABLE

IN_TIME = 5 * MINUTE
RUNGS = ("responsible", "deputy", "manager")
OVERDUE, GUARD, FLAG, AWAY = "skulle ha besvarats", "bevakad", "bedöm", "lagts undan"
"""Words of the subjects of mails about what is late, about channels not watched, and about what cannot wait."""


@dataclass
class Oracle:
    """numbers: names by our number, as mails call comments. delays: of each obligation's first telling."""

    clock: Clock
    chronicle: Chronicle
    letters: list[Letter]
    numbers: dict[int, str]
    end: datetime
    delays: list[timedelta] = field(default_factory=list)
    late: Counter[str] = field(default_factory=Counter)

    def wrongs(self) -> list[object]:
        return [*self._untold(), *self._flags(), *self._untrue(), *self._twice(), *self._at_wrong_times()]

    @cached_property
    def about(self) -> dict[str, list[Letter]]:
        """The letters that name each comment."""
        found: dict[str, list[Letter]] = {}
        for letter in self.letters:
            for name in self._named(letter):
                found.setdefault(name, []).append(letter)
        return found

    def _named(self, letter: Letter) -> list[str]:
        return [self.numbers[each] for each in letter.comments if each in self.numbers]

    # -- what must be told

    def _untold(self) -> Iterator[object]:
        for asked in self.chronicle.asked.values():
            times = self._rungs(asked) if asked.since is not None else ()
            for place, comes in enumerate(times):
                yield from self._untold_at(asked, place, times[0], comes)

    def _rungs(self, asked: Asked) -> tuple[datetime, ...]:
        """When it is due, and when each rung's time comes. One that cannot be known to the minute: all at the first
        moment that anybody could think of."""
        kind = KINDS[asked.channel]
        if asked.since is None:
            return (asked.states[0][0],) * len(RUNGS)
        due = self.clock.due(asked.since, kind.within)
        return due, self.clock.due(due, kind.deputy_after), self.clock.due(due, kind.manager_after)

    def _untold_at(self, asked: Asked, place: int, due: datetime, comes: datetime) -> Iterator[object]:
        for begin, end in self._waiting(asked, comes):
            if self._passed(begin, end) <= IN_TIME:
                continue
            self.late[RUNGS[place]] += 1
            told = self._told(asked, place, due, comes, begin)
            if told is None:
                yield "never told", RUNGS[place], asked.name, asked.channel, due, begin
                return
            delay = self._passed(begin, told)
            self.delays.append(delay)
            if delay > IN_TIME:
                yield "told too late", RUNGS[place], asked.name, asked.channel, due, begin, told
            return

    def _waiting(self, asked: Asked, comes: datetime) -> Iterator[tuple[datetime, datetime]]:
        """From and until when somebody has to act on it after that time, and nobody has said to have seen it."""
        turns = {moment for moment, _state in asked.states}
        turns |= {moment for mark in asked.marks for moment in (mark.at, mark.until) if moment is not None}
        points = sorted({comes, self.end, *(turn for turn in turns if comes < turn < self.end)})
        begin: datetime | None = None
        for point in points:
            climbs = asked.waits(point) and asked.state(point) != "probably_answered"
            if climbs and asked.quiet_until(point) is None and point < self.end:
                begin = begin or point
            elif begin is not None:
                yield begin, point
                begin = None

    def _told(self, asked: Asked, place: int, due: datetime, comes: datetime, begin: datetime) -> datetime | None:
        """When those who stand for the rung first heard of it."""
        since = due
        for letter in self.about.get(asked.name, []):
            people, own = self._stands_for(asked.channel, place, letter.at)
            since = comes if own or place == 0 else due
            if letter.to in people and letter.at >= since:
                return max(letter.at, begin)
        return None

    def _stands_for(self, channel: str, place: int, moment: datetime) -> tuple[tuple[str, ...], bool]:
        """Its own people, or the next who are there, else the last before; and whether it is their own rung."""
        steps = self._steps(channel, moment)
        for step in (*range(place, len(steps)), *range(place - 1, -1, -1)):
            if steps[step]:
                return steps[step], step == place
        return (), False

    def _steps(self, channel: str, moment: datetime) -> list[tuple[str, ...]]:
        kind, seen, steps = KINDS[channel], set[str](), list[tuple[str, ...]]()
        for step in ((kind.responsible,), (kind.deputy,), *kind.others):
            steps.append(tuple(each for each in step if each and each not in seen and self._is_there(each, moment)))
            seen |= set(filter(None, step))
        return steps

    def _is_there(self, person: str, moment: datetime) -> bool:
        return person != UNREACHABLE and not self.chronicle.is_away(person, wall(moment).date(), moment)

    def _passed(self, begin: datetime, end: datetime) -> timedelta:
        gaps = [(gap.begin, gap.end) for gap in self.chronicle.gaps if gap.end > begin and gap.begin < end]
        return self.clock.between(begin, end, gaps)

    def _flags(self) -> Iterator[object]:
        """At once: in service hours to somebody of the ladder, else to the one who is on call."""
        for asked in self.chronicle.asked.values():
            seen = next((at for at, state in asked.states if state in {"open", "held"}), None)
            if not asked.flagged or seen is None:
                continue
            self.late["flagged"] += 1
            letters = self.about.get(asked.name, [])
            told = min((each.at for each in letters if FLAG in each.subject.lower()), default=None)
            if told is None:
                yield "flagged, and never told", asked.name, asked.channel, seen
            elif self._up_between(seen, told) > IN_TIME:
                yield "flagged, and told too late", asked.name, asked.channel, seen, told

    def _up_between(self, begin: datetime, end: datetime) -> timedelta:
        """All time, but the gaps."""
        gaps = [(gap.begin, gap.end) for gap in self.chronicle.gaps if gap.end > begin and gap.begin < end]
        return without((begin, end), gaps)

    # -- what must not be told

    def _untrue(self) -> Iterator[object]:
        for letter in self.letters:
            for name in self._named(letter):
                asked = self.chronicle.asked[name]
                about_settled = FLAG in letter.subject.lower() or AWAY in letter.subject
                if not asked.waits(letter.at) and not about_settled:
                    yield "settled already", name, letter.at, letter.to, letter.subject, asked.states, asked.marks
                if OVERDUE in letter.subject.lower() and asked.since is not None:
                    due = self.clock.due(asked.since, KINDS[asked.channel].within)
                    if letter.at < due:
                        yield "too early", name, letter.at, due
                    if asked.quiet_until(letter.at) is not None:
                        yield "somebody has seen it", name, letter.at, asked.marks

    def _twice(self) -> Iterator[object]:
        """The same mail again only after a kill that fell between; and no more mails to one person about what is late
        than rungs have come."""
        if self.repeats > self.chronicle.counts["kills after a mail was taken"]:
            yield "repeated without a kill", self.repeats
        ids = {letter.id: letter for letter in reversed(self.letters)}
        heard = Counter[tuple[str, str]]()
        for letter in sorted(ids.values(), key=lambda each: each.at):
            for name in self._named(letter) if OVERDUE in letter.subject.lower() else ():
                heard[letter.to, name] += 1
                if heard[letter.to, name] > sum(
                    comes <= letter.at for comes in self._rungs(self.chronicle.asked[name])
                ):
                    yield "told twice at one rung", name, letter.to, letter.at
        days = Counter((each.to, wall(each.at).date(), each.subject) for each in ids.values())
        yield from (("twice a day", key, count) for key, count in days.items() if count > 1 and "obesvarad" in key[2])

    @property
    def repeats(self) -> int:
        return sum(count - 1 for count in Counter(letter.id for letter in self.letters).values())

    def _at_wrong_times(self) -> Iterator[object]:
        for letter in self.letters:
            guard = GUARD in letter.subject and self.clock.is_open(letter.at - HOUR)
            on_call = letter.to == ON_CALL and FLAG in letter.subject.lower()
            if not (self.clock.is_open(letter.at) or guard or on_call):
                yield "at a wrong time", letter.at, letter.to, letter.subject
            of_work = letter.comments or GUARD in letter.subject  # the weekly lists reach whoever comes back
            if letter.to not in PEOPLE or (of_work and not self._is_there(letter.to, letter.at)):
                yield "to somebody who is not there", letter.at, letter.to, letter.subject
