"""What each channel's days come to, worked out slowly from the chronicle; knows nothing of the register's code."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tests.truth.two_years.chronicle import Chronicle, Past, on

HOUR = timedelta(hours=1)
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
FAILED = {"partial": "read_in_part", "failed": "reading_failed"}


@dataclass(frozen=True)
class Expected:
    """first: what the day came to at midnight. verdict: what holds after all, and how and why, if nobody has corrected
    it."""

    first: str
    how: str
    why: str
    verdict: str


class Oracle:
    """Of one channel, at the end of the time that the chronicle tells of."""

    def __init__(self, chronicle: Chronicle, channel: str) -> None:
        self.chronicle, self.past = chronicle, chronicle.channels[channel]
        self.seen = sorted({*chronicle.looks, *self.past.touched})
        self.counted = frozenset(chronicle.looks)
        self.by_day: dict[date, list[datetime]] = {}
        for moment in self.seen:
            self.by_day.setdefault(on(moment), []).append(moment)

    def days(self, now: datetime) -> dict[date, Expected]:
        """Every day before today that had to be watched."""
        days = _every(on(self.past.duties[0][0]), on(now) - timedelta(days=1))
        return {day: self._expected(day) for day in days if self._is_due(day)}

    def after_all(self, day: date) -> str:
        """What holds of a day that is over."""
        return self._expected(day).verdict

    def _is_due(self, day: date) -> bool:
        """Working days are those that the calendar had when somebody first looked at the day."""
        looked = self._since(day)
        if not self.chronicle.is_working_day(day, looked):
            return False
        closing = self.chronicle.closing(day, self._since(day + timedelta(days=1)))
        return self.past.had_duty(day, closing)

    def _expected(self, day: date) -> Expected:
        first, how, why = self._midnight(day)
        later = [verdict for of, _when, verdict in self.past.corrected if of == day]
        return Expected(first, "", "", later[-1]) if later else Expected(first, how, why, first)

    def _midnight(self, day: date) -> tuple[str, str, str]:
        attested = any(of == day and on(when) == day for of, when, _by in self.past.attested)
        outcomes = self.past.outcomes(day)
        if self.past.automatic and "complete" in outcomes:
            return self._read(day)
        if attested:
            return "watched", "attested", "attested"
        return "not_watched", "none", self._why_not(day, outcomes)

    def _why_not(self, day: date, outcomes: set[str]) -> str:
        if not self.past.automatic:
            return "not_attested"
        if not outcomes and self._was_paused(day):
            return "paused"
        return next((why for outcome, why in FAILED.items() if outcome in outcomes), "not_read")

    def _read(self, day: date) -> tuple[str, str, str]:
        past = self.past
        first = min(run.ended for run in past.runs[day] if run.outcome == "complete" and run.ended)
        after = max((when for when in past.reviews if on(when) <= day), default=BEGINNING)
        until = self.chronicle.closing(day, self._since(day + timedelta(days=1))) - HOUR
        came = [comment for comment in past.comments.values() if after < comment.fetched <= until]
        last = max(self._looks(day), default=BEGINNING)
        known = all(comment.fetched <= last for comment in came)
        done = [comment for comment in came if known and comment.answered and comment.answered <= last]
        if len(done) < len(came):
            return "partly", "automatic", "not_reviewed"
        if any(on(when) == day and when >= first for when in past.reviews):
            return "watched", "automatic", "reviewed"
        return "watched", "automatic", "handled" if came else "nothing_new"

    def _was_paused(self, day: date) -> bool:
        """When it was last looked at while the day lasted; else when it was over."""
        looks = self._looks(day)
        if not looks:
            return self.past.is_paused(self._since(day + timedelta(days=1)))
        return self.past.is_paused(max(self.by_day[day]))

    def _looks(self, day: date) -> list[datetime]:
        """When all was counted: what people do only shows what it changes."""
        return [moment for moment in self.by_day.get(day, []) if moment in self.counted]

    def _since(self, day: date) -> datetime:
        """The first look on that day or later."""
        return self.seen[bisect_left(self.seen, self.chronicle.midnight(day))]


def may_attest(past: Past, is_due: bool, day: date, now: datetime) -> bool:
    """Would a person's word count?"""
    if not is_due or day > on(now):
        return False
    if not past.automatic:
        return True
    outcomes = past.outcomes(day)
    return "complete" not in outcomes and (day < on(now) or bool(outcomes) or past.is_paused(now))


def _every(first: date, last: date) -> Iterator[date]:
    for passed in range((last - first).days + 1):
        yield first + timedelta(days=passed)
