"""Comments in the emulated Graph API: the defaults that are traps, both kinds of cursors, Instagram's fifty."""

import base64
from typing import Any

import pytest

from connectors.emulator.graph.paging import escaped, unescaped
from connectors.emulator.world import Account, Token
from tests.emulator.graph_town import Town, ids


@pytest.fixture
def town() -> Town:
    return Town()


# -- comments


def test_by_default_replies_are_hidden_the_order_is_ranked_and_cursors_are_offsets(town: Town) -> None:
    post = town.post(comments=3)
    popular = town.world.comments_of(post)[1]
    popular.likes = 9
    town.comment(popular, "Svar")
    listing = town.get(f"{post.id}/comments", summary="true", limit="2")
    assert ids(listing)[0] == popular.id
    assert (listing["summary"]["order"], listing["summary"]["total_count"]) == ("ranked", 3)
    assert listing["paging"]["cursors"] == {"before": "MQZDZD", "after": "MgZDZD"}
    assert len(ids(town.follow(listing))) == 1


def test_a_stream_has_all_levels_and_cursors_that_name_comment_and_time(town: Town) -> None:
    post = town.post(comments=2)
    reply = town.comment(town.world.comments_of(post)[0], "Svar")
    listing = town.get(f"{post.id}/comments", filter="stream", order="reverse_chronological", limit="1", summary="1")
    assert ids(listing) == [reply.id]
    assert listing["summary"] == {"order": "reverse_chronological", "total_count": 3, "can_comment": True}
    cursor = base64.b64decode(unescaped(listing["paging"]["cursors"]["after"])).decode()
    assert cursor == f"comment_cursor:{reply.id.split('_')[1]}:{int(reply.at.timestamp())}"


def test_cursors_are_escaped_as_in_the_recordings() -> None:
    assert escaped(b"1") == "MQZDZD"
    for data in (b"", b"\xfb\xff\xbf", bytes(range(256)), b"comment_cursor:1:2"):
        assert unescaped(escaped(data)) == data


def test_a_comment_that_comes_or_goes_between_two_pages_makes_none_of_the_others_go_missing(town: Town) -> None:
    post = town.post(comments=6)
    first = town.get(f"{post.id}/comments", filter="stream", order="reverse_chronological", limit="3", fields="id")
    town.comment(post, "Ny")
    town.world.delete(town.world.comments[ids(first)[-1]])
    assert ids(town.follow(first)) == [comment.id for comment in town.world.comments_of(post)[2::-1]]


@pytest.mark.parametrize("after", ["x", "MQ", "MQZDZD", escaped(base64.b64encode(b"comment_cursor:1"))])
def test_a_cursor_of_another_kind_is_refused(town: Town, after: str) -> None:
    assert town.error(f"{town.post(comments=1).id}/comments", filter="stream", after=after) == (100, None)


@pytest.mark.parametrize("wrong", [{"filter": "all"}, {"order": "newest"}, {"limit": "many"}])
def test_parameters_that_do_not_exist_are_refused(town: Town, wrong: dict[str, str]) -> None:
    assert town.error(f"{town.post(comments=1).id}/comments", **wrong) == (100, None)


def test_a_reply_to_a_reply_hangs_on_the_top_comment_and_its_address_names_both(town: Town) -> None:
    top = town.comment(town.post())
    deep = town.comment(town.comment(top))
    found = town.get(deep.id, fields="parent{id},permalink_url")
    assert found["parent"]["id"] == top.id
    assert found["permalink_url"].endswith(
        f"?comment_id={top.id.split('_')[1]}&reply_comment_id={deep.id.split('_')[1]}"
    )
    assert "parent" not in town.get(top.id, fields="parent{id}")
    assert len(ids(town.get(f"{top.id}/comments"))) == 2


def test_tags_hidden_and_withheld_authors_are_told(town: Town) -> None:
    post = town.post()
    tagged = town.comment(post, "Hej Anna Berg!", tags=(town.anna,))
    town.world.hide(tagged)
    tag = {"id": town.anna.id, "length": 9, "name": "Anna Berg", "offset": 4, "type": "user"}
    found = town.get(tagged.id, fields="message_tags,is_hidden,can_hide")
    assert found == {"message_tags": [tag], "is_hidden": True, "can_hide": True, "id": tagged.id}
    assert "from" not in town.get(town.comment(post, anonymous=True).id)


def test_what_is_deleted_is_gone_with_all_below(town: Town) -> None:
    post = town.post(comments=1)
    top = town.world.comments_of(post)[0]
    reply = town.comment(top)
    town.world.delete(top)
    assert town.error(top.id) == town.error(reply.id) == (100, 33)
    assert ids(town.get(f"{post.id}/comments", filter="stream")) == []


# -- Instagram


def insta(town: Town, path: str, **query: str) -> Any:
    return town.get(path, access_token="INSTA", **query)


def test_comments_come_newest_first_fifty_at_most_and_without_replies(town: Town) -> None:
    media = town.media(comments=60)
    made = town.world.comments_of(media)
    town.world.comment(made[-1], town.bo, "Svar")
    listing = insta(town, f"{media.id}/comments", limit="1000")
    assert ids(listing) == [comment.id for comment in made[:9:-1]]
    assert ids(town.follow(listing)) == [comment.id for comment in made[9::-1]]
    shown = insta(town, f"{media.id}/comments", limit="2", fields="replies{text,parent_id}")["data"]
    assert shown[0]["replies"]["data"][0]["text"] == "Svar"
    assert "replies" not in shown[1]


def test_media_are_listed_newest_first_and_count_their_comments(town: Town) -> None:
    first, second = town.media(comments=2), town.media()
    town.world.comment(town.world.comments_of(first)[0], town.bo, "Svar")
    fields = "media{comments_count,shortcode,permalink}"
    listed = insta(town, town.instagram.id, fields=fields)["media"]["data"]
    assert [(media["id"], media["comments_count"]) for media in listed] == [(second.id, 0), (first.id, 3)]
    assert listed[0]["permalink"] == f"https://www.instagram.com/p/{second.code}/"


def test_restricted_comments_are_left_out_and_hidden_ones_marked(town: Town) -> None:
    media = town.media(comments=2)
    restricted, hidden = town.world.comments_of(media)
    town.world.restrict(restricted)
    town.world.hide(hidden)
    listed = insta(town, f"{media.id}/comments", fields="hidden,from,username")["data"]
    author = {"from": {"id": town.bo.id, "username": town.bo.handle}, "username": town.bo.handle}
    assert listed == [{"hidden": True, **author, "id": hidden.id}]
    assert town.error(restricted.id, access_token="INSTA") == (100, 33)


def test_an_instagram_account_is_found_through_its_page(town: Town) -> None:
    found = town.get(town.page.id, fields="instagram_business_account{id,username}")
    assert found["instagram_business_account"] == {"id": town.instagram.id, "username": "kommunen"}


def test_comments_on_instagram_take_their_own_permission(town: Town) -> None:
    town.world.token(Token("LESS", "page", town.instagram, ("instagram_basic",)))
    assert town.error(f"{town.media(comments=1).id}/comments", access_token="LESS") == (10, None)


def test_accounts_of_other_platforms_are_not_there(town: Town) -> None:
    channel: Account = town.world.account("youtube", "UCx", "kommunen", "Kommunen")
    video = town.world.publish(channel, "Film")
    assert town.error(channel.id) == town.error(video.id) == (100, 33)
