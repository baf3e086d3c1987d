"""Small print of the Graph API: what an answer leaves out, and what a question may not ask."""

from datetime import timedelta
from typing import Any

import pytest

from config.settings import Settings
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token
from connectors.errors import ConnectorError, PermissionLost, Refused, UnexpectedAnswer
from connectors.facebook import ABOUT as FACEBOOK
from connectors.facebook.answers import read_post
from connectors.graph import GraphClient
from connectors.graph.errors import RENEW, TABLE
from tests.connectors.graph_stages import INSTAGRAM_SCOPES, SCOPES, another, facebook, graph_of, instagram
from tests.connectors.instagram_public.account import public_account, start_new_process
from tests.connectors.stage import Stage, by_id, texts, wrongly_claimed
from tests.connectors.writing_stages import Pen


@pytest.fixture
def page(emulator: Emulator) -> Stage:
    return facebook(emulator)


@pytest.fixture
def account(emulator: Emulator) -> Stage:
    return instagram(emulator)


def asking(stage: Stage) -> GraphClient:
    return GraphClient(stage.credential, Settings())


def ids(listing: Any) -> list[str]:
    return [item["id"] for item in listing["data"]]


# -- what an answer leaves out


def test_a_post_without_comments_has_no_list_of_them_and_declares_none(page: Stage) -> None:
    quiet, busy = page.post(), page.post(comments=1)
    fields = "id,created_time,comments.filter(stream){id}"
    without, with_some = (asking(page).get(post.id, fields=fields) for post in (quiet, busy))
    assert ("comments" in without, "comments" in with_some) == (False, True)
    assert read_post(without).declared_comments == 0
    assert read_post(with_some).declared_comments is None, "there are some, and nothing says how many"
    assert {post.external_id: post.declared_comments for post in page.read().posts} == {quiet.id: 0, busy.id: 1}


def test_times_without_a_colon_and_escaped_slashes_and_letters_are_read(page: Stage) -> None:
    comment = page.comment(page.post(), "Öppet 7–21? / Åsa")
    told = by_id(page.read(), comment)
    assert (told.posted_at, told.text) == (comment.at, "Öppet 7–21? / Åsa")
    assert told.permalink is not None
    assert told.permalink.startswith("https://www.facebook.com/")


@pytest.mark.parametrize(("make", "scopes"), [(facebook, SCOPES), (instagram, INSTAGRAM_SCOPES)])
def test_a_token_whose_end_is_0_never_ends(emulator: Emulator, make: Any, scopes: tuple[str, ...]) -> None:
    stage = make(emulator)
    assert asking(stage).get("debug_token", input_token=stage.credential.get("token"))["data"]["expires_at"] == 0
    health = stage.connector().check()
    assert (health.problem, health.expires, health.data_access_expires) == (None, None, None)
    end = stage.world.now + timedelta(days=60)
    assert stage.connector(another(stage, "page", *scopes, expires_at=end)).check().expires == end


def test_a_dead_token_is_described_with_its_error_inside_and_status_200(page: Stage) -> None:
    page.world.token(Token("EAAdead", "page", page.account, SCOPES, error=(190, 460)))
    told = asking(page).get("debug_token", input_token="EAAdead")["data"]
    assert (told["is_valid"], told["error"]["code"], told["error"]["subcode"]) == (False, 190, 460)
    problem = page.connector(another(page, "page", *SCOPES, error=(190, 460))).check().problem
    assert isinstance(problem, ConnectorError)
    assert problem.code == "190/460"


@pytest.mark.parametrize("make", [facebook, instagram])
def test_a_comment_without_words_is_a_comment(emulator: Emulator, make: Any) -> None:
    """A picture or a sticker, and nothing else."""
    stage = make(emulator)
    comment = stage.comment(stage.post(), "")
    assert by_id(stage.read(), comment).text == ""


@pytest.mark.parametrize("make", [facebook, instagram])
def test_a_post_that_no_list_shows_any_more_is_not_taken_for_deleted(emulator: Emulator, make: Any) -> None:
    """About 600 posts a year are listed, ranked: which ones is not for us to know."""
    stage = make(emulator)
    posts = [stage.post(comments=1) for _ in range(3)]
    stage.read()
    graph_of(stage).habits.unlisted = frozenset({posts[1].id})
    [known] = stage.world.comments_of(posts[1])
    for wanted in ({}, {}, {"daily": True}, {"full": True}):
        reading = stage.read(**wanted, verify=(known.id,))
        assert reading.error is None
        assert wrongly_claimed(reading, stage.world, stage.account) == []
        assert reading.looked_up == {known.id: True}
    late = stage.comment(posts[1], "Hallå?")
    assert late.id not in texts(stage.read(full=True))
    assert any("600" in sentence for sentence in FACEBOOK.not_covered)
    graph_of(stage).habits.unlisted = frozenset()
    assert texts(stage.read()) == stage.shown()


# -- pages by time


@pytest.mark.parametrize("gaps", [False, True])
def test_a_feed_that_is_paged_by_time_is_turned_to_its_end_by_following_it_to_the_letter(
    page: Stage, gaps: bool
) -> None:
    graph_of(page).habits.gaps = gaps
    made = [page.world.publish(page.account, str(number)).id for number in range(25)]  # all in the same second
    feed = asking(page).get(f"{page.account.id}/feed", limit="10", fields="id")
    assert ("until=" in feed["paging"]["next"]) is not gaps
    assert "cursors" not in feed["paging"]
    found = [item["id"] for items in asking(page).pages(feed) for item in items]
    assert (len(found), set(found)) == (25, set(made))


def test_where_the_role_is_lost_a_new_token_fails_in_the_same_way_and_is_not_asked_for(page: Stage) -> None:
    page.post(comments=1)
    graph_of(page).habits.lost_roles = frozenset({page.account.id})
    for credential in (page.credential, another(page, "page", *SCOPES)):
        page.credential = credential
        error = page.read().error
        assert isinstance(error, PermissionLost)
        assert (error.code, error.remedy) == ("190/492", TABLE["190/492"].remedy)
    assert error.remedy != RENEW
    graph_of(page).habits.lost_roles = frozenset()
    assert page.read().error is None


# -- what may not be asked


@pytest.mark.parametrize(
    ("path", "fields", "code"), [("1/2/3", "", "2500"), ("me", "id{", "2500"), ("me", "colour", "100")]
)
def test_a_wrong_question_is_our_fault_and_not_the_tokens(page: Stage, path: str, fields: str, code: str) -> None:
    with pytest.raises(UnexpectedAnswer) as refused:
        asking(page).get(path, **({"fields": fields} if fields else {}))
    assert refused.value.code == code


def test_what_the_app_is_not_made_for_asks_for_the_apps_settings(page: Stage) -> None:
    told = '{"error": {"message": "(#3) Not within the capability", "type": "OAuthException", "code": 3}}'
    page.emulator.faults.add(Fault("status", path="/feed", status=400, body=told))
    with pytest.raises(PermissionLost) as refused:
        asking(page).put_object(page.account.id, "feed", message="Badet öppnar")
    assert refused.value.code == "3"
    assert "developers.facebook.com" in refused.value.remedy


# -- Instagram


def test_replies_are_not_in_instagrams_list_and_come_by_expansion_only(account: Stage) -> None:
    top = account.comment(account.post(), "Hej")
    reply = account.comment(top, "Svar")
    plain = asking(account).get(f"{top.post.id}/comments", fields="id,text")
    assert (ids(plain), "replies" in plain["data"][0]) == ([top.id], False)
    assert by_id(account.read(), reply).parent_external_id == top.id


def test_instagram_cuts_no_list_of_comments_by_time_whatever_is_asked(account: Stage) -> None:
    post = account.post(comments=2)
    until = int(account.world.now.timestamp())
    account.world.advance(86_400)
    late = account.comment(post, "Hallå?")
    asked = asking(account).get(f"{post.id}/comments", since=str(until + 60))
    assert ids(asked)[0] == late.id
    assert len(ids(asked)) == 3, "`since` is passed over in silence"
    assert texts(account.read()) == account.shown()


def test_a_comment_that_is_hidden_on_instagram_is_read_and_a_reply_to_it_certainly_was_not_written(
    account: Stage,
) -> None:
    comment = account.comment(account.post(), "Hej")
    account.world.hide(comment)
    assert by_id(account.read(), comment).hidden
    pen = Pen(account)
    with pytest.raises(Refused) as refused:
        pen.act("reply", comment)
    assert (refused.value.code, pen.effects) == ("100", [])
    pen.act("unhide", comment)
    pen.act("reply", comment)
    assert [effect.kind for effect in pen.effects] == ["unhide", "reply"]


def test_one_account_has_other_ids_for_its_posts_in_its_two_programs_and_the_same_addresses(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KANALVAKT_INSTAGRAM_PUBLIC", "true")
    start_new_process()
    public = public_account(emulator)
    emulator.world.token(Token("IGpage", "page", public.account, INSTAGRAM_SCOPES))
    public.post(comments=1)
    [seen] = public.read().posts
    [media] = GraphClient(another(public, "page", *INSTAGRAM_SCOPES), Settings()).get(
        f"{public.account.id}/media", fields="id,permalink,shortcode"
    )["data"]
    assert seen.external_id != media["id"]
    assert seen.permalink == media["permalink"]
