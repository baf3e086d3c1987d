"""Unmodified instaloader against the emulated instagram.com, by real host names through the tunnel."""

import json
from collections.abc import Iterator

import pytest
from instaloader import Instaloader, NodeIterator, Post, Profile, exceptions

from connectors.emulator.instagram_web import InstagramWeb
from connectors.emulator.instagram_web_queries import ANSWERS_QUERY, COMMENTS_QUERY, TIMELINE_DOC
from connectors.emulator.instagram_web_sessions import Login
from connectors.emulator.instagram_web_troubles import TROUBLES, trouble
from connectors.emulator.server import Emulator
from connectors.emulator.tunnel import Tunnel
from connectors.emulator.wire import Answer, Request
from tests.emulator.instagram_town import SESSION, Town

NAME = "tibrokommun"
KIM_PASSWORD = "sommar-i-tibro"


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def emulator(town: Town) -> Iterator[Emulator]:
    with Emulator(town.world) as running:
        yield running


@pytest.fixture
def site(emulator: Emulator) -> InstagramWeb:
    return next(site for site in emulator.sites if isinstance(site, InstagramWeb))


@pytest.fixture
def loader(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instaloader]:
    """Knows nothing of the emulator but its environment; not logged in."""
    monkeypatch.setattr(NodeIterator, "_graphql_page_length", 12)  # as instaloader has it; our connector raises it
    with Tunnel(emulator) as tunnel:
        for name, value in tunnel.environment().items():
            monkeypatch.setenv(name, value)
        with Instaloader(sleep=False, quiet=True, max_connection_attempts=1) as running:
            yield running


@pytest.fixture
def member(loader: Instaloader) -> Instaloader:
    """Logged in by the cookies of a browser."""
    loader.load_session("vaktkonto", {"sessionid": SESSION, "ds_user_id": "52671834900", "csrftoken": "c" * 32})
    return loader


def profile(loader: Instaloader) -> Profile:
    return Profile.from_username(loader.context, NAME)


def everything(post: Post) -> set[str]:
    """Texts of all comments and answers that instaloader finds."""
    texts = set()
    for comment in post.get_comments():
        texts |= {comment.text} | {answer.text for answer in comment.answers}
    return texts


# -- logging in


def test_a_person_logs_in_with_a_password(loader: Instaloader, site: InstagramWeb) -> None:
    site.sessions.logins["kim"] = Login(KIM_PASSWORD)
    loader.login("kim", KIM_PASSWORD)
    assert loader.context.user_id
    assert loader.test_login() == f"user{loader.context.user_id}"


def test_an_account_that_logs_in_is_itself(loader: Instaloader, site: InstagramWeb, town: Town) -> None:
    site.sessions.logins[NAME] = Login(KIM_PASSWORD)
    loader.login(NAME, KIM_PASSWORD)
    assert (loader.test_login(), loader.context.user_id) == (NAME, town.account.pk)


@pytest.mark.parametrize(
    ("login", "name", "error"),
    [
        (Login("another one"), "kim", exceptions.BadCredentialsException),
        (Login(KIM_PASSWORD), "nobody", exceptions.LoginException),
        (Login(KIM_PASSWORD, "two_factor"), "kim", exceptions.TwoFactorAuthRequiredException),
        (Login(KIM_PASSWORD, "checkpoint"), "kim", exceptions.LoginException),
    ],
)
def test_a_login_meets_its_hurdle(
    loader: Instaloader, site: InstagramWeb, login: Login, name: str, error: type[Exception]
) -> None:
    site.sessions.logins["kim"] = login
    with pytest.raises(error):
        loader.login(name, KIM_PASSWORD)


def test_a_session_lives_until_it_expires(member: Instaloader, town: Town) -> None:
    town.session.expires_at = town.world.now.replace(year=2027)
    assert member.test_login() == "user52671834900"
    town.world.advance(2 * 365 * 86400)
    assert member.test_login() is None


def test_a_dead_session_is_sent_to_the_login_page(member: Instaloader, town: Town) -> None:
    town.session.error = (190, 463)
    with pytest.raises(exceptions.AbortDownloadException, match="logged out"):
        profile(member).get_posts()


# -- profiles and posts


def test_a_profile_is_found_by_its_name(member: Instaloader, town: Town) -> None:
    town.posts(3)
    found = profile(member)
    assert (str(found.userid), found.full_name, found.mediacount) == (town.account.pk, "Tibro kommun", 3)


def test_nobody_has_a_profile_that_does_not_exist(member: Instaloader) -> None:
    with pytest.raises(exceptions.ProfileNotExistsException):
        Profile.from_username(member.context, "nosuchtown")


def test_the_posts_of_a_private_account_are_for_followers(member: Instaloader, site: InstagramWeb, town: Town) -> None:
    town.post()
    site.contents.private.add(NAME)
    with pytest.raises(exceptions.PrivateProfileNotFollowedException):
        profile(member).get_posts()


def test_posts_come_newest_first_and_twelve_at_a_time(member: Instaloader, emulator: Emulator, town: Town) -> None:
    codes = [post.code for post in town.posts(30)]
    assert [post.shortcode for post in profile(member).get_posts()] == codes[::-1]
    assert sum(entry.path == "/api/graphql" for entry in emulator.ledger.entries) == 3


def test_visitors_without_a_session_see_the_posts_too(loader: Instaloader, town: Town) -> None:
    codes = [post.code for post in town.posts(14)]
    assert [post.shortcode for post in profile(loader).get_posts()] == codes[::-1]
    assert profile(loader).mediacount == 14


def test_a_post_is_found_by_its_shortcode(member: Instaloader, town: Town) -> None:
    made = town.post(comments=2, text="Badet är öppet")
    found = Post.from_shortcode(member.context, made.code)
    assert (str(found.mediaid), found.caption, found.comments) == (made.pk, "Badet är öppet", 2)


def test_deleted_and_unpublished_posts_are_not_there(member: Instaloader, town: Town) -> None:
    shown, deleted = town.posts(2)
    town.world.delete(deleted)
    town.world.publish(town.account, "Utkast", published=False)
    assert [post.shortcode for post in profile(member).get_posts()] == [shown.code]
    with pytest.raises(exceptions.BadResponseException):
        Post.from_shortcode(member.context, deleted.code)


# -- comments


def test_few_comments_come_by_graphql_with_all_their_answers(
    member: Instaloader, emulator: Emulator, town: Town
) -> None:
    post = town.post()
    town.comment(post, "Hej!", answers=3)
    town.comment(post, "Hallå?", answers=2)
    found = everything(next(iter(profile(member).get_posts())))
    assert found == {"Hej!", "Hallå?", "Svar 0", "Svar 1", "Svar 2"}
    assert not [entry for entry in emulator.ledger.entries if "media" in entry.path]


def test_answers_that_do_not_fit_inline_are_asked_for(member: Instaloader, emulator: Emulator, town: Town) -> None:
    town.comment(town.post(), "Hej!", answers=9)
    found = everything(next(iter(profile(member).get_posts())))
    assert found == {"Hej!", *(f"Svar {number}" for number in range(9))}
    assert emulator.ledger.entries[-1].parameters["query_hash"] == ANSWERS_QUERY


def test_many_comments_come_as_the_app_asks_for_them(member: Instaloader, emulator: Emulator, town: Town) -> None:
    town.post(comments=40)
    found = everything(next(iter(profile(member).get_posts())))
    assert found == {f"Fråga {number}" for number in range(40)}
    assert sum(entry.path.endswith("/comments/") for entry in emulator.ledger.entries) == 3


def test_the_app_loses_answers_beyond_ten(member: Instaloader, town: Town) -> None:
    """Why our connector does not go that way."""
    town.comment(town.post(), "Hej!", answers=15)
    assert len(everything(next(iter(profile(member).get_posts())))) == 1 + 10


def test_what_only_the_organisation_sees_is_neither_shown_nor_counted(member: Instaloader, town: Town) -> None:
    post = town.post()
    hidden, restricted, deleted, _shown = (town.comment(post, text, answers=1) for text in "abcd")
    town.world.hide(hidden)
    town.world.restrict(restricted)
    town.world.delete(deleted)
    found = next(iter(profile(member).get_posts()))
    assert (found.comments, everything(found)) == (2, {"d", "Svar 0"})


@pytest.mark.parametrize("order", ["newest", "oldest", "ranked"])
def test_every_comment_comes_once_whatever_the_order(site: InstagramWeb, town: Town, order: str) -> None:
    post = town.post(comments=30)
    site.contents.order = order  # type: ignore[assignment]  # the parameters above
    pages = list(pages_of_comments(site, post.code))
    assert [len(page) for page in pages] == [12, 12, 6]
    texts = [node["text"] for page in pages for node in page]
    assert sorted(texts) == sorted(f"Fråga {number}" for number in range(30))
    assert (texts == sorted(texts, key=lambda text: int(text[6:]))) == (order == "oldest")


def test_a_page_goes_on_after_a_comment_that_has_gone(site: InstagramWeb, town: Town) -> None:
    post = town.post(comments=20)
    pages = pages_of_comments(site, post.code)
    last = next(pages)[-1]
    town.world.delete(town.world.comments[last["id"]])
    assert [node["text"] for node in next(pages)] == [f"Fråga {number}" for number in reversed(range(8))]


def test_a_withheld_author_is_missing(site: InstagramWeb, town: Town) -> None:
    post = town.post()
    town.world.comment(post, town.kim, "Anonymt", anonymous=True)
    [page] = pages_of_comments(site, post.code)
    assert page[0]["owner"] is None


def pages_of_comments(site: InstagramWeb, code: str) -> Iterator[list[dict[str, object]]]:
    cursor = ""
    while True:
        answer = json.loads(query(site, COMMENTS_QUERY, shortcode=code, first=12, after=cursor).body)
        edge = answer["data"]["shortcode_media"]["edge_media_to_parent_comment"]
        yield [one["node"] for one in edge["edges"]]
        if not edge["page_info"]["has_next_page"]:
            return
        cursor = edge["page_info"]["end_cursor"]


def query(site: InstagramWeb, name: str, **variables: object) -> Answer:
    target = f"/graphql/query?query_hash={name}&variables={json.dumps(variables)}"
    return site.answer(Request.parse("GET", target, {"Host": "www.instagram.com", "Cookie": f"sessionid={SESSION}"}))


# -- troubles


WAYS: dict[str, tuple[type[Exception], type[Exception] | None]] = {
    "wait": (exceptions.ConnectionException, exceptions.ConnectionException),
    "too_many_requests": (exceptions.ConnectionException, exceptions.TooManyRequestsException),
    "login_required": (exceptions.ConnectionException, exceptions.ConnectionException),
    "forbidden": (exceptions.ConnectionException, exceptions.ConnectionException),
    "feedback_required": (exceptions.AbortDownloadException, None),
    "checkpoint_required": (exceptions.AbortDownloadException, None),
    "challenge_required": (exceptions.AbortDownloadException, None),
    "login_redirect": (exceptions.AbortDownloadException, None),
    "something_went_wrong": (exceptions.ConnectionException, exceptions.ConnectionException),
    "server_error": (exceptions.ConnectionException, exceptions.ConnectionException),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_each_trouble_comes_as_instaloader_knows_it(member: Instaloader, emulator: Emulator, name: str) -> None:
    """The unfitting class is the point: what happened hides in the cause."""
    emulator.faults.add(trouble(name, path="/api/graphql"))
    raised, cause = WAYS[name]
    with pytest.raises(raised) as caught:
        profile(member).get_posts()
    assert type(caught.value) is raised
    assert type(caught.value.__cause__) is (cause or type(None))


def test_the_app_endpoint_can_be_out_of_order_alone(member: Instaloader, emulator: Emulator, town: Town) -> None:
    town.post(comments=20)
    emulator.faults.add(trouble("something_went_wrong", path="/api/v1/media/", times=None))
    with pytest.raises(exceptions.ConnectionException, match="something went wrong"):
        everything(next(iter(profile(member).get_posts())))


@pytest.mark.parametrize(
    ("rotation", "error"),
    [("bad_request", exceptions.QueryReturnedBadRequestException), ("execution_error", TypeError)],
)
def test_a_rotated_query_is_refused(
    member: Instaloader, site: InstagramWeb, rotation: str, error: type[Exception]
) -> None:
    site.queries.rotated.add(TIMELINE_DOC)
    site.queries.rotation = rotation  # type: ignore[assignment]  # the parameters above
    with pytest.raises(error):
        profile(member).get_posts()


def test_old_tokens_of_the_start_page_are_refused(member: Instaloader, site: InstagramWeb, town: Town) -> None:
    town.posts(20)
    posts = iter(profile(member).get_posts())
    next(posts)
    site.sessions.renew_page_tokens()
    with pytest.raises(KeyError, match="data"):
        list(posts)


def test_a_form_without_its_token_is_refused(site: InstagramWeb) -> None:
    headers = {"Host": "www.instagram.com", "Cookie": f"sessionid={SESSION}; csrftoken=abc", "X-CSRFToken": "abd"}
    assert site.answer(Request.parse("POST", "/graphql/query", headers, b"doc_id=1")).status == 403


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("www.instagram.com", "/graphql/query?query_hash=1"),
        ("www.instagram.com", f"/graphql/query?query_hash={COMMENTS_QUERY}"),
        ("i.instagram.com", "/api/v1/media/1/comments/"),
        ("i.instagram.com", "/api/v1/media/1/comments/1/child_comments/"),
    ],
)
def test_a_stranger_is_asked_to_log_in(site: InstagramWeb, host: str, path: str) -> None:
    assert (
        site.answer(Request.parse("GET", path, {"Host": host}))
        .headers["Location"]
        .startswith("https://www.instagram.com/accounts/login/")
    )


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("www.instagram.com", "/no/such/page/"),
        ("www.instagram.com", "/api/v1/users/web_profile_info/?username=nosuchtown"),
        ("i.instagram.com", "/api/v1/media/1/comments/"),
        ("i.instagram.com", "/api/v1/media/1/comments/1/child_comments/"),
    ],
)
def test_what_does_not_exist_is_not_found(site: InstagramWeb, host: str, path: str) -> None:
    headers = {"Host": host, "Cookie": f"sessionid={SESSION}"}
    assert site.answer(Request.parse("GET", path, headers)).status == 404


def test_the_ledger_keeps_no_password_or_token(member: Instaloader, emulator: Emulator, site: InstagramWeb) -> None:
    site.sessions.logins["kim"] = Login(KIM_PASSWORD)
    member.login("kim", KIM_PASSWORD)
    list(profile(member).get_posts())
    told = json.dumps([entry.as_json() for entry in emulator.ledger.entries])
    tokens = next(iter(member.context._web_api_tokens_cache.values()))
    assert not [secret for secret in (KIM_PASSWORD, tokens["fb_dtsg"], tokens["lsd"]) if secret in told]
