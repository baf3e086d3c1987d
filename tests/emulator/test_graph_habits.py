"""The emulated Graph's traps, each switched on by a habit, and which app hears of a page."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from connectors.emulator.wire import Request
from connectors.emulator.world import Token
from tests.emulator.graph_town import LATEST, SCOPES, Town, ids, pages

STREAM = {"filter": "stream", "order": "reverse_chronological"}


@pytest.fixture
def town() -> Town:
    return Town()


# -- lists


@pytest.mark.parametrize("edge", ["published_posts", "feed"])
def test_a_list_may_begin_with_an_empty_page_that_has_a_next_one(town: Town, edge: str) -> None:
    made = {town.post(comments=1).id for _ in range(5)}
    town.graph.habits.gaps = True
    first = town.get(f"{town.page.id}/{edge}", limit="2")
    assert (first["data"], "next" in first["paging"]) == ([], True)
    assert {id_ for page in pages(town, first) for id_ in ids(page)} == made
    inside = town.get(town.page.id, fields=f"{edge}.limit(2){{id}}")[edge]
    assert (inside["data"], len(ids(town.follow(inside)))) == ([], 2)


def test_an_empty_list_has_no_such_page(town: Town) -> None:
    town.graph.habits.gaps = True
    assert town.get(f"{town.page.id}/published_posts") == {"data": []}


@pytest.mark.parametrize(("circles", "addresses"), [("same", 1), ("fresh", 3)])
def test_pages_may_lead_back_to_themselves(town: Town, circles: Any, addresses: int) -> None:
    town.graph.habits.circles = circles
    listing = town.get(f"{town.post(comments=9).id}/comments", limit="2", **STREAM)
    first, links = ids(listing), set()
    for _ in range(3):
        links.add(listing["paging"]["next"])
        listing = town.follow(listing)
        assert ids(listing) == first
    assert len(links) == addresses


def test_comments_may_be_counted_and_not_listed_for_one_post(town: Town) -> None:
    blank, other = town.post(comments=3), town.post(comments=1)
    town.graph.habits.blank = frozenset({blank.id})
    listing = town.get(f"{blank.id}/comments", summary="true", **STREAM)
    assert (listing["data"], listing["summary"]["total_count"]) == ([], 3)
    assert (listing["paging"].keys(), len(ids(town.get(f"{other.id}/comments")))) == ({"cursors"}, 1)
    media = town.media(comments=2)
    town.graph.habits.blank = frozenset({media.id})
    found = town.get(media.id, access_token="INSTA", fields="comments_count,comments{id}")
    assert (found["comments_count"], found["comments"]["data"]) == (2, [])


def test_comments_may_be_counted_and_given_to_nobody(town: Town) -> None:
    post = town.post(comments=3)
    unseen = town.world.comments_of(post)[0]
    town.graph.habits.unshown = frozenset({unseen.id})
    listing = town.get(f"{post.id}/comments", summary="true", **STREAM)
    assert (len(ids(listing)), listing["summary"]["total_count"]) == (2, 3)
    assert town.error(unseen.id) == (100, 33)


# -- fields


@pytest.mark.parametrize("code", [100, 10, 200])
def test_one_field_of_one_kind_may_be_refused(town: Town, code: int) -> None:
    post = town.post(comments=1)
    town.graph.habits.refused_fields = {"Comment.from": code}
    assert town.error(post.id, fields="comments{id,from}") == (code, None)
    assert "error" not in town.get(post.id, fields="from,comments{id}")


def test_a_whole_edge_may_be_refused(town: Town) -> None:
    town.graph.habits.refused_fields = {"Page.visitor_posts": 10}
    assert town.error(town.page.id, fields="visitor_posts{id}") == (10, None)


def test_comments_may_come_without_their_ids(town: Town) -> None:
    comment = town.comment(town.post())
    town.graph.habits.withheld_ids = True
    (found,) = town.get(f"{comment.post.id}/comments", fields="id,message,permalink_url")["data"]
    assert found.keys() == {"message", "permalink_url"}
    assert "id" in town.get(comment.post.id, fields="id")


def test_the_demand_for_less_may_stand_in_the_second_text_only(town: Town) -> None:
    town.graph.habits.size, town.graph.habits.less_in_second_text = 1, True
    error = town.get(town.post(comments=3).id, fields="comments{id}")["error"]
    assert (error["code"], error["error_subcode"], error["message"]) == (1, 99, "An unknown error occurred")
    assert "reduce the amount of data" in error["error_user_msg"]


# -- tokens


@pytest.mark.parametrize("code", [190, 102])
@pytest.mark.parametrize("subcode", [458, 459, 460, 463, 464, 467, 492])
def test_a_session_dies_of_each_of_its_reasons(town: Town, code: int, subcode: int) -> None:
    town.world.token(Token("DEAD", "page", town.page, SCOPES, error=(code, subcode)))
    assert town.error(town.page.id, access_token="DEAD") == (code, subcode)
    told = town.get("debug_token", input_token="DEAD")["data"]
    assert (told["is_valid"], told["error"]["subcode"]) == (False, subcode)


@pytest.mark.parametrize(("code", "words"), [(368, "abusive"), (1705, "profile"), (200, "permission")])
def test_other_refusals_have_their_own_words(town: Town, code: int, words: str) -> None:
    town.world.token(Token("DEAD", "page", town.page, SCOPES, error=(code, None)))
    error = town.get(town.page.id, access_token="DEAD")["error"]
    assert (error["code"], words in error["message"]) == (code, True)


def test_debug_token_tells_until_when_the_app_may_see_data(town: Town) -> None:
    end = town.world.now + timedelta(days=90)
    town.world.token(Token("SOON", "page", town.page, SCOPES, data_access_expires_at=end))
    told = town.get("debug_token", input_token="SOON")["data"]
    assert (told["expires_at"], told["data_access_expires_at"]) == (0, int(end.timestamp()))


# -- which app hears of a page


def ask(town: Town, method: str, token: str, **fields: str) -> Any:
    head = {"Host": "graph.facebook.com", "Content-Type": "application/x-www-form-urlencoded"}
    path = f"/{LATEST}/{town.page.id}/subscribed_apps"
    body = urlencode({"access_token": token, **fields}).encode()
    if method == "POST":
        return json.loads(town.graph.answer(Request.parse(method, path, head, body)).body)
    return json.loads(town.graph.answer(Request.parse(method, f"{path}?{body.decode()}", head)).body)


def test_a_page_is_subscribed_with_its_fields_and_that_is_remembered(town: Town) -> None:
    town.world.token(Token("META", "page", town.page, (*SCOPES, "pages_manage_metadata")))
    assert ask(town, "GET", "META") == {"data": []}
    assert ask(town, "POST", "META", subscribed_fields="feed,mention") == {"success": True}
    (app,) = ask(town, "GET", "META")["data"]
    assert (app["name"], app["subscribed_fields"]) == ("Kanalvakt", ["feed", "mention"])
    assert town.world.subscriptions == {town.page.id: ("feed", "mention")}
    assert ask(town, "DELETE", "META") == {"success": True}
    assert ask(town, "GET", "META") == {"data": []}


@pytest.mark.parametrize(("token", "fields", "code"), [("PAGE", "feed", 10), ("USER", "feed", 210), ("META", "x", 100)])
def test_subscribing_takes_the_pages_token_its_scope_and_known_fields(
    town: Town, token: str, fields: str, code: int
) -> None:
    town.world.token(Token("META", "page", town.page, (*SCOPES, "pages_manage_metadata")))
    assert ask(town, "POST", token, subscribed_fields=fields)["error"]["code"] == code
    assert town.world.subscriptions == {}


def test_only_pages_have_subscriptions(town: Town) -> None:
    assert town.error(f"{town.instagram.id}/subscribed_apps", access_token="INSTA") == (100, 33)
