"""What residents and people of the town do on a day, drawn from the seed: they write, go through, attest, go away."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from tests.truth.two_years.chronicle import Past
from tests.truth.two_years.fate import DAY, HOUR, MINUTE, Fate
from tests.truth.two_years.platforms import Feed
from tests.truth.two_years.town import CHANNELS, Town

WITHIN = timedelta(seconds=45)
"""People act between the ticks, which come at whole minutes."""
A_TERM = 200 * DAY


@dataclass(order=True)
class Happening:
    """Something at a moment. act: a person does it; else Kanalvakt."""

    moment: datetime
    what: Callable[[datetime], None] = field(compare=False)
    act: bool = field(compare=False, default=False)


@dataclass
class Habits:
    town: Town
    feeds: dict[str, Feed]
    fate: Fate
    random: Random
    first: date
    last: date
    written: int = 0
    plans: list[float] = field(default_factory=lambda: [0.1, 0.2, 0.3, 0.38, 0.4, 0.45, 0.55, 0.6, 0.65, 0.7, 0.8])
    """For the register: after which part of the time, one after the other and each once."""

    def of(self, day: date) -> list[Happening]:
        """All of one day. What residents write is there at once, for whoever reads."""
        self._residents(day)
        done = [*self._register(day), *self._people(day)]
        if self.town.chronicle.is_working_day(day, self._clock(day, time(0))):
            done += [
                happening
                for id_, past in self.town.chronicle.channels.items()
                for happening in self._work(id_, past, day)
            ]
        return done

    def _residents(self, day: date) -> None:
        for id_, feed in self.feeds.items():
            if id_ not in self.town.chronicle.channels or self.random.random() > 0.08:
                continue
            moment = self._clock(day, time(0)) + self.random.randrange(24 * 60) * MINUTE + WITHIN
            self.written += 1
            feed.asks(f"c{self.written}", moment)
            if self.random.random() < 0.6:
                feed.answers(f"c{self.written}", moment + self.random.choice((1, 3, 20, 60)) * HOUR)

    # -- the register, once

    def _register(self, day: date) -> Iterator[Happening]:
        town, morning = self.town, self._clock(day, time(8)) + WITHIN
        if day == self.first:
            for id_ in CHANNELS:
                if id_ != "ny":
                    yield self._act(morning - HOUR, partial(town.registers, id_))
        if self.plans and day >= self._planned(self.plans[0]):
            moment = morning + self.random.randrange(9 * 60) * MINUTE
            if not any(span.covers(moment) for span in self.fate.no_acts):  # else it is done as soon as it can be
                yield self._act(moment, self._what(self.plans.pop(0), day))

    def _planned(self, part: float) -> date:
        return self.first + int((self.last - self.first).days * part) * DAY

    def _what(self, part: float, day: date) -> Callable[[datetime], None]:
        town = self.town
        return {
            0.1: partial(town.closes_early, day + 2 * DAY),
            0.2: partial(town.registers, "ny"),
            0.3: partial(town.pauses, "ny"),
            0.38: partial(town.resumes, "ny"),
            0.4: partial(town.closes_on, day),
            0.45: partial(town.has_comments, "torg", False),
            0.55: partial(town.has_comments, "torg", True),
            0.6: partial(town.has_comments, "fb", False),
            0.65: partial(town.has_comments, "fb", True),
            0.7: partial(town.closes_on, day + 30 * DAY),
            0.8: partial(town.retires, "forum"),
        }[part]

    def _people(self, day: date) -> Iterator[Happening]:
        for away in self.fate.absences:
            if away.told.date() == day:
                yield self._act(away.told + WITHIN, partial(self.town.is_away, away.person, away.first, away.last))
        for number, id_ in enumerate(sorted(self.town.chronicle.channels)):
            if (day - self.first - 3 * DAY).days % (
                A_TERM.days + 7 * number
            ) == 0:  # a few days late, once it is renewed
                ends = day + A_TERM + (7 * number - 4) * DAY
                yield self._act(self._clock(day, time(9)) + WITHIN, partial(self.town.decides, id_, ends))

    # -- the watch

    def _work(self, id_: str, past: Past, day: date) -> Iterator[Happening]:
        if past.automatic and self.random.random() < 0.45:
            yield self._act(self._some_time(day), partial(self._goes_through, id_, past))
        if self.random.random() < 0.95:
            yield self._act(self._some_time(day), partial(self._says, id_, past, day, CHANNELS[id_].responsible))
        if self.random.random() < 0.04:
            yield self._act(self._some_time(day), partial(self._says, id_, past, day, "rut"))
        if self.random.random() < 0.04:
            earlier = day - self.random.randrange(1, 9) * DAY
            yield self._act(self._some_time(day), partial(self._says, id_, past, earlier, "kim"))
        if self.random.random() < 0.01:
            yield self._act(self._some_time(day), partial(self._puts_right, id_, past, day - 3 * DAY))

    def _goes_through(self, id_: str, past: Past, now: datetime) -> None:
        if past.is_due(now):
            self.town.reviews(id_, "rut", now)

    def _says(self, id_: str, past: Past, day: date, by: str, now: datetime) -> None:
        """Of a channel that is read, only when something is wrong with that, or it is read already, in vain."""
        today = self.town.chronicle.calendar(now).local_date(now)
        silent = past.automatic and day == today and not past.outcomes(day) and not past.is_paused(now)
        if silent or not past.is_due(now) or not self._was_known(day, now):
            return
        if not past.automatic or "complete" not in past.outcomes(day) or self.random.random() < 0.05:
            self.town.attests(id_, day, by, now)

    def _puts_right(self, id_: str, past: Past, day: date, now: datetime) -> None:
        if self._was_known(day, now) and past.had_duty(day, self.town.chronicle.closing(day, now)):
            self.town.corrects(id_, day, self.random.choice(("watched", "partly", "not_watched")), now)

    def _was_known(self, day: date, now: datetime) -> bool:
        """A working day, whenever it was looked at."""
        calendar = self.town.chronicle
        return calendar.is_working_day(day, now) and calendar.is_working_day(day, self._clock(day, time(0)))

    def _some_time(self, day: date) -> datetime:
        """Mostly in service hours."""
        return self._clock(day, time(7, 40)) + self.random.randrange(9 * 60) * MINUTE + WITHIN

    def _clock(self, day: date, clock: time) -> datetime:
        passed = timedelta(hours=clock.hour, minutes=clock.minute)
        return self.town.chronicle.midnight(day) + passed

    def _act(self, moment: datetime, what: Callable[[datetime], None]) -> Happening:
        return Happening(moment, what, act=True)
