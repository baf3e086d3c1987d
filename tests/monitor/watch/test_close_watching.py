"""In a crisis channels are read every minute, at night and on days off too, as far as what the platforms allow goes."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from config.settings import Polling, Settings
from connectors.base import Budget
from monitor.watch.budget_rules import lasting_interval
from monitor.watch.budgets import affordable, book
from monitor.watch.models import CloseWatch
from tests.monitor.watch.conftest import Watch
from tests.monitor.watch.platform import MONDAY

MINUTE = timedelta(minutes=1)
SATURDAY_NIGHT = MONDAY + timedelta(days=5, hours=17)
YOUTUBE = Budget("youtube/key", 10_000, "America/Los_Angeles")


def close(watch: Watch, **values: object) -> None:
    with watch.db.transaction() as session:
        session.add(CloseWatch(channel_id="fb", since=MONDAY, **values))  # type: ignore[arg-type]


def test_a_weekends_night_is_read_every_minute_and_not_when_it_is_over(quick: Watch) -> None:
    quick.poll()
    close(quick, until=SATURDAY_NIGHT + 10 * MINUTE)
    quick.platform.now = SATURDAY_NIGHT
    quick.poll()
    for _minute in range(9):
        assert quick.schedule().next_poll_at == quick.platform.now + MINUTE
        quick.platform.now += MINUTE
        quick.poll()
    quick.platform.now += 2 * MINUTE
    quick.poll()
    assert quick.schedule().next_poll_at > quick.platform.now + timedelta(hours=24), "over, and not read until Monday"


def test_much_of_the_platforms_rate_used_slows_a_crisis_down_too(quick: Watch) -> None:
    close(quick)
    quick.platform.usage = 80
    quick.poll()
    assert quick.schedule().next_poll_at == MONDAY + 2 * MINUTE


def test_a_quota_lasts_until_its_day_ends_and_the_reserves_stay(quick: Watch) -> None:
    settings = Settings(polling=Polling(reserve_for_replies=1000, reserve_for_crisis=1500))
    with quick.db.transaction() as session:
        session.add(CloseWatch(channel_id="fb", since=MONDAY))
        now, readings = MONDAY, 0
        while now < MONDAY + timedelta(hours=23):  # until midnight there
            interval = affordable(session, [YOUTUBE], "fb", 6, MINUTE, now, settings)
            assert interval >= MINUTE
            if now + interval >= MONDAY + timedelta(hours=23):
                break
            book(session, [YOUTUBE], "fb", "poll", 6, 6, now)
            now, readings = now + interval, readings + 1
        # 9.00 UTC is 1.00 in Los Angeles: 23 hours, 7500 units
        assert readings > 1200
        assert affordable(session, [YOUTUBE], "fb", 6, MINUTE, now, settings) < timedelta(hours=1)


@given(st.integers(0, 20_000), st.integers(1, 500), st.integers(1, 86_400))
def test_rounds_at_the_lasting_interval_cost_no_more_than_what_is_left(left: int, cost: int, seconds: int) -> None:
    rest = timedelta(seconds=seconds)
    interval = lasting_interval(left, cost, rest)
    assert interval <= rest
    assert interval == rest or rest // interval * cost <= left
