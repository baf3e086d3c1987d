"""A platform that wants us to wait is not asked; one whose budget runs low is asked less often; and hints."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from config.settings import Settings
from connectors.errors import AuthExpired, RateLimited, Unavailable
from monitor.watch.hint_rules import QUIET
from monitor.watch.models import Parking, Schedule, Spending
from tests.monitor.watch.conftest import Watch
from tests.monitor.watch.platform import MONDAY

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
BUDGET = "platform/page-1"


def parked(watch: Watch) -> tuple[object, str] | None:
    with watch.db.snapshot() as session:
        row = session.get(Parking, BUDGET)
    return row and (row.until, row.reason)


def test_a_parked_channel_is_not_asked_until_exactly_then(watch: Watch) -> None:
    until = MONDAY + timedelta(minutes=47)
    watch.platform.error = RateLimited("calls used up", retry_at=until, code="80001")
    watch.poll()
    assert parked(watch) == (until, "80001")
    watch.platform.error = None
    watch.platform.now = MONDAY + timedelta(minutes=46)
    outcome = watch.poll(full=True)
    assert len(watch.platform.plans) == 1, "the platform was asked"
    assert (outcome.outcome, outcome.requests, outcome.counted_cost) == ("failed", 0, 0)
    assert outcome.error
    assert (outcome.error.kind, outcome.error.retry_at, outcome.error.code) == ("rate_limited", until, "80001")
    [first, run] = watch.runs()
    assert (run.outcome, run.error_kind, run.retry_at, run.requests) == ("failed", "rate_limited", until, 0)
    assert watch.schedule().next_poll_at == until
    watch.platform.now = until
    assert watch.poll().outcome == "complete"
    assert watch.schedule().failing_since is None
    assert first.requests == 2


def test_channels_that_share_a_budget_are_parked_together(quick: Watch) -> None:
    quick.town.channel("fb-2", external_id="page-1")
    quick.platform.error = RateLimited("calls used up", retry_at=MONDAY + HOUR, code="4")
    quick.poll()
    quick.platform.error = None
    assert quick.poll("fb-2").outcome == "failed"
    assert len(quick.platform.plans) == 1
    assert quick.schedule("fb-2").next_poll_at == MONDAY + HOUR
    assert quick.schedule("fb-2").budgets == [BUDGET]


def test_a_parked_reading_that_was_to_be_full_is_still_owed(quick: Watch) -> None:
    quick.poll()
    quick.platform.now += 7 * 24 * HOUR
    quick.platform.error = RateLimited("calls used up", retry_at=quick.platform.now + HOUR)
    quick.poll()
    quick.poll()
    quick.platform.error = None
    quick.platform.now += HOUR
    quick.poll()
    assert [plan.full for plan in quick.platform.plans] == [True, True, True]
    assert [run.full for run in quick.runs()] == [True, True, True, True]


def test_what_a_reading_costs_is_booked(watch: Watch) -> None:
    watch.poll()
    watch.poll()
    with watch.db.snapshot() as session:
        [row] = session.scalars(select(Spending)).all()
    assert (row.budget, row.day, row.channel_id) == (BUDGET, MONDAY.date(), "fb")
    assert (row.purpose, row.cost, row.requests) == ("poll", 6, 4)


def test_a_reading_whose_claim_was_lost_is_booked_and_parks_all_the_same(quick: Watch) -> None:
    """The calls were made, and the platform does want us to wait."""
    quick.platform.error = RateLimited("calls used up", retry_at=MONDAY + HOUR, code="4")
    quick.platform.during = lambda: quick.town.change(Schedule, "fb", claim="somebody else")
    assert quick.poll().outcome == "lost"
    assert parked(quick) == (MONDAY + HOUR, "4")
    with quick.db.snapshot() as session:
        assert session.scalars(select(Spending.cost)).all() == [3]


@pytest.mark.parametrize(("usage", "minutes"), [(75, 15), (76, 30)])
def test_much_usage_doubles_the_interval(quick: Watch, usage: int, minutes: int) -> None:
    quick.platform.usage = usage
    quick.poll()
    assert quick.schedule().next_poll_at == MONDAY + minutes * MINUTE
    assert (quick.schedule().usage, quick.runs()[-1].usage) == (usage, usage)
    assert parked(quick) is None


def test_a_budget_that_a_complete_reading_used_up_is_parked_for_an_hour(quick: Watch) -> None:
    quick.town.channel("fb-2", external_id="page-1")
    quick.platform.usage = 100
    assert quick.poll().outcome == "complete"
    assert quick.schedule().next_poll_at == MONDAY + HOUR
    quick.platform.now += 59 * MINUTE
    assert quick.poll("fb-2").outcome == "failed"
    assert len(quick.platform.plans) == 1
    quick.platform.now += MINUTE
    quick.platform.usage = 5
    assert quick.poll("fb-2").outcome == "complete"


def test_a_budget_that_a_broken_reading_used_up_is_parked_as_well(quick: Watch) -> None:
    """Backing off for a minute would make calls that Graph counts against us, and that make the block longer."""
    quick.platform.usage, quick.platform.error = 100, Unavailable("HTTP 502")
    quick.poll()
    assert parked(quick) == (MONDAY + HOUR, "usage 100 %")
    quick.platform.now += MINUTE
    quick.poll()
    assert len(quick.platform.plans) == 1
    assert quick.schedule().next_poll_at == MONDAY + HOUR


def test_the_usage_that_was_told_last_stays_where_a_reading_tells_none(quick: Watch) -> None:
    quick.platform.usage = 80
    quick.poll()
    quick.platform.usage = None
    quick.poll()
    assert quick.schedule().usage == 80
    assert quick.schedule().next_poll_at == MONDAY + 15 * MINUTE


def test_a_token_that_has_died_is_still_tried_slowly(quick: Watch) -> None:
    quick.platform.error = AuthExpired("session expired", code="190/463", remedy="Renew the page's token.")
    for _time in range(3):
        quick.poll(settings=Settings())
        assert quick.schedule().next_poll_at == quick.platform.now + HOUR
        quick.platform.now += HOUR
    assert len(quick.platform.plans) == 3
    assert parked(quick) is None
    assert quick.schedule().failure_remedy == "Renew the page's token."


def test_a_hint_during_a_reading_makes_the_channel_due_again(watch: Watch) -> None:
    began = watch.platform.now
    watch.platform.during = lambda: watch.town.change(Schedule, "fb", hinted_at=began + MINUTE)
    watch.poll()
    assert watch.schedule().next_poll_at == watch.platform.now + QUIET
    watch.platform.during = lambda: None
    watch.platform.now += 2 * MINUTE
    watch.poll()
    assert watch.schedule().next_poll_at == watch.platform.now + 15 * MINUTE


def test_no_hint_shortens_a_parking_or_the_pause_after_an_error(quick: Watch) -> None:
    quick.platform.during = lambda: quick.town.change(Schedule, "fb", hinted_at=MONDAY + MINUTE)
    quick.platform.error = AuthExpired("session expired")
    quick.poll()
    assert quick.schedule().next_poll_at == MONDAY + HOUR
    quick.platform.error = RateLimited("calls used up", retry_at=MONDAY + 2 * HOUR)
    quick.poll()
    assert quick.schedule().next_poll_at == MONDAY + 2 * HOUR


def test_what_the_platform_refuses_is_written_down(watch: Watch) -> None:
    watch.platform.degraded = ("from", "message_tags")
    watch.poll()
    assert watch.schedule().degraded == ["from", "message_tags"]
    assert watch.runs()[-1].degraded == ["from", "message_tags"]
    watch.platform.degraded = ()
    watch.poll()
    assert watch.schedule().degraded == []
