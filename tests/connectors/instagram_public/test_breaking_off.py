"""Readings that break off leave no gap."""

from datetime import timedelta

import pytest

from connectors.emulator.instagram_web.troubles import trouble
from connectors.errors import (
    RateLimited,
    UnexpectedAnswer,
)
from tests.connectors.instagram_public.account import (
    APP,
    requests_for,
    site,
    start_new_process,
)
from tests.connectors.stage import Stage, texts


def test_a_first_reading_that_breaks_off_goes_on_where_it_stopped(stage: Stage) -> None:
    for _ in range(40):
        stage.post(comments=1)
    stage.emulator.faults.add(trouble("wait", path=APP, after=2, times=None))
    found = texts(stage.read())
    assert len(found) == 24
    stage.emulator.faults.clear()
    for _ in range(2):
        stage.post(comments=1)
    reading = stage.read()
    assert reading.error is None
    assert found | texts(reading) == stage.shown()
    assert reading.requests == 1 + 1 + 2 + 18  # newest page, it again to go on from, the rest; posts that were unread
    assert "resume" not in stage.state


def test_a_cursor_that_is_no_longer_understood_does_not_stop_the_next_reading(stage: Stage) -> None:
    made = [stage.post(comments=1) for _ in range(30)]
    stage.emulator.faults.add(trouble("wait", path=APP, after=1, times=None))
    stage.read()
    stage.emulator.faults.clear()
    assert stage.state["resume"]
    stage.state["resume"] = "nonsense"
    assert isinstance(stage.read().error, UnexpectedAnswer)
    found = texts(stage.read())
    assert {one.id for post in made[:18] for one in stage.world.comments_of(post)} <= found.keys()
    stage.world.advance(8 * 86_400)
    assert requests_for(stage) == 1


@pytest.mark.parametrize("later", [0, 9])
@pytest.mark.parametrize(("new", "read"), [(14, 5), (6, 3)])
def test_a_reading_that_breaks_off_among_new_posts_leaves_no_gap(stage: Stage, new: int, read: int, later: int) -> None:
    for _ in range(8):
        stage.post(comments=1)
    stage.read()
    made = [stage.post(comments=1) for _ in range(new)]
    stage.emulator.faults.add(trouble("something_went_wrong", path="/graphql/query", after=read, times=None))
    found = texts(stage.read())
    assert len(found) == read
    stage.emulator.faults.clear()
    made += [stage.post(comments=1) for _ in range(later)]
    found |= texts(stage.read())
    assert len(found) == len(made)


def test_instagrams_patience_is_reckoned_with_and_nobody_sleeps(stage: Stage) -> None:
    for _ in range(210):
        stage.post(comments=1)
    reading = stage.read()
    assert isinstance(reading.error, RateLimited)
    assert timedelta(minutes=9) < reading.error.retry_at - stage.world.now < timedelta(minutes=12)
    assert len(reading.comments) == 200
    again = stage.read()
    assert isinstance(again.error, RateLimited)
    assert again.requests < 30
    start_new_process()
    assert texts(reading) | texts(again) | texts(stage.read()) == stage.shown()


def test_patience_is_not_forgotten_with_the_tokens(stage: Stage) -> None:
    for _ in range(210):
        stage.post(comments=1)
    stage.read()
    site(stage.emulator).sessions.renew_page_tokens()
    assert isinstance(stage.read().error, UnexpectedAnswer)
    assert isinstance(stage.read().error, RateLimited)
