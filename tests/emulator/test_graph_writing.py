"""Writing through the emulated Graph API, with Meta's traps."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from connectors.emulator.wire import Request
from connectors.emulator.world import Comment, Token
from tests.emulator.graph_town import LATEST, SCOPES, Town

WRITER = (*SCOPES, "pages_manage_engagement")


@pytest.fixture
def town() -> Town:
    town = Town()
    town.world.token(Token("WRITER", "page", town.page, WRITER))
    town.world.token(Token("PERSON", "user", town.page, WRITER))
    return town


def send(town: Town, path: str, method: str = "POST", by: str = "WRITER", **fields: str) -> Any:
    head = {"Host": "graph.facebook.com", "Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode({"access_token": by, **fields}).encode()
    return json.loads(town.graph.answer(Request.parse(method, f"/{LATEST}/{path}", head, body)).body)


def code(answer: Any) -> int:
    found: int = answer["error"]["code"]
    return found


def asked(town: Town) -> Comment:
    return town.comment(town.post(), "När öppnar badet?")


def test_a_reply_stands_below_the_top_level_comment_and_has_an_id_of_its_own(town: Town) -> None:
    top = asked(town)
    nested = town.comment(top, "Ja, när?")
    made = town.world.comments[send(town, f"{nested.id}/comments", message="På måndag.")["id"]]
    assert (made.parent, made.target, made.author.id) == (top, nested, town.page.id)
    assert [(effect.kind, effect.target, effect.made) for effect in town.world.effects] == [
        ("reply", nested.id, made.id)
    ]


def test_the_edit_trap_a_message_to_the_comment_itself_overwrites_what_the_resident_wrote(town: Town) -> None:
    top = asked(town)
    assert send(town, top.id, message="På måndag.") == {"success": True}
    assert top.text == "På måndag."
    assert town.world.effects[0].kind == "edit"


def test_nothing_is_idempotent(town: Town) -> None:
    top = asked(town)
    for _time in range(2):
        send(town, f"{top.id}/comments", message="På måndag.")
    assert len(town.world.replies_to(top)) == 2


def test_a_repetition_may_be_refused_as_a_duplicate(town: Town) -> None:
    town.graph.writing.refuses_repeats = True
    top = asked(town)
    send(town, f"{top.id}/comments", message="På måndag.")
    assert send(town, f"{top.id}/comments", message="På måndag.")["error"]["error_subcode"] == 1455006
    assert len(town.world.effects) == 1


def test_hiding_showing_and_deleting(town: Town) -> None:
    top = asked(town)
    assert send(town, top.id, is_hidden="true") == {"success": True}
    assert top.hidden
    send(town, top.id, is_hidden="false")
    assert send(town, top.id, method="DELETE") == {"success": True}
    assert top.deleted_at
    assert [effect.kind for effect in town.world.effects] == ["hide", "unhide", "delete"]
    assert code(send(town, top.id, method="DELETE")) == 100


def test_writing_takes_the_pages_token_and_the_permission(town: Town) -> None:
    path = f"{asked(town).id}/comments"
    assert code(send(town, path, by="PAGE", message="Hej")) == 10
    assert code(send(town, path, by="PERSON", message="Hej")) == 200
    assert town.world.effects == []


def test_a_block_refuses_every_write_and_no_reading(town: Town) -> None:
    top = asked(town)
    town.graph.writing.blocked = (368, None)
    assert code(send(town, f"{top.id}/comments", message="Hej")) == 368
    assert town.get(top.id)["id"] == top.id


@pytest.mark.parametrize("path", ["{}/likes", "{}/replies", "{}"])
def test_what_is_not_there_is_refused(town: Town, path: str) -> None:
    assert code(send(town, path.format(asked(town).id), message="")) == 100


def test_lists_may_show_what_was_written_only_later(town: Town) -> None:
    top = asked(town)
    town.world.list_lag = 5
    made = send(town, f"{top.id}/comments", message="På måndag.")["id"]
    assert town.get(f"{top.id}/comments")["data"] == []
    assert town.get(made)["id"] == made, "asked for by its id it is there"
    town.world.advance(5)
    assert len(town.get(f"{top.id}/comments")["data"]) == 1


class TestInstagram:
    def test_a_reply_to_a_reply_lands_below_the_top_level_comment(self, town: Town) -> None:
        media = town.media(comments=1)
        [top] = town.world.comments_of(media)
        nested = town.world.comment(top, town.bo, "Ja, när?")
        made = town.world.comments[send(town, f"{nested.id}/replies", by="INSTA", message="Hej")["id"]]
        assert made.parent is top

    def test_a_hidden_comment_cannot_be_answered(self, town: Town) -> None:
        [top] = town.world.comments_of(town.media(comments=1))
        assert send(town, top.id, by="INSTA", hide="true") == {"success": True}
        assert code(send(town, f"{top.id}/replies", by="INSTA", message="Hej")) == 100
        assert [effect.kind for effect in town.world.effects] == ["hide"]

    def test_its_own_edge_is_replies_and_there_are_no_likes(self, town: Town) -> None:
        [top] = town.world.comments_of(town.media(comments=1))
        for edge in ("comments", "likes"):
            assert code(send(town, f"{top.id}/{edge}", by="INSTA", message="Hej")) == 100
        assert code(send(town, top.id, by="INSTA", message="Hej")) == 100, "comments cannot be edited"
