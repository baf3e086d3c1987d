"""Facebook: the contract of all connectors, and what only Facebook shows."""

import json
from datetime import timedelta

import pytest

from connectors.base import YOUNG, Author, Covered, Credential
from connectors.emulator.faults import Fault
from connectors.emulator.graph import Graph
from connectors.emulator.server import Emulator
from connectors.emulator.wire import Answer, Request
from tests.connectors.contract import ConnectorContract
from tests.connectors.graph_stages import SCOPES, another, cost, facebook, graph_of
from tests.connectors.stage import Stage, by_id, is_claimed, texts, wrongly_claimed

OLD = YOUNG.total_seconds() + 1


class TestFacebook(ConnectorContract):
    site = "graph"
    idle_cost = 1
    requests_before_lists = 1
    tiers = verifies = declares = keeps_allowance = True
    lookup_fails = r"/\d+_\d+$"

    def refuse_a_field(self, stage: Stage) -> str:
        graph_of(stage).habits.refused_fields = {"Comment.is_hidden": 100}
        return "comment.is_hidden"

    def grant_it_again(self, stage: Stage) -> None:
        graph_of(stage).habits.refused_fields = {}

    def set_stage(self, emulator: Emulator) -> Stage:
        return facebook(emulator)

    def dead_credential(self, stage: Stage) -> Credential:
        return another(stage, "page", *SCOPES, expires_at=stage.world.now - timedelta(days=1))

    def blind_credentials(self, stage: Stage) -> list[Credential]:
        return [
            another(stage, "user", *SCOPES),
            another(stage, "page", "pages_show_list", "pages_read_engagement"),
            another(stage, "page", "pages_show_list", "pages_read_user_content"),
        ]


@pytest.fixture
def stage(emulator: Emulator) -> Stage:
    return facebook(emulator)


# -- what is read


def test_a_visitors_post_is_a_post_and_waits_like_a_comment(stage: Stage) -> None:
    post = stage.world.publish(stage.account, "Varför är bron stängd?", author=stage.resident)
    comment = stage.comment(post, "Undrar jag också")
    reply = stage.comment(comment, "Och jag")
    reading = stage.read()
    waiting = by_id(reading, post)
    assert (reading.posts[0].by_visitor, waiting.is_post, waiting.parent_external_id) == (True, True, None)
    assert waiting.post_external_id == waiting.thread_external_id == post.id
    assert waiting.author == Author(stage.resident.id, name="Anna Berg")
    assert by_id(reading, comment).thread_external_id == by_id(reading, reply).thread_external_id == post.id
    assert (by_id(reading, comment).parent_external_id, by_id(reading, reply).parent_external_id) == (None, comment.id)


def test_a_visitors_post_that_has_gone_is_claimed(stage: Stage) -> None:
    post = stage.world.publish(stage.account, "Varför är bron stängd?", author=stage.resident)
    stage.read()
    stage.world.delete(post)
    reading = stage.read()
    assert (reading.posts, Covered("posts") in reading.covered) == ((), True)


def test_visitors_posts_that_are_not_all_listed_are_not_claimed(stage: Stage) -> None:
    for number in range(60):
        stage.world.publish(stage.account, f"Fråga {number}", author=stage.resident)
    stage.world.advance(OLD)
    assert Covered("posts") in stage.read().covered
    assert Covered("posts") not in stage.read().covered


def test_a_comment_without_author_is_still_a_comment(stage: Stage) -> None:
    comment = stage.world.comment(stage.post(), stage.resident, "Hej", anonymous=True)
    assert by_id(stage.read(), comment).author is None


def test_hidden_tagged_and_addressed(stage: Stage) -> None:
    friend = stage.world.person("facebook", "Cia Dahl")
    comment = stage.comment(stage.post(), "Titta")
    reply = stage.world.comment(comment, stage.resident, "Cia Dahl, ser du?", tags=(friend,))
    stage.world.hide(reply)
    found = by_id(stage.read(), reply)
    assert (found.hidden, found.mentions) == (True, (friend.id,))
    assert found.permalink is not None
    assert "reply_comment_id=" in found.permalink


def test_posts_declare_their_comments_replies_included(stage: Stage) -> None:
    stage.comment(stage.world.comments_of(stage.post(comments=3))[0], "Svar")
    stage.post()
    assert [post.declared_comments for post in stage.read().posts] == [0, 4]


# -- many posts


def test_the_first_reading_walks_all_posts_and_the_next_one_asks_once(stage: Stage) -> None:
    for _ in range(120):
        stage.post(comments=1)
    stage.world.advance(OLD)
    assert len(stage.read().posts) == 120
    mark = stage.emulator.ledger.mark()
    assert len(stage.read().posts) == 50
    assert cost(stage, mark) == 1
    assert len(stage.read(full=True).posts) == 120


def test_a_first_reading_that_breaks_off_is_made_good_however_old_the_posts(stage: Stage) -> None:
    for _ in range(120):
        stage.post(comments=1)
    stage.emulator.faults.add(Fault("status", site="graph", after=2, status=500, body="{}"))
    found = texts(stage.read())
    assert 0 < len(found) < 120
    assert found | texts(stage.read()) == stage.shown()


def test_comments_below_a_post_that_was_deleted_are_claimed(stage: Stage) -> None:
    stage.post(comments=1)
    post = stage.post(comments=2)
    stage.read()
    stage.world.delete(post)
    mark = stage.emulator.ledger.mark()
    assert [Covered("post", post.id) in stage.read().covered for _ in range(3)] == [True, True, False]
    assert cost(stage, mark) == 2 + 2 + 1


def test_a_post_pushed_out_by_newer_ones_is_not_taken_for_deleted(stage: Stage) -> None:
    old = stage.post(comments=2)
    for _ in range(49):
        stage.post()
    stage.world.advance(OLD)
    stage.read()
    stage.post()
    mark = stage.emulator.ledger.mark()
    reading = stage.read()
    assert cost(stage, mark) == 1
    assert old.id not in {post.external_id for post in reading.posts}
    assert not any(is_claimed(reading, comment) for comment in stage.world.comments_of(old))


def test_what_is_remembered_does_not_grow_beyond_the_window(stage: Stage) -> None:
    for _ in range(120):
        stage.post(comments=1)
    stage.world.advance(OLD)
    stage.read(full=True)
    assert len(stage.state["posts"]) == 50


def test_an_unchanged_long_thread_is_claimed_as_far_back_as_it_was_listed(stage: Stage) -> None:
    post = stage.post()
    for _ in range(10):
        stage.world.advance(1)
        for number in range(10):  # ten in each second: the listing of 25 ends in the middle of one
            stage.world.comment(post, stage.resident, f"Fråga {number}")
    stage.read()
    reading = stage.read()
    since = next(claim.since for claim in reading.covered if claim.external_id == post.id)
    assert since == stage.world.now - timedelta(seconds=1)
    assert wrongly_claimed(reading, stage.world, stage.account) == []


def test_one_that_came_and_one_that_went_are_both_noticed_though_the_count_is_the_same(stage: Stage) -> None:
    post = stage.post(comments=60)
    stage.read()
    gone = stage.world.comments_of(post)[0]
    stage.world.delete(gone)
    new = stage.comment(post, "Ny")
    reading = stage.read()
    assert new.id in texts(reading)
    assert is_claimed(reading, gone)


def test_a_listing_in_another_order_than_asked_for_claims_nothing_about_what_it_does_not_show(stage: Stage) -> None:
    post = stage.post(comments=60)
    stage.emulator.sites.insert(0, Shuffled(stage.world))
    stage.read()
    assert [claim for claim in stage.read().covered if claim.external_id == post.id] == []


class Shuffled(Graph):
    """Gives a page of comments with its last one first."""

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        found = json.loads(answer.body)
        for post in found.get("published_posts", {}).get("data", ()):
            post["comments"]["data"].insert(0, post["comments"]["data"].pop())
        return Answer.json(found)
