"""What days come to, worked out slowly from everything that ever happened; knows nothing of the register's code."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Stockholm")
MIDSUMMERS_EVE = date(2026, 6, 19)  # the only day off from Monday to Friday between 8 June and 20 December 2026


@dataclass
class Chronicle:
    """One channel's. All moments are aware. runs: when each began and ended, and its outcome. comments: when each was
    fetched, and when its answer was, if it was. pauses: since when reading is paused (True) or goes on (False). looks:
    when the register was kept; touched: when anything at all came by that concludes days."""

    automatic: bool
    since: datetime
    runs: list[tuple[datetime, datetime, str]] = field(default_factory=list)
    comments: list[list[datetime | None]] = field(default_factory=list)
    reviews: list[datetime] = field(default_factory=list)
    attested: list[tuple[date, datetime]] = field(default_factory=list)
    pauses: list[tuple[datetime, bool]] = field(default_factory=list)
    looks: list[datetime] = field(default_factory=list)
    touched: list[datetime] = field(default_factory=list)

    def days(self, now: datetime) -> list[date]:
        """All that must be in the register."""
        first = self.since.astimezone(ZONE).date()
        every = (first + timedelta(passed) for passed in range((now.astimezone(ZONE).date() - first).days + 1))
        return [day for day in every if is_working_day(day)]

    def verdict(self, day: date) -> tuple[str, str, str]:
        """What a day that is over came to at midnight."""
        attested = any(of == day and _on(when) == day for of, when in self.attested)
        if not self.automatic:
            return ("watched", "attested", "attested") if attested else ("not_watched", "none", "not_attested")
        outcomes = {outcome for began, _ended, outcome in self.runs if _on(began) == day}
        if "complete" in outcomes:
            return self._read(day)
        if attested:
            return "watched", "attested", "attested"
        why = "read_in_part" if "partial" in outcomes else "reading_failed" if "failed" in outcomes else "not_read"
        return "not_watched", "none", "paused" if not outcomes and self._was_paused(day) else why

    def may_attest(self, day: date, now: datetime) -> bool:
        """On that day or later; nothing is ever late here, but nobody waits for a reading once the day has closed."""
        if day not in self.days(now):
            return False
        outcomes = {outcome for began, _ended, outcome in self.runs if _on(began) == day}
        if not self.automatic:
            return True
        closed = now > datetime.combine(day, time(16), ZONE)
        return "complete" not in outcomes and (bool(outcomes) or closed or self.is_paused(now))

    def is_paused(self, moment: datetime) -> bool:
        paused = False
        for since, now_paused in self.pauses:
            if since <= moment:
                paused = now_paused
        return paused

    def _read(self, day: date) -> tuple[str, str, str]:
        first = min(ended for began, ended, outcome in self.runs if outcome == "complete" and _on(began) == day)
        reviews = [when for when in self.reviews if _on(when) <= day]
        after = max(reviews, default=datetime.min.replace(tzinfo=ZONE))
        until = datetime.combine(day, time(15), ZONE)
        came = [(fetched, answered) for fetched, answered in self.comments if fetched and after < fetched <= until]
        looks = [when for when in self.looks if _on(when) == day]
        last = max(looks, default=None)
        known = last is not None and all(fetched <= last for fetched, _answered in came)
        waiting = [1 for _fetched, answered in came if not (known and last and answered and answered <= last)]
        if waiting:
            return "partly", "automatic", "not_reviewed"
        if any(_on(when) == day and when >= first for when in reviews):
            return "watched", "automatic", "reviewed"
        return "watched", "automatic", "handled" if came else "nothing_new"

    def _was_paused(self, day: date) -> bool:
        looks = [when for when in self.looks if _on(when) == day]
        after = [when for when in self.touched if _on(when) > day]
        return self.is_paused(max(looks) if looks else min(after))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day != MIDSUMMERS_EVE


def _on(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()
