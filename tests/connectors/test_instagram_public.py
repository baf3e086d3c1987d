"""Instagram through instaloader: the contract of all connectors, and what only this way of reading does."""

import json
import threading
from datetime import timedelta

import pytest
import requests

from connectors import instagram_session
from connectors.base import Author, Connector, Covered, Credential, Reading, ReadPlan
from connectors.emulator.faults import Fault, Kind
from connectors.emulator.instagram_web import InstagramWeb
from connectors.emulator.instagram_web_queries import ANSWERS_QUERY, COMMENTS_QUERY, TIMELINE_DOC
from connectors.emulator.instagram_web_sessions import Login
from connectors.emulator.instagram_web_troubles import trouble
from connectors.emulator.server import Emulator
from connectors.emulator.truth import shown
from connectors.emulator.world import START, Token
from connectors.errors import (
    AuthExpired,
    ChannelGone,
    ConnectorError,
    CredentialMissing,
    PermissionLost,
    RateLimited,
    SwitchedOff,
    Unavailable,
    UnexpectedAnswer,
)
from connectors.instagram_below import mentions
from tests.connectors.contract import ConnectorContract
from tests.connectors.stage import Stage, by_id, is_claimed, texts

NAME = "tibrokommun"
SESSION = "52671834900%3AqWmXyZ0aBcDeFg%3A28"
PASSWORD = "sommar-i-tibro"
APP = r"^/api/graphql"


@pytest.fixture(autouse=True)
def _allowed_in_a_new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANALVAKT_INSTAGRAM_PUBLIC", "true")
    start_new_process()


@pytest.fixture
def stage(emulator: Emulator) -> Stage:
    return public_account(emulator)


def start_new_process() -> None:
    """As far as the connector can tell: nothing that was learned is left."""
    instagram_session._kept.clear()


def public_account(emulator: Emulator) -> Stage:
    """An account with nothing on it, read by somebody who has logged in with a browser."""
    world = emulator.world
    account = world.account("instagram", "17841400000014720", NAME, "Tibro kommun")
    world.token(Token(SESSION, "session"))
    resident = world.person("instagram", "Bo Ek", "bo.ek")
    return Stage(emulator, "instagram_public", account, Credential({"session": SESSION}), resident, NAME)


def site(emulator: Emulator) -> InstagramWeb:
    return next(site for site in emulator.sites if isinstance(site, InstagramWeb))


def requests_for(stage: Stage, *, full: bool = False) -> int:
    """Requests of one more reading, which must be complete."""
    reading = stage.read(full=full)
    assert reading.error is None
    return reading.requests


class TestInstagramPublic(ConnectorContract):
    site = "instagram_web"
    idle_cost = 1
    requests_before_lists = 2
    edits_need_a_full_reading = True

    def set_stage(self, emulator: Emulator) -> Stage:
        return public_account(emulator)

    def dead_credential(self, stage: Stage) -> Credential:
        value = "52671834900%3AoldOldOldOld%3A28"
        stage.world.token(Token(value, "session", expires_at=stage.world.now - timedelta(days=1)))
        return Credential({"session": value})

    def blind_credentials(self, stage: Stage) -> list[Credential]:
        """No session that does not follow the account sees anything of it."""
        site(stage.emulator).contents.private.add(NAME)
        return [stage.credential]


# -- what a round costs


def test_a_new_process_costs_one_request_more(stage: Stage) -> None:
    stage.post(comments=3)
    stage.read()
    assert requests_for(stage) == 1
    start_new_process()
    assert requests_for(stage) == 2
    assert requests_for(stage) == 1


def test_two_accounts_share_what_a_session_learned(stage: Stage) -> None:
    other = stage.world.account("instagram", "17841400000014721", "tibrobadet", "Tibrobadet")
    stage.world.publish(other, "Öppet!")
    stage.read()
    beside = Stage(stage.emulator, "instagram_public", other, stage.credential, stage.resident, "tibrobadet")
    assert requests_for(beside) == 1


def test_a_new_reply_in_a_big_thread_costs_one_more_and_quiet_threads_nothing(stage: Stage) -> None:
    post = stage.post()
    threads = [stage.comment(post, f"Fråga {number}") for number in range(4)]
    for thread in threads:
        for number in range(9):
            stage.comment(thread, f"Svar {number}")
    assert requests_for(stage) == 1 + 2 + len(threads)
    late = stage.comment(threads[2], "Hallå?")
    mark = stage.emulator.ledger.mark()
    reading = stage.read()
    assert late.id in texts(reading)
    asked = [entry.parameters.get("query_hash") for entry in stage.emulator.ledger.since(mark).entries]
    assert asked == [None, COMMENTS_QUERY, ANSWERS_QUERY]


def test_posts_without_comments_are_not_asked_for_any(stage: Stage) -> None:
    for _ in range(5):
        stage.post()
    assert requests_for(stage) == 2


def test_an_account_that_stays_empty_costs_one_request(stage: Stage) -> None:
    stage.read()
    assert requests_for(stage) == 1


def test_old_tokens_are_renewed_in_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.post(comments=3)
    stage.read()
    monkeypatch.setattr(instagram_session, "TOKENS_LAST", 0.0)
    site(stage.emulator).sessions.renew_page_tokens()
    assert requests_for(stage) == 2


# -- completeness


def test_all_posts_are_read_at_first_however_many(stage: Stage) -> None:
    made = [stage.post(comments=1).pk for _ in range(30)]
    reading = stage.read()
    assert {post.external_id for post in reading.posts} == set(made)
    assert texts(reading) == stage.shown()


def test_more_new_posts_than_fit_on_a_page_are_all_read(stage: Stage) -> None:
    stage.post(comments=1)
    stage.read()
    for _ in range(20):
        stage.post(comments=1)
    stage.read()
    assert len(stage.state["posts"]) == 21


def test_a_late_comment_below_an_old_post_is_found_by_a_full_reading(stage: Stage) -> None:
    old = stage.post(comments=1)
    for _ in range(15):
        stage.post()
    stage.read()
    late = stage.comment(old, "Finns fyndet kvar?")
    assert late.id not in texts(stage.read())
    assert late.id in texts(stage.read(full=True))


@pytest.mark.parametrize("order", ["newest", "oldest", "ranked"])
def test_the_order_of_comments_does_not_matter(stage: Stage, order: str) -> None:
    site(stage.emulator).contents.order = order  # type: ignore[assignment]  # the parameters above
    post = stage.post(comments=120)
    stage.read()
    late = stage.comment(post, "Hallå?")
    assert late.id in texts(stage.read())


def test_what_the_organisation_hid_is_not_there_for_a_visitor(stage: Stage) -> None:
    post = stage.post(comments=2)
    stage.read()
    hidden = stage.world.comments_of(post)[0]
    stage.world.hide(hidden)
    reading = stage.read()
    assert is_claimed(reading, hidden)
    assert texts(reading) == shown(stage.world, stage.account, from_outside=True)


def test_the_last_comment_that_goes_is_noticed(stage: Stage) -> None:
    only = stage.comment(stage.post(), "Fel sida!")
    stage.read()
    stage.world.delete(only)
    assert is_claimed(stage.read(), only)


def test_a_deleted_reply_below_a_thread_that_fits_is_noticed_beside_a_big_one(stage: Stage) -> None:
    post = stage.post()
    big, small = stage.comment(post, "Lång tråd"), stage.comment(post, "Kort tråd")
    for number in range(9):
        stage.comment(big, f"Svar {number}")
    reply = stage.comment(small, "Fel tråd")
    stage.read()
    stage.world.delete(reply)
    reading = stage.read()
    assert is_claimed(reading, reply)
    assert Covered("post", post.pk) not in reading.covered


def test_a_deleted_post_is_noticed_by_a_full_reading(stage: Stage) -> None:
    post = stage.post(comments=2)
    stage.post(comments=1)
    stage.read()
    stage.world.delete(post)
    assert Covered("post", post.pk) in stage.read(full=True).covered
    assert post.pk not in stage.state["posts"]


def test_an_account_that_deleted_everything_is_told_from_a_private_one(stage: Stage) -> None:
    post = stage.post(comments=2)
    stage.read()
    site(stage.emulator).contents.private.add(NAME)
    private = stage.read()
    assert isinstance(private.error, PermissionLost)
    assert private.covered == ()
    site(stage.emulator).contents.private.clear()
    stage.world.delete(post)
    empty = stage.read()
    assert (empty.error, empty.covered) == (None, (Covered("post", post.pk),))


def test_a_thread_that_shrank_and_grew_again_is_read_again(stage: Stage) -> None:
    thread = stage.comment(stage.post(), "Lång tråd")
    for number in range(9):
        stage.comment(thread, f"Svar {number}")
    stage.read()
    for reply in stage.world.replies_to(thread)[1:]:
        stage.world.delete(reply)
    stage.read()
    late = [stage.comment(thread, f"Nytt svar {number}") for number in range(8)]
    assert {reply.id for reply in late} <= texts(stage.read()).keys()


def test_a_list_that_ends_where_more_was_promised_is_not_claimed_and_read_again(stage: Stage) -> None:
    gone, post = stage.post(comments=1), stage.post(comments=3)
    stage.read()
    site(stage.emulator).contents.promises_more = True
    stage.world.delete(gone)
    late = stage.comment(post, "Hallå?")
    readings = [stage.read(full=True), stage.read()]
    assert [(reading.error, late.id in texts(reading)) for reading in readings] == [(None, True)] * 2
    claims = {claim.external_id for reading in readings for claim in reading.covered}
    assert not claims & {gone.pk, post.pk}


def test_a_withheld_author_does_not_lose_the_comment(stage: Stage) -> None:
    comment = stage.world.comment(stage.post(), stage.resident, "Anonymt", anonymous=True)
    assert by_id(stage.read(), comment).author is None


def test_the_organisation_is_known_by_its_user_name(stage: Stage) -> None:
    answer = stage.world.answer(stage.comment(stage.post(), "När?"), "@bo.ek På måndag!")
    reading = stage.read()
    found = by_id(reading, answer)
    assert found.author == Author(external_id=stage.account.pk, handle=NAME)
    assert found.mentions == ("bo.ek",)
    assert reading.posts[0].author == Author(external_id=stage.account.pk, handle=NAME, name="Tibro kommun")
    assert found.permalink == reading.posts[0].permalink


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Bo.Ek och @anna_2.", ("bo.ek", "anna_2")),
        ("(@bo.ek) @bo.ek", ("bo.ek",)),
        ("bo@example.org", ()),
        ("Priset är 5 kr @ badet", ()),
    ],
)
def test_user_names_in_a_text_are_mentions(text: str, found: tuple[str, ...]) -> None:
    assert mentions(text) == found


# -- readings that break off


def test_a_first_reading_that_breaks_off_goes_on_where_it_stopped(stage: Stage) -> None:
    for _ in range(40):
        stage.post(comments=1)
    stage.emulator.faults.add(trouble("wait", path=APP, after=2, times=None))
    found = texts(stage.read())
    assert len(found) == 24
    stage.emulator.faults.clear()
    for _ in range(2):
        stage.post(comments=1)
    reading = stage.read()
    assert reading.error is None
    assert found | texts(reading) == stage.shown()
    assert reading.requests == 1 + 1 + 2 + 18  # newest page, it again to go on from, the rest; posts that were unread
    assert "resume" not in stage.state


def test_a_cursor_that_is_no_longer_understood_does_not_stop_the_next_reading(stage: Stage) -> None:
    made = [stage.post(comments=1) for _ in range(30)]
    stage.emulator.faults.add(trouble("wait", path=APP, after=1, times=None))
    stage.read()
    stage.emulator.faults.clear()
    assert stage.state["resume"]
    stage.state["resume"] = "nonsense"
    assert isinstance(stage.read().error, UnexpectedAnswer)
    found = texts(stage.read())
    assert {one.id for post in made[:18] for one in stage.world.comments_of(post)} <= found.keys()
    assert requests_for(stage) == 1


@pytest.mark.parametrize("later", [0, 9])
@pytest.mark.parametrize(("new", "read"), [(14, 5), (6, 3)])
def test_a_reading_that_breaks_off_among_new_posts_leaves_no_gap(stage: Stage, new: int, read: int, later: int) -> None:
    for _ in range(8):
        stage.post(comments=1)
    stage.read()
    made = [stage.post(comments=1) for _ in range(new)]
    stage.emulator.faults.add(trouble("something_went_wrong", path="/graphql/query", after=read, times=None))
    found = texts(stage.read())
    assert len(found) == read
    stage.emulator.faults.clear()
    made += [stage.post(comments=1) for _ in range(later)]
    found |= texts(stage.read())
    assert len(found) == len(made)


def test_instagrams_patience_is_reckoned_with_and_nobody_sleeps(stage: Stage) -> None:
    for _ in range(210):
        stage.post(comments=1)
    reading = stage.read()
    assert isinstance(reading.error, RateLimited)
    assert timedelta(minutes=9) < reading.error.retry_at - stage.world.now < timedelta(minutes=12)
    assert len(reading.comments) == 200
    again = stage.read()
    assert isinstance(again.error, RateLimited)
    assert again.requests < 30
    start_new_process()
    assert texts(reading) | texts(again) | texts(stage.read()) == stage.shown()


# -- what goes wrong

KINDS: dict[str, type[ConnectorError]] = {
    "wait": RateLimited,
    "too_many_requests": RateLimited,
    "forbidden": RateLimited,
    "login_required": AuthExpired,
    "feedback_required": AuthExpired,
    "checkpoint_required": AuthExpired,
    "challenge_required": AuthExpired,
    "login_redirect": AuthExpired,
    "something_went_wrong": Unavailable,
    "server_error": Unavailable,
}


@pytest.mark.parametrize(("name", "path"), [(name, path) for name in KINDS for path in (APP, "^/graphql/query")])
def test_each_trouble_of_instagram_asks_for_its_reaction(stage: Stage, name: str, path: str) -> None:
    late = stage.comment(stage.post(), "Hallå?")
    stage.emulator.faults.add(trouble(name, path=path))
    reading = stage.read()
    assert isinstance(reading.error, KINDS[name])
    assert late.id in texts(stage.read())


@pytest.mark.parametrize("name", ["wait", "too_many_requests", "login_redirect", "server_error"])
def test_a_trouble_with_the_start_page_asks_for_its_reaction_too(stage: Stage, name: str) -> None:
    stage.emulator.faults.add(trouble(name, path="^/$"))
    assert isinstance(stage.read().error, KINDS[name])
    assert stage.read().error is None


def test_instagram_may_say_how_long_to_wait(stage: Stage) -> None:
    fault = trouble("too_many_requests", path=APP)
    fault.headers = {"Retry-After": "3600"}
    stage.emulator.faults.add(fault)
    error = stage.read().error
    assert isinstance(error, RateLimited)
    assert error.retry_at == stage.world.now + timedelta(hours=1)


@pytest.mark.parametrize("rotation", ["bad_request", "execution_error"])
@pytest.mark.parametrize("name", [TIMELINE_DOC, COMMENTS_QUERY, ANSWERS_QUERY])
def test_a_query_that_instagram_renamed_is_ours_to_mend(stage: Stage, name: str, rotation: str) -> None:
    comment = stage.comment(stage.post(), "Hej")
    for number in range(9):
        stage.comment(comment, f"Svar {number}")
    queries = site(stage.emulator).queries
    queries.rotated, queries.rotation = {name}, rotation  # type: ignore[assignment]  # the parameters above
    assert isinstance(stage.read().error, UnexpectedAnswer)
    queries.rotated.clear()
    assert texts(stage.read()) == stage.shown()


def test_a_session_that_ends_between_two_readings_is_noticed(stage: Stage) -> None:
    stage.post(comments=1)
    stage.read()
    stage.world.tokens[SESSION].error = (190, 463)
    assert isinstance(stage.read().error, AuthExpired)


def test_tokens_that_instagram_no_longer_takes_are_replaced_in_the_next_reading(stage: Stage) -> None:
    stage.post(comments=1)
    stage.read()
    site(stage.emulator).sessions.renew_page_tokens()
    assert isinstance(stage.read().error, UnexpectedAnswer)
    assert requests_for(stage) == 2


@pytest.mark.parametrize("full", [False, True])
def test_an_account_that_nobody_has_is_gone(stage: Stage, full: bool) -> None:
    stage.address = "nosuchtown"
    assert isinstance(stage.read(full=full).error, ChannelGone)
    assert isinstance(stage.connector().check().problem, ChannelGone)


def test_an_empty_timeline_that_cannot_be_explained_is_no_empty_account(stage: Stage) -> None:
    post = stage.post(comments=1)
    stage.read()
    stage.world.delete(post)
    stage.emulator.faults.add(trouble("login_redirect", path=f"/{NAME}/"))
    reading = stage.read()
    assert isinstance(reading.error, UnexpectedAnswer)
    assert reading.covered == ()


def test_a_silent_server_is_not_waited_for_long(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instagram_session, "TIMEOUT", 0.2)
    stage.emulator.faults.add(Fault("hang", site="instagram_web", path=APP, seconds=30))
    assert isinstance(stage.read().error, Unavailable)


# -- credentials and secrets


def test_it_is_off_unless_the_settings_allow_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KANALVAKT_INSTAGRAM_PUBLIC")
    stage.state = {"posts": {"1": 2}}
    reading = stage.read()
    health = stage.connector().check()
    assert isinstance(reading.error, SwitchedOff)
    assert isinstance(health.problem, SwitchedOff)
    assert "instagram_public = true" in SwitchedOff.remedy
    assert reading.state == {"posts": {"1": 2}}
    assert stage.emulator.ledger.requests() == 0


@pytest.mark.parametrize("secrets", [{}, {"username": "kim"}, {"password": PASSWORD}, {"session": ""}])
def test_a_credential_that_lacks_something_is_refused_without_a_call(stage: Stage, secrets: dict[str, str]) -> None:
    with pytest.raises(CredentialMissing):
        stage.connector(Credential(secrets))
    assert stage.emulator.ledger.requests() == 0


def test_a_password_logs_in_once_for_many_readings(stage: Stage) -> None:
    site(stage.emulator).sessions.logins["kim"] = Login(PASSWORD)
    stage.credential = Credential({"username": "kim", "password": PASSWORD})
    stage.post(comments=1)
    assert [requests_for(stage), requests_for(stage)] == [5, 1]


@pytest.mark.parametrize("login", [Login("another one"), Login(PASSWORD, "two_factor"), Login(PASSWORD, "checkpoint")])
def test_a_login_that_does_not_work_needs_a_person(stage: Stage, login: Login) -> None:
    site(stage.emulator).sessions.logins["kim"] = login
    stage.credential = Credential({"username": "kim", "password": PASSWORD})
    assert isinstance(stage.read().error, AuthExpired)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("^/$", "reset"),
        ("^/$", "truncate"),
        *(("/login/ajax/", kind) for kind in ("html", "empty", "reset", "truncate")),
    ],
)
def test_a_login_that_breaks_off_is_tried_again(stage: Stage, path: str, kind: Kind) -> None:
    site(stage.emulator).sessions.logins["kim"] = Login(PASSWORD)
    stage.credential = Credential({"username": "kim", "password": PASSWORD})
    stage.emulator.faults.add(Fault(kind, site="instagram_web", path=path))
    assert isinstance(stage.read().error, Unavailable)
    assert stage.read().error is None


def test_a_session_pasted_without_its_escapes_works_too(stage: Stage) -> None:
    stage.credential = Credential({"session": SESSION.replace("%3A", ":")})
    stage.post(comments=1)
    assert len(stage.read().comments) == 1


def test_the_state_is_json_without_secrets(stage: Stage) -> None:
    stage.post(comments=60)
    state = json.dumps(stage.read().state)
    [context] = [kept._context for kept in instagram_session._kept.values()]
    assert context is not None
    secrets = [SESSION, SESSION[-10:], *next(iter(context._web_api_tokens_cache.values())).values()]
    assert not [secret for secret in secrets if secret in state]


def test_nothing_is_printed(stage: Stage, capfd: pytest.CaptureFixture[str]) -> None:
    stage.post(comments=60)
    for name in KINDS:
        stage.emulator.faults.add(trouble(name, path="/graphql/query"))
        stage.read()
    stage.connector().check()
    assert capfd.readouterr() == ("", "")


# -- beside each other


def test_two_emulators_do_not_disturb_each_other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.post("Här", comments=3)
    with Emulator() as other:
        there = public_account(other)
        there.post("Där", comments=3)
        here = stage.connector()
        for name, value in other.settings().items():
            monkeypatch.setenv(name, value)
        readings = at_once(here, there.connector())
    assert [{post.text for post in reading.posts} for reading in readings] == [{"Här"}, {"Där"}]


def at_once(*connectors: Connector) -> list[Reading]:
    """Ten readings by each in a thread of its own; the last of each."""
    last: dict[int, Reading] = {}

    def read(number: int, connector: Connector) -> None:
        for _ in range(10):
            last[number] = connector.read(ReadPlan(now=START))

    threads = [threading.Thread(target=read, args=one) for one in enumerate(connectors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [last[number] for number in range(len(connectors))]


def test_one_session_is_used_by_one_reading_at_a_time(stage: Stage) -> None:
    """And each counts its own requests."""
    stage.post(comments=3)
    stage.emulator.latency = 0.005
    readings = at_once(stage.connector(), stage.connector(), stage.connector())
    assert [(reading.error, reading.requests, len(reading.comments)) for reading in readings] == [(None, 2, 3)] * 3
    entries = stage.emulator.ledger.entries
    assert len(entries) == 1 + 3 * 10 * 2
    assert {entries[at].path for at in range(1, len(entries), 2)} == {"/api/graphql"}


def test_the_rest_of_the_process_keeps_its_own_requests(stage: Stage) -> None:
    stage.read()
    assert type(requests.Session()) is requests.sessions.Session
    instaloaders = instagram_session.instaloadercontext.requests.Session()
    assert type(instaloaders.get_adapter("https://www.instagram.com/")) is requests.adapters.HTTPAdapter
