"""Which posts a reading of Graph walks, what that costs, and how little it has to remember."""

from datetime import timedelta

import pytest

from config.settings import Settings
from connectors.base import GROWN, YOUNG
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.emulator.world import START, Post
from connectors.errors import RateLimited
from connectors.graph import GraphClient
from tests.connectors.graph_stages import cost, facebook, graph_of, instagram
from tests.connectors.stage import Stage, texts, wrongly_claimed

WEEK, DAY = YOUNG.total_seconds() + 60, timedelta(days=1).total_seconds()


@pytest.fixture
def page(emulator: Emulator) -> Stage:
    return facebook(emulator)


@pytest.fixture(params=[facebook, instagram])
def stage(request: pytest.FixtureRequest, emulator: Emulator) -> Stage:
    made: Stage = request.param(emulator)
    return made


def long_posts(stage: Stage, count: int, days_between: float = 0) -> list[Post]:
    """Each with more comments than one listing holds."""
    posts = []
    for _ in range(count):
        posts.append(stage.post(comments=60))
        stage.world.advance(days_between * DAY)
    return posts


def cost_of(stage: Stage, **how: bool) -> int:
    mark = stage.emulator.ledger.mark()
    assert stage.read(**how).error is None
    return cost(stage, mark)


def test_a_post_that_grows_out_of_a_week_costs_nothing(page: Stage) -> None:
    for _ in range(60):
        page.post(comments=1)
    page.read()
    assert cost_of(page) == 2  # all of them are young: two pages
    page.world.advance(WEEK)
    assert [cost_of(page), cost_of(page)] == [1, 1]


def test_an_old_post_at_the_end_of_a_page_ends_the_listing_though_young_ones_stand_before_it(page: Stage) -> None:
    for _ in range(60):
        page.post()
    page.world.advance(WEEK)
    for _ in range(30):
        page.post()
    page.read()
    assert cost_of(page) == 1


def test_a_post_deleted_among_young_ones_beyond_the_window_is_noticed(page: Stage) -> None:
    posts = [page.post(comments=1) for _ in range(70)]
    page.read()
    page.world.delete(posts[2])
    reading = page.read()
    assert {claim.external_id for claim in reading.covered if claim.what == "post"} >= {posts[2].id}


def test_a_daily_reading_walks_what_is_younger_than_90_days_and_lists_the_rest(page: Stage) -> None:
    long_posts(page, 3)
    page.world.advance(GROWN.total_seconds() + DAY)
    long_posts(page, 2)
    page.read()
    assert [cost_of(page), cost_of(page, daily=True), cost_of(page, full=True)] == [1, 1 + 2, 1 + 5]


def test_older_posts_are_remembered_only_where_one_listing_does_not_hold_their_comments(page: Stage) -> None:
    for number in range(120):
        page.post(comments=60 if number in (3, 5) else 2)
    page.world.advance(GROWN.total_seconds() + DAY)
    page.read()
    assert set(page.state["counts"].values()) == {60}
    assert (len(page.state["counts"]), len(page.state["posts"])) == (2, 50)


def test_what_is_remembered_of_a_post_that_has_gone_is_forgotten(page: Stage) -> None:
    old, other = long_posts(page, 2)
    page.world.advance(GROWN.total_seconds() + DAY)
    page.read()
    page.world.delete(old)
    page.read(daily=True)
    assert page.state["counts"].keys() == {other.id}


def test_an_old_post_whose_count_went_down_is_walked_too(page: Stage) -> None:
    (old,) = long_posts(page, 1)
    for _ in range(55):
        page.post()
    page.world.advance(GROWN.total_seconds() + DAY)
    page.read()
    gone = page.world.comments_of(old)[0]
    page.world.delete(gone)
    reading = page.read(daily=True)
    assert gone.id not in texts(reading)
    assert any(claim.external_id == old.id and claim.since is None for claim in reading.covered)


def test_old_posts_that_small_pages_list_beyond_the_window_are_not_walked_every_round(page: Stage) -> None:
    long_posts(page, 64)
    page.world.advance(WEEK)
    page.state = {"limits": [12, 10]}
    page.read()
    assert [cost_of(page), cost_of(page)] == [5, 5]  # 60 posts in pages of 12


def test_whatever_the_tier_nothing_there_is_claimed_to_have_gone(stage: Stage) -> None:
    for days in (120, 100, 80, 20, 10, 3, 0):
        stage.post(comments=1)
        long_posts(stage, 1, days)
    for how in ({}, {"daily": True}, {}, {"full": True}, {"daily": True}):
        assert wrongly_claimed(stage.read(**how), stage.world, stage.account) == []


def test_a_state_of_another_shape_is_as_good_as_none(stage: Stage) -> None:
    stage.post(comments=60)
    stage.read()
    for name, value in (("posts", {"1": "mark"}), ("posts", [1]), ("counts", {"1": "x"}), ("degraded", 3)):
        stage.state = {**stage.state, name: value}
        reading = stage.read(daily=True)
        assert (reading.error, texts(reading)) == (None, stage.shown())


# -- what it may cost, and when it may go on


def test_an_allowance_that_is_enough_is_no_hindrance(stage: Stage) -> None:
    stage.post(comments=3)
    stage.read()
    assert stage.read(allowance=1).error is None


def test_repetitions_count_against_the_allowance(stage: Stage) -> None:
    stage.read()
    stage.emulator.faults.add(Fault("reset", site="graph", times=None))
    mark = stage.emulator.ledger.mark()
    assert isinstance(stage.read(allowance=2).error, RateLimited)
    assert stage.emulator.ledger.since(mark).requests() == 2


def test_a_block_late_in_a_long_reading_is_dated_from_then(page: Stage) -> None:
    """From the beginning of the reading it would end too early, and the next call would make it longer."""
    page.emulator.latency = 1.1
    graph_of(page).habits.calls_a_day = 1
    asking = GraphClient(page.credential, Settings(), now=START)
    with pytest.raises(RateLimited) as caught:
        asking.get(page.account.id, fields="id")
    assert caught.value.retry_at >= START + timedelta(minutes=15, seconds=1)
