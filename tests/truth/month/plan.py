"""What befalls the town in the month, drawn from a seed before its first day, whatever Kanalvakt does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from tests.truth.month.clock import DAY, HOUR, MINUTE, Clock
from tests.truth.month.town import EDITORS, KINDS, MANAGERS, Kind

COMMENTS = 5_000
FATES = {
    "soon": 52,
    "late": 14,
    "very_late": 3,
    "closed": 10,
    "seen": 7,
    "put_off": 4,
    "hidden": 3,
    "deleted": 3,
    "edited": 2,
    "forgotten": 2,
}
"""What becomes of comments, in percent."""
BUSY = 12
"""So many channels have six comments where the others have one."""
HOURS = (1, 1, 0, 0, 0, 1, 2, 4, 5, 5, 6, 7, 8, 7, 6, 6, 8, 9, 10, 11, 12, 10, 7, 3)
"""How often residents write, by hour of the day."""
WORDS = "Det luktar gas vid skolan"
"""What no municipality leaves until tomorrow."""
SECONDS = timedelta(seconds=17)
"""Nobody writes or answers at a whole minute, when Kanalvakt looks."""


Fate = tuple[Any, ...]
"""A verb, its moment, and what it needs besides."""


@dataclass(frozen=True, order=True)
class Event:
    """At a moment. verb: of Acts; which: the channel's or the comment's name; more: what the verb needs besides."""

    moment: datetime
    verb: str = field(compare=False)
    which: str = field(compare=False)
    more: tuple[object, ...] = field(compare=False, default=())


@dataclass(frozen=True)
class Away:
    """told: when it was noted."""

    person: str
    first: date
    last: date
    told: datetime


@dataclass(frozen=True)
class Outage:
    """kind: refuses, hangs, closes (the mail server); broker; worker."""

    kind: str
    begin: datetime
    end: datetime


@dataclass
class Plan:
    clock: Clock
    random: Random
    comments: int = COMMENTS
    events: list[Event] = field(default_factory=list)
    absences: list[Away] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.absences = list(self._overlapping())
        for away in (each for person in (*EDITORS, *MANAGERS) for each in self._away(person)):
            theirs = (each for each in self.absences if each.person == away.person)
            if all(away.last < each.first or each.last < away.first for each in theirs):
                self.absences.append(away)
        self.outages = list(self._outages())
        self._posts()
        made = 0
        while made < self.comments:
            made += self._burst(made, min(self.random.choice((1, 2, 4, 7)), self.comments - made))
        self.events.sort()

    def _happens(self, moment: datetime, verb: str, which: str, *more: object) -> None:
        self.events.append(Event(moment, verb, which, more))

    # -- what there is to read

    def _posts(self) -> None:
        for kind in KINDS.values():
            for passed in range(0, (self.clock.last - self.clock.first).days + 1, 4):
                day = self.clock.first + (passed + kind.number % 4) * DAY
                if day <= self.clock.last:
                    self._happens(self.clock.at(day, time(6, kind.number)), "publishes", kind.id)

    def _burst(self, number: int, size: int) -> int:
        """Several residents below one post, within some minutes; some of them answer each other."""
        kind = self.random.choice(list(KINDS.values())[: BUSY if self.random.random() < 0.6 else None])
        begin, flagged = self._some_moment(), self.random.random() < 0.012
        for place in range(size):
            name = f"c{number + place}"
            moment = begin + place * MINUTE + timedelta(seconds=self.random.randrange(20, 50))
            below = f"c{number + self.random.randrange(place)}" if place and self.random.random() < 0.25 else None
            held = kind.platform == "youtube" and self.random.random() < 0.05
            text = WORDS if flagged and not place else f"Hur blir det med vägen vid nummer {number + place} i vår?"
            self._happens(moment, "asks", kind.id, name, below, f"Invånare {self.random.randrange(400)}", text, held)
            if held:
                self._happens(self._in_service(moment, 1, 12), "releases", name)
            self._fate(kind, name, moment)
        return size

    def _fate(self, kind: Kind, name: str, asked: datetime) -> None:
        """What becomes of a comment. Answers come in a person's hours at it, three a day, all at once."""
        fate = self.random.choices(list(FATES), list(FATES.values()))[0]
        if fate == "hidden" and kind.platform == "youtube":  # nobody hides there
            fate = "soon"
        for verb, moment, *more in getattr(self, f"_{fate}")(asked):
            self._happens(moment, verb, name, *more)

    def _soon(self, asked: datetime) -> Iterator[Fate]:
        yield "answers", self._session(asked, 0.3, 7), self.random.random() < 0.5

    def _late(self, asked: datetime) -> Iterator[Fate]:
        yield "answers", self._session(asked, 7, 34), self.random.random() < 0.7

    def _very_late(self, asked: datetime) -> Iterator[Fate]:
        yield "answers", self._session(asked, 25, 50), True

    def _closed(self, asked: datetime) -> Iterator[Fate]:
        yield "marks", self._session(asked, 0.5, 14), "close", "thanks"

    def _seen(self, asked: datetime) -> Iterator[Fate]:
        yield "marks", self._session(asked, 0.5, 10), "acknowledge", None
        yield "answers", self._session(asked, 12, 34), True

    def _put_off(self, asked: datetime) -> Iterator[Fate]:
        yield "marks", self._session(asked, 0.5, 8), "snooze", self._in_service(asked, 14, 24)
        yield "answers", self._session(asked, 20, 40), True

    def _hidden(self, asked: datetime) -> Iterator[Fate]:
        yield "hides", self._session(asked, 0.5, 12)

    def _deleted(self, asked: datetime) -> Iterator[Fate]:
        yield "deletes", asked + self.random.randrange(30, 3_000) * MINUTE

    def _edited(self, asked: datetime) -> Iterator[Fate]:
        yield "edits", asked + self.random.randrange(5, 1_000) * MINUTE
        yield "answers", self._session(asked, 26, 40), True

    def _forgotten(self, _asked: datetime) -> Iterator[Fate]:
        yield from ()

    # -- who is not there, and what does not work

    def _overlapping(self) -> Iterator[Away]:
        """Two channels whose responsible person and deputy are away at once, and one whose manager is as well."""
        working = [day for day in self.clock.working if day <= self.clock.last]
        day = working[min(6, len(working) // 3)]
        for kind in (KINDS["facebook-02"], KINDS["youtube-17"], KINDS["facebook-22"]):
            people = (kind.responsible, kind.deputy, kind.manager if kind.number == 22 else None)
            for person in filter(None, people):
                yield Away(person, day, day + 3 * DAY, self.clock.at(day - DAY, time(15, 5)) + SECONDS)

    def _away(self, person: str) -> Iterator[Away]:
        """Some are noted only when the day has begun."""
        day = self.clock.first + self.random.randrange(2, 14) * DAY
        while day < self.clock.last:
            length = self.random.choice((1, 1, 2, 3, 7))
            told = self.random.choice((self.clock.at(day - DAY, time(14)), self.clock.at(day, time(9, 40))))
            yield Away(person, day, day + (length - 1) * DAY, told + SECONDS)
            day += (length + self.random.randrange(6, 20)) * DAY

    def _outages(self) -> Iterator[Outage]:
        """They begin in service hours or shortly before; the longest go on after them."""
        for kind, count in {"refuses": 3, "hangs": 2, "closes": 2, "broker": 4, "worker": 3}.items():
            for _each in range(self.clock.share(count)):
                day = self.random.choice([each for each in self.clock.working if each <= self.clock.last])
                begin = self.clock.at(day, time(7, 20)) + self.random.randrange(8 * 60) * MINUTE
                minutes = self.random.choice((4, 12, 35, 95, 240))
                yield Outage(kind, begin + SECONDS, begin + minutes * MINUTE + 2 * SECONDS)

    # -- when

    def _some_moment(self) -> datetime:
        while True:
            day = self.clock.first + self.random.randrange((self.clock.last - self.clock.first).days + 1) * DAY
            if day.weekday() < 5 or self.random.random() < 0.6:
                break
        hour = self.random.choices(range(24), HOURS)[0]
        return self.clock.calendar.midnight(day) + hour * HOUR + self.random.randrange(60) * MINUTE

    def _in_service(self, since: datetime, least: float, most: float) -> datetime:
        """After so many hours of service."""
        return self.clock.after(since, self.random.uniform(least, most) * HOUR).replace(second=17, microsecond=0)

    def _session(self, since: datetime, least: float, most: float) -> datetime:
        """As that, when somebody next sits down to it: 8.20, 11.20 or 14.50."""
        moment = self.clock.after(since, self.random.uniform(least, most) * HOUR)
        for day in self.clock.working:
            for sits in (time(8, 20), time(11, 20), time(14, 50)):
                if day >= moment.date() and (then := self.clock.at(day, sits)) > moment:
                    return then + SECONDS
        raise AssertionError(since)
