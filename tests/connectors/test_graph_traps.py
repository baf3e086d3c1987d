"""What Graph does that looks like something else: each trap is fallen into on purpose."""

import io
import json

import pytest

from connectors.base import YOUNG, Covered
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.errors import UnexpectedAnswer
from tests.connectors.graph_stages import cost, facebook, graph_of, instagram
from tests.connectors.stage import Stage, by_id, is_claimed, texts, wrongly_claimed


@pytest.fixture(params=[facebook, instagram])
def stage(request: pytest.FixtureRequest, emulator: Emulator) -> Stage:
    made: Stage = request.param(emulator)
    return made


@pytest.fixture
def page(emulator: Emulator) -> Stage:
    return facebook(emulator)


@pytest.fixture
def account(emulator: Emulator) -> Stage:
    return instagram(emulator)


# -- pages of lists


def test_an_empty_page_with_a_next_one_is_not_the_end(stage: Stage) -> None:
    posts = [stage.post(comments=comments) for comments in (0, 3, 60)]
    graph_of(stage).habits.gaps = True
    for full in (False, False, True):
        reading = stage.read(full=full)
        assert reading.error is None
        assert {post.external_id for post in reading.posts} == {post.id for post in posts}
        assert wrongly_claimed(reading, stage.world, stage.account) == []
    assert texts(reading) == stage.shown()


@pytest.mark.parametrize("circles", ["same", "fresh"])
def test_pages_that_lead_back_to_themselves_are_an_error_and_what_came_is_kept(stage: Stage, circles: str) -> None:
    stage.post(comments=3)
    post = stage.post(comments=130)
    graph_of(stage).habits.circles = circles  # type: ignore[assignment]
    reading = stage.read()
    assert isinstance(reading.error, UnexpectedAnswer)
    assert len(reading.comments) > 3
    assert Covered("post", post.id) not in reading.covered
    assert reading.requests < 10
    graph_of(stage).habits.circles = ""
    assert texts(stage.read()) == stage.shown()


def test_no_cursor_and_no_token_is_remembered_and_no_list_is_cut_by_time(stage: Stage) -> None:
    stage.post(comments=130)
    stage.read()
    stage.read(daily=True)
    remembered = json.dumps(stage.state)
    assert [word for word in ("after", "http", *stage.credential.secrets.values()) if word in remembered] == []
    asked = [entry.parameters for entry in stage.emulator.ledger.entries]
    assert [names for names in asked if {"since", "until"} & names.keys() or "since(" in str(names)] == []


@pytest.mark.parametrize("posts", [100, 50])
def test_posts_in_another_order_than_usual_hide_no_young_one(stage: Stage, posts: int) -> None:
    for _ in range(posts * 2 // 5):
        stage.post()
    stage.world.advance(YOUNG.total_seconds() + 60)
    young = [stage.post(comments=1) for _ in range(posts * 3 // 5)]
    graph_of(stage).habits.odd_order = True  # an old one at the end of a page, and young ones behind it
    stage.read()
    late = [stage.comment(post, "Hallå?").id for post in young]
    assert set(late) <= texts(stage.read()).keys()


# -- what is counted and not shown


def test_a_count_above_what_is_shown_is_told_as_it_is(stage: Stage) -> None:
    """Comments that Facebook counts and shows to nobody; on Instagram those of restricted people."""
    post = stage.post(comments=5)
    unseen = stage.world.comments_of(post)[:2]
    graph_of(stage).habits.unshown = frozenset(comment.id for comment in unseen)
    reading = stage.read()
    assert (reading.error, reading.posts[0].declared_comments, len(reading.comments)) == (None, 5, 3)
    mark = stage.emulator.ledger.mark()
    stage.read()
    assert cost(stage, mark) == 1


def test_a_list_of_nothing_where_some_are_counted_claims_nothing(stage: Stage) -> None:
    post = stage.post(comments=8)
    stage.read()
    graph_of(stage).habits.blank = frozenset({post.id})
    for full in (False, False, True):
        reading = stage.read(full=full)
        assert (reading.error, reading.posts[0].declared_comments, reading.comments) == (None, 8, ())
        assert not any(is_claimed(reading, comment) for comment in stage.world.comments_of(post))
    mark = stage.emulator.ledger.mark()
    stage.read()
    assert cost(stage, mark) == 1
    graph_of(stage).habits.blank = frozenset()
    assert texts(stage.read()) == stage.shown()


def test_restricted_people_are_counted_but_not_given_and_nothing_is_claimed_of_a_post_of_theirs(account: Stage) -> None:
    post = account.post(comments=2)
    for comment in account.world.comments_of(post):
        account.world.restrict(comment)
    reading = account.read()
    assert (reading.posts[0].declared_comments, reading.posts[0].counts_replies, reading.comments) == (2, None, ())
    assert reading.covered == ()


def test_facebook_counts_replies_and_says_so(page: Stage) -> None:
    page.comment(page.comment(page.post(), "Hej"), "Svar")
    (post,) = page.read().posts
    assert (post.declared_comments, post.counts_replies) == (2, True)


# -- comments that are not complete


def test_a_comment_without_its_id_is_known_by_its_address(page: Stage) -> None:
    """Apps that may see public content only get comments without ids."""
    comment = page.comment(page.post(), "Hej")
    reply = page.comment(comment, "Svar")
    graph_of(page).habits.withheld_ids = True
    reading = page.read()
    assert reading.error is None
    assert texts(reading) == page.shown()
    assert by_id(reading, reply).parent_external_id == comment.id


def test_a_reply_to_a_reply_is_told_below_the_top_level_comment(stage: Stage) -> None:
    top = stage.comment(stage.post(), "Hej")
    deep = stage.comment(stage.comment(top, "Svar"), "Svar på svaret")
    assert by_id(stage.read(), deep).parent_external_id == top.id


def test_popular_comments_do_not_hide_new_ones(page: Stage) -> None:
    """By default Facebook ranks, and leaves replies out."""
    post = page.post(comments=60)
    for comment in page.world.comments_of(post):
        comment.likes = 100
    page.read()
    late = page.comment(page.comment(post, "Ny"), "Svar")
    mark = page.emulator.ledger.mark()
    assert late.id in texts(page.read())
    assert cost(page, mark) == 2


def test_drafts_are_not_read(stage: Stage) -> None:
    stage.world.publish(stage.account, "Utkast", published=False)
    assert stage.read().posts == ()


def test_a_post_that_is_gone_and_one_that_is_old_cost_a_look_and_nothing(page: Stage) -> None:
    posts = [page.post(comments=1) for _ in range(3)]
    page.read()
    page.world.delete(posts[1])
    mark = page.emulator.ledger.mark()
    assert Covered("post", posts[1].id) in page.read().covered
    assert cost(page, mark) == 2


# -- versions


def test_a_version_that_graph_does_not_serve_any_more_is_said_once(
    stage: Stage, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KANALVAKT_GRAPH_VERSION", "20.0")
    stage.post(comments=130)
    assert stage.read().error is None
    lines = [line for line in log.getvalue().splitlines() if "graph_version_not_served" in line]
    assert len(lines) == 1
    assert "v21.0" in lines[0]


def test_a_version_that_is_served_is_not_worth_a_word(stage: Stage, log: io.StringIO) -> None:
    stage.read()
    assert "graph_version" not in log.getvalue()


# -- looking up


def test_what_cannot_be_an_id_is_not_asked_about(stage: Stage) -> None:
    stage.read()
    mark = stage.emulator.ledger.mark()
    assert stage.read(verify=("me", "../me", "")).looked_up == {}
    assert cost(stage, mark) == 1


def test_a_comment_that_was_just_listed_is_not_asked_about_again(stage: Stage) -> None:
    comment = stage.comment(stage.post(), "Hej")
    stage.read()
    mark = stage.emulator.ledger.mark()
    assert stage.read(verify=(comment.id,)).looked_up == {comment.id: True}
    assert cost(stage, mark) == 1


def test_a_token_whose_kind_is_not_told_looks_nothing_up(page: Stage) -> None:
    gone = page.comment(page.post(), "Hej")
    page.world.delete(gone)
    refusal = '{"error":{"message":"no","type":"OAuthException","code":100}}'
    page.emulator.faults.add(Fault("status", path="debug_token", times=None, status=400, body=refusal))
    reading = page.read(verify=(gone.id,))
    assert (reading.error, reading.looked_up, reading.covered) == (None, {}, ())
