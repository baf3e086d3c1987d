"""Facebook: too much, too often, and the wrong token."""

from datetime import timedelta

import pytest

from connectors.base import Covered, Credential
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token
from connectors.errors import (
    AuthExpired,
    ChannelGone,
    ConnectorError,
    CredentialMissing,
    PermissionLost,
    RateLimited,
    Unavailable,
)
from tests.connectors.graph_stages import SCOPES, another, cost, facebook, graph_of
from tests.connectors.stage import Stage, texts


@pytest.fixture
def stage(emulator: Emulator) -> Stage:
    return facebook(emulator)


# -- when Graph asks for less


def test_too_big_a_question_is_halved_until_it_fits_and_that_is_remembered(stage: Stage) -> None:
    for _ in range(30):
        stage.post(comments=10)
    graph_of(stage).habits.size = 100
    reading = stage.read()
    assert reading.error is None
    assert texts(reading) == stage.shown()
    mark = stage.emulator.ledger.mark()
    assert stage.read().error is None
    assert {entry.status for entry in stage.emulator.ledger.since(mark).entries} == {200}


def test_a_full_reading_tries_the_big_question_again(stage: Stage) -> None:
    for _ in range(30):
        stage.post(comments=10)
    graph_of(stage).habits.size = 100
    stage.read()
    graph_of(stage).habits.size = 5000
    stage.read(full=True)
    mark = stage.emulator.ledger.mark()
    stage.read()
    assert cost(stage, mark) == 1


def test_a_question_that_stays_too_big_is_an_error(stage: Stage) -> None:
    stage.post(comments=3)
    graph_of(stage).habits.size = 1
    assert isinstance(stage.read().error, Unavailable)


# -- when Graph asks to wait


def test_too_many_calls_park_the_channel_until_graph_says(stage: Stage) -> None:
    stage.post(comments=3)
    graph_of(stage).habits.calls_a_day = 4
    stage.read()
    assert stage.read().usage == 75
    reading = stage.read()
    assert isinstance(reading.error, RateLimited)
    assert (reading.error.code, reading.error.retry_at) == ("80001", stage.world.now + timedelta(minutes=15))
    again = stage.read()
    assert again.error is not None
    assert again.error.retry_at == stage.world.now + timedelta(minutes=20)
    stage.world.advance(20 * 60)
    assert stage.read().error is None


# -- the wrong token


def test_the_kind_of_a_token_is_asked_once_for_each_token(stage: Stage) -> None:
    def asked() -> int:
        return sum(entry.path.endswith("debug_token") for entry in stage.emulator.ledger.entries)

    stage.read()
    stage.read()
    assert asked() == 1
    stage.credential = another(stage, "user", *SCOPES)
    assert isinstance(stage.read().error, PermissionLost)
    assert asked() == 2
    assert isinstance(stage.read().error, PermissionLost)


def test_a_blind_token_is_found_out_by_what_posts_declare_where_graph_will_not_tell_its_kind(stage: Stage) -> None:
    refusal = '{"error":{"message":"no","type":"OAuthException","code":100}}'
    stage.emulator.faults.add(Fault("status", path="debug_token", times=None, status=400, body=refusal))
    stage.credential = another(stage, "user", *SCOPES)
    stage.post()
    quiet = stage.read()
    assert (quiet.error, quiet.covered) == (None, ())
    stage.post(comments=1)
    assert isinstance(stage.read().error, PermissionLost)


def test_a_page_token_is_good_even_where_graph_will_not_tell_its_kind(stage: Stage) -> None:
    refusal = '{"error":{"message":"no","type":"OAuthException","code":100}}'
    stage.emulator.faults.add(Fault("status", path="debug_token", times=None, status=400, body=refusal))
    post = stage.post(comments=1)
    reading = stage.read()
    assert (reading.error, len(reading.comments)) == (None, 1)
    assert Covered("post", post.id) in reading.covered


def test_without_a_token_there_is_no_connector(stage: Stage) -> None:
    with pytest.raises(CredentialMissing):
        stage.connector(Credential({"app_secret": "x"}))


def test_a_page_that_does_not_exist_is_gone(stage: Stage) -> None:
    stage.address = "999"
    assert isinstance(stage.read().error, ChannelGone)


# -- check


def test_check_names_the_missing_permissions(stage: Stage) -> None:
    health = stage.connector(another(stage, "page", "pages_read_engagement")).check()
    assert health.scopes_missing == ("pages_read_user_content",)
    assert isinstance(health.problem, PermissionLost)


def test_check_tells_what_the_token_may_do_beyond_reading(stage: Stage) -> None:
    health = stage.connector().check()
    assert (health.token_kind, health.can_reply, health.can_publish, health.expires) == ("page", True, True, None)
    reader = stage.connector(another(stage, "page", *SCOPES[:3])).check()
    assert (reader.can_read, reader.can_reply, reader.can_publish) == (True, False, False)


def test_check_tells_when_the_token_expires(stage: Stage) -> None:
    end = stage.world.now + timedelta(days=5)
    assert stage.connector(another(stage, "page", *SCOPES, expires_at=end)).check().expires == end


@pytest.mark.parametrize(
    ("subcode", "error"), [(460, AuthExpired), (463, AuthExpired), (467, AuthExpired), (492, PermissionLost)]
)
def test_check_tells_why_a_token_is_dead(stage: Stage, subcode: int, error: type[ConnectorError]) -> None:
    problem = stage.connector(another(stage, "page", *SCOPES, error=(190, subcode))).check().problem
    assert isinstance(problem, error)
    assert problem.code == f"190/{subcode}"


def test_check_asks_in_the_apps_name_where_it_can(stage: Stage) -> None:
    dead = another(stage, "page", *SCOPES, error=(190, 460), app_secret="hemlig-app")
    problem = stage.connector(Credential({**dead.secrets, "app_secret": "hemlig-app", "app_id": "42"})).check().problem
    assert isinstance(problem, AuthExpired)
    assert problem.code == "190/460"
    assert [entry.status for entry in stage.emulator.ledger.entries] == [200]


def test_check_finds_a_token_that_belongs_to_another_page(stage: Stage) -> None:
    other = stage.world.account("facebook", "5544332211", "grannen", "Grannkommunen")
    stage.world.token(Token("EAAother", "page", other, SCOPES))
    problem = stage.connector(Credential({"token": "EAAother"})).check().problem
    assert isinstance(problem, PermissionLost)


def test_check_finds_that_all_comments_come_without_authors(stage: Stage) -> None:
    stage.world.comment(stage.post(), stage.resident, "Hej", anonymous=True)
    assert isinstance(stage.connector().check().problem, PermissionLost)


def test_a_token_without_the_apps_secret_is_refused_where_the_app_demands_it(stage: Stage) -> None:
    for credential in ({"token": "EAApage"}, {"token": "EAApage", "app_secret": "fel"}):
        assert isinstance(stage.connector(Credential(credential)).check().problem, CredentialMissing)


def test_a_system_users_token_is_as_good_as_the_pages(stage: Stage) -> None:
    stage.credential = another(stage, "system", *SCOPES)
    stage.post(comments=2)
    assert len(stage.read().comments) == 2
    assert stage.connector().check().problem is None
