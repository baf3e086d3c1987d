"""Each trap of the YouTube Data API that has no other place: the connector falls into it on purpose."""

from datetime import timedelta

import pytest

from connectors.base import GROWN, Covered, ReadPlan
from connectors.emulator.faults import Fault
from connectors.emulator.ledger import Entry
from connectors.emulator.server import Emulator
from connectors.errors import AuthExpired, ConnectorError, PermissionLost, RateLimited, Unavailable, UnexpectedAnswer
from connectors.youtube import ABOUT
from connectors.youtube.connector import SCOPE
from connectors.youtube.errors import TABLE
from tests.connectors.stage import texts
from tests.connectors.youtube_town import API_KEY, KEY, OAUTH, Town, error_of, refusal


@pytest.fixture
def town(emulator: Emulator) -> Town:
    return Town(emulator)


def asked_since(town: Town, mark: int) -> list[Entry]:
    return town.emulator.ledger.since(mark).of("youtube")


def beyond_the_first_page(town: Town) -> None:
    """What was written before is on an old video, and more than a page old."""
    town.threads(110)
    town.world.advance((GROWN + timedelta(days=1)).total_seconds())
    other = town.world.publish(town.channel, "Kommunfullmäktige")
    for number in range(110):
        town.ask(f"Synpunkt {number}", on=other)


# -- lists


def test_the_number_of_results_is_the_pages_and_not_believed(town: Town) -> None:
    town.threads(150)
    assert len(town.round().comments) == 150


def test_what_we_ask_by_id_has_no_moderation_status(town: Town) -> None:
    old = town.ask()
    beyond_the_first_page(town)
    town.round()
    mark = town.emulator.ledger.mark()
    town.round(old.id, verify=(old.id,))
    by_id = [entry for entry in asked_since(town, mark) if "id" in entry.parameters]
    assert {entry.path.rpartition("/")[2] for entry in by_id} >= {"commentThreads", "comments"}
    assert not any("moderationStatus" in entry.parameters for entry in by_id)


def test_the_dead_filter_by_channel_and_the_bucket_of_searches_are_never_used(town: Town) -> None:
    town.replies(town.ask(), 9)
    for wanted in ({}, {"daily": True}, {"full": True}):
        town.round(**wanted)  # type: ignore[arg-type]
    entries = asked_since(town, 0)
    assert not any("channelId" in entry.parameters or entry.path.endswith("search") for entry in entries)


def test_the_text_is_what_is_displayed_because_only_authors_get_the_original(town: Town) -> None:
    asked = town.ask("Är det <öppet> & varmt?")
    answer = town.world.answer(asked, "Ja & <jo>!")
    assert texts(town.round()) == {asked.id: asked.text, answer.id: answer.text}


def test_an_empty_page_is_not_the_last(town: Town) -> None:
    town.emulator.youtube.habits.empty_pages = True
    town.replies(town.ask(), 120)
    town.threads(250)
    assert texts(town.round()) == town.shown


def test_pages_that_begin_anew_end_the_reading_as_ours_to_mend(town: Town) -> None:
    town.emulator.youtube.habits.circle = True
    town.threads(150)
    reading = town.read(secrets=KEY)
    assert isinstance(reading.error, UnexpectedAnswer)
    assert len(reading.comments) == 150
    assert reading.covered == ()
    town.emulator.youtube.habits.circle = False
    town.round()
    assert town.keeper.texts == town.shown


def test_empty_pages_without_end_end_the_reading(town: Town) -> None:
    page = '{"kind":"youtube#commentThreadListResponse","items":[],"nextPageToken":"%s"}'
    pages = [Fault("status", path="commentThreads", status=200, body=page % number) for number in range(50)]
    for page in pages:
        town.emulator.faults.add(page)
    assert isinstance(town.read().error, UnexpectedAnswer)
    assert sum(page.done for page in pages) < 20


def test_not_modified_is_no_empty_list(town: Town) -> None:
    error = error_of(town, Fault("status", path="commentThreads", status=304, cost=1))
    assert (type(error), error.code) == (Unavailable, "HTTP 304")


def test_what_youtube_takes_for_spam_is_not_read_and_that_is_said(town: Town) -> None:
    asked, spam = town.ask(), town.ask("Billiga glasögon")
    town.emulator.youtube.habits.spam = {spam.id}
    reading = town.round()
    assert texts(reading).keys() == {asked.id}
    assert reading.posts[0].declared_comments == 1
    assert any("spam" in sentence for sentence in ABOUT.not_covered)


def test_community_posts_that_the_list_leaves_out_are_not_covered_and_that_is_said(town: Town) -> None:
    post = town.world.publish(town.channel, "Glad midsommar")
    post.community = True
    town.ask(on=post)
    town.emulator.youtube.habits.community = False
    assert town.round(full=True).comments == ()
    assert any("community" in sentence for sentence in ABOUT.not_covered)


# -- one video


def test_comments_switched_off_below_one_video_are_told_and_the_channel_is_well(town: Town) -> None:
    asked = town.ask()
    beyond_the_first_page(town)
    town.round()
    town.video.comments_disabled = True
    reading = town.round(daily=True)
    assert reading.degraded == (f"{town.video.id}: commentsDisabled",)
    assert Covered("post", town.video.id) in reading.covered
    assert asked.id in town.keeper.gone
    assert town.round(daily=True).degraded == ()
    town.video.comments_disabled = False
    town.round(daily=True)
    assert town.keeper.texts == town.shown


def test_a_video_that_has_gone_is_told_and_the_channel_is_well(town: Town) -> None:
    town.ask()
    beyond_the_first_page(town)
    town.round()
    town.world.delete(town.video)
    reading = town.round(daily=True)
    assert reading.degraded == (f"{town.video.id}: videoNotFound",)
    assert town.keeper.texts == town.shown


@pytest.mark.parametrize("wanted", [{"daily": True}, {"full": True}])
def test_a_video_whose_comments_are_forbidden_does_not_end_the_reading(town: Town, wanted: dict[str, bool]) -> None:
    asked = town.ask()
    beyond_the_first_page(town)
    town.round()
    town.world.delete(town.video)
    fault = town.emulator.faults.add(refusal("forbidden"))
    fault.parameters = {"videoId": "."}
    reading = town.round(**wanted)  # type: ignore[arg-type]
    assert reading.degraded == (f"{town.video.id}: forbidden",)
    assert asked.id in town.keeper.gone


def test_where_the_counts_are_refused_everything_else_is_read_and_that_is_said(town: Town) -> None:
    fault = town.emulator.faults.add(refusal("forbidden"))
    fault.path, fault.parameters, fault.times = "videos$", {"part": "statistics"}, None
    asked = town.ask()
    reading = town.round()
    assert reading.degraded == ("statistics",)
    assert [(post.text, post.declared_comments) for post in reading.posts] == [("Nya badhuset\nSå blir det.", None)]
    town.world.edit(asked, "Rättat")
    assert texts(town.round(daily=True)) == town.shown


def test_the_held_queue_refused_is_never_a_complete_reading(town: Town) -> None:
    town.ask()
    fault = town.emulator.faults.add(refusal("forbidden"))
    fault.parameters = {"moderationStatus": "heldForReview"}
    reading = town.read()
    assert isinstance(reading.error, PermissionLost)
    assert reading.degraded == ("held",)
    assert "owner" in reading.error.remedy


# -- refusals


@pytest.mark.parametrize("reason", ["processingFailure", "backendError", "rateLimitExceeded"])
def test_what_may_pass_is_tried_again_and_nothing_is_lost(town: Town, reason: str) -> None:
    town.ask()
    mark = town.emulator.ledger.mark()
    error = error_of(town, refusal(reason, 400))
    assert isinstance(error, Unavailable | RateLimited)
    assert not error.needs_person
    assert len(asked_since(town, mark)) == 2  # the access token and one question: nothing is repeated inside a reading
    town.round()
    assert town.keeper.texts == town.shown


def test_an_app_in_testing_loses_its_token_after_a_week_and_that_is_told(town: Town) -> None:
    gate, secret = town.emulator.youtube.gate, OAUTH["client_secret"]
    gate.testing = {OAUTH["client_id"]}
    gate.consent("1//testing", town.channel, (SCOPE,), OAUTH["client_id"], secret)
    secrets = OAUTH | {"refresh_token": "1//testing"}
    town.world.advance(timedelta(days=7).total_seconds() - 1)
    town.round(secrets=secrets)
    town.world.advance(1)
    error = town.read(secrets=secrets).error
    assert isinstance(error, AuthExpired)
    assert error.code == "invalid_grant"
    assert "7 days" in error.remedy


def test_an_api_that_is_switched_off_asks_for_the_switch_and_not_for_a_new_token(town: Town) -> None:
    town.emulator.youtube.gate.without_api = {OAUTH["client_id"]}
    error = error_of(town)
    assert (type(error), error.code) == (PermissionLost, "SERVICE_DISABLED")
    assert error.remedy.startswith("Switch on YouTube Data API v3")


@pytest.mark.parametrize("secrets", [KEY, OAUTH], ids=["key", "oauth"])
def test_a_refused_request_is_counted(town: Town, secrets: dict[str, str]) -> None:
    town.emulator.youtube.gate.without_api = {API_KEY, OAUTH["client_id"]}
    mark = town.emulator.ledger.mark()
    reading = town.read(secrets=secrets)
    assert reading.counted_cost == 1 == town.emulator.ledger.since(mark).cost("youtube")


def test_refusals_that_a_new_token_does_not_mend_never_ask_for_one() -> None:
    never = {reason for reason, meaning in TABLE.items() if not issubclass(meaning.error, AuthExpired | PermissionLost)}
    never |= {"accessNotConfigured", "SERVICE_DISABLED", "ipRefererBlocked", "API_KEY_SERVICE_BLOCKED", "HTTP 403"}
    told = {reason: TABLE[reason].remedy or TABLE[reason].error.remedy for reason in never}
    assert not [reason for reason, remedy in told.items() if remedy.startswith(("Connect", "Renew"))]


def test_every_refusal_that_needs_a_person_says_what_to_do() -> None:
    needs = [meaning for meaning in TABLE.values() if meaning.error in (AuthExpired, PermissionLost)]
    assert all(meaning.remedy for meaning in needs)


# -- check


def test_check_names_the_scope_that_was_not_granted_without_asking_the_api(town: Town) -> None:
    town.world.tokens[OAUTH["refresh_token"]].scopes = ("https://www.googleapis.com/auth/youtube.readonly",)
    mark = town.emulator.ledger.mark()
    health = town.reader().check()
    assert health.scopes_missing == (SCOPE,)
    assert health.problem is not None
    assert "youtube.force-ssl" in health.problem.remedy
    assert town.emulator.ledger.since(mark).cost("youtube") == 0


def test_where_the_token_endpoint_tells_no_scope_the_api_is_asked(town: Town) -> None:
    token = '{"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"}'
    town.emulator.faults.add(Fault("status", path="^/token$", status=200, body=token))
    town.emulator.faults.add(refusal("insufficientPermissions")).path = "channels"
    assert town.reader().check().scopes_missing == (SCOPE,)


def test_a_check_costs_two_units(town: Town) -> None:
    for secrets in (KEY, OAUTH):
        mark = town.emulator.ledger.mark()
        health = town.reader(secrets).check()
        assert (health.problem, health.role, health.subscribed, health.expires) == (None, None, None, None)
        assert town.emulator.ledger.since(mark).cost("youtube") == 2


@pytest.mark.parametrize(
    ("secrets", "code"),
    [
        (OAUTH | {"client_secret": "another"}, "invalid_client"),
        (OAUTH | {"refresh_token": "revoked"}, "invalid_grant"),
        ({"api_key": "wrong"}, "API_KEY_INVALID"),
    ],
)
def test_check_says_which_secret_to_mend(town: Town, secrets: dict[str, str], code: str) -> None:
    problem = town.reader(secrets).check().problem
    assert isinstance(problem, ConnectorError)
    assert (problem.code, problem.remedy) == (code, TABLE[code].remedy)


def test_a_plan_without_state_after_a_whole_walk_starts_anew_and_misses_nothing(town: Town) -> None:
    town.threads(3)
    town.round()
    assert texts(town.reader().read(ReadPlan(town.world.now))) == town.shown
