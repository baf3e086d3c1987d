"""Facebook: the contract of all connectors, and what only Facebook does."""

from datetime import timedelta

import pytest

from connectors.base import Author, Covered, Credential
from connectors.emulator.faults import Fault
from connectors.emulator.graph import Graph
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token
from connectors.errors import (
    AuthExpired,
    ChannelGone,
    ConnectorError,
    CredentialMissing,
    PermissionLost,
    RateLimited,
    Unavailable,
)
from tests.connectors.contract import ConnectorContract
from tests.connectors.stage import Stage, by_id, is_claimed, texts, wrongly_claimed

SCOPES = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_engagement",
    "pages_manage_posts",
)


def facebook(emulator: Emulator) -> Stage:
    """A page with nothing on it, read with the page's own token."""
    world = emulator.world
    page = world.account("facebook", "1122334455", "kommunen", "Kommunen")
    world.token(Token("EAApage", "page", page, SCOPES, app_secret="hemlig-app"))
    credential = Credential({"token": "EAApage", "app_secret": "hemlig-app"})
    return Stage(emulator, "facebook", page, credential, world.person("facebook", "Anna Berg"), page.id)


def another(stage: Stage, kind: str, *scopes: str, **more: object) -> Credential:
    """Another token for the same account."""
    value = f"EAA{kind}{len(stage.world.tokens)}"
    stage.world.token(Token(value, kind, stage.account, scopes, **more))  # type: ignore[arg-type]
    return Credential({"token": value})


class TestFacebook(ConnectorContract):
    site = "graph"
    idle_cost = 1
    requests_before_lists = 1

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


def graph_of(stage: Stage) -> Graph:
    return next(site for site in stage.emulator.sites if isinstance(site, Graph))


def cost(stage: Stage, mark: int) -> int:
    return stage.emulator.ledger.since(mark).cost("graph")


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
    assert Covered("post", post.id) in stage.read().covered
    assert cost(stage, mark) == 2
    assert Covered("post", post.id) not in stage.read().covered


def test_a_post_pushed_out_by_newer_ones_is_not_taken_for_deleted(stage: Stage) -> None:
    old = stage.post(comments=2)
    for _ in range(49):
        stage.post()
    stage.read()
    stage.post()
    reading = stage.read()
    assert old.id not in {post.external_id for post in reading.posts}
    assert not any(is_claimed(reading, comment) for comment in stage.world.comments_of(old))


def test_what_is_remembered_does_not_grow_beyond_the_window(stage: Stage) -> None:
    for _ in range(120):
        stage.post(comments=1)
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


# -- when Graph asks for less


def test_too_big_a_question_is_halved_until_it_fits_and_that_is_remembered(stage: Stage) -> None:
    for _ in range(30):
        stage.post(comments=10)
    graph_of(stage).habits.size = 100
    reading = stage.read()
    assert reading.error is None
    assert texts(reading) == stage.shown()
    mark = stage.emulator.ledger.mark()
    assert stage.read().error is None
    assert {entry.status for entry in stage.emulator.ledger.since(mark).entries} == {200}


def test_a_full_reading_tries_the_big_question_again(stage: Stage) -> None:
    for _ in range(30):
        stage.post(comments=10)
    graph_of(stage).habits.size = 100
    stage.read()
    graph_of(stage).habits.size = 5000
    stage.read(full=True)
    mark = stage.emulator.ledger.mark()
    stage.read()
    assert cost(stage, mark) == 1


def test_a_question_that_stays_too_big_is_an_error(stage: Stage) -> None:
    stage.post(comments=3)
    graph_of(stage).habits.size = 1
    assert isinstance(stage.read().error, Unavailable)


# -- when Graph asks to wait


def test_too_many_calls_park_the_channel_until_graph_says(stage: Stage) -> None:
    stage.post(comments=3)
    graph_of(stage).habits.calls_a_day = 4
    stage.read()
    assert stage.read().usage == 75
    reading = stage.read()
    assert isinstance(reading.error, RateLimited)
    assert (reading.error.code, reading.error.retry_at) == ("80001", stage.world.now + timedelta(minutes=15))
    again = stage.read()
    assert again.error is not None
    assert again.error.retry_at == stage.world.now + timedelta(minutes=20)
    stage.world.advance(20 * 60)
    assert stage.read().error is None


# -- the wrong token


def test_the_kind_of_a_token_is_asked_once_for_each_token(stage: Stage) -> None:
    def asked() -> int:
        return sum(entry.path.endswith("debug_token") for entry in stage.emulator.ledger.entries)

    stage.read()
    stage.read()
    assert asked() == 1
    stage.credential = another(stage, "user", *SCOPES)
    assert isinstance(stage.read().error, PermissionLost)
    assert asked() == 2
    assert isinstance(stage.read().error, PermissionLost)


def test_a_blind_token_is_found_out_by_what_posts_declare_where_graph_will_not_tell_its_kind(stage: Stage) -> None:
    refusal = '{"error":{"message":"no","type":"OAuthException","code":100}}'
    stage.emulator.faults.add(Fault("status", path="debug_token", times=None, status=400, body=refusal))
    stage.credential = another(stage, "user", *SCOPES)
    stage.post()
    quiet = stage.read()
    assert (quiet.error, quiet.covered) == (None, ())
    stage.post(comments=1)
    assert isinstance(stage.read().error, PermissionLost)


def test_a_page_token_is_good_even_where_graph_will_not_tell_its_kind(stage: Stage) -> None:
    refusal = '{"error":{"message":"no","type":"OAuthException","code":100}}'
    stage.emulator.faults.add(Fault("status", path="debug_token", times=None, status=400, body=refusal))
    post = stage.post(comments=1)
    reading = stage.read()
    assert (reading.error, len(reading.comments)) == (None, 1)
    assert Covered("post", post.id) in reading.covered


def test_without_a_token_there_is_no_connector(stage: Stage) -> None:
    with pytest.raises(CredentialMissing):
        stage.connector(Credential({"app_secret": "x"}))


def test_a_page_that_does_not_exist_is_gone(stage: Stage) -> None:
    stage.address = "999"
    assert isinstance(stage.read().error, ChannelGone)


# -- check


def test_check_names_the_missing_permissions(stage: Stage) -> None:
    health = stage.connector(another(stage, "page", "pages_read_engagement")).check()
    assert health.scopes_missing == ("pages_read_user_content",)
    assert isinstance(health.problem, PermissionLost)


def test_check_tells_what_the_token_may_do_beyond_reading(stage: Stage) -> None:
    health = stage.connector().check()
    assert (health.token_kind, health.can_reply, health.can_publish, health.expires) == ("page", True, True, None)
    reader = stage.connector(another(stage, "page", *SCOPES[:3])).check()
    assert (reader.can_read, reader.can_reply, reader.can_publish) == (True, False, False)


def test_check_tells_when_the_token_expires(stage: Stage) -> None:
    end = stage.world.now + timedelta(days=5)
    assert stage.connector(another(stage, "page", *SCOPES, expires_at=end)).check().expires == end


@pytest.mark.parametrize(
    ("subcode", "error"), [(460, AuthExpired), (463, AuthExpired), (467, AuthExpired), (492, PermissionLost)]
)
def test_check_tells_why_a_token_is_dead(stage: Stage, subcode: int, error: type[ConnectorError]) -> None:
    problem = stage.connector(another(stage, "page", *SCOPES, error=(190, subcode))).check().problem
    assert isinstance(problem, error)
    assert problem.code == f"190/{subcode}"


def test_check_asks_in_the_apps_name_where_it_can(stage: Stage) -> None:
    dead = another(stage, "page", *SCOPES, error=(190, 460), app_secret="hemlig-app")
    problem = stage.connector(Credential({**dead.secrets, "app_secret": "hemlig-app", "app_id": "42"})).check().problem
    assert isinstance(problem, AuthExpired)
    assert problem.code == "190/460"
    assert [entry.status for entry in stage.emulator.ledger.entries] == [200]


def test_check_finds_a_token_that_belongs_to_another_page(stage: Stage) -> None:
    other = stage.world.account("facebook", "5544332211", "grannen", "Grannkommunen")
    stage.world.token(Token("EAAother", "page", other, SCOPES))
    problem = stage.connector(Credential({"token": "EAAother"})).check().problem
    assert isinstance(problem, PermissionLost)


def test_check_finds_that_all_comments_come_without_authors(stage: Stage) -> None:
    stage.world.comment(stage.post(), stage.resident, "Hej", anonymous=True)
    assert isinstance(stage.connector().check().problem, PermissionLost)


def test_a_token_without_the_apps_secret_is_refused_where_the_app_demands_it(stage: Stage) -> None:
    for credential in ({"token": "EAApage"}, {"token": "EAApage", "app_secret": "fel"}):
        assert isinstance(stage.connector(Credential(credential)).check().problem, CredentialMissing)


def test_a_system_users_token_is_as_good_as_the_pages(stage: Stage) -> None:
    stage.credential = another(stage, "system", *SCOPES)
    stage.post(comments=2)
    assert len(stage.read().comments) == 2
    assert stage.connector().check().problem is None
