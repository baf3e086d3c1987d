"""The troubles of instagram.com, as unmodified instaloader meets them."""

import json
from urllib.parse import urlencode

import pytest
from instaloader import Instaloader, exceptions

from connectors.emulator.instagram_web import InstagramWeb
from connectors.emulator.instagram_web.queries import COMMENTS_QUERY, TIMELINE_DOC
from connectors.emulator.instagram_web.sessions import Login
from connectors.emulator.instagram_web.troubles import TROUBLES, trouble
from connectors.emulator.server import Emulator
from connectors.emulator.wire import Request
from tests.emulator.instagram_web.asking import KIM_PASSWORD, everything, profile
from tests.emulator.instagram_web.town import SESSION, USER_ID, Town

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


@pytest.mark.parametrize("wrong", ["", "fb_dtsg", "lsd", "av", "x-fb-lsd"])
def test_the_app_endpoint_wants_every_token_of_the_start_page(site: InstagramWeb, wrong: str) -> None:
    cookies = f"sessionid={SESSION}; csrftoken=abc"
    headers = {"Host": "www.instagram.com", "Cookie": cookies, "X-CSRFToken": "abc"}
    visitor = site.sessions.visitor(Request.parse("GET", "/", headers))
    lsd = site.sessions.lsd(visitor)
    form = {"fb_dtsg": site.sessions.fb_dtsg(visitor), "lsd": lsd, "av": visitor.user_id, "doc_id": TIMELINE_DOC}
    form["variables"] = '{"username":"tibrokommun"}'
    sent = {**form, "x-fb-lsd": lsd} | ({wrong: "wrong"} if wrong else {})
    headers["X-FB-LSD"] = str(sent.pop("x-fb-lsd"))
    answer = json.loads(site.answer(Request.parse("POST", "/api/graphql", headers, urlencode(sent).encode())).body)
    assert ("error" in answer, "data" in answer) == (bool(wrong), not wrong)


def test_a_made_up_form_token_contradicts_the_one_of_the_start_page(loader: Instaloader) -> None:
    """instaloader then sends one in the header and the other as a cookie."""
    loader.load_session("vaktkonto", {"sessionid": SESSION, "ds_user_id": USER_ID, "csrftoken": "c" * 32})
    with pytest.raises(exceptions.ConnectionException, match="403"):
        profile(loader).get_posts()


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
