"""What instaloader and instagram.com do to whoever takes them at their word; and that we do not."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from instaloader import NodeIterator, Post, Profile
from instaloader.exceptions import ConnectionException, TooManyRequestsException

from config.settings import Settings
from connectors.base import ReadPlan
from connectors.emulator.instagram_web.queries import ANSWERS_QUERY, COMMENTS_QUERY, LOGIN_QUERY, TIMELINE_DOC
from connectors.emulator.instagram_web.troubles import trouble
from connectors.errors import AuthExpired, RateLimited, UnexpectedAnswer
from connectors.instagram_public import ABOUT
from connectors.instagram_public.errors import TABLE, WAITS
from connectors.instagram_public.session import Traffic, session_for
from tests.connectors.instagram_public.account import (
    APP,
    KINDS,
    NAME,
    SESSION,
    requests_for,
    site,
    start_new_process,
)
from tests.connectors.stage import Stage, texts

A_DAY = 86_400
PHONE = "/api/v1/media/"


@contextmanager
def instaloader_itself(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Traffic, Any]]:
    """Its own ways, with the page length it has by itself: the traffic, and its context."""
    session = session_for(stage.credential, Settings())
    with session.in_use() as traffic, monkeypatch.context() as patch:
        patch.setattr(NodeIterator, "_graphql_page_length", 12)
        yield traffic, session.context()


def its_posts(context: Any) -> Iterator[Post]:
    yield from Profile.from_username(context, NAME).get_posts()


def test_one_post_after_the_other_costs_dozens_of_requests_and_our_idle_round_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """12 posts with 240 comments and 48 answers."""
    for _ in range(12):
        post = stage.post(comments=20)
        for number in range(4):
            stage.comment(stage.world.comments_of(post)[0], f"Svar {number}")
    with instaloader_itself(stage, monkeypatch) as (traffic, context):
        count = 0
        for post in its_posts(context):
            for comment in post.get_comments():
                count += 1 + len(list(comment.answers))
    assert count == 240 + 48
    assert traffic.sent > 40
    start_new_process()
    assert requests_for(stage) < 30
    assert [requests_for(stage), requests_for(stage)] == [1, 1]


def test_answers_beyond_the_first_page_are_dropped_by_instaloader_and_read_by_us(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = stage.comment(stage.post(), "Lång tråd")
    for number in range(15):
        stage.comment(comment, f"Svar {number}")
    with instaloader_itself(stage, monkeypatch) as (_traffic, context):
        [post] = its_posts(context)
        [found] = post.get_comments()
        assert len(list(found.answers)) == 10
    assert texts(stage.read()) == stage.shown()


def test_ids_are_whole_numbers_on_one_path_and_texts_on_the_other_and_texts_for_us(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, many = stage.post(comments=3), stage.post(comments=13)
    with instaloader_itself(stage, monkeypatch) as (_traffic, context):
        kinds = {post.mediaid: {type(one.id) for one in post.get_comments()} for post in its_posts(context)}
    assert kinds == {int(few.pk): {str}, int(many.pk): {int}}
    assert {type(comment.external_id) for comment in stage.read().comments} == {str}


def test_the_phones_path_that_no_longer_answers_is_never_asked(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """200 with "fail": what more than twelve comments get from instaloader's own way."""
    stage.post(comments=30)
    stage.emulator.faults.add(trouble("something_went_wrong", path=PHONE, times=None))
    with instaloader_itself(stage, monkeypatch) as (_traffic, context):
        [post] = its_posts(context)
        with pytest.raises(ConnectionException):
            list(post.get_comments())
    assert texts(stage.read()) == stage.shown()


def test_a_429_is_hidden_by_instaloader_and_known_by_us(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.post(comments=1)
    stage.emulator.faults.add(trouble("too_many_requests", path=APP, times=None))
    with instaloader_itself(stage, monkeypatch) as (_traffic, context):
        with pytest.raises(ConnectionException) as hidden:
            list(its_posts(context))
        assert not isinstance(hidden.value, TooManyRequestsException)
    error = stage.read().error
    assert isinstance(error, RateLimited)
    assert error.code == "HTTP 429"


@pytest.mark.parametrize(
    ("name", "code"), [("wait", "HTTP 401"), ("forbidden", "HTTP 403"), ("too_many_requests", "HTTP 429")]
)
def test_a_block_is_respected_to_the_second_and_never_asked_about_again(stage: Stage, name: str, code: str) -> None:
    for _ in range(5):
        stage.post(comments=3)
    stage.emulator.faults.add(trouble(name, path="^/graphql/query", after=2, times=None))
    mark = stage.emulator.ledger.mark()
    error = stage.read().error
    assert isinstance(error, RateLimited)
    assert (error.code, error.retry_at) == (code, stage.world.now + WAITS[code])
    assert (error.budget,) == tuple(budget.key for budget in stage.connector().budgets)
    statuses = [entry.status for entry in stage.emulator.ledger.since(mark).entries]
    assert [status for status in statuses if status != 200] == [int(code.removeprefix("HTTP "))]
    assert statuses[-1] != 200


def test_a_budget_is_one_logins_whatever_it_reads_and_shows_nothing_of_it(stage: Stage) -> None:
    other = stage.world.account("instagram", "17841400000014721", "tibrobadet", "Tibrobadet")
    beside = Stage(stage.emulator, "instagram_public", other, stage.credential, stage.resident, "tibrobadet")
    [budget] = stage.connector().budgets
    assert beside.connector().budgets == (budget,)
    assert budget.per_day is None
    assert SESSION not in budget.key


@pytest.mark.parametrize("name", KINDS)
def test_each_trouble_says_what_to_do_in_the_words_of_the_table(stage: Stage, name: str) -> None:
    stage.post(comments=1)
    stage.emulator.faults.add(trouble(name, path=APP))
    error = stage.read().error
    assert error is not None
    meaning = TABLE["HTTP 5xx" if error.code == "HTTP 500" else error.code]
    assert type(error) is meaning.error
    assert error.remedy == (meaning.remedy or meaning.error.remedy)
    assert error.detail == meaning.detail


def test_every_error_that_needs_a_person_has_a_remedy_of_its_own() -> None:
    assert ABOUT.errors == "connectors.instagram_public.errors:TABLE"
    assert [code for code, meaning in TABLE.items() if meaning.error.needs_person and not meaning.remedy] == []


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        ("TIMELINE", TIMELINE_DOC),
        ("COMMENTS", COMMENTS_QUERY),
        ("ANSWERS", ANSWERS_QUERY),
        ("LOGIN", LOGIN_QUERY),
    ],
)
@pytest.mark.parametrize("rotation", ["bad_request", "execution_error"])
def test_a_renamed_query_is_mended_by_a_setting(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, setting: str, name: str, rotation: str
) -> None:
    comment = stage.comment(stage.post(), "Hej")
    for number in range(9):
        stage.comment(comment, f"Svar {number}")
    queries = site(stage.emulator).queries
    queries.rotated, queries.renamed = {name}, {"31415926535": name}
    queries.rotation = rotation  # type: ignore[assignment]  # the parameters above
    error = stage.connector().check().problem if setting == "LOGIN" else stage.read().error
    if setting in ("TIMELINE", "COMMENTS", "ANSWERS"):
        assert isinstance(error, UnexpectedAnswer)
        assert error.code == {"bad_request": "HTTP 400", "execution_error": "execution error"}[rotation]
        assert "instagram_queries" in error.remedy
    monkeypatch.setenv(f"KANALVAKT_INSTAGRAM_QUERIES__{setting}", "31415926535")
    start_new_process()
    assert texts(stage.read()) == stage.shown()
    assert stage.connector().check().problem is None


def test_stale_tokens_of_the_start_page_are_told_from_a_renamed_query(stage: Stage) -> None:
    stage.read()
    site(stage.emulator).sessions.renew_page_tokens()
    error = stage.read().error
    assert isinstance(error, UnexpectedAnswer)
    assert error.code == "1357004"


def test_a_session_that_is_over_says_so_even_where_instagram_answers_strangely(stage: Stage) -> None:
    """A comment query without a session is answered with a redirect; the app's own one with nonsense."""
    stage.post(comments=1)
    stage.read()
    stage.world.tokens[SESSION].expires_at = stage.world.now - timedelta(days=1)
    error = stage.read().error
    assert isinstance(error, AuthExpired)
    assert "sessionid" in error.remedy


# -- tiers


def test_all_posts_of_the_last_week_are_looked_at_however_many(stage: Stage) -> None:
    oldest = stage.post(comments=1)
    for _ in range(20):
        stage.post()
    stage.read()
    late = stage.comment(oldest, "Hallå?")
    reading = stage.read()
    assert late.id in texts(reading)
    assert reading.requests == 2 + 1


def test_twelve_young_posts_cost_one_request(stage: Stage) -> None:
    for _ in range(12):
        stage.post(comments=2)
    stage.read()
    assert requests_for(stage) == 1


def daily(stage: Stage) -> dict[str, str]:
    reading = stage.connector().read(ReadPlan(now=stage.world.now, daily=True, state=stage.state))
    assert reading.error is None
    stage.state = reading.state
    return texts(reading)


def test_a_daily_reading_sees_edits_below_posts_of_the_last_ninety_days_only(stage: Stage) -> None:
    old = stage.comment(stage.post(), "Nar oppnar ni?")
    stage.world.advance(60 * A_DAY)
    grown = stage.comment(stage.post(), "Nar oppnar ni?")
    stage.world.advance(60 * A_DAY)
    stage.read()
    for comment in (old, grown):
        stage.world.edit(comment, "När öppnar ni?")
    assert texts(stage.read()) == {}
    assert daily(stage) == {grown.id: "När öppnar ni?"}
    assert texts(stage.read(full=True)) == {old.id: "När öppnar ni?", grown.id: "När öppnar ni?"}


def test_a_daily_reading_sees_a_changed_number_below_the_oldest_post(stage: Stage) -> None:
    old = stage.post(comments=1)
    stage.world.advance(200 * A_DAY)
    for _ in range(20):
        stage.post()
    stage.world.advance(10 * A_DAY)
    stage.read()
    late = stage.comment(old, "Finns fyndet kvar?")
    assert late.id not in texts(stage.read())
    assert late.id in daily(stage)


def test_a_comment_that_came_while_another_one_went_is_seen_by_a_daily_reading(stage: Stage) -> None:
    post = stage.post(comments=2)
    stage.read()
    gone = stage.world.comments_of(post)[0]
    stage.world.delete(gone)
    late = stage.comment(post, "Hallå?")
    assert late.id not in texts(stage.read())
    assert late.id in daily(stage)


def test_a_comment_cannot_be_looked_up_by_itself_so_nobody_says_that_it_was_deleted(stage: Stage) -> None:
    post = stage.post(comments=2)
    stage.read()
    gone = stage.world.comments_of(post)[0]
    stage.world.delete(gone)
    reading = stage.connector().read(ReadPlan(now=stage.world.now, verify=(gone.id,), state=stage.state))
    assert (reading.error, dict(reading.looked_up)) == (None, {})


def test_an_allowance_is_not_overdrawn_and_nothing_is_lost_by_it(stage: Stage) -> None:
    for _ in range(6):
        stage.post(comments=1)
    mark = stage.emulator.ledger.mark()
    plan = ReadPlan(now=stage.world.now, allowance=4)
    reading = stage.connector().read(plan)
    assert isinstance(reading.error, RateLimited)
    assert (reading.error.code, reading.requests) == ("allowance", 4)
    assert stage.emulator.ledger.since(mark).requests() == 4
    stage.state = reading.state
    assert texts(reading) | texts(stage.read()) == stage.shown()


def test_replies_are_in_instagrams_count(stage: Stage) -> None:
    stage.comment(stage.comment(stage.post(), "Hej"), "Svar")
    [post] = stage.read().posts
    assert (post.declared_comments, post.counts_replies) == (2, True)
