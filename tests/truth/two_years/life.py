"""The days of the town, one after another: Kanalvakt ticks while it is up, people do what they do, time is only told."""

from collections.abc import Iterator
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
from monitor.inbox.day_keeping import keep_days
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
        self.random = Random(self.seed)
        automatic = [id_ for id_, kind in CHANNELS.items() if kind.automatic]
        self.fate = draw(self.random, self.first, self.last, automatic, list(PEOPLE))
        self.down = list(self.fate.down)
        self.feeds = {id_: Feed(Author(f"{id_}-own"), self.fate.trouble[id_]) for id_ in automatic}
        self.platforms = Platforms(self.feeds)
        self.town = Town(self.db, datetime.combine(self.first - DAY, time(), UTC))
        self.chronicle = self.town.chronicle
        self.habits = Habits(self.town, self.feeds, self.fate, self.random, self.first, self.last)

    def goes_by(self) -> datetime:
        """All of it, and the first look after it; says when that was."""
        for passed in range((self.last - self.first).days + 1):
            day = self.first + passed * DAY
            for happening in sorted([*self._ticks(day), *self.habits.of(day)], key=lambda each: each.moment):
                self._happens(happening)
        afterwards = self.chronicle.midnight(self.last + DAY) + 5 * MINUTE
        self._kept(afterwards)
        return afterwards

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

    def _ticks(self, day: date) -> Iterator[Happening]:
        """Often enough for every rung of the ladder; and whenever it comes up again."""
        begin, calendar = self.chronicle.midnight(day), self.chronicle
        if self.random.random() < 0.3:
            yield Happening(begin + 5 * MINUTE, self._looks)
        if calendar.is_working_day(day, begin):
            opening, closing = calendar.opening(day, begin), calendar.closing(day, begin)
            yield Happening(opening - 45 * MINUTE, self._reads)
            yield Happening(opening + MINUTE, self._looks)
            if self.random.random() < 0.3:
                yield Happening(opening + (closing - opening) / 2, self._reads)
            yield Happening(closing - 59 * MINUTE, self._reads_failed)
            yield Happening(closing - 29 * MINUTE, self._reads if self.random.random() < 0.05 else self._looks)
            yield Happening(closing + MINUTE, self._looks)
            if self._refuses(closing):
                yield Happening(closing + 20 * MINUTE, self._looks)
        elif self.random.random() < 0.2:
            yield Happening(begin + 12 * HOUR, self._reads)
        if self.random.random() < 0.05:
            yield Happening(begin + DAY - 2 * MINUTE, partial(self._reads, lasts=OVER_MIDNIGHT))
        for span in self.down:
            if begin <= span.last < begin + DAY:
                yield Happening(span.last + MINUTE, self._reads)

    def _looks(self, now: datetime) -> None:
        self._kept(now)
        judge(self.db, now, self.settings)
        self._sends(now)

    def _reads(self, now: datetime, lasts: timedelta = A_READING, only: frozenset[str] | None = None) -> None:
        with self.db.transaction() as session:
            claimed = claim_now(session, now, only)
        due = {id_ for id_ in self.feeds if self._is_read(id_, now)}
        assert {each.channel_id for each in claimed} == (due if only is None else due & only), now
        for each in claimed:
            self._read(each.channel_id, each, now, lasts)
        if self.random.random() < A_CRASH:
            self._crashes(now)
            raise Killed
        self._looks(now + lasts + A_READING)

    def _reads_failed(self, now: datetime) -> None:
        """Those that have not been read completely that day."""
        day, pasts = self.chronicle.calendar(now).local_date(now), self.chronicle.channels
        self._reads(now, only=frozenset(id_ for id_ in pasts if "complete" not in pasts[id_].outcomes(day)))

    def _read(self, id_: str, claimed: Claimed, now: datetime, lasts: timedelta) -> None:
        feed, past = self.feeds[id_], self.chronicle.channels[id_]
        feed.killing = self.random.random() < A_CRASH
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

    def _kept(self, now: datetime) -> None:
        keep_days(self.db, now)
        self.chronicle.looks.append(now)

    def _refuses(self, moment: datetime) -> bool:
        return any(span.covers(moment) for span in self.fate.refusing)

    def _sends(self, now: datetime) -> None:
        self.office.refuses = self._refuses(now)
        send_due(self.db, now, self.settings)
        self.letters += self.office.taken(now)
        self.sendings.append((now, not self.office.refuses))
