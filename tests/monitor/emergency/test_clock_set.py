"""The clock is set, or summer time begins or ends, while messages are on their way; counted at the platform."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from monitor.db import Database
from monitor.emergency import holding
from monitor.emergency.models import Delivery
from monitor.emergency.rules import SURFACED, UNDER_WAY, Fate, Why
from tests.connectors.graph_stages import graph_of
from tests.monitor.emergency.broadcast import Broadcast, FakeHub, put_up_hub

FEED = "/feed$"
HOUR = timedelta(hours=1)
Happens = Callable[[Broadcast, FakeHub], None]
PASSES = '{"error":{"code":9007,"type":"OAuthException","message":"x"}}'


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> FakeHub:
    return put_up_hub(monkeypatch)


@pytest.fixture
def here(sqlite: Database, emulator: Emulator, hub: FakeHub) -> Broadcast:
    made = Broadcast(sqlite, emulator, "facebook")
    graph_of(made.stages["facebook"]).habits.refuses_repeats = False  # no help of the platform's own
    return made


def seconds_to_the_end(here: Broadcast, most: int = 200) -> int:
    """A worker comes by each second; how many of the platform's it takes until nothing goes on by itself."""
    for second in range(most):
        here.sweep()
        if not any(each.state in UNDER_WAY for each in here.deliveries()):
            return second
        here.wait(1)
    raise AssertionError([(each.place, each.state, each.reason) for each in here.deliveries()])


def waits_for_the_hub(here: Broadcast, hub: FakeHub) -> None:
    hub.answers = False


def its_answer_is_lost(here: Broadcast, _hub: FakeHub) -> None:
    here.world.list_lag = 15
    here.emulator.faults.add(Fault("lose", method="POST", path=FEED))


def it_never_arrives(here: Broadcast, _hub: FakeHub) -> None:
    here.emulator.faults.add(Fault("reset", method="POST", path=FEED))


def the_platform_asks_to_wait(here: Broadcast, _hub: FakeHub) -> None:
    later = {"Retry-After": "20"}
    here.emulator.faults.add(Fault("status", status=429, method="POST", path=FEED, headers=later))


def the_platform_refuses_for_now(here: Broadcast, _hub: FakeHub) -> None:
    here.emulator.faults.add(Fault("status", status=400, method="POST", path=FEED, body=PASSES, times=4))


MEANWHILE = (
    waits_for_the_hub,
    its_answer_is_lost,
    it_never_arrives,
    the_platform_asks_to_wait,
    the_platform_refuses_for_now,
)


@pytest.mark.parametrize("by", [-HOUR, HOUR], ids=["back", "forward"])
@pytest.mark.parametrize("happens", MEANWHILE)
def test_a_clock_that_is_set_in_the_middle_neither_holds_anything_up_nor_sends_it_twice(
    here: Broadcast, hub: FakeHub, happens: Happens, by: timedelta
) -> None:
    happens(here, hub)
    here.sent()
    here.sweep()
    here.wait(1)
    here.sweep()
    before = here.delivery("facebook")
    assert before.state in (Fate.PENDING, Fate.UNKNOWN)
    here.set_by = by
    hub.answers = True
    assert seconds_to_the_end(here) < 150
    found = here.delivery("facebook")
    assert (found.state, len(here.effects)) == (Fate.VERIFIED, 1)


@pytest.mark.parametrize("by", [-HOUR, HOUR], ids=["back", "forward"])
@pytest.mark.parametrize("arrived", [True, False])
def test_set_while_somebody_dies_with_it_in_hand(here: Broadcast, by: timedelta, arrived: bool) -> None:
    """Armed, and perhaps sent: its list shows it after 15 seconds."""
    here.world.list_lag = 15
    here.sent()
    delivery = here.delivery("facebook")
    with here.db.transaction() as session:
        row = session.get_one(Delivery, delivery.id)
        row.state, row.armed_at, row.attempts, row.token = Fate.ARMED, here.clock(), 1, 1
        row.next_at = here.clock() + timedelta(seconds=6)
    if arrived:
        here.world.publish(here.stages["facebook"].account, delivery.text)
        assert here.world.posts
    here.set_by = by
    assert seconds_to_the_end(here) < 150
    found = here.delivery("facebook")
    assert (found.state, sum(delivery.marker in post.text for post in here.world.posts.values())) == (Fate.VERIFIED, 1)


def test_set_back_while_somebody_sleeps_who_was_about_to_send_it_is_sent_once(here: Broadcast) -> None:
    """Who wakes sees by no clock how long that was; another one has sent it meanwhile."""
    slept = False

    def clock() -> datetime:
        nonlocal slept
        if not slept and here.delivery("facebook").state == Fate.ARMED:
            slept, here.set_by = True, -HOUR
            seconds_to_the_end(here)
        return here.clock()

    here.sent()
    here.sweep(clock=clock)
    assert slept
    found = here.delivery("facebook")
    assert (found.state, len(here.effects)) == (Fate.VERIFIED, 1)


def test_a_correction_never_waits_for_the_time_before_the_clock_was_set_back(here: Broadcast) -> None:
    here.emulator.faults.add(Fault("lose", method="POST", path=FEED))
    here.world.list_lag = 1000
    alert = here.sent()
    here.sweep()
    correction = here.sent("correction", earlier_id=alert)
    here.sweep()
    assert here.delivery("facebook", correction).reason == Why.TURN
    here.set_by = -HOUR
    for _second in range(12):
        here.sweep()
        here.wait(1)
    assert here.delivery("facebook", correction).attempts == 1


def test_people_are_told_of_what_is_undecided_though_the_clock_was_set_back(here: Broadcast) -> None:
    here.emulator.faults.add(Fault("reset", method="POST", path=FEED))
    here.sent()
    here.sweep()
    here.set_by = -HOUR
    here.wait(SURFACED.total_seconds())
    here.sweep()
    assert here.delivery("facebook").told_at


def test_a_clock_that_is_set_back_ends_no_stop_which_lasts_until_the_time_it_names(here: Broadcast) -> None:
    """What somebody has stopped must not go out because a clock was set; letting go of it works at any time."""
    until = here.clock() + timedelta(minutes=30)
    with here.db.transaction() as session:
        holding.hold(session, "facebook", "redaktor", here.clock(), until, "")
    here.sent()
    here.sweep()
    here.set_by = -HOUR
    for _look in range(10):
        here.wait(6)
        here.sweep()
    assert (here.delivery("facebook").state, here.effects) == (Fate.HELD, [])
    with here.db.transaction() as session:
        holding.release(session, "facebook", "redaktor", here.clock())
    assert seconds_to_the_end(here) < 10
    assert len(here.effects) == 1


@pytest.fixture
def in_sweden(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", "Europe/Stockholm")
    time.tzset()
    yield
    monkeypatch.delenv("TZ") if before is None else monkeypatch.setenv("TZ", before)
    time.tzset()


@pytest.mark.parametrize(
    "turns", [datetime(2027, 10, 31, 1, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC)], ids=["autumn", "spring"]
)
def test_the_nights_when_summer_time_ends_and_begins_are_nights_like_others(
    here: Broadcast, in_sweden: None, turns: datetime
) -> None:
    here.wait((turns - here.clock()).total_seconds() - 20)
    its_answer_is_lost(here, FakeHub())
    alert = here.sent()
    here.sweep()
    update = here.sent("update", earlier_id=alert)
    assert 15 <= seconds_to_the_end(here) < 40
    assert here.clock() > turns - timedelta(seconds=10)
    assert [here.delivery("facebook", each).remote_id for each in (alert, update)] == [e.made for e in here.effects]
    [first, second] = sorted(here.deliveries(), key=lambda each: each.id)[1::2]
    assert first.verified_at
    assert second.armed_at
    assert first.verified_at <= second.armed_at
