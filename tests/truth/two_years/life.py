"""The days of the town, one after another: Kanalvakt ticks while it is up, people do what they do. No time passes."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random

from config.settings import Settings
from connectors.base import Author
from monitor.alerts.judging import judge
from monitor.alerts.sending import send_due
from monitor.db import Database
from monitor.watch.polling import Claimed, claim_now, poll
from tests.truth.two_years.chronicle import Came, Run, Span
from tests.truth.two_years.fate import DAY, HOUR, MINUTE, draw
from tests.truth.two_years.habits import Habits, Happening
from tests.truth.two_years.letters import Letter, MoodyOffice
from tests.truth.two_years.platforms import Feed, Killed, Platforms
from tests.truth.two_years.town import CHANNELS, PEOPLE, Town

A_READING = timedelta(seconds=10)
OVER_MIDNIGHT = 5 * MINUTE
A_CRASH = 0.002
Chance = tuple[float, datetime, Callable[[datetime], None]]
"""How likely it is that something happens, when, and what."""


@dataclass
class Counts:
    ticks: int = 0
    readings: int = 0
    crashes: int = 0
    acts: int = 0


@dataclass
class Life:
    """From the first day to the last. letters: what the post office took. sendings: when something could be
    sent, and whether the post office took it then."""

    db: Database
    office: MoodyOffice
    settings: Settings
    seed: int
    first: date
    last: date
    letters: list[Letter] = field(default_factory=list)
    sendings: list[tuple[datetime, bool]] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 - the same history for the same seed
        automatic = [id_ for id_, kind in CHANNELS.items() if kind.automatic]
        self.fate = draw(self.random, self.first, self.last, automatic, list(PEOPLE))
        self.down = list(self.fate.down)
        self.feeds = {id_: Feed(Author(f"{id_}-own"), self.fate.trouble[id_]) for id_ in automatic}
        self.platforms = Platforms(self.feeds)
        self.town = Town(self.db, datetime.combine(self.first - DAY, time(), UTC))
        self.chronicle = self.town.chronicle
        self.habits = Habits(self.town, self.feeds, self.fate, self.random, self.first, self.last)

    def goes_by(self) -> datetime:
        """All of it, and the first morning after it; says when that was."""
        for passed in range((self.last - self.first).days + 1):
            day = self.first + passed * DAY
            for happening in sorted([*self._ticks(day), *self.habits.of(day)], key=lambda each: each.moment):
                self._happens(happening)
        day = self.chronicle.calendar(self.sendings[-1][0]).next_working_day(self.last)
        afterwards = self.chronicle.opening(day, self.sendings[-1][0]) + MINUTE
        self._looks(afterwards)
        return afterwards

    def _maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def is_down(self, moment: datetime) -> bool:
        return any(span.covers(moment) for span in self.down)

    def _happens(self, happening: Happening) -> None:
        moment = happening.moment
        if happening.act and any(span.covers(moment) for span in self.fate.no_acts):
            return
        if happening.act:
            self.counts.acts += 1
            happening.what(moment)
        elif not self.is_down(moment):
            self.counts.ticks += 1
            with suppress(Killed):
                happening.what(moment)

    # -- when Kanalvakt does something

    def _ticks(self, day: date) -> list[Happening]:
        """Some of what a day has, so that any of it may be missed; and always one when it comes up again."""
        begin = self.chronicle.midnight(day)
        chances = self._service(day, begin) if self.chronicle.is_working_day(day, begin) else self._off(begin)
        over_midnight = partial(self._reads, lasts=OVER_MIDNIGHT)
        stops = any(begin + 35 * MINUTE < span.first < begin + HOUR for span in self.down)
        chances += [(0.2, begin + 5 * MINUTE, self._looks), (1 if stops else 0.05, begin + 35 * MINUTE, self._reads)]
        chances += [(0.05, begin + DAY - 2 * MINUTE, over_midnight)]
        chances += [(1, span.last + MINUTE, self._reads) for span in self.down if begin <= span.last < begin + DAY]
        return [Happening(moment, what) for chance, moment, what in chances if self._maybe(chance)]

    def _service(self, day: date, begin: datetime) -> list[Chance]:
        opening, closing = self.chronicle.opening(day, begin), self.chronicle.closing(day, begin)
        return [
            (0.97, opening + MINUTE, self._reads),
            (0.15, opening + (closing - opening) / 2, self._reads),
            (0.65, closing - 59 * MINUTE, self._reads_failed),
            (0.4, closing - 29 * MINUTE, self._reads if self._maybe(0.1) else self._looks),
            (0.7, closing + MINUTE, self._looks),
            (1 if self._refuses(closing) else 0.1, closing + 20 * MINUTE, self._looks),
        ]

    def _off(self, begin: datetime) -> list[Chance]:
        return [(0.2, begin + 12 * HOUR, self._reads)]

    def _looks(self, now: datetime) -> None:
        """To judge is to keep the register as well."""
        judge(self.db, now, self.settings)
        self.chronicle.looks.append(now)
        self._sends(now)

    def _reads(self, now: datetime, lasts: timedelta = A_READING, only: frozenset[str] | None = None) -> None:
        with self.db.transaction() as session:
            claimed = claim_now(session, now, only)
        due = {id_ for id_ in self.feeds if self._is_read(id_, now)}
        assert {each.channel_id for each in claimed} == (due if only is None else due & only), now
        for each in sorted(claimed, key=lambda each: each.channel_id):
            self._read(each.channel_id, each, now, lasts)
        if self._maybe(A_CRASH):
            self._crashes(now)
            raise Killed
        self._looks(now + lasts + A_READING)

    def _reads_failed(self, now: datetime) -> None:
        """Those that have not been read completely that day."""
        day, pasts = self.chronicle.calendar(now).local_date(now), self.chronicle.channels
        self._reads(now, only=frozenset(id_ for id_ in pasts if "complete" not in pasts[id_].outcomes(day)))

    def _read(self, id_: str, claimed: Claimed, now: datetime, lasts: timedelta) -> None:
        feed, past = self.feeds[id_], self.chronicle.channels[id_]
        feed.killing = self._maybe(A_CRASH)
        times = iter((now, now + lasts))
        try:
            told = poll(self.db, claimed, settings=self.settings, connect=self.platforms.connect, clock=times.__next__)
        except Killed:
            past.ran(Run(now, None, "failed"))
            self._crashes(now)
            raise
        self.counts.readings += 1
        assert told.outcome == feed.outcome(now)
        past.ran(Run(now, now + lasts, told.outcome))
        for comment in feed.given:
            if comment.parent_external_id is None:
                past.comments[comment.external_id] = Came(now + lasts)
            else:
                past.comments[comment.parent_external_id].answered = now + lasts

    def _is_read(self, id_: str, now: datetime) -> bool:
        past = self.chronicle.channels.get(id_)
        return past is not None and past.is_due(now) and not past.is_paused(now)

    def _crashes(self, now: datetime) -> None:
        """And stays down for a while."""
        self.counts.crashes += 1
        self.down.append(Span(now, now + self.random.choice((40 * MINUTE, 3 * HOUR, 20 * HOUR))))

    def _refuses(self, moment: datetime) -> bool:
        return any(span.covers(moment) for span in self.fate.refusing)

    def _sends(self, now: datetime) -> None:
        self.office.refuses = self._refuses(now)
        send_due(self.db, now, self.settings)
        self.letters += self.office.taken(now)
        self.sendings.append((now, not self.office.refuses))
