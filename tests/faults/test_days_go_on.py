"""Days with an outage in them, clocks that are set, and the nights on which an hour is missing or comes twice: every
duty is done, each of them once. Counted at the mail server and at the platform that is read."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from config.settings import Polling, Settings
from monitor.alerts.judging import judge
from monitor.alerts.sending import send_due
from monitor.db import Database
from monitor.inbox.day_keeping import keep_days
from monitor.register.models import Channel
from monitor.watch.claiming import claim_due
from monitor.watch.day_view import ShownDay, shown_days
from monitor.watch.polling import poll
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.town import Town
from tests.monitor.watch.platform import Platform

HERE = ZoneInfo("Europe/Stockholm")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
TUESDAY = date(2026, 11, 17)
STEP, INTERVAL = timedelta(minutes=15), timedelta(hours=1)


def at(day: date, clock: str) -> datetime:
    """A time on the wall."""
    hour, minute = map(int, clock.split("."))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=HERE).astimezone(UTC)


class Days:
    """A house that does its duties every quarter of an hour by whatever its clock says. reads: when, by that clock."""

    def __init__(self, db: Database, office: PostOffice, since: datetime, *, around_the_clock: bool = False) -> None:
        self.db, self.office, self.town, self.platform = db, office, Town(db), Platform()
        self.town.decision()
        self.town.change(Channel, "fb", watched_since=since)
        polling = Polling(interval_seconds=int(INTERVAL.total_seconds()), around_the_clock=around_the_clock)
        self.settings = Settings(polling=polling, smtp_url=office.url)  # type: ignore[arg-type]
        self.reads: list[datetime] = []
        self.mails: list[tuple[datetime, str, str]] = []

    def live(self, begin: datetime, end: datetime, set_by: timedelta = timedelta(0)) -> None:
        """From one true moment to another, with a clock that shows something else."""
        now = begin
        while now < end:
            self._duties(now + set_by)
            now += STEP

    def _duties(self, now: datetime) -> None:
        self.platform.now = now
        with self.db.transaction(repeatable=True) as session:
            due = claim_due(session, now, 10)
        for claimed in due:
            poll(self.db, claimed, settings=self.settings, connect=self.platform.connect, clock=lambda: now)
            self.reads.append(now)
        keep_days(self.db, now)
        before = len(self.office.mails)
        judge(self.db, now, self.settings)
        send_due(self.db, now, self.settings)
        for mail in self.office.mails[before:]:
            self.mails.append((now, str(mail["To"]), str(mail["Subject"]).split(" – ")[0]))

    def on(self, day: date) -> list[tuple[str, str]]:
        """What was sent: to whom, and the subject."""
        return [(to, subject) for when, to, subject in self.mails if when.astimezone(HERE).date() == day]

    def days(self, first: date, last: date) -> list[ShownDay]:
        with self.db.snapshot() as session:
            return shown_days(session, first, last)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    made = PostOffice().open()
    yield made
    made.close()


def digests(days: Days, day: date) -> Counter[str]:
    """By person."""
    return Counter(to for to, subject in days.on(day) if "hämtat" in subject or "obesvarad" in subject)


@pytest.mark.parametrize(("night", "opening"), [(SPRING, "05.30"), (AUTUMN, "06.30")], ids=["spring", "autumn"])
def test_on_the_nights_when_the_clocks_change_nothing_comes_twice_and_nothing_is_skipped(
    db: Database, office: PostOffice, night: date, opening: str
) -> None:
    friday, monday = night - timedelta(days=2), night + timedelta(days=1)
    days = Days(db, office, at(friday, "07.00"), around_the_clock=True)
    days.platform.post()
    days.live(at(friday, "07.00"), at(friday, "09.00"))
    days.platform.comment("c1", posted_at=at(night, "00.30"))
    days.live(at(night, "00.00"), at(night, "06.00"))
    days.live(at(monday, "06.00"), at(monday, "09.00"))
    assert [digests(days, each) for each in (friday, monday)] == [Counter({"redaktor@example.org": 1})] * 2
    assert {when.strftime("%H.%M") for when, _to, _subject in days.mails if when > at(night, "00.00")} == {opening}
    assert [each for each in days.on(night) if each] == []
    assert [each.day for each in days.days(friday, monday)] == [friday, monday]
    nightly = [when for when in days.reads if at(night, "00.00") <= when < at(night, "06.00")]
    gaps = {later - earlier for earlier, later in pairwise(nightly)}
    assert gaps <= {INTERVAL, INTERVAL + STEP}, "an hour is an hour, whatever it is called"


def test_after_a_day_of_downtime_duties_are_caught_up_with_and_the_day_is_not_said_to_be_watched(
    db: Database, office: PostOffice
) -> None:
    monday, wednesday = TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=1)
    days = Days(db, office, at(monday, "07.00"))
    days.platform.post()
    days.live(at(monday, "14.00"), at(monday, "17.30"))
    for number in range(3):
        days.platform.comment(f"c{number}", posted_at=at(TUESDAY, f"1{number}.00"))
    days.live(at(wednesday, "08.30"), at(wednesday, "12.00"))
    assert digests(days, wednesday) == Counter({"redaktor@example.org": 1}), "one, not two"
    stood = Counter(to for to, subject in days.on(wednesday) if subject == "Kanalvakt stod stilla tis 17 nov.")
    assert set(stood.values()) == {1}, days.on(wednesday)
    before, missed, today = days.days(monday, wednesday)
    assert (before.day, missed.day, today.day) == (monday, TUESDAY, wednesday)
    assert str(missed.first_verdict) == "not_watched", missed
    assert min(when for when in days.reads if when > at(TUESDAY, "00.00")) == at(wednesday, "08.30")


@pytest.mark.parametrize("by", [timedelta(hours=-3), timedelta(hours=3)], ids=["back", "forward"])
def test_a_clock_that_is_set_holds_no_reading_up_and_nobody_hears_twice(
    db: Database, office: PostOffice, by: timedelta
) -> None:
    """Wrong at first, and then set right: forward by three hours, or back by them."""
    days = Days(db, office, at(TUESDAY, "00.00"))
    days.platform.post()
    days.platform.comment("c1", posted_at=at(TUESDAY, "06.30"))
    days.live(at(TUESDAY, "08.00"), at(TUESDAY, "11.00"), set_by=-by)
    read = len(days.reads)
    days.live(at(TUESDAY, "11.00"), at(TUESDAY, "13.00"))
    later = days.reads[read:]
    assert later[0] <= at(TUESDAY, "11.00") + STEP, "the clock is right, and what is due is read"
    assert len(later) <= 3, "and no oftener than usual"
    assert set(Counter(days.on(TUESDAY)).values()) <= {1}, days.on(TUESDAY)
    assert [each.day for each in days.days(TUESDAY, TUESDAY)] == [TUESDAY]
