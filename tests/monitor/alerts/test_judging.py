"""What is written down to be told: on working days, in service hours, once."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from monitor.alerts.judging import digest_now, judge
from monitor.alerts.models import Notice
from monitor.alerts.rules import ATTEMPTS, in_service, next_attempt, next_service
from monitor.db import Database
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel, Organisation
from monitor.register.organisation import NotSetUp
from monitor.watch.models import Schedule
from tests.monitor.town import Town

ZONE = ZoneInfo("Europe/Stockholm")
CALENDAR = calendar_of(Organisation(name="Tibro kommun"))
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


MONDAY = local("2026-06-15 07:30")


def notices(db: Database, kind: str) -> list[tuple[str, str, str]]:
    with db.snapshot() as session:
        rows = session.scalars(
            select(Notice).where(Notice.subject_kind == kind).order_by(Notice.subject, Notice.recipient_id)
        )
        return [(row.subject, row.cycle, row.recipient_id) for row in rows]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-06-15 07:29:59", None),
        ("2026-06-15 07:30", date(2026, 6, 15)),
        ("2026-06-15 15:59:59", date(2026, 6, 15)),  # the daemon was down in the morning
        ("2026-06-15 16:00", None),
        ("2026-06-14 10:00", None),  # Sunday
        ("2026-06-19 10:00", None),  # Midsummer's Eve
        ("2025-12-24 10:00", None),
        ("2026-05-15 10:00", date(2026, 5, 15)),  # a bridge day
        ("2026-03-27 07:30", date(2026, 3, 27)),  # before and after summer time begins
        ("2026-03-30 07:30", date(2026, 3, 30)),
        ("2026-10-23 07:30", date(2026, 10, 23)),  # and ends
        ("2026-10-26 07:30", date(2026, 10, 26)),
        ("2026-10-26 07:29", None),
    ],
)
def test_the_digest_is_due_in_service_hours_of_working_days(now: str, due: date | None) -> None:
    assert in_service(local(now), CALENDAR) == due


@given(MOMENTS)
def test_nothing_is_due_on_a_day_off_or_outside_half_past_seven_to_four(now: datetime) -> None:
    there = now.astimezone(ZONE)
    due = in_service(now, CALENDAR)
    if due is None:
        assert not CALENDAR.is_working_day(there.date()) or not (7, 30) <= (there.hour, there.minute) < (16, 0)
    else:
        assert due == there.date()
        assert there.weekday() < 5
        assert (7, 30) <= (there.hour, there.minute) < (16, 0)


def test_attempts_come_less_and_less_often_and_end_within_the_day() -> None:
    now = MONDAY
    pauses = []
    for attempt in range(1, ATTEMPTS):
        then = next_attempt(attempt, now)
        assert then is not None
        pauses.append(then - now)
        now = then
    assert pauses == sorted(pauses)
    assert timedelta(hours=3) < now - MONDAY < timedelta(hours=8)
    assert next_attempt(ATTEMPTS, now) is None


def test_each_person_responsible_gets_one_digest_a_day_however_often_it_is_judged(town: Town, db: Database) -> None:
    town.channel("ig", platform="instagram")
    town.channel("skola", responsible_id="ersattare")
    town.person("vilande")
    town.channel("pausad", state="paused", responsible_id="vilande")
    assert judge(db, MONDAY) == 2
    assert judge(db, MONDAY + timedelta(hours=3)) == 0
    assert notices(db, "digest") == [("ersattare", "2026-06-15", "ersattare"), ("redaktor", "2026-06-15", "redaktor")]
    assert judge(db, MONDAY + timedelta(days=1)) == 2


def test_nothing_is_written_outside_service_hours(town: Town, db: Database) -> None:
    town.read(local("2026-06-08 09:00"), outcome="failed")
    for now in ("2026-06-15 07:29", "2026-06-15 16:00", "2026-06-13 10:00", "2026-06-19 10:00"):
        assert judge(db, local(now)) == 0


def test_nothing_is_written_in_a_lunch_break_when_the_hours_say_so(town: Town, db: Database) -> None:
    town.change(Organisation, 1, service_hours={"mon-fri": "07:30-12:00 13:00-16:00"})
    town.read(local("2026-06-08 09:00"), outcome="failed")
    for now in ("2026-06-15 12:00", "2026-06-15 12:59"):
        assert judge(db, local(now)) == 0
    assert judge(db, local("2026-06-15 13:00")) > 0


@given(MOMENTS)
def test_what_may_be_told_waits_for_the_end_of_the_lunch_break(now: datetime) -> None:
    lunch = calendar_of(Organisation(name="Tibro kommun", service_hours={"mon-fri": "07:30-12:00 13:00-16:00"}))
    there, then = now.astimezone(ZONE), next_service(now, lunch)
    at_lunch = lunch.is_working_day(there.date()) and there.hour == 12
    assert (in_service(now, lunch) is not None) == (in_service(now, CALENDAR) is not None and not at_lunch)
    assert in_service(then, lunch) is not None
    assert then == (
        there.replace(hour=13, minute=0, second=0, microsecond=0) if at_lunch else next_service(now, CALENDAR)
    )


def test_a_digest_can_be_had_at_once_whatever_the_calendar_says(town: Town, db: Database) -> None:
    sunday = local("2026-06-14 22:00")
    assert digest_now(db, sunday) == 1
    assert digest_now(db, sunday + timedelta(seconds=5)) == 1
    assert [cycle[:10] for _subject, cycle, _person in notices(db, "digest")] == ["2026-06-14"] * 2


def test_two_who_judge_at_the_same_time_write_each_notice_once(town: Town, db: Database) -> None:
    for number in range(20):
        town.person(f"person-{number}")
        town.channel(f"kanal-{number}", responsible_id=f"person-{number}")
    start = Barrier(4)
    written: list[int] = []

    def work() -> None:
        start.wait()
        written.append(judge(db, MONDAY))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(written) == len(notices(db, "digest")) == 21


def test_without_a_register_there_is_nothing_to_judge(sqlite: Database) -> None:
    with pytest.raises(NotSetUp):
        judge(sqlite, MONDAY)
    with pytest.raises(NotSetUp):
        digest_now(sqlite, MONDAY)


def test_no_digest_waits_for_the_reading_of_a_channel_that_people_watch_now(town: Town) -> None:
    town.schedule("fb", next_poll_at=MONDAY)
    town.change(Channel, "fb", watch_mode="manual")
    judge(town.db, MONDAY)
    assert len(notices(town.db, "digest")) == 1


def test_the_first_digest_waits_for_the_first_reading_whatever_comes_of_it(town: Town) -> None:
    town.schedule("fb", next_poll_at=MONDAY)
    judge(town.db, MONDAY)
    assert notices(town.db, "digest") == []
    town.change(Schedule, "fb", failing_since=MONDAY, failure_kind="unavailable")
    judge(town.db, MONDAY)
    assert len(notices(town.db, "digest")) == 1
