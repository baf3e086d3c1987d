"""What the YouTube connector makes of refusals and broken connections, and what it never gives away."""

import io
import json
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from connectors.base import Account, Credential, ReadPlan
from connectors.emulator.faults import Fault, Kind
from connectors.emulator.google import UNITS_PER_DAY
from connectors.emulator.server import Emulator
from connectors.emulator.tunnel import Tunnel
from connectors.emulator.world import Token
from connectors.emulator.youtube import YouTube as Site
from connectors.errors import (
    AuthExpired,
    ChannelGone,
    ConnectorError,
    CredentialMissing,
    PermissionLost,
    RateLimited,
    Unavailable,
    UnexpectedAnswer,
)
from connectors.youtube import SCOPE, YouTube
from connectors.youtube.errors import PACIFIC, REACTIONS, from_answer, next_pacific_midnight
from tests.connectors.youtube_town import API_KEY, CLIENT_SECRET, NOW, OAUTH, REFRESH_TOKEN, Town

KEY = {"api_key": API_KEY}
SECRETS = (API_KEY, CLIENT_SECRET, REFRESH_TOKEN, "ya29.")
LISTS = r"commentThreads"
TOKENS = r"^/token$"
LIST = '{"kind":"youtube#commentThreadListResponse","items":'
KEY_INVALID = b'{"error":{"errors":[{"reason":"badRequest"}],"details":[{"reason":"API_KEY_INVALID"}]}}'


@pytest.fixture
def town(emulator: Emulator) -> Town:
    return Town(emulator)


def refusal(reason: str, status: int = 403) -> Fault:
    body = {"error": {"code": status, "message": "…", "errors": [{"domain": "youtube", "reason": reason}]}}
    return Fault("status", path=LISTS, status=status, body=json.dumps(body))


def error_of(town: Town, fault: Fault | None = None) -> ConnectorError:
    if fault:
        town.emulator.faults.add(fault)
    error = town.read().error
    assert error is not None
    return error


# -- refusals


@pytest.mark.parametrize("reason", [reason for reason, kind in REACTIONS.items() if kind is not RateLimited])
def test_a_reason_has_one_reaction(town: Town, reason: str) -> None:
    error = error_of(town, refusal(reason))
    assert (type(error), error.code) == (REACTIONS[reason], reason)


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, KEY_INVALID, AuthExpired, "API_KEY_INVALID"),
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


def test_a_thread_that_goes_while_its_replies_are_fetched_is_no_error(town: Town) -> None:
    asked = town.ask()
    town.replies(asked, 8)
    body = '{"error":{"errors":[{"reason":"commentNotFound"}]}}'
    town.emulator.faults.add(Fault("status", path="comments$", status=404, body=body))
    assert town.read().error is None


def test_comments_disabled_for_a_whole_channel_are_no_error_and_claim_nothing(town: Town) -> None:
    town.ask()
    town.round()
    fault = refusal("commentsDisabled")
    fault.times = None
    town.emulator.faults.add(fault)
    assert town.round().covered == ()


# -- credentials


def test_a_dead_refresh_token_needs_a_person(town: Town) -> None:
    town.world.tokens[REFRESH_TOKEN].error = (190, 463)
    error = error_of(town)
    assert (type(error), error.code) == (AuthExpired, "invalid_grant")


def test_an_access_token_that_is_refused_is_not_asked_for_again_and_again(town: Town) -> None:
    mark = town.emulator.ledger.mark()
    error = error_of(town, refusal("authError", 401))
    assert isinstance(error, AuthExpired)
    assert town.emulator.ledger.since(mark).requests() == 2


def test_another_projects_client_secret_needs_a_person(town: Town) -> None:
    error = town.read(secrets=OAUTH | {"client_secret": "another"}).error
    assert (type(error), error and error.code) == (AuthExpired, "invalid_client")


@pytest.mark.parametrize(
    ("secrets", "named"),
    [
        ({}, "api_key, or client_id, client_secret, refresh_token"),
        ({"client_id": "1", "refresh_token": "2"}, "client_secret"),
        ({"api_key": ""}, "api_key"),
    ],
)
def test_a_missing_secret_is_named(town: Town, secrets: dict[str, str], named: str) -> None:
    with pytest.raises(CredentialMissing, match=f"needs {named}"):
        town.reader(secrets)


def test_with_both_kinds_of_secrets_the_held_queue_is_read(town: Town) -> None:
    held = town.ask(held=True)
    assert [one.external_id for one in town.round(secrets=KEY | OAUTH).comments] == [held.id]


# -- check


@pytest.mark.parametrize(("secrets", "kind", "can_reply"), [(OAUTH, "oauth", True), (KEY, "api_key", False)])
def test_check_tells_what_a_good_credential_may(
    town: Town, secrets: dict[str, str], kind: str, can_reply: bool
) -> None:
    health = town.reader(secrets).check()
    assert (health.token_kind, health.can_read, health.can_reply) == (kind, True, can_reply)
    assert health.problem is None


def test_check_finds_a_missing_scope(town: Town) -> None:
    town.world.tokens[REFRESH_TOKEN].scopes = ("https://www.googleapis.com/auth/youtube.readonly",)
    health = town.reader().check()
    assert health.scopes_missing == (SCOPE,)
    assert isinstance(health.problem, PermissionLost)
    assert not health.can_read


def test_check_finds_a_token_of_another_channel(town: Town) -> None:
    other = town.world.account("youtube", "UCotherOtherOtherOther01", "annan", "Annan")
    town.world.token(Token("refresh-of-another", "oauth", other, (SCOPE,)))
    health = town.reader(OAUTH | {"refresh_token": "refresh-of-another"}).check()
    assert isinstance(health.problem, PermissionLost)
    assert health.problem.code == "wrong channel"


def test_a_token_of_another_channel_reads_what_is_public_and_says_so(town: Town) -> None:
    other = town.world.account("youtube", "UCotherOtherOtherOther01", "annan", "Annan")
    town.world.token(Token("refresh-of-another", "oauth", other, (SCOPE,)))
    asked = town.ask()
    reading = town.read(secrets=OAUTH | {"refresh_token": "refresh-of-another"})
    assert isinstance(reading.error, PermissionLost)
    assert [one.external_id for one in reading.comments] == [asked.id]


def test_check_finds_that_there_is_no_such_channel(town: Town) -> None:
    assert isinstance(town.reader(KEY, channel="UCnobodyNobodyNobody0001").check().problem, ChannelGone)


def test_a_channel_that_is_gone_is_told_by_reading_too(town: Town) -> None:
    reader = town.reader(KEY, channel="UCnobodyNobodyNobody0001")
    assert isinstance(reader.read(ReadPlan(town.world.now)).error, ChannelGone)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(refusal("quotaExceeded"), RateLimited), (Fault("html"), Unavailable), (Fault("empty", path=TOKENS), Unavailable)],
)
def test_check_never_raises(town: Town, fault: Fault, kind: type[ConnectorError]) -> None:
    town.emulator.faults.add(fault)
    assert type(town.reader().check().problem) is kind


# -- secrets


def kill_tokens(town: Town) -> None:
    for token in town.world.tokens.values():
        token.error = (190, None)


TROUBLES: list[Callable[[Town], object]] = [
    kill_tokens,
    lambda town: town.emulator.stop(),
    lambda town: town.emulator.faults.add(Fault("html", path=LISTS)),
    lambda town: town.emulator.faults.add(Fault("truncate", path=LISTS)),
    lambda town: town.emulator.faults.add(Fault("truncate", path=TOKENS)),
    lambda town: town.emulator.faults.add(refusal("quotaExceeded")),
    lambda town: town.emulator.faults.add(refusal("forbidden", 418)),
    lambda town: town.emulator.faults.add(Fault("status", path=LISTS, status=200, body=LIST + "[null]}")),
]


@pytest.mark.parametrize("secrets", [KEY, OAUTH], ids=["key", "oauth"])
@pytest.mark.parametrize("trouble", range(len(TROUBLES)))
def test_no_secret_is_in_an_error_a_log_or_a_repr(
    town: Town, log: io.StringIO, trouble: int, secrets: dict[str, str]
) -> None:
    TROUBLES[trouble](town)
    reader = town.reader(secrets)
    reading, health = reader.read(ReadPlan(town.world.now)), reader.check()
    told = [repr(reader), repr(vars(reader)), repr(reading), repr(health), log.getvalue()]
    for error in (reading.error, health.problem):
        told += traceback.format_exception(error) if error else []
        assert error is None or error.__context__ is None
    assert [secret for secret in SECRETS for text in told if secret in text] == []


def test_no_secret_is_shown_when_another_is_missing(town: Town) -> None:
    with pytest.raises(CredentialMissing) as caught:
        town.reader({"client_id": "1", "client_secret": CLIENT_SECRET})
    assert CLIENT_SECRET not in str(caught.value)


# -- the way there


@pytest.mark.parametrize("variable", ["HTTPLIB2_CA_CERTS", "SSL_CERT_FILE"])
def test_either_variable_names_the_authority_to_trust(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    town = Town(emulator)
    for name in (*emulator.settings(), "HTTPLIB2_CA_CERTS", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    with Tunnel(emulator) as tunnel:
        for name, value in tunnel.environment().items():
            if name == variable or not name.endswith(("BUNDLE", "CERTS", "FILE")):
                monkeypatch.setenv(name, value)
        reader = YouTube(Account(town.channel.id), Credential(OAUTH), Settings())
        assert reader.check().problem is None
