"""What keeping the register of watch days costs: seconds of processor time, on SQLite.

Alone: `python -m tests.bench.days`; it writes its own part of the page.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.inbox.day_keeping import keep_days
from monitor.register.models import Channel, Organisation, Person, Unit
from monitor.watch.models import Comment, PollRun, Schedule
from tests.bench.page import machine, write_days

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
YEAR = timedelta(days=365)
ZONE = ZoneInfo("Europe/Stockholm")
PER_POST, NEWS = 20, 10
"""So many comments are below one post; something new comes to each so manieth channel before closing."""


GOALS = {"first": 10.0, "idle": 0.3, "year": 5.0, "closing": 0.5, "midnight": 2.0}
WORDS = {
    "first": ("the first look: planning, counting", "1,000 channels, 10 comments each"),
    "idle": ("a look when nothing has happened", "1,000 channels, 10 comments each"),
    "year": ("filling in a year in which nobody kept the register", "10 channels, read once a day"),
    "closing": ("at closing, all read again, news on every tenth", "100 channels, 1,000 comments each"),
    "midnight": ("concluding the day and planning the next", "100 channels, 1,000 comments each"),
}
TEMPLATE = """Measured by `make bench` (this part alone: `python -m tests.bench.days`) on {day}: {machine}.
Seconds of processor time of `keep_days`, on SQLite, one run.

| look | n | seconds | goal |
|---|---|---:|---:|
{rows}
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kanalvakt-bench-") as home:
        write_days(section(Path(home)))


def section(home: Path) -> str:
    """The page's part. home: an empty folder."""
    figures = thousand(home) | year(home) | hundred(home)
    rows = (f"| {look} | {n} | {figures[name]} | {GOALS[name]} |" for name, (look, n) in WORDS.items())
    today = date.today()  # noqa: DTZ011 - the reader's own date
    return TEMPLATE.format(day=today, machine=machine(), rows="\n".join(rows))


def thousand(home: Path) -> dict[str, float]:
    """1,000 channels with 10 comments each, which are planned, and then have nothing to tell."""
    with _town(home / "thousand.sqlite3", 1000, 10, MONDAY) as db:
        return {"first": _seconds(db, _at(MONDAY, "09.30")), "idle": _seconds(db, _at(MONDAY, "09.31"))}


def year(home: Path) -> dict[str, float]:
    """10 channels that have been read each day of a year in which nobody kept the register."""
    with _town(home / "year.sqlite3", 10, 100, MONDAY - YEAR) as db:
        for days in range(1, YEAR.days + 1):
            _read(db, _at(MONDAY - YEAR + timedelta(days), "09.00"), 10)
        return {"year": _seconds(db, _at(MONDAY, "09.30"))}


def hundred(home: Path) -> dict[str, float]:
    """100 channels with 1,000 comments each, which are read again before they close and at midnight begin anew."""
    with _town(home / "hundred.sqlite3", 100, 1000, MONDAY) as db:
        keep_days(db, _at(MONDAY, "09.30"))
        _read(db, _at(MONDAY, "15.55"), 100, news=True)
        return {"closing": _seconds(db, _at(MONDAY, "16.00")), "midnight": _seconds(db, _at(TUESDAY, "00.00"))}


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, clock_time.fromisoformat(clock.replace(".", ":")), ZONE).astimezone(UTC)


def _seconds(db: Database, now: datetime) -> float:
    before = time.process_time()
    keep_days(db, now)
    return round(time.process_time() - before, 2)


@contextmanager
def _town(path: Path, channels: int, comments: int, began: date) -> Iterator[Database]:
    """Facebook pages, all watched since that day at 07.00 and first read, with all their comments, at 09.00."""
    db = Database(f"sqlite:///{path}")
    upgrade(db)
    since = _at(began, "07.00")
    with db.transaction() as session:
        session.add_all([Organisation(name="Exempel"), Person(id="p", name="P", email="p@example.org")])
        session.flush()
        session.add(Unit(id="u", name="U"))
        session.flush()
        session.add_all(_channel(number, since) for number in range(channels))
        session.flush()
        session.add_all(Schedule(channel_id=_id(number), next_poll_at=since) for number in range(channels))
        session.flush()
        for number in range(channels):
            session.execute(insert(Comment), [_comment(number, each, _at(began, "09.00")) for each in range(comments)])
    _read(db, _at(began, "09.00"), channels, new=comments)
    yield db
    db.close()


def _id(number: int) -> str:
    return f"sida-{number:04}"


def _channel(number: int, since: datetime) -> Channel:
    where = {"address": f"https://www.facebook.com/sida{number}", "external_id": str(10**9 + number)}
    people = {"unit_id": "u", "responsible_id": "p"}
    return Channel(id=_id(number), platform="facebook", name=_id(number), watched_since=since, **where, **people)


def _comment(channel: int, number: int, fetched: datetime, **values: Any) -> dict[str, Any]:
    """Of a resident; each fifth is the page's own and answers the one before."""
    own = number % 5 == 4
    known = {
        "channel_id": _id(channel),
        "external_id": f"comment-{number}",
        "post_external_id": f"post-{number // PER_POST}",
        "thread_external_id": f"comment-{number - own}",
        "parent_external_id": f"comment-{number - 1}" if own else None,
        "author_id": str(10**9 + channel) if own else f"person-{number}",
        "posted_at": fetched - timedelta(hours=1) + timedelta(seconds=number),
        "fetched_at": fetched,
        "text_seen_at": fetched,
        "text": "När öppnar badet i sommar, och vad kostar det?",
        "content_hash": b"",
        "mentions": [],
    }
    return known | values


def _read(db: Database, began: datetime, channels: int, *, new: int = 0, news: bool = False) -> None:
    """A complete reading of each channel. news: it brings one comment to some of them."""
    brought = [new or (news and number % NEWS == 0) for number in range(channels)]
    ended = began + timedelta(seconds=5)
    with db.transaction() as session:
        session.add_all(
            PollRun(
                channel_id=_id(number),
                claim="c",
                started_at=began,
                full=False,
                finished_at=ended,
                outcome="complete",
                new=int(some),
                quiet=not some,
            )
            for number, some in enumerate(brought)
        )
        if news:
            came = [_comment(number, 10**6, ended) for number, some in enumerate(brought) if some]
            session.execute(insert(Comment), came)


if __name__ == "__main__":
    main()
