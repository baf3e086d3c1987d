"""Who may ask the emulated Graph API for what, several at once, and how often."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import Token
from tests.emulator.graph_town import LATEST, SCOPES, Town, ids


@pytest.fixture
def town() -> Town:
    return Town()


# -- tokens


def test_a_users_token_sees_posts_and_an_empty_list_of_comments(town: Town) -> None:
    post = town.post(comments=2)
    assert ids(town.get(f"{town.page.id}/published_posts", access_token="USER")) == [post.id]
    assert town.get(f"{post.id}/comments", access_token="USER") == {"data": []}
    summary = town.get(f"{post.id}/comments", access_token="USER", summary="true")["summary"]
    assert (summary["total_count"], summary["can_comment"]) == (2, False)


def test_without_permission_for_user_content_authors_are_withheld_and_visitors_posts_refused(town: Town) -> None:
    town.world.token(Token("LESS", "page", town.page, SCOPES[:2]))
    assert "from" not in town.get(f"{town.post(comments=1).id}/comments", access_token="LESS")["data"][0]
    assert town.error(f"{town.page.id}/visitor_posts", access_token="LESS") == (10, None)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (Token("x", "page", error=(190, 460)), (190, 460)),
        (Token("x", "page", error=(190, 492)), (190, 492)),
        (Token("x", "page", error=(200, None)), (200, None)),
        (Token("x", "page", expires_at=datetime.fromisoformat("2026-11-16T06:59:59Z")), (190, 463)),
        (Token("x", "page", scopes=()), (10, None)),
        (Token("x", "app", scopes=SCOPES), (10, None)),
        (Token("y", "page"), (190, None)),
    ],
)
def test_tokens_fail_each_in_its_own_way(town: Town, token: Token, code: tuple[int, int | None]) -> None:
    town.world.token(token)
    assert town.error(f"{town.page.id}/published_posts", access_token="x") == code


def test_no_token_is_an_error_and_a_token_in_the_header_is_as_good(town: Town) -> None:
    assert town.error(town.page.id, access_token="") == (104, None)
    answer = town.ask(f"/{LATEST}/me", headers={"Authorization": "Bearer PAGE"}, access_token="")
    assert json.loads(answer.body)["id"] == town.page.id


def test_a_page_that_is_not_the_tokens_is_not_there(town: Town) -> None:
    other = town.world.account("facebook", "999", "grannen", "Grannen")
    assert town.error(other.id) == (100, 33)


def test_an_app_that_demands_proof_gets_it_or_refuses(town: Town) -> None:
    town.world.token(Token("PROVEN", "page", town.page, SCOPES, app_secret="hemlig"))
    assert town.error("me", access_token="PROVEN") == (100, None)
    assert town.error("me", access_token="PROVEN", appsecret_proof="00") == (100, None)
    proof = "8d1aabf0c2d6bd8b3ac7a7a4e4ca8a9a" * 2
    assert town.error("me", access_token="PROVEN", appsecret_proof=proof) == (100, None)


def test_debug_token_tells_kind_scopes_and_end(town: Town) -> None:
    data = town.get("debug_token", input_token="PAGE")["data"]
    assert (data["type"], data["profile_id"], data["expires_at"], data["is_valid"]) == ("PAGE", town.page.id, 0, True)
    assert data["granular_scopes"][0] == {"scope": "pages_show_list", "target_ids": [town.page.id]}
    assert town.get("debug_token", input_token="USER")["data"]["type"] == "USER"
    assert town.get("debug_token", input_token="nobody")["data"]["is_valid"] is False
    town.world.token(Token("OLD", "page", town.page, SCOPES, expires_at=town.world.now - timedelta(1)))
    assert town.get("debug_token", input_token="OLD")["data"]["error"]["subcode"] == 463


def test_a_user_gets_the_tokens_of_the_pages_with_a_role(town: Town) -> None:
    found = town.get("me/accounts", access_token="USER")["data"]
    assert [(page["id"], page["access_token"]) for page in found] == [(town.page.id, "PAGE")]
    assert "MODERATE" in found[0]["tasks"]
    assert town.error("me/accounts") == (100, None)


def test_a_page_cannot_be_published_on_without_the_permission(town: Town) -> None:
    target = f"/v23.0/{town.page.id}/feed?access_token=PAGE&message=Hej"
    answer = town.graph.answer(Request.parse("POST", target, {"Host": "graph.facebook.com"}))
    assert json.loads(answer.body)["error"]["code"] == 10
    assert town.world.effects == []


# -- several at once


def test_several_ids_are_answered_in_one_request_and_counted_each(town: Town) -> None:
    posts = [town.post(comments=1) for _ in range(3)]
    some = ",".join(post.id for post in posts)
    answer = town.ask(f"/{LATEST}/", ids=some, fields="id")
    assert (list(json.loads(answer.body)), answer.cost) == ([post.id for post in posts], 3)
    below = town.get("comments", ids=some)
    assert [len(ids(below[post.id])) for post in posts] == [1, 1, 1]
    assert town.error("", ids=f"{some},999") == (100, 33)


def test_a_batch_answers_each_operation_and_counts_each(town: Town) -> None:
    post = town.post(comments=1)
    answer = town.batch(
        [
            {"method": "GET", "relative_url": f"{LATEST}/{post.id}?fields=id"},
            {"method": "GET", "relative_url": f"{LATEST}/{post.id}/comments", "access_token": "USER"},
            {"method": "GET", "relative_url": f"{LATEST}/999"},
        ]
    )
    found = json.loads(answer.body)
    assert ([part["code"] for part in found], answer.cost) == ([200, 200, 400], 3)
    assert json.loads(found[0]["body"]) == {"id": post.id}
    assert json.loads(found[1]["body"]) == {"data": []}
    assert {"name": "Content-Type", "value": "text/javascript; charset=UTF-8"} in found[0]["headers"]


def test_a_batch_may_leave_out_headers_know_etags_and_lose_operations(town: Town) -> None:
    body = json.dumps({"name": town.page.name, "id": town.page.id}, separators=(",", ":")).encode()
    mark = f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'
    one = {"method": "GET", "relative_url": f"{LATEST}/me"}
    town.graph.habits.null_operations = frozenset({1})
    found = json.loads(
        town.batch([one, one, {**one, "headers": [f"If-None-Match: {mark}"]}], include_headers="false").body
    )
    assert (found[0].keys(), found[1], found[2]["code"]) == ({"code", "body"}, None, 304)


def test_a_batch_of_more_than_fifty_or_without_a_token_is_refused(town: Town) -> None:
    one = {"method": "GET", "relative_url": "me"}
    error = json.loads(town.batch([one] * 51).body)["error"]
    assert (error["type"], error["code"]) == ("GraphBatchException", 1)
    assert json.loads(town.batch([one], access_token="x").body)["error"]["code"] == 190
    assert json.loads(town.batch([], batch="{").body)["error"]["code"] == 100


def test_an_operation_may_use_anothers_answer_which_is_null_though_it_went_well(town: Town) -> None:
    posts = [town.post(comments=1) for _ in range(3)]
    listed = {"method": "GET", "name": "posts", "relative_url": f"{LATEST}/{town.page.id}/posts?fields=id"}
    below = {"method": "GET", "relative_url": f"{LATEST}/comments?ids={{result=posts:$.data.*.id}}"}
    answers = json.loads(town.batch([listed, below]).body)
    assert (answers[0], answers[1]["code"]) == (None, 200)
    assert set(json.loads(answers[1]["body"])) == {post.id for post in posts}
    told = json.loads(town.batch([{**listed, "omit_response_on_success": False}, below]).body)
    assert [answer["code"] for answer in told] == [200, 200]


def test_an_operation_that_waits_for_a_failed_one_is_not_done(town: Town) -> None:
    wrong = {"method": "GET", "name": "first", "relative_url": f"{LATEST}/999"}
    after = {"method": "GET", "relative_url": f"{LATEST}/me", "depends_on": "first"}
    answers = json.loads(town.batch([wrong, after]).body)
    assert (answers[0]["code"], answers[1]) == (400, None)


# -- limits


def use(answer: Answer) -> dict[str, Any]:
    (told,) = json.loads(answer.headers["X-Business-Use-Case-Usage"]).values()
    return dict(told[0])


def test_usage_counts_every_call_and_every_id(town: Town) -> None:
    town.graph.habits.calls_a_day = 100
    posts = ",".join(town.post().id for _ in range(4))
    town.ask(f"/{LATEST}/me")
    told = use(town.ask(f"/{LATEST}/", ids=posts))
    assert (told["type"], told["call_count"], told["estimated_time_to_regain_access"]) == ("pages", 5, 0)


def test_a_user_and_an_app_have_a_budget_of_their_own(town: Town) -> None:
    town.graph.habits.calls_an_hour = 10
    usage = json.loads(town.ask(f"/{LATEST}/me", access_token="USER").headers["X-App-Usage"])
    assert usage["call_count"] == 10
    assert use(town.ask(f"/{LATEST}/me"))["call_count"] == 0


@pytest.mark.parametrize(("token", "code"), [("PAGE", 80001), ("INSTA", 80002), ("USER", 32)])
def test_each_kind_of_caller_is_throttled_with_its_own_code(town: Town, token: str, code: int) -> None:
    town.graph.habits.calls_a_day = town.graph.habits.calls_an_hour = 1
    account = town.instagram if token == "INSTA" else town.page
    assert town.error(account.id, access_token=token) == (code, None)


def test_a_user_that_asks_too_often_about_itself_is_throttled_too(town: Town) -> None:
    town.graph.habits.calls_an_hour = 1
    assert town.error("me", access_token="USER") == (17, None)


def test_each_call_while_throttled_makes_the_wait_longer_and_waiting_ends_it(town: Town) -> None:
    town.graph.habits.calls_a_day = 2
    town.ask(f"/{LATEST}/me")
    waits = [use(town.ask(f"/{LATEST}/me"))["estimated_time_to_regain_access"] for _ in range(3)]
    assert waits == [15, 20, 25]
    town.world.advance(25 * 60)
    assert town.ask(f"/{LATEST}/me").status == 200


def test_calls_are_forgotten_after_a_day(town: Town) -> None:
    town.graph.habits.calls_a_day = 10
    town.ask(f"/{LATEST}/me")
    town.world.advance(86_400)
    assert use(town.ask(f"/{LATEST}/me"))["call_count"] == 10


def test_too_big_an_answer_is_refused_with_a_demand_for_less(town: Town) -> None:
    town.graph.habits.size = 10
    post = town.post(comments=20)
    answer = town.ask(f"/{LATEST}/{post.id}", fields="comments.limit(20){id}")
    assert (answer.status, json.loads(answer.body)["error"]["code"]) == (500, 1)
    assert b"reduce the amount of data" in answer.body
    assert town.ask(f"/{LATEST}/{post.id}", fields="comments.limit(9){id}").status == 200
