"""Readings of the YouTube connector that may not cost more, and projects whose quota is small."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Reading
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.errors import RateLimited
from connectors.youtube.errors import next_pacific_midnight
from tests.connectors.stage import texts
from tests.connectors.youtube_town import API_KEY, KEY, OAUTH, Town

PROJECT = OAUTH["client_id"].partition("-")[0]


@pytest.fixture
def town(emulator: Emulator) -> Town:
    return Town(emulator)


def stopped(reading: Reading) -> RateLimited:
    assert isinstance(reading.error, RateLimited)
    assert reading.error.code == "allowance"
    return reading.error


def films(town: Town, number: int, threads: int = 2) -> None:
    for _ in range(number):
        town.video = town.world.publish(town.channel, "Film")
        town.threads(threads)


@pytest.mark.parametrize("allowance", [0, 1, 3, 5])
def test_no_reading_costs_more_than_it_may(town: Town, allowance: int) -> None:
    town.threads(250)
    mark = town.emulator.ledger.mark()
    reading = town.read(allowance=allowance)
    assert reading.counted_cost == allowance == town.emulator.ledger.since(mark).cost("youtube")
    assert reading.requests == 0 or allowance
    stopped(reading)


def test_an_allowance_that_is_enough_is_no_error(town: Town) -> None:
    town.round()
    assert town.round(allowance=2).counted_cost == 2


def test_an_allowance_too_small_for_an_ordinary_round_parks_until_midnight_in_california(town: Town) -> None:
    town.round()
    before = town.state
    error = stopped(town.read(allowance=1))
    assert error.retry_at == next_pacific_midnight(town.world.now)
    assert error.budget == town.reader().budgets[0].key
    assert town.state == before


def test_a_busy_round_that_an_allowance_ends_does_not_make_the_channel_blind_until_midnight(town: Town) -> None:
    busy = town.threads(4)
    for thread in busy:
        town.replies(thread, 7)
    town.round()
    before = town.state
    for thread in busy:
        town.replies(thread, 6)
    new = town.ask("Och i morgon?")
    reading = town.read(allowance=5)
    assert stopped(reading).retry_at == town.world.now + timedelta(minutes=15)
    assert new.id in {one.external_id for one in reading.comments}
    assert town.state == before, "all of it is read again: nothing is missed"
    town.round()
    assert town.keeper.texts == town.shown


def test_an_allowance_that_ends_a_walk_lets_the_next_ordinary_round_come(town: Town) -> None:
    town.threads(250)
    error = stopped(town.read(allowance=3))
    assert error.retry_at == town.world.now + timedelta(minutes=15)


def test_what_came_before_the_allowance_ended_is_kept_and_nothing_is_claimed_that_was_not_seen(town: Town) -> None:
    town.threads(250)
    reading = town.read(allowance=3)
    assert len(reading.comments) == 200
    assert all(claim.held for claim in reading.covered)


def test_a_first_walk_goes_on_where_it_came_to(town: Town) -> None:
    films(town, 12)
    town.replies(town.ask(), 8)
    spent: list[int] = []
    while not town.state or "walk" in town.state:
        spent.append(town.read(full=not spent, allowance=5).counted_cost)
        assert len(spent) < 12
    assert len(spent) > 5
    assert town.keeper.texts == town.shown
    town.video = town.world.publish(town.channel, "Film")
    assert town.round().counted_cost == 2


def test_a_walk_in_pieces_asks_for_each_video_once(town: Town) -> None:
    films(town, 12, threads=10)
    town.read(allowance=3)
    mark = town.emulator.ledger.mark()
    while "walk" in town.state:
        town.read(allowance=6)
    entries = town.emulator.ledger.since(mark).entries
    asked = [entry.parameters["videoId"] for entry in entries if "videoId" in entry.parameters]
    assert len(asked) == len(set(asked)) == 12


def test_a_walk_is_done_in_one_go_when_much_more_may_be_spent(town: Town) -> None:
    films(town, 12, threads=10)
    town.read(allowance=3)
    assert "walk" in town.state
    mark = town.emulator.ledger.mark()
    town.round(allowance=100)
    assert town.emulator.ledger.since(mark).cost("youtube") == 6
    assert "walk" not in town.state
    assert town.keeper.texts == town.shown


def test_what_is_written_during_a_walk_in_pieces_is_found(town: Town) -> None:
    films(town, 12, threads=10)
    early = next(iter(town.world.comments.values()))
    town.read(allowance=5)
    written = []
    while "walk" in town.state:
        written += [town.ask("Nytt"), town.ask("Hallå?", on=early)]
        town.read(allowance=9)
        town.world.advance(900)
    town.round(daily=True)
    assert written
    assert town.keeper.texts == town.shown


def test_what_a_walk_in_pieces_has_not_reached_is_not_claimed_to_be_gone(town: Town) -> None:
    films(town, 12, threads=15)
    town.round()
    town.read(full=True, allowance=3)
    while "walk" in town.state:
        town.read(allowance=6)
        assert town.keeper.gone == set()


def test_a_network_failure_during_a_walk_in_pieces_loses_nothing_of_it(town: Town) -> None:
    films(town, 12, threads=10)
    town.read(allowance=3)
    town.read(allowance=6)
    left = town.state["walk"]["todo"]

    town.emulator.faults.add(Fault("reset", path="commentThreads", parameters={"videoId": "."}))
    assert not town.read(allowance=6).complete
    assert town.state["walk"]["todo"] == left
    town.round()
    assert town.keeper.texts == town.shown


# -- projects


def test_a_small_quota_is_met_for_real_and_parks_the_projects_budget(town: Town) -> None:
    town.emulator.youtube.quota.granted[PROJECT] = 3
    town.threads(3)
    error = town.read().error
    assert isinstance(error, RateLimited)
    assert (error.code, error.budget) == ("quotaExceeded", f"youtube/{PROJECT}")
    assert error.retry_at == next_pacific_midnight(town.world.now)
    town.world.clock = error.retry_at
    town.emulator.youtube.quota.granted[PROJECT] = 9
    town.round()
    assert town.keeper.texts == town.shown


def test_one_projects_quota_is_not_anothers(town: Town) -> None:
    town.emulator.youtube.quota.granted[API_KEY] = 0
    assert isinstance(town.read(secrets=KEY).error, RateLimited)
    assert town.read().error is None


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        ("2026-03-08T09:00+00:00", "2026-03-09T07:00+00:00"),  # the night of 23 hours: clocks go forward at 10:00 UTC
        ("2026-03-08T07:59+00:00", "2026-03-08T08:00+00:00"),
        ("2026-11-01T07:00+00:00", "2026-11-02T08:00+00:00"),  # the day of 25 hours
        ("2026-11-01T06:59+00:00", "2026-11-01T07:00+00:00"),
    ],
)
def test_a_spent_quota_comes_back_at_midnight_when_clocks_change(town: Town, now: str, midnight: str) -> None:
    town.world.clock, comes = datetime.fromisoformat(now), datetime.fromisoformat(midnight).astimezone(UTC)
    town.emulator.youtube.quota.granted[PROJECT] = 5
    town.round()
    error = town.read().error
    assert error is not None
    assert error.retry_at == comes
    town.world.clock = comes - timedelta(seconds=1)
    assert not town.read().complete
    town.world.clock = comes
    assert texts(town.round()) == town.shown
