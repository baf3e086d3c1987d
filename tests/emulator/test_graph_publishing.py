"""Posts and containers as Graph takes them: what is public, what is not, and what is refused."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from connectors.emulator.wire import Request
from connectors.emulator.world import Token
from tests.emulator.graph_town import SCOPES, Town

HOST = {"Host": "graph.facebook.com"}
FORM = {**HOST, "Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def town() -> Town:
    made = Town()
    made.world.token(Token("PAGE", "page", made.page, (*SCOPES, "pages_manage_posts")))
    scopes = ("instagram_basic", "instagram_content_publish")
    made.world.token(Token("INSTA", "page", made.instagram, scopes))
    made.graph.habits.fetches = False
    return made


def send(town: Town, path: str, method: str = "POST", **form: str) -> Any:
    token = form.pop("token", "PAGE")
    body = urlencode({"access_token": token, **form}).encode()
    query = f"?access_token={token}" if method == "DELETE" else ""
    return json.loads(town.graph.answer(Request.parse(method, f"/v23.0/{path}{query}", FORM, body)).body)


def code(answer: Any) -> int:
    return int(answer["error"]["code"])


def test_a_post_is_public_by_its_id_at_once_and_in_the_list_after_a_while(town: Town) -> None:
    town.world.list_lag = 10
    made = send(town, f"{town.page.id}/feed", message="Koka vattnet", link="https://kris.example.se/1")["id"]
    assert town.get(made, fields="message,is_published")["message"] == "Koka vattnet"
    for edge in ("published_posts", "feed"):
        assert town.get(f"{town.page.id}/{edge}")["data"] == []
    town.world.advance(10)
    for edge in ("published_posts", "feed"):
        assert [post["id"] for post in town.get(f"{town.page.id}/{edge}")["data"]] == [made]
    assert [(one.kind, one.target, one.made) for one in town.world.effects] == [("publish", town.page.id, made)]


def test_consecutive_identical_posts_are_refused_until_something_lies_between_or_the_first_is_gone(town: Town) -> None:
    feed = f"{town.page.id}/feed"
    first = send(town, feed, message="Koka vattnet")["id"]
    assert code(send(town, feed, message="Koka vattnet")) == 506
    assert send(town, first, method="DELETE") == {"success": True}
    assert "id" in send(town, feed, message="Koka vattnet")
    assert "id" in send(town, feed, message="Det är över")
    assert "id" in send(town, feed, message="Koka vattnet")


def test_own_posts_can_be_edited_and_deleted_and_visitors_cannot(town: Town) -> None:
    made = send(town, f"{town.page.id}/feed", message="Koka vattnet")["id"]
    assert send(town, made, message="Koka inte vattnet") == {"success": True}
    assert town.get(made)["message"] == "Koka inte vattnet"
    visitors = town.post(by=town.anna)
    assert code(send(town, visitors.id, message="Nej")) == 100
    assert send(town, made, method="DELETE") == {"success": True}
    assert town.error(made) == (100, 33)
    assert [one.kind for one in town.world.effects] == ["publish", "edit", "delete"]


def test_an_unpublished_post_is_no_publication(town: Town) -> None:
    made = send(town, f"{town.page.id}/feed", message="Utkast", published="false")["id"]
    assert town.error(made) == (100, 33)
    assert town.world.effects == []


def test_a_container_lives_by_the_clock_and_is_published_once(town: Town) -> None:
    account = town.instagram.id
    made = send(town, f"{account}/media", token="INSTA", image_url="https://x.example/a.jpg", caption="Koka")["id"]
    publish = {"token": "INSTA", "creation_id": made}
    assert _status(town, made) == "IN_PROGRESS"
    assert code(send(town, f"{account}/media_publish", **publish)) == 9007
    town.world.advance(5)
    assert _status(town, made) == "FINISHED"
    assert "id" in send(town, f"{account}/media_publish", **publish)
    assert _status(town, made) == "PUBLISHED"
    assert code(send(town, f"{account}/media_publish", **publish)) == 9007
    assert len(town.world.effects) == 1
    limit = town.get(f"{account}/content_publishing_limit", access_token="INSTA", fields="config,quota_usage")
    assert limit["data"] == [{"config": {"quota_total": 100, "quota_duration": 86400}, "quota_usage": 1}]


def test_a_container_expires_after_a_day(town: Town) -> None:
    account = town.instagram.id
    made = send(town, f"{account}/media", token="INSTA", image_url="https://x.example/a.jpg")["id"]
    town.world.advance(24 * 3600)
    assert _status(town, made) == "EXPIRED"
    answer = send(town, f"{account}/media_publish", token="INSTA", creation_id=made)
    assert (code(answer), answer["error"]["error_subcode"]) == (-2, 2207020)


def _status(town: Town, container: str) -> str:
    return str(town.get(container, access_token="INSTA", fields="status_code")["status_code"])
