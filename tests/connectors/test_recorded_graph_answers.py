"""Answers that Facebook and Instagram once gave go through our parsers whole."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.apart import moment
from connectors.base import Account, ReadPost
from connectors.emulator.world import START
from connectors.errors import UnexpectedAnswer
from connectors.facebook.answers import read_comment, read_post, visitors_post_as_comment
from connectors.graph.client import items, next_page
from connectors.graph.errors import named_error
from connectors.graph.health import TokenReport, read_report
from connectors.instagram import answers as instagram

Recorded = Callable[[str], Any]
FACEBOOK = "python-facebook/testdata/facebook/apidata"
INSTAGRAM = "python-facebook/testdata/instagram/apidata"
BASE = "python-facebook/testdata/base"
POST = ReadPost("19292868552_10158407654328553", START)


def test_a_thread_over_two_pages_is_read_whole_though_no_comment_tells_its_id(recorded: Recorded) -> None:
    listings = [recorded(f"{FACEBOOK}/comments/comments_p{page}.json") for page in (1, 2)]
    given = [item for listing in listings for item in items(listing)]
    comments = {comment.external_id: comment for comment in (read_comment(item, POST) for item in given)}
    assert len(comments) == len(given) < listings[0]["summary"]["total_count"]  # it counts more than can be seen
    assert [comment.text for comment in comments.values()] == [item["message"] for item in given]
    tops = {id_ for id_, comment in comments.items() if comment.parent_external_id is None}
    assert {comment.thread_external_id for comment in comments.values()} == tops
    replies = [comment for comment in comments.values() if comment.parent_external_id]
    assert len(replies) == sum(item["comment_count"] for item in given)
    assert (next_page(listings[0]) is None, next_page(listings[1])) == (False, None)


@pytest.mark.parametrize("name", ["comments/comment_info.json", "comments/create_resp.json"])
def test_single_comments_are_read(recorded: Recorded, name: str) -> None:
    item = recorded(f"{FACEBOOK}/{name}")
    comment = read_comment(item, POST)
    assert (comment.external_id, comment.text, comment.author) == (item["id"], item["message"], None)
    assert comment.posted_at.tzinfo is UTC


def test_a_comment_with_everything_is_read(recorded: Recorded) -> None:
    item = recorded("python-facebook/testdata/facebook/models/comment.json")
    comment = read_comment(item, POST)
    assert comment.author is not None
    assert (comment.author.external_id, comment.author.name) == (item["from"]["id"], item["from"]["name"])
    assert comment.posted_at == datetime(2021, 7, 23, 8, 35, 18, tzinfo=UTC)


def test_comments_asked_for_by_their_ids_keep_them(recorded: Recorded) -> None:
    for id_, item in recorded(f"{FACEBOOK}/comments/comments_info.json").items():
        assert read_comment(item, POST).external_id == id_


@pytest.mark.parametrize(
    "name", ["feed_fields_p1", "feed_fields_p2", "feeds_default_fields_p1", "feeds_default_fields_p2"]
)
def test_posts_are_read_whatever_was_asked_of_them(recorded: Recorded, name: str) -> None:
    given = items(recorded(f"{FACEBOOK}/posts/{name}.json"))
    posts = [read_post(item) for item in given]
    assert [post.external_id for post in posts] == [item["id"] for item in given]
    assert [post.text for post in posts] == [item.get("message") or item.get("story") or "" for item in given]
    assert [visitors_post_as_comment(item).posted_at for item in given] == [post.posted_at for post in posts]


def test_a_post_declares_what_its_summary_counts(recorded: Recorded) -> None:
    item = recorded(f"{FACEBOOK}/posts/single_post_data.json")
    assert read_post(item).declared_comments == item["comments"]["summary"]["total_count"] == 0


@pytest.mark.parametrize("name", ["medias/comments_p1", "medias/comments_p2", "comments/replies"])
def test_instagram_comments_are_read_with_the_few_fields_given_by_default(recorded: Recorded, name: str) -> None:
    for item in items(recorded(f"{INSTAGRAM}/{name}.json")):
        comment = instagram.read_comment(item, POST)
        assert (comment.external_id, comment.text, comment.author) == (item["id"], item["text"], None)
        assert comment.posted_at == moment(item["timestamp"])


def test_instagram_comments_name_their_author_by_user_name_alone(recorded: Recorded) -> None:
    for item in recorded(f"{INSTAGRAM}/comments/comments_fields.json").values():
        author = instagram.read_comment(item, POST).author
        assert author is not None
        assert (author.external_id, author.handle) == (None, item["username"])


def test_an_instagram_comment_with_replies_and_mentions_is_read(recorded: Recorded) -> None:
    item = recorded("python-facebook/testdata/instagram/models/ig_comment.json")
    assert instagram.read_comment(item, POST).mentions == ("ikroskun",)
    replies = [instagram.read_comment(reply, POST, item["id"]) for reply in items(item["replies"])]
    assert [reply.thread_external_id for reply in replies] == [item["id"]]


@pytest.mark.parametrize("name", ["users/medias_p1", "users/medias_p2"])
def test_media_are_read(recorded: Recorded, name: str) -> None:
    for item in items(recorded(f"{INSTAGRAM}/{name}.json")):
        media = instagram.read_media(item, Account("17841406338772941"))
        assert (media.external_id, media.text) == (item["id"], item.get("caption", ""))
        assert media.declared_comments == item.get("comments_count")


def test_a_description_of_a_token_is_understood(recorded: Recorded) -> None:
    report = read_report(recorded(f"{BASE}/token_info.json")["data"])
    assert (report.kind, report.problem, report.profile_id) == ("user", None, None)
    assert report.expires == datetime.fromtimestamp(1577347200, UTC)
    assert report.missing(["pages_show_list", "pages_read_engagement"]) == ("pages_read_engagement",)
    assert TokenReport().missing(["pages_show_list"]) == ()


@pytest.mark.parametrize("path", [f"{BASE}/error_data.json", "python-facebook/testdata/error.json"])
def test_errors_are_found_in_the_table(recorded: Recorded, path: str) -> None:
    assert isinstance(named_error(recorded(path)["error"], START), UnexpectedAnswer)
