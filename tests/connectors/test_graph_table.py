"""Graph's errors: every line of the table is what really happens, and says what a person can do."""

from datetime import timedelta

import pytest

from config.language import _, use_language
from connectors import PLATFORMS
from connectors.base import Credential
from connectors.emulator.faults import Fault
from connectors.emulator.graph.refusals import DEAD
from connectors.emulator.server import Emulator
from connectors.emulator.wire import Answer
from connectors.emulator.world import START
from connectors.errors import AuthExpired, ConnectorError, CredentialMissing, PermissionLost, RateLimited
from connectors.graph.client import app_budget
from connectors.graph.errors import ALLOW_AGAIN, OF_THE_ACCOUNT, RENEW, TABLE, USUAL_BLOCK
from connectors.instagram.answers import OPTIONAL as ON_INSTAGRAM
from tests.connectors.graph_puppet import envelope, failure
from tests.connectors.graph_stages import INSTAGRAM_SCOPES, SCOPES, another, facebook, graph_of, instagram
from tests.connectors.stage import Stage, texts

SUBCODES = sorted(subcode for subcode in DEAD if subcode)
PLAIN = sorted(key for key in TABLE if key.replace("/", "").isdigit())


@pytest.fixture(params=[facebook, instagram])
def stage(request: pytest.FixtureRequest, emulator: Emulator) -> Stage:
    made: Stage = request.param(emulator)
    return made


def answer_to(key: str) -> Answer:
    code, _slash, subcode = key.partition("/")
    return envelope(int(code), int(subcode) if subcode else None)


@pytest.mark.parametrize("key", PLAIN)
def test_each_line_of_the_table_is_what_happens(emulator: Emulator, key: str) -> None:
    error, meaning = failure(emulator, answer_to(key)), TABLE[key]
    assert type(error) is meaning.error
    assert (error.code, error.detail, error.remedy) == (key, meaning.detail, meaning.remedy or meaning.error.remedy)


@pytest.mark.parametrize("code", [200, 210, 230, 299])
def test_all_codes_from_200_to_299_are_one_family(emulator: Emulator, code: int) -> None:
    error = failure(emulator, envelope(code))
    assert (type(error), error.code, error.remedy) == (PermissionLost, str(code), ALLOW_AGAIN)


@pytest.mark.parametrize("key", ["199", "300", "2000"])
def test_the_family_ends_there(emulator: Emulator, key: str) -> None:
    assert not isinstance(failure(emulator, answer_to(key)), PermissionLost)


@pytest.mark.parametrize("status", [200, 400, 401, 403, 500, 503])
def test_the_code_decides_and_not_the_status(emulator: Emulator, status: int) -> None:
    answer = envelope(190, 463)
    answer.status = status
    assert isinstance(failure(emulator, answer), AuthExpired)


def test_too_many_requests_without_a_word_of_graphs_is_a_throttling_too(emulator: Emulator) -> None:
    error = failure(emulator, Answer(429, b"", {}))
    assert isinstance(error, RateLimited)
    assert (error.code, error.retry_at) == ("HTTP 429", START + USUAL_BLOCK)


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_the_platforms_name_this_table(platform: str) -> None:
    assert PLATFORMS[platform].errors == "connectors.graph.errors:TABLE"


def test_remedies_are_said_in_swedish() -> None:
    with use_language("sv"):
        assert _(RENEW).startswith("Förnya sidans token: ")


# -- the same by reading


@pytest.mark.parametrize("code", [190, 102])
@pytest.mark.parametrize("subcode", SUBCODES)
def test_a_dead_session_is_told_from_any_other_by_its_subcode(stage: Stage, code: int, subcode: int) -> None:
    stage.post(comments=1)
    stage.credential = another(stage, "page", *SCOPES, *INSTAGRAM_SCOPES, error=(code, subcode))
    error = stage.read().error
    assert error is not None
    assert (type(error), error.code) == (TABLE[f"190/{subcode}"].error, f"{code}/{subcode}")
    assert error.remedy == TABLE[f"190/{subcode}"].remedy
    assert error.needs_person


def test_a_lost_role_a_checkpoint_and_an_old_token_have_remedies_of_their_own() -> None:
    remedies = {TABLE[f"190/{subcode}"].remedy for subcode in (458, 459, 463, 492)}
    assert len(remedies) == 4


@pytest.mark.parametrize("code", [10, 200, 368, 1705])
def test_a_permission_that_lapsed_and_a_block_are_told(stage: Stage, code: int) -> None:
    stage.post(comments=1)
    stage.credential = another(stage, "page", *SCOPES, *INSTAGRAM_SCOPES, error=(code, None))
    reading = stage.read()
    assert isinstance(reading.error, PermissionLost)
    assert (reading.error.code, reading.covered) == (str(code), ())
    assert reading.requests <= 2 + 2 * len(ON_INSTAGRAM) + 2


# -- throttling


def test_a_throttled_call_is_not_repeated_and_the_block_is_as_long_as_at_first(stage: Stage) -> None:
    stage.post(comments=1)
    stage.read()
    graph_of(stage).habits.calls_a_day = 1
    mark = stage.emulator.ledger.mark()
    error = stage.read().error
    assert isinstance(error, RateLimited)
    assert stage.emulator.ledger.since(mark).requests() == 1
    assert timedelta(minutes=15) <= error.retry_at - stage.world.now < timedelta(minutes=16), "and what reading took"
    stage.world.advance(15 * 60)
    graph_of(stage).habits.calls_a_day = 4800
    assert stage.read().error is None


def test_asking_while_blocked_makes_it_longer(stage: Stage) -> None:
    stage.read()
    graph_of(stage).habits.calls_a_day = 1
    ends = [error.retry_at for error in (stage.read().error for _ in range(3)) if isinstance(error, RateLimited)]
    assert [end - stage.world.now for end in ends] == [timedelta(minutes=minutes) for minutes in (15, 20, 25)]


@pytest.mark.parametrize("in_second_text", [False, True])
def test_a_demand_for_less_in_the_second_text_is_obeyed_too(stage: Stage, in_second_text: bool) -> None:
    for _number in range(10):
        stage.post(comments=10)
    graph_of(stage).habits.size, graph_of(stage).habits.less_in_second_text = 60, in_second_text
    reading = stage.read()
    assert (reading.error, texts(reading)) == (None, stage.shown())


@pytest.mark.parametrize("status", [429, 502, 503])
def test_not_even_where_the_throttling_looks_like_an_outage(emulator: Emulator, status: int) -> None:
    answer = envelope(4)
    answer.status = status
    assert isinstance(failure(emulator, answer), RateLimited)
    assert emulator.ledger.requests() == 1


@pytest.mark.parametrize("code", [4, 17, 32, 341, 613, 80001, 80002])
def test_a_throttling_says_whose_budget_is_used_up(stage: Stage, code: int) -> None:
    stage.read()
    body = f'{{"error":{{"message":"no","type":"OAuthException","code":{code}}}}}'
    stage.emulator.faults.add(Fault("status", site="graph", status=403, body=body))
    error = stage.read().error
    assert isinstance(error, RateLimited)
    own, app = stage.connector().budgets
    assert error.budget == ("" if str(code) in OF_THE_ACCOUNT else app.key)
    assert app == app_budget(stage.credential)
    assert own.key.startswith(("graph/pages/", "graph/instagram/"))


def test_channels_of_one_app_share_its_budget_whether_or_not_their_register_tells_its_id() -> None:
    secret, app_id = {"app_secret": "hemlig-app"}, {"app_id": "138483919580948"}
    named, unnamed = ({"token": token, **secret} for token in ("EAAone", "EAAtwo"))
    assert app_budget(Credential(named | app_id)) == app_budget(Credential(unnamed))
    alone = [Credential({"token": token, **more}) for token in ("EAAone", "EAAtwo") for more in ({}, app_id)]
    assert len({app_budget(each) for each in alone}) == 3
    assert "hemlig" not in app_budget(Credential(named)).key


def test_a_used_up_budget_is_told_before_graph_refuses(stage: Stage) -> None:
    use = '{"1":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":0}]}'
    headers = {"Content-Type": "application/json", "X-Business-Use-Case-Usage": use}
    stage.read()
    stage.emulator.faults.add(Fault("status", site="graph", status=200, body='{"id":"1"}', headers=headers))
    reading = stage.read()
    assert (reading.error, reading.usage) == (None, 100)


def test_an_app_secret_that_is_demanded_has_its_remedy(stage: Stage) -> None:
    error: ConnectorError | None = stage.connector(another(stage, "page", app_secret="hemlig")).check().problem
    assert isinstance(error, CredentialMissing)
    assert (error.code, error.remedy) == ("100 GraphMethodException", TABLE["100 GraphMethodException"].remedy)
