"""Instagram on Graph: the contract of all connectors, and what only Instagram does."""

import json
from datetime import timedelta

import pytest

from connectors.base import YOUNG, Author, Covered, Credential
from connectors.emulator.graph import Graph
from connectors.emulator.server import Emulator
from connectors.emulator.wire import Answer, Request
from connectors.errors import CredentialMissing, PermissionLost, RateLimited
from tests.connectors.contract import ConnectorContract
from tests.connectors.graph_stages import INSTAGRAM_SCOPES, another, cost, graph_of, instagram
from tests.connectors.stage import Stage, by_id, texts


class TestInstagram(ConnectorContract):
    site = "graph"
    idle_cost = 1
    tiers = verifies = declares = keeps_allowance = True
    lookup_fails = r"/179\d+$"

    def refuse_a_field(self, stage: Stage) -> str:
        graph_of(stage).habits.refused_fields = {"IGComment.hidden": 10}
        return "comment.hidden"

    def grant_it_again(self, stage: Stage) -> None:
        graph_of(stage).habits.refused_fields = {}

    def set_stage(self, emulator: Emulator) -> Stage:
        return instagram(emulator)

    def dead_credential(self, stage: Stage) -> Credential:
        return another(stage, "page", *INSTAGRAM_SCOPES, expires_at=stage.world.now - timedelta(days=1))

    def blind_credentials(self, stage: Stage) -> list[Credential]:
        return [another(stage, "page", "instagram_basic"), another(stage, "page", "instagram_manage_comments")]


@pytest.fixture
def stage(emulator: Emulator) -> Stage:
    return instagram(emulator)


# -- what is read


def test_authors_and_the_people_addressed_are_read(stage: Stage) -> None:
    comment = stage.comment(stage.post(), "@Kommunen, och @bo.ek. Skriv till info@exempel.se")
    found = by_id(stage.read(), comment)
    assert found.author == Author(stage.resident.id, "bo.ek")
    assert found.mentions == ("kommunen", "bo.ek")


def test_a_comment_whose_author_is_withheld_is_still_a_comment(stage: Stage) -> None:
    comment = stage.world.comment(stage.post(), stage.resident, "Hej", anonymous=True)
    assert by_id(stage.read(), comment).author is None


def test_a_comment_leads_to_its_post(stage: Stage) -> None:
    post = stage.post()
    comment = stage.comment(post, "Hej")
    found = by_id(stage.read(), comment)
    assert found.permalink == f"https://www.instagram.com/p/{post.code}/"


def test_hidden_comments_are_read_and_restricted_ones_are_not(stage: Stage) -> None:
    hidden, restricted = (stage.comment(stage.post(), "Hej") for _ in range(2))
    stage.world.hide(hidden)
    stage.world.restrict(restricted)
    reading = stage.read()
    assert (by_id(reading, hidden).hidden, restricted.id in texts(reading)) == (True, False)
    stage.world.restrict(restricted, False)
    assert restricted.id in texts(stage.read())


def test_more_replies_than_come_along_are_fetched_when_something_changed(stage: Stage) -> None:
    first = stage.comment(stage.post(), "Hej")
    for number in range(120):
        stage.comment(first, f"Svar {number}")
    assert texts(stage.read()) == stage.shown()
    mark = stage.emulator.ledger.mark()
    stage.read()
    assert cost(stage, mark) == 1
    late = stage.comment(first, "Hallå?")
    assert late.id in texts(stage.read())


def test_a_reply_below_a_comment_that_is_not_listed_any_more_is_found(stage: Stage) -> None:
    post = stage.post(comments=90)
    stage.read()
    late = stage.comment(stage.world.comments_of(post)[0], "Hallå?")
    mark = stage.emulator.ledger.mark()
    assert late.id in texts(stage.read())
    assert cost(stage, mark) == 2


def test_replies_are_found_even_if_the_count_leaves_them_out(stage: Stage) -> None:
    graph_of(stage).habits.comments_count_with_replies = False
    post = stage.post(comments=3)
    stage.read()
    late = stage.comment(stage.world.comments_of(post)[0], "Hallå?")
    assert late.id in texts(stage.read())


def test_listed_threads_of_a_long_post_are_claimed_one_by_one(stage: Stage) -> None:
    post = stage.post(comments=60)
    stage.read()
    claims = stage.read().covered
    newest, oldest = stage.world.comments_of(post)[-1], stage.world.comments_of(post)[0]
    assert Covered("thread", newest.id) in claims
    assert not {Covered("thread", oldest.id), Covered("post", post.id)} & set(claims)


@pytest.mark.parametrize("limit", [50, 12])
def test_a_full_page_without_a_next_one_is_not_taken_for_all_there_is(stage: Stage, limit: int) -> None:
    """Instagram does not document pages of comments: there may be none after the first."""
    post = stage.post(comments=60)
    stage.state = {"limits": [25, limit]}
    stage.emulator.sites.insert(0, WithoutPages(stage.world))
    claims = stage.read().covered
    assert Covered("post", post.id) not in claims
    assert len([claim for claim in claims if claim.what == "thread"]) == limit


class WithoutPages(Graph):
    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        found = json.loads(answer.body)
        for media in found.get("media", {}).get("data", ()):
            media.get("comments", {}).pop("paging", None)
        return Answer.json(found)


def test_comments_below_a_post_that_was_deleted_are_claimed(stage: Stage) -> None:
    stage.post(comments=1)
    post = stage.post(comments=2)
    stage.read()
    stage.world.delete(post)
    assert Covered("post", post.id) in stage.read().covered


def test_the_first_reading_walks_all_posts_and_the_next_one_asks_once(stage: Stage) -> None:
    for _ in range(60):
        stage.post(comments=1)
    stage.world.advance(YOUNG.total_seconds() + 1)
    assert len(stage.read().posts) == 60
    mark = stage.emulator.ledger.mark()
    assert len(stage.read().posts) == 25
    assert cost(stage, mark) == 1


# -- trouble


def test_too_big_a_question_is_halved_until_it_fits(stage: Stage) -> None:
    for _ in range(5):
        post = stage.post(comments=80)
        for number in range(30):
            stage.comment(stage.world.comments_of(post)[0], f"Svar {number}")
    graph_of(stage).habits.size = 60
    reading = stage.read()
    assert reading.error is None
    assert texts(reading) == stage.shown()


def test_a_page_further_on_that_is_too_big_is_asked_for_in_smaller_ones(stage: Stage) -> None:
    first = stage.post(comments=100)
    for comment in stage.world.comments_of(first)[:40]:
        for number in range(5):
            stage.comment(comment, f"Svar {number}")
    graph_of(stage).habits.size = 150
    reading = stage.read()
    assert reading.error is None
    assert texts(reading) == stage.shown()
    assert Covered("post", first.id) in reading.covered


def test_too_many_calls_park_the_channel(stage: Stage) -> None:
    graph_of(stage).habits.calls_a_day = 1
    reading = stage.read()
    assert isinstance(reading.error, RateLimited)
    assert (reading.error.code, reading.error.retry_at) == ("80002", stage.world.now + timedelta(minutes=15))


# -- check


def test_check_names_the_missing_permissions(stage: Stage) -> None:
    health = stage.connector(another(stage, "page", "instagram_basic")).check()
    assert health.scopes_missing == ("instagram_manage_comments",)


def test_a_user_with_a_role_may_read_an_account(stage: Stage) -> None:
    stage.credential = another(stage, "user", *INSTAGRAM_SCOPES)
    stage.post(comments=2)
    assert len(stage.read().comments) == 2
    health = stage.connector().check()
    assert (health.problem, health.token_kind, health.can_reply, health.can_publish) == (None, "user", True, True)


def test_an_apps_token_reads_no_account(stage: Stage) -> None:
    credential = Credential({"token": "42|hemlig-app", "app_secret": "hemlig-app"})
    assert isinstance(stage.connector(credential).check().problem, PermissionLost)


def test_check_finds_that_all_comments_come_without_authors(stage: Stage) -> None:
    stage.world.comment(stage.post(), stage.resident, "Hej", anonymous=True)
    assert isinstance(stage.connector().check().problem, PermissionLost)


def test_without_a_token_there_is_no_connector(stage: Stage) -> None:
    with pytest.raises(CredentialMissing):
        stage.connector(Credential({}))
