"""The ledger of what calls cost, and the parking that all processes respect, on both databases."""

import multiprocessing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select

from config.settings import Polling, Settings
from connectors.base import Budget
from connectors.errors import RateLimited
from monitor.db import Database
from monitor.watch.budget_rules import A_ROUND, Purpose
from monitor.watch.budgets import A_MOMENT, ALLOWANCE, QUOTA, Standing, book, park, standing
from monitor.watch.models import Parking, PollRun, Schedule, Spending
from tests.monitor.town import Town

PROJECT = Budget("youtube/123", 10_000, "America/Los_Angeles")
APP, PAGE = Budget("graph/app/7"), Budget("graph/page/8")
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)  # one o'clock at night there
MIDNIGHT = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=17, seconds=3)


@pytest.fixture
def town(db: Database) -> Town:
    town = Town(db)
    town.channel("yt", platform="youtube")
    town.channel("yt-2", platform="youtube")
    return town


def stands(
    town: Town, *budgets: Budget, channel: str = "yt", purpose: Purpose = "poll", now: datetime = NOW, quota: int = 0
) -> Standing:
    with town.db.snapshot() as session:
        polling = Polling(daily_quota=quota or None)
        return standing(session, budgets, channel, purpose, now, Settings(polling=polling))


def spend(town: Town, cost: int, channel: str = "yt", purpose: Purpose = "poll", now: datetime = NOW) -> None:
    with town.db.transaction() as session:
        book(session, [PROJECT], channel, purpose, cost, 1, now)


def promised(town: Town, cost: int) -> None:
    """The reading of yt-2 that is under way may come to so much."""
    with town.db.transaction() as session:
        session.execute(delete(PollRun))
        session.add(PollRun(channel_id="yt-2", claim="c", started_at=NOW, full=True, counted_cost=cost))


def is_parked(town: Town, *budgets: Budget, until: datetime, code: str = "80001", key: str = "") -> None:
    with town.db.transaction() as session:
        park(session, budgets, RateLimited("wait", retry_at=until, code=code, budget=key), NOW)


def ledger(db: Database) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    with db.snapshot() as session:
        rows = session.scalars(select(Spending))
        return {(row.budget, str(row.day), row.channel_id, row.purpose): (row.cost, row.requests) for row in rows}


class TestTheLedger:
    def test_adds_up_by_day_channel_and_purpose_on_the_first_budget(self, town: Town) -> None:
        with town.db.transaction() as session:
            book(session, [APP, PAGE], "fb", "poll", 3, 4, NOW)
            book(session, [APP, PAGE], "fb", "poll", 2, 2, NOW)
            book(session, [APP, PAGE], "fb", "reply", 1, 1, NOW)
            book(session, [APP, PAGE], "fb", "poll", 0, 0, NOW)
            book(session, [], "fb", "poll", 1, 1, NOW)
        day = "2026-11-16"
        assert ledger(town.db) == {(APP.key, day, "fb", "poll"): (5, 6), (APP.key, day, "fb", "reply"): (1, 1)}

    def test_a_days_rows_begin_anew_at_midnight_there_and_the_old_ones_stay(self, town: Town) -> None:
        spend(town, 10, now=MIDNIGHT - timedelta(seconds=1))
        spend(town, 20, now=MIDNIGHT)
        assert {key[1]: cost for key, (cost, _) in ledger(town.db).items()} == {"2026-11-16": 10, "2026-11-17": 20}

    def test_requests_that_cost_nothing_are_booked_too(self, town: Town) -> None:
        spend(town, 0)
        assert list(ledger(town.db).values()) == [(0, 1)]

    def test_processes_that_book_at_once_lose_nothing(self, town: Town) -> None:
        url = town.db.url.render_as_string(hide_password=False)
        spawn = multiprocessing.get_context("spawn")
        writers = [spawn.Process(target=_book_many, args=(url, 30)) for _ in range(4)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(60)
        assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]
        with town.db.snapshot() as session:
            assert session.scalar(select(func.sum(Spending.cost))) == 4 * 30 * 3
            assert session.scalar(select(func.sum(Spending.requests))) == 4 * 30


def _book_many(url: str, times: int) -> None:
    db = Database(url)
    for _ in range(times):
        with db.transaction() as session:
            book(session, [PROJECT], "yt", "poll", 3, 1, NOW)
    db.close()


class TestParking:
    def test_lasts_exactly_until_the_platform_says_for_everybody_who_shares_the_budget(self, town: Town) -> None:
        is_parked(town, PAGE, APP, until=SOON, key=APP.key)
        assert stands(town, APP) == Standing(SOON, "80001", 0)
        assert stands(town, APP, now=SOON - timedelta(microseconds=1)).parked_until == SOON
        assert stands(town, APP, now=SOON) == Standing()
        assert stands(town, PAGE) == Standing()

    def test_is_of_the_first_budget_where_the_error_names_none(self, town: Town) -> None:
        is_parked(town, PAGE, APP, until=SOON)
        assert stands(town, PAGE).parked_until == SOON
        assert stands(town, APP).parked_until is None

    def test_the_latest_end_of_all_budgets_counts(self, town: Town) -> None:
        is_parked(town, APP, until=SOON, code="4")
        is_parked(town, PAGE, until=SOON + timedelta(hours=1), code="80001")
        assert stands(town, APP, PAGE) == Standing(SOON + timedelta(hours=1), "80001", 0)

    def test_is_made_longer_but_never_shorter(self, town: Town) -> None:
        is_parked(town, APP, until=SOON, code="4")
        is_parked(town, APP, until=SOON - timedelta(minutes=1), code="17")
        assert stands(town, APP) == Standing(SOON, "4", 0)
        is_parked(town, APP, until=SOON + timedelta(minutes=1), code="17")
        assert stands(town, APP) == Standing(SOON + timedelta(minutes=1), "17", 0)

    def test_written_by_a_clock_that_was_set_back_since_is_none_and_makes_way(self, town: Town) -> None:
        is_parked(town, APP, until=SOON)
        earlier = NOW - timedelta(hours=1)
        assert stands(town, APP, now=earlier) == Standing()
        assert stands(town, APP, now=NOW - timedelta(seconds=5)).parked_until == SOON, "clocks differ a little"
        soon = earlier + timedelta(seconds=20)
        with town.db.transaction() as session:
            park(session, [APP], RateLimited("wait", retry_at=soon), earlier)
        assert stands(town, APP, now=earlier).parked_until == soon
        assert stands(town, APP, now=soon) == Standing()

    def test_remembers_since_when_it_lasts(self, town: Town) -> None:
        is_parked(town, APP, until=NOW - timedelta(days=1))
        town.change(Parking, APP.key, since=NOW - timedelta(days=2))
        is_parked(town, APP, until=SOON)
        with town.db.snapshot() as session:
            assert session.get_one(Parking, APP.key).since == NOW

    def test_holds_replies_up_too(self, town: Town) -> None:
        is_parked(town, PROJECT, until=SOON)
        assert stands(town, PROJECT, purpose="reply").parked_until == SOON

    def test_a_reading_that_its_own_allowance_ended_parks_nobody(self, town: Town) -> None:
        is_parked(town, PROJECT, until=MIDNIGHT, code=ALLOWANCE)
        assert stands(town, PROJECT).parked_until is None

    def test_a_channel_without_budgets_is_never_parked(self, town: Town) -> None:
        is_parked(town, until=SOON)
        assert stands(town) == Standing()


class TestAQuota:
    def test_is_what_the_platform_gives_less_both_reserves_and_the_rounds_of_the_day(self, town: Town) -> None:
        rounds = 23 * 4
        assert stands(town, PROJECT).allowance == 7500 - (rounds - 1) * A_ROUND
        assert stands(town, PROJECT, purpose="reply").allowance == 8500
        assert stands(town, PROJECT, purpose="crisis").allowance == 10_000

    def test_the_settings_may_give_another(self, town: Town) -> None:
        assert stands(town, PROJECT, purpose="crisis", quota=50_000).allowance == 50_000

    def test_channels_that_share_it_keep_their_rounds_from_the_one_that_reads(self, town: Town) -> None:
        alone = stands(town, PROJECT).allowance or 0
        town.schedule("yt", budgets=[PROJECT.key])
        town.schedule("yt-2", budgets=[PROJECT.key])
        town.schedule("fb", budgets=["youtube/1234", "youtube/12"])
        assert stands(town, PROJECT).allowance == alone - 23 * 4 * A_ROUND

    def test_channels_that_are_read_at_the_same_time_share_what_is_free(self, town: Town) -> None:
        town.schedule("yt-2", budgets=[PROJECT.key])
        alone = stands(town, PROJECT).allowance or 0
        town.change(Schedule, "yt-2", claim="somebody", next_poll_at=NOW + timedelta(seconds=40))
        assert stands(town, PROJECT).allowance == (alone - A_ROUND) // 2 + A_ROUND
        town.change(Schedule, "yt-2", next_poll_at=NOW)  # who held the claim is dead
        assert stands(town, PROJECT).allowance == alone

    def test_used_up_parks_polls_until_midnight_there_and_nobody_else(self, town: Town) -> None:
        spend(town, 7500, "yt-2")
        assert stands(town, PROJECT) == Standing(MIDNIGHT, QUOTA, 0)
        assert stands(town, PROJECT, purpose="reply").allowance == 1000
        assert stands(town, PROJECT, purpose="crisis").allowance == 2500
        assert stands(town, PROJECT, now=MIDNIGHT).parked_until is None

    def test_what_others_may_still_come_to_counts_as_spent_until_they_have_ended_or_died(self, town: Town) -> None:
        town.schedule("yt-2", budgets=[PROJECT.key], claim="c", next_poll_at=NOW + timedelta(seconds=40))
        promised(town, 7499)
        assert stands(town, PROJECT).allowance == 1
        promised(town, 7500)
        assert stands(town, PROJECT) == Standing(NOW + A_MOMENT, ALLOWANCE, 0)
        assert stands(town, PROJECT, purpose="reply").allowance == 8500, "no reading is promised what is theirs"
        town.change(Schedule, "yt-2", next_poll_at=NOW)  # who held the claim is dead
        assert (stands(town, PROJECT).allowance or 0) > 1000

    def test_checks_are_paid_from_what_polls_have(self, town: Town) -> None:
        spend(town, 7499, purpose="check")
        assert stands(town, PROJECT).allowance == 1
        assert stands(town, PROJECT, purpose="check").allowance == 1

    def test_where_nobody_counts_there_is_no_allowance(self, town: Town) -> None:
        assert stands(town, APP, PAGE).allowance is None
