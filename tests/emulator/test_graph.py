"""The emulated Graph API: versions, envelope, fields and posts, as PLATFORMS describes them."""

import json
from datetime import datetime

import pytest

from connectors.emulator.wire import Request
from tests.emulator.graph_town import LATEST, Town, ids, pages


@pytest.fixture
def town() -> Town:
    return Town()


# -- versions and envelope


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("/v23.0", "v23.0"), ("/v26.0", "v26.0"), ("/v20.0", "v21.0"), ("/v2.8", "v21.0"), ("", "v21.0")],
)
def test_an_expired_version_is_served_by_the_oldest_one_alive(town: Town, asked: str, answered: str) -> None:
    assert town.ask(f"{asked}/{town.page.id}").headers["Facebook-Api-Version"] == answered


def test_versions_die_on_their_day(town: Town) -> None:
    town.world.advance((datetime(2027, 1, 22) - datetime(2026, 11, 16)).total_seconds())  # noqa: DTZ001
    assert town.ask("/v21.0/me").headers["Facebook-Api-Version"] == "v22.0"


def test_a_version_that_does_not_exist_is_an_unknown_path(town: Town) -> None:
    assert json.loads(town.ask("/v99.0/a/b").body)["error"]["code"] == 2500


def test_slashes_are_escaped_text_is_ascii_and_times_have_no_colon(town: Town) -> None:
    body = town.ask(f"/{LATEST}/{town.post().id}", fields="permalink_url,message,created_time").body
    assert b"https:\\/\\/www.facebook.com\\/" in body
    assert b"\\u00f6ppnar" in body
    assert b"+0000" in body


def test_the_etag_is_the_sha1_of_the_body_and_spares_only_the_body(town: Town) -> None:
    answer = town.ask(f"/{LATEST}/{town.page.id}/published_posts")
    assert answer.body == b'{"data":[]}'
    assert answer.headers["ETag"] == '"1050253aec7b29caff644806927dabfa81406eee"'
    again = town.ask(f"/{LATEST}/{town.page.id}/published_posts", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, again.body, again.cost) == (304, b"", 1)


def test_errors_come_in_graphs_envelope_and_headers(town: Town) -> None:
    answer = town.ask(f"/{LATEST}/999")
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["type"], error["code"], error["error_subcode"]) == (
        400,
        "GraphMethodException",
        100,
        33,
    )
    assert {"message", "fbtrace_id", "is_transient"} <= error.keys()
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["WWW-Authenticate"].startswith('OAuth "Facebook Platform" "invalid_request"')


def test_it_owns_its_host_and_versioned_paths_on_loopback(town: Town) -> None:
    owned = [("graph.facebook.com", "/me"), ("127.0.0.1:1", "/v23.0/me")]
    foreign = [("127.0.0.1:1", "/youtube/v3/videos"), ("www.instagram.com", "/v23.0/me")]
    assert all(town.graph.owns(Request.parse("GET", path, {"Host": host})) for host, path in owned)
    assert not any(town.graph.owns(Request.parse("GET", path, {"Host": host})) for host, path in foreign)


# -- fields


def test_default_fields_are_few(town: Town) -> None:
    post = town.post(comments=1)
    assert town.get(post.id).keys() == {"created_time", "message", "id"}
    assert town.get(f"{post.id}/comments")["data"][0].keys() == {"created_time", "from", "message", "id"}
    assert town.get(town.media().id, access_token="INSTA").keys() == {"id"}


def test_an_unknown_field_or_edge_is_error_100(town: Town) -> None:
    post = town.post(comments=1)
    assert town.error(post.id, fields="id,colour") == (100, None)
    assert town.error(post.id, fields="comments{id,colour}") == (100, None)
    assert town.error(f"{post.id}/colours") == (100, None)


@pytest.mark.parametrize("fields", ["id,", "id{", "comments.limit{id}", "comments.limit(3", "id}", "a b", "comments{}"])
def test_fields_that_are_not_in_the_language(town: Town, fields: str) -> None:
    expected = {"id,": None}.get(fields, (2500, None))
    answer = town.get(town.post().id, fields=fields)
    assert (answer.get("error") and (answer["error"]["code"], None)) == expected


def test_expansion_nests_and_renames(town: Town) -> None:
    post = town.post()
    top = town.comment(post)
    reply = town.comment(top, "Svar")
    fields = (
        "published_posts.limit(1){id,comments.order(chronological).as(talk){message,comments{ message, parent{id} }}}"
    )
    found = town.get(town.page.id, fields=fields)["published_posts"]["data"][0]
    assert found["talk"]["data"][0]["comments"]["data"] == [
        {"message": "Svar", "parent": {"id": top.id}, "id": reply.id}
    ]


def test_comments_are_left_out_of_a_post_that_has_none_unless_they_are_to_be_counted(town: Town) -> None:
    bare, busy = town.post(), town.post(comments=1)
    assert "comments" not in town.get(bare.id, fields="comments{id}")
    assert town.get(bare.id, fields="comments.summary(true){id}")["comments"]["summary"]["total_count"] == 0
    assert "comments" in town.get(busy.id, fields="comments{id}")
    assert "paging" not in town.get(f"{bare.id}/comments")


# -- posts


def test_edges_tell_own_and_visitors_posts_apart(town: Town) -> None:
    own, visitor = town.post(), town.post(by=town.anna)
    draft = town.world.publish(town.page, "Utkast", published=False)
    listed = {edge: ids(town.get(f"{town.page.id}/{edge}")) for edge in ("published_posts", "posts", "visitor_posts")}
    assert listed == {"published_posts": [own.id], "posts": [own.id], "visitor_posts": [visitor.id]}
    assert ids(town.get(f"{town.page.id}/feed")) == [visitor.id, own.id]
    assert ids(town.get(f"{town.page.id}/tagged")) == []
    assert town.error(draft.id) == (100, 33)


@pytest.mark.parametrize("edge", ["published_posts", "feed"])
def test_every_post_comes_once_however_the_pages_are_told_apart(town: Town, edge: str) -> None:
    made = [town.world.publish(town.page, str(number)) for number in range(25)]  # all in the same second
    first = town.get(f"{town.page.id}/{edge}", limit="10", fields="id")
    found = [id_ for listing in pages(town, first) for id_ in ids(listing)]
    assert sorted(found) == sorted(post.id for post in made)
    assert ("until=" in first["paging"]["next"]) == (edge == "feed")


def test_the_largest_page_has_a_hundred_things_and_the_usual_one_twenty_five(town: Town) -> None:
    post = town.post(comments=130)
    assert len(ids(town.get(f"{post.id}/comments", limit="5000"))) == 100
    assert len(ids(town.get(f"{post.id}/comments"))) == 25


def test_since_and_until_cut_a_stretch_of_time(town: Town) -> None:
    posts = [town.post() for _ in range(5)]
    since, until = (str(int(posts[place].at.timestamp())) for place in (1, 3))
    found = ids(town.get(f"{town.page.id}/feed", since=since, until=until))
    assert found == [post.id for post in posts[3:0:-1]]
    assert town.error(f"{town.page.id}/feed", since="yesterday-ish") == (100, None)
