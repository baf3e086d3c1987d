"""Whether somebody was told of every day that was not watched: from what the post office took, word by word."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.truth.two_years.chronicle import Chronicle, on
from tests.truth.two_years.letters import Letter
from tests.truth.two_years.oracle import Expected
from tests.truth.two_years.town import CHANNELS, PEOPLE, UNREACHABLE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RUNGS = (HOUR, HOUR / 2, timedelta(0))
BY_ROLE = [id_ for id_, roles in PEOPLE.items() if roles]
MONTHS = ("jan.", "feb.", "mars", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec.")
MONTH = "|".join(map(re.escape, MONTHS))
DAYS = re.compile(rf"(?:(\d+)(?: ({MONTH}))?(?: (\d{{4}}))?\s?–\s?)?(\d+) ({MONTH})(?: (\d{{4}}))?")
STILL_OPEN = re.compile(r"är inte bevakade? än i dag")
GONE_BY = re.compile(r"har (?:inte|bara) bevakats|stod stilla")


@dataclass(frozen=True)
class Said:
    """A letter's word on one channel: of the day on which it came, or of days gone by."""

    letter: Letter
    channel: str
    days: tuple[tuple[date, date], ...]

    def names(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.days)


def said(letters: list[Letter]) -> list[Said]:
    """What the guard has said, during the day and afterwards; other mails say nothing of the kind."""
    return [each for letter in letters for each in _said(letter)]


def _said(letter: Letter) -> Iterator[Said]:
    today = on(letter.at)
    gone_by = GONE_BY.search(letter.subject)
    if not gone_by and not STILL_OPEN.search(letter.subject):
        return
    for block in letter.text.split("\n* ")[1:]:
        channel = block.splitlines()[0].strip().removeprefix("Kanalen ")
        yield Said(letter, channel, tuple(_days(block, today)) if gone_by else ((today, today),))


def _days(text: str, today: date) -> Iterator[tuple[date, date]]:
    for day, month, year, last_day, last_month, last_year in DAYS.findall(text):
        last = _date(last_day, last_month, last_year, today)
        yield (_date(day, month or last_month, year, last) if day else last), last


def _date(day: str, month: str, year: str, latest: date) -> date:
    """Without a year it is the latest one that has been."""
    found = date(int(year) if year else latest.year, MONTHS.index(month) + 1, int(day))
    return found if found <= latest or year else found.replace(year=found.year - 1)


@dataclass
class Told:
    """The oracle of the telling. ticks: when something could be told, and whether the post office took it."""

    chronicle: Chronicle
    ticks: list[tuple[datetime, bool]]
    letters: list[Letter]

    def __post_init__(self) -> None:
        self.words = said(self.letters)

    def wrongs(self, days: dict[tuple[str, date], Expected]) -> list[object]:
        missed = {key: each for key, each in days.items() if each.first != "watched"}
        return [*self._untold(missed), *self._twice(), *self._at_wrong_times(), *self._to_nobody()]

    def counts(self, days: dict[tuple[str, date], Expected]) -> Counter[str]:
        """Of the days that were not watched: told while they lasted, afterwards, or put right before that."""
        missed = [key for key, each in days.items() if each.first != "watched"]
        return Counter(self._when(*key) for key in missed)

    def _untold(self, missed: dict[tuple[str, date], Expected]) -> Iterator[object]:
        for (channel, day), each in missed.items():
            when = self._when(channel, day)
            could = next(self._on_the_day(channel, day), None)
            if could is not None and when != "that day" and each.first == "not_watched":
                yield "not told that day", channel, day, could, when
            if when in {"never", "too late"}:
                yield when, channel, day

    def _when(self, channel: str, day: date) -> str:
        about = [each for each in self.words if each.channel == channel and each.names(day)]
        if any(on(each.letter.at) == day for each in about):
            return "that day"
        then = self._afterwards(channel, day)
        if then is not None and any(on(each.letter.at) == on(then) for each in about):
            return "on the next morning that could"
        if then is not None and self._put_right(channel, day, then):
            return "never, as it was put right before"
        return "too late" if about else "never"

    def _on_the_day(self, channel: str, day: date) -> Iterator[datetime]:
        """When somebody could be told while it lasted."""
        for moment, taken in self.ticks:
            if on(moment) == day and taken and self.chronicle.is_working_day(day, moment):
                closing = self.chronicle.closing(day, moment)
                in_time = closing - RUNGS[0] <= moment <= closing + HOUR
                if in_time and self._had_begun(channel, moment, closing) and self._reachable(channel, moment):
                    yield moment

    def _had_begun(self, channel: str, moment: datetime, closing: datetime) -> bool:
        """The watch that the day asks for: one that is registered in the evening counts for that day as well, but
        nobody could be told of it before."""
        duties = self.chronicle.channels[channel].duties
        return any(since <= moment and (until is None or until > closing) for since, until in duties)

    def _afterwards(self, channel: str, day: date) -> datetime | None:
        """The first moment of service hours at which somebody could be told of a day that was over."""
        for moment, taken in self.ticks:
            if on(moment) > day and taken and self._in_service(moment) and self._reachable(channel, moment):
                return moment
        return None

    def _in_service(self, moment: datetime, longer: timedelta = timedelta(0)) -> bool:
        day = on(moment)
        begins, ends = self.chronicle.opening(day, moment), self.chronicle.closing(day, moment)
        return self.chronicle.is_working_day(day, moment) and begins <= moment < ends + longer

    def _put_right(self, channel: str, day: date, then: datetime) -> bool:
        corrected = [
            verdict for of, when, verdict in self.chronicle.channels[channel].corrected if of == day and when <= then
        ]
        return corrected[-1:] == ["watched"]

    def _reachable(self, channel: str, moment: datetime) -> list[str]:
        kind = CHANNELS[channel]
        return [id_ for id_ in (kind.responsible, kind.deputy, *BY_ROLE) if id_ and self._is_there(id_, moment)]

    def _is_there(self, person: str, moment: datetime) -> bool:
        day = on(moment)
        away = [each for each in self.chronicle.absences if each.person == person and each.told <= moment]
        return person != UNREACHABLE and not any(each.first <= day <= each.last for each in away)

    # -- what must not be

    def _twice(self) -> Iterator[object]:
        """One mail for each person and rung; and one a day about days gone by."""
        letters = {id(each.letter): each.letter for each in self.words}.values()
        sent = Counter((letter.to, on(letter.at), self._rung(letter)) for letter in letters)
        yield from (("twice", key) for key, count in sent.items() if count > 1)

    def _rung(self, letter: Letter) -> str | int:
        if GONE_BY.search(letter.subject):
            return "gone by"
        closing = self.chronicle.closing(on(letter.at), letter.at)
        return sum(letter.at >= closing - before for before in RUNGS)

    def _at_wrong_times(self) -> Iterator[object]:
        """Whatever it is about."""
        for letter in self.letters:
            if not self._in_service(letter.at, HOUR):
                yield "at a wrong time", letter.at, letter.subject

    def _to_nobody(self) -> Iterator[object]:
        for each in self.words:
            if each.letter.to not in self._reachable(each.channel, each.letter.at):
                yield "not this person's", each.letter.to, each.channel, each.letter.at
