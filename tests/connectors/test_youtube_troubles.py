"""What the YouTube connector makes of refusals and broken connections, and what it never gives away."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connectors.base import ReadPlan, State
from connectors.emulator.faults import Fault, Kind
from connectors.emulator.server import Emulator
from connectors.emulator.youtube import YouTube as Site
from connectors.emulator.youtube.google import UNITS_PER_DAY
from connectors.errors import (
    AuthExpired,
    ConnectorError,
    PermissionLost,
    RateLimited,
    Unavailable,
    UnexpectedAnswer,
)
from connectors.youtube.connector import YouTube
from connectors.youtube.errors import PACIFIC, TABLE, from_answer, next_pacific_midnight
from tests.connectors.stage import texts
from tests.connectors.youtube_town import (
    API_KEY,
    CLIENT_SECRET,
    KEY,
    LIST,
    LISTS,
    NOW,
    REFRESH_TOKEN,
    TOKENS,
    Town,
    error_of,
    refusal,
)

SECRETS = (API_KEY, CLIENT_SECRET, REFRESH_TOKEN, "ya29.")
SWITCHED_OFF = b'{"error":{"errors":[{"reason":"forbidden"}],"details":[{"reason":"SERVICE_DISABLED"}]}}'
KEY_INVALID = b'{"error":{"errors":[{"reason":"badRequest"}],"details":[{"reason":"API_KEY_INVALID"}]}}'


@pytest.fixture
def town(emulator: Emulator) -> Town:
    return Town(emulator)


# -- refusals


@pytest.mark.parametrize("reason", [reason for reason in TABLE if reason != "commentsDisabled"])
def test_a_reason_has_one_reaction(town: Town, reason: str) -> None:
    error = error_of(town, refusal(reason))
    meaning = TABLE[reason]
    assert (type(error), error.code, error.detail) == (meaning.error, reason, meaning.detail)
    assert error.remedy == (meaning.remedy or meaning.error.remedy)


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, KEY_INVALID, AuthExpired, "API_KEY_INVALID"),
        (403, SWITCHED_OFF, PermissionLost, "SERVICE_DISABLED"),
        (503, b'{"error":{"errors":[{"reason":"SERVICE_UNAVAILABLE"}]}}', Unavailable, "HTTP 503"),
        (400, b'{"error":{"errors":[{"reason":"somethingNew"}]}}', UnexpectedAnswer, "somethingNew"),
        (403, b'{"error":{"errors":[{"reason":"somethingNew"}]}}', PermissionLost, "somethingNew"),
        (401, b"<html>", AuthExpired, "HTTP 401"),
        (429, b"", RateLimited, "HTTP 429"),
        (302, b"", Unavailable, "HTTP 302"),
        (404, b'{"error":"error message"}', UnexpectedAnswer, "HTTP 404"),
    ],
)
def test_an_answer_is_judged_by_its_most_precise_reason(
    status: int, body: bytes, kind: type[ConnectorError], code: str
) -> None:
    error = from_answer(status, body, NOW)
    assert (type(error), error.code) == (kind, code)


def test_a_used_up_quota_parks_the_channel_until_midnight_in_california(town: Town) -> None:
    error = error_of(town, refusal("quotaExceeded"))
    assert isinstance(error, RateLimited)
    assert error.retry_at == datetime(2026, 11, 16, 8, 0, tzinfo=UTC)


def test_when_asked_to_slow_down_we_wait_a_moment(town: Town) -> None:
    error = error_of(town, refusal("rateLimitExceeded", 429))
    assert isinstance(error, RateLimited)
    assert town.world.now < error.retry_at < town.world.now + timedelta(minutes=5)


@given(st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_next_pacific_midnight_is_midnight_and_within_25_hours(now: datetime) -> None:
    midnight = next_pacific_midnight(now)
    assert midnight.astimezone(PACIFIC).strftime("%H:%M:%S") == "00:00:00"
    assert now < midnight <= now + timedelta(hours=25)


def test_a_spent_quota_is_met_for_real(town: Town) -> None:
    town.round(secrets=KEY)
    site = next(site for site in town.emulator.sites if isinstance(site, Site))
    site.quota.used[API_KEY, "units"] = UNITS_PER_DAY
    error = town.read(secrets=KEY).error
    assert isinstance(error, RateLimited)
    town.world.clock = error.retry_at - timedelta(seconds=1)
    assert not town.read(secrets=KEY).complete
    town.world.clock = error.retry_at
    town.round(secrets=KEY)


# -- broken connections


@pytest.mark.parametrize("where", [LISTS, TOKENS])
@pytest.mark.parametrize("kind", ["html", "empty", "truncate", "lose", "reset", "close"])
def test_whatever_breaks_the_platform_is_unavailable(town: Town, kind: Kind, where: str) -> None:
    assert isinstance(error_of(town, Fault(kind, path=where, times=2)), Unavailable)


def test_silence_ends_after_the_timeout(town: Town) -> None:
    class Impatient(YouTube):
        timeout = 0.2

    town.emulator.faults.add(Fault("hang", path=LISTS, seconds=5))
    error = town.reader(kind=Impatient).read(ReadPlan(town.world.now)).error
    assert (type(error), error and error.code) == (Unavailable, "TimeoutError")


def test_nobody_at_home_is_unavailable(town: Town) -> None:
    town.emulator.stop()
    assert isinstance(town.read().error, Unavailable)


@pytest.mark.parametrize("body", ["{}", "[]", '"hej"', '{"kind":"x"}', LIST + '[{"id":"Ug1"}]}', LIST + "[null]}"])
def test_an_answer_of_another_shape_is_ours_to_mend(town: Town, body: str) -> None:
    error = error_of(town, Fault("status", path=LISTS, status=200, body=body))
    assert isinstance(error, UnexpectedAnswer)


def test_the_log_of_a_strange_answer_says_where_and_nothing_of_what_it_says(town: Town, log: io.StringIO) -> None:
    said = "Anna bor på Storgatan 1"
    top = {"id": "Ug1", "snippet": {"publishedAt": said, "updatedAt": said, "textDisplay": said}}
    items = [{"id": "Ug1", "snippet": {"videoId": town.video.id, "topLevelComment": top}}]
    error = error_of(town, Fault("status", path=LISTS, status=200, body=LIST + json.dumps(items) + "}"))
    logged = log.getvalue()
    assert isinstance(error, UnexpectedAnswer)
    assert "youtube_answer_not_understood" in logged
    assert "answers.py:" in logged
    assert said not in logged + str(error)


def test_what_came_before_an_error_is_kept_and_claims_nothing(town: Town) -> None:
    town.threads(150)
    town.emulator.faults.add(Fault("reset", path=LISTS, parameters={"pageToken": "."}))
    reading = town.read()
    assert len(reading.comments) == 100
    assert {post.external_id for post in reading.posts} == {town.video.id}
    assert all(claim.held for claim in reading.covered)
    assert isinstance(reading.error, Unavailable)
    town.round()
    assert town.keeper.texts == town.shown


def test_a_failed_reading_gives_back_the_memory_it_was_given(town: Town) -> None:
    town.replies(town.ask(), 8)
    town.round()
    town.ask(on=town.video)
    town.emulator.faults.add(Fault("html", path=LISTS, parameters={"moderationStatus": "published"}))
    assert town.read().state == town.state


def test_without_the_held_queue_what_is_public_is_read_and_the_reading_is_partial(town: Town) -> None:
    asked, held = town.ask(), town.ask(held=True)
    town.round()
    fault = refusal("forbidden")
    fault.parameters = {"moderationStatus": "heldForReview"}
    town.emulator.faults.add(fault)
    reading = town.read()
    assert isinstance(reading.error, PermissionLost)
    assert [one.external_id for one in reading.comments] == [asked.id]
    assert held.id not in town.keeper.gone


def test_while_the_held_queue_is_refused_the_public_rest_is_not_walked_anew_each_time(town: Town) -> None:
    for _ in range(3):
        town.replies(town.ask(), 8)
    held = town.ask(held=True)
    fault = refusal("forbidden")
    fault.parameters, fault.times = {"moderationStatus": "heldForReview"}, None
    town.emulator.faults.add(fault)
    first, second = town.read(), town.read()
    assert (second.counted_cost, second.degraded) == (2, ("held",))
    assert first.counted_cost > second.counted_cost
    late = town.ask()
    assert late.id in texts(town.read())
    town.emulator.faults.clear()
    assert held.id in texts(town.read())


def test_a_thread_that_goes_while_its_replies_are_fetched_is_no_error(town: Town) -> None:
    asked = town.ask()
    town.replies(asked, 8)
    body = '{"error":{"errors":[{"reason":"commentNotFound"}]}}'
    town.emulator.faults.add(Fault("status", path="comments$", status=404, body=body))
    assert town.read().error is None


def test_a_channel_that_never_uploaded_anything_is_read(town: Town) -> None:
    body = '{"error":{"errors":[{"reason":"playlistNotFound"}]}}'
    town.emulator.faults.add(Fault("status", path="playlistItems$", status=404, body=body))
    assert town.read().error is None


def test_a_redirect_is_not_followed_with_the_key_in_hand(town: Town) -> None:
    elsewhere = {"Location": f"{town.emulator.url}/elsewhere"}
    town.emulator.faults.add(Fault("status", path=LISTS, status=302, headers=elsewhere))
    mark = town.emulator.ledger.mark()
    assert isinstance(town.read(secrets=KEY).error, Unavailable)
    assert town.emulator.ledger.since(mark).requests() == 1


def test_comments_disabled_for_a_whole_channel_are_no_error_and_claim_nothing(town: Town) -> None:
    town.ask()
    town.round()
    fault = refusal("commentsDisabled")
    fault.times = None
    town.emulator.faults.add(fault)
    assert town.round().covered == ()


def test_pages_that_lead_in_a_circle_end(town: Town) -> None:
    body = LIST + '[],"nextPageToken":"same"}'
    error = error_of(town, Fault("status", path=LISTS, status=200, body=body, times=None))
    assert isinstance(error, UnexpectedAnswer)


@pytest.mark.parametrize("state", [{"history": True}, {"public": [], "held": {}, "videos": 3}])
def test_a_state_that_is_not_ours_is_forgotten_and_everything_is_read(town: Town, state: State) -> None:
    town.threads(3)
    town.state = state
    town.round()
    assert town.keeper.texts == town.shown


NAMES = (
    "id",
    "snippet",
    "topLevelComment",
    "publishedAt",
    "updatedAt",
    "textDisplay",
    "replies",
    "comments",
    "videoId",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=20,
)


@given(st.data())
@hypothesis_settings(max_examples=25)
def test_no_nonsense_makes_a_reading_crash(data: st.DataObject) -> None:
    items = data.draw(st.lists(JSON, max_size=2))
    with Emulator() as emulator:
        town = Town(emulator)
        town.ask()
        body = json.dumps({"kind": "youtube#aListResponse", "items": items, "nextPageToken": data.draw(JSON)})
        emulator.faults.add(Fault("status", path="/youtube", status=200, body=body, after=data.draw(st.integers(0, 2))))
        reading = town.read()
    assert reading.error is None or reading.error.kind
