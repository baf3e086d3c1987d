"""A platform's word makes a channel due now; the same word twice changes nothing, and nothing of it is kept."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select

from config.settings import Polling, Settings
from monitor.register.models import Channel
from monitor.watch.claiming import claim_due
from monitor.watch.hint_rules import QUIET
from monitor.watch.hints import KEPT, Taken, take
from monitor.watch.models import Hint, Parking, Schedule
from tests.monitor.watch.conftest import Watch
from tests.monitor.watch.platform import MONDAY

PAGE = ("facebook", "page-1")
LATER = MONDAY + timedelta(minutes=10)
NIGHT = MONDAY + timedelta(hours=12)


def hint(
    watch: Watch,
    body: bytes = b"a body",
    places: Iterable[tuple[str, str]] = (PAGE,),
    now: datetime = MONDAY,
    settings: Settings | None = None,
) -> Taken:
    return take(watch.db, body, frozenset(places), now, settings or Settings())


def hints(watch: Watch) -> list[Hint]:
    with watch.db.snapshot() as session:
        return list(session.scalars(select(Hint)))


def times(watch: Watch, channel: str = "fb") -> tuple[datetime, datetime | None]:
    schedule = watch.schedule(channel)
    return schedule.next_poll_at, schedule.hinted_at


def test_a_hint_makes_the_channel_due_now_and_keeps_nothing_but_a_digest(watch: Watch) -> None:
    watch.town.schedule(next_poll_at=LATER)
    assert hint(watch) == Taken(hinted=1, hastened=1)
    assert times(watch) == (MONDAY, MONDAY)
    [row] = hints(watch)
    assert (len(row.digest), row.received_at) == (32, MONDAY)
    with watch.db.transaction() as session:
        assert [claimed.channel_id for claimed in claim_due(session, MONDAY, 10)] == ["fb"]


def test_the_same_body_again_changes_nothing(watch: Watch) -> None:
    watch.town.schedule(next_poll_at=LATER)
    hint(watch)
    watch.town.change(Schedule, "fb", next_poll_at=LATER)
    assert hint(watch, now=MONDAY + timedelta(minutes=1)) == Taken(again=True)
    assert times(watch) == (LATER, MONDAY)
    assert len(hints(watch)) == 1


def test_old_digests_are_thrown_away_when_their_bodies_would_be_too_old(watch: Watch) -> None:
    hint(watch, b"first")
    hint(watch, b"second", now=MONDAY + KEPT)
    assert len(hints(watch)) == 2
    hint(watch, b"third", now=MONDAY + KEPT + timedelta(seconds=1))
    assert len(hints(watch)) == 2


def test_a_channel_that_is_being_read_is_only_marked(watch: Watch) -> None:
    watch.town.schedule(next_poll_at=LATER, claim="somebody")
    assert hint(watch) == Taken(hinted=1)
    assert times(watch) == (LATER, MONDAY)
    assert watch.schedule().claim == "somebody"


@pytest.mark.parametrize("kind", ["rate_limited", "unavailable", "auth_expired", "unexpected_answer"])
def test_a_channel_that_fails_keeps_its_time(watch: Watch, kind: str) -> None:
    watch.town.schedule(next_poll_at=LATER, failing_since=MONDAY, failure_kind=kind)
    hint(watch)
    assert times(watch) == (LATER, MONDAY)


def test_a_parked_budget_stays_parked(watch: Watch) -> None:
    watch.town.schedule(next_poll_at=LATER + timedelta(hours=1), budgets=["graph/page-1", "graph/app"])
    with watch.db.transaction() as session:
        session.add(Parking(key="graph/app", until=LATER, since=MONDAY))
        session.add(Parking(key="another", until=LATER + timedelta(days=1), since=MONDAY))
    hint(watch)
    assert times(watch) == (LATER, MONDAY)


def test_hints_do_not_spend_the_rest_of_a_budget(watch: Watch) -> None:
    watch.town.schedule(next_poll_at=LATER, usage=76)
    hint(watch)
    assert times(watch) == (LATER, MONDAY)


def test_a_reading_a_moment_ago_puts_the_next_one_off_a_little(watch: Watch) -> None:
    watch.town.schedule(next_poll_at=LATER)
    watch.town.read(MONDAY - timedelta(seconds=1))
    hint(watch)
    assert times(watch) == (MONDAY + QUIET - timedelta(seconds=1), MONDAY)


def test_at_night_nothing_is_read_for_a_hint_unless_the_watch_is_around_the_clock(watch: Watch) -> None:
    morning = NIGHT + timedelta(hours=8, minutes=45)  # where the timetable puts it
    watch.town.schedule(next_poll_at=morning)
    hint(watch, b"one", now=NIGHT)
    assert times(watch) == (morning, NIGHT)
    hint(watch, b"two", now=NIGHT, settings=Settings(polling=Polling(around_the_clock=True)))
    assert times(watch) == (NIGHT, NIGHT)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "paused"},
        {"state": "retired"},
        {"watch_mode": "manual"},
        {"has_comments": False},
        {"platform": "instagram"},
        {"external_id": "page-2"},
        {"external_id": None},
    ],
)
def test_only_the_channel_that_is_meant_and_is_read_by_machine_is_touched(watch: Watch, values: dict[str, Any]) -> None:
    watch.town.schedule(next_poll_at=LATER)
    watch.town.change(Channel, "fb", **values)
    assert hint(watch) == Taken()
    assert times(watch) == (LATER, None)


def test_every_channel_of_a_thousand_places_is_found_and_no_other(watch: Watch) -> None:
    watch.town.schedule(next_poll_at=LATER)
    watch.town.channel("ig", platform="instagram", external_id="178")
    watch.town.channel("other", external_id="page-9999")
    watch.town.schedule("ig", next_poll_at=LATER)
    watch.town.schedule("other", next_poll_at=LATER)
    places = [("facebook", f"page-{number}") for number in range(999)] + [("instagram", "178")]
    assert hint(watch, places=places) == Taken(hinted=2, hastened=2)
    assert times(watch, "other") == (LATER, None)


def test_a_channel_that_has_no_schedule_yet_is_due_at_once_anyway(watch: Watch) -> None:
    assert hint(watch) == Taken()


def test_a_delivery_about_nothing_writes_nothing(watch: Watch) -> None:
    assert hint(watch, places=()) == Taken()
    assert hints(watch) == []


def test_many_who_take_the_same_delivery_at_once_take_it_once(watch: Watch) -> None:
    watch.town.schedule(next_poll_at=LATER)
    start, taken = Barrier(8), []

    def work() -> None:
        start.wait()
        taken.append(hint(watch))

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.again for one in taken) == [False] + [True] * 7


def test_hints_that_never_end_do_not_make_readings_that_never_end(watch: Watch) -> None:
    watch.town.schedule(next_poll_at=MONDAY)
    bodies = iter(range(1000))
    watch.platform.during = lambda: hint(watch, str(next(bodies)).encode(), now=watch.platform.now) and None
    began = watch.platform.now
    while watch.platform.now < began + timedelta(minutes=5):
        due = watch.schedule().next_poll_at
        if due <= watch.platform.now:
            watch.poll()
        watch.platform.now += timedelta(seconds=1)
    assert 14 <= len(watch.runs()) <= 5 * 60 / QUIET.total_seconds() + 1


def test_a_hint_during_a_reading_at_night_waits_for_the_morning(watch: Watch) -> None:
    watch.platform.now = NIGHT
    watch.town.schedule(next_poll_at=NIGHT)
    watch.platform.during = lambda: hint(watch, now=NIGHT) and None
    watch.poll()
    assert watch.schedule().next_poll_at == NIGHT + timedelta(hours=8, minutes=45)
