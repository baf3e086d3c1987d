"""The client that Facebook and Instagram share: everything that can come back."""

import json

import pytest

from config.settings import Settings
from connectors.base import Credential
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.emulator.wire import Answer
from connectors.emulator.world import START
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
from connectors.graph import GraphClient
from connectors.graph.errors import LONGEST_BLOCK, TooMuchData
from tests.connectors.graph_puppet import TOKEN, client, envelope, failure, puppet
from tests.connectors.graph_stages import facebook

# -- errors


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (1, None, Unavailable),
        (2, None, Unavailable),
        (3, None, PermissionLost),
        (4, None, RateLimited),
        (10, None, PermissionLost),
        (17, None, RateLimited),
        (32, None, RateLimited),
        (100, None, UnexpectedAnswer),
        (100, 33, ChannelGone),
        (102, 463, AuthExpired),
        (190, None, AuthExpired),
        (190, 460, AuthExpired),
        (190, 463, AuthExpired),
        (190, 467, AuthExpired),
        (190, 492, PermissionLost),
        (190, 99999, AuthExpired),
        (200, None, PermissionLost),
        (299, None, PermissionLost),
        (341, None, RateLimited),
        (613, None, RateLimited),
        (80001, None, RateLimited),
        (80002, 2446079, RateLimited),
        (4711, None, UnexpectedAnswer),
    ],
)
def test_each_code_has_its_reaction_and_no_error_repeats_what_graph_wrote(
    emulator: Emulator, code: int, subcode: int | None, kind: type[ConnectorError]
) -> None:
    error = failure(emulator, envelope(code, subcode))
    assert type(error) is kind
    assert error.code == (f"{code}/{subcode}" if subcode else str(code))
    assert TOKEN not in f"{error!r} {error.__context__!r} {error.__cause__!r}"


def test_the_subcodes_of_a_dead_session_count_without_a_code_too(emulator: Emulator) -> None:
    answer = Answer.json({"error": {"type": "OAuthException", "message": "", "error_subcode": 463}}, 400)
    assert type(failure(emulator, answer)) is AuthExpired


def test_a_demand_for_the_apps_secret_is_told_from_other_bad_parameters(emulator: Emulator) -> None:
    assert type(failure(emulator, envelope(100, type="GraphMethodException"))) is CredentialMissing


@pytest.mark.parametrize("where", ["message", "error_user_msg"])
def test_a_demand_for_less_is_recognised_in_either_text(emulator: Emulator, where: str) -> None:
    text = "Please reduce the amount of data you're asking for, then retry your request"
    assert type(failure(emulator, envelope(1, 99, **{where: text}))) is TooMuchData


def test_the_usage_header_says_how_long_to_wait(emulator: Emulator) -> None:
    use = {"1122334455": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 7}]}
    answer = envelope(80001)
    answer.headers["X-Business-Use-Case-Usage"] = json.dumps(use)
    error = failure(emulator, answer)
    assert error.retry_at is not None
    assert (error.retry_at - START).total_seconds() == 7 * 60


@pytest.mark.parametrize(("minutes", "hours"), [(0, 1), (10**9, LONGEST_BLOCK.total_seconds() / 3600)])
def test_a_wait_is_never_nothing_and_never_longer_than_a_day(emulator: Emulator, minutes: int, hours: float) -> None:
    use = {"1122334455": [{"estimated_time_to_regain_access": minutes}]}
    answer = envelope(32)
    answer.headers["X-Business-Use-Case-Usage"] = json.dumps(use)
    error = failure(emulator, answer)
    assert error.retry_at is not None
    assert (error.retry_at - START).total_seconds() == hours * 3600


# -- what is no answer of Graph's


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(500, b"", {}), Unavailable),
        (Answer(500, b'{"data":[]}', {"Content-Type": "application/json"}), Unavailable),
        (Answer(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"}), Unavailable),
        (Answer(503, b"x", {"Content-Type": "text/javascript"}), Unavailable),
        (Answer(200, b'{"data":[', {"Content-Type": "application/json"}), Unavailable),
        (Answer(200, b"<html>Log in to the guest network</html>", {"Content-Type": "text/html"}), UnexpectedAnswer),
        (Answer(200, b"", {}), UnexpectedAnswer),
        (Answer(200, b"[]", {"Content-Type": "application/json"}), UnexpectedAnswer),
        (Answer(200, b"null", {"Content-Type": "application/json"}), UnexpectedAnswer),
        (Answer(304, b"", {}), UnexpectedAnswer),
        (Answer(404, b'{"error":"no"}', {"Content-Type": "application/json"}), UnexpectedAnswer),
        (Answer(302, b"", {"Location": "https://elsewhere.example/"}), Unavailable),
    ],
)
def test_odd_answers_become_errors(emulator: Emulator, answer: Answer, kind: type[ConnectorError]) -> None:
    assert isinstance(failure(emulator, answer), kind)


def test_a_redirect_is_not_followed_for_the_token_would_go_with_it(emulator: Emulator) -> None:
    made = puppet(emulator, Answer(302, b"", {"Location": "https://graph.facebook.com/v23.0/other"}))
    with pytest.raises(Unavailable):
        client().get("me")
    assert {request.path for request in made.asked} == {"/v23.0/me"}


def test_silence_ends_in_a_timeout(emulator: Emulator) -> None:
    emulator.faults.add(Fault("hang", seconds=20, times=None))
    asking = GraphClient(Credential({"token": TOKEN}), Settings(), timeout=(1, 0.1))
    with pytest.raises(Unavailable):
        asking.get("me")


@pytest.mark.parametrize("usage", ["x", "[]", '{"1":3}', '{"1":[3]}', '{"1":[{"call_count":"many"}]}'])
def test_usage_headers_that_make_no_sense_do_no_harm(emulator: Emulator, usage: str) -> None:
    headers = {"Content-Type": "application/json", "X-App-Usage": usage, "X-Business-Use-Case-Usage": usage}
    puppet(emulator, Answer(200, b"{}", headers))
    assert client().get("me") == {}


def test_usage_is_the_highest_share_of_any_budget(emulator: Emulator) -> None:
    use = {"1": [{"call_count": 3, "total_time": 61}, {"total_cputime": 12}]}
    headers = {"Content-Type": "application/json", "X-App-Usage": '{"call_count":28}'}
    puppet(emulator, Answer(200, b"{}", headers | {"X-Business-Use-Case-Usage": json.dumps(use)}))
    asking = client()
    asking.get("me")
    assert asking.usage == 61


# -- repetition


def test_a_read_is_repeated_twice_and_every_request_is_counted(emulator: Emulator) -> None:
    stage = facebook(emulator)
    emulator.faults.add(Fault("html", times=2))
    asking = GraphClient(stage.credential, Settings())
    assert asking.get(stage.account.id, fields="id") == {"id": stage.account.id}
    assert asking.requests == emulator.ledger.requests() == 3


@pytest.mark.parametrize("answer", [Answer(500, b"{}", {"Content-Type": "application/json"}), envelope(2), envelope(4)])
def test_what_graph_itself_refuses_is_not_repeated(emulator: Emulator, answer: Answer) -> None:
    made = puppet(emulator, answer)
    with pytest.raises(ConnectorError):
        client().get("me")
    assert len(made.asked) == 1


@pytest.mark.parametrize("kind", ["html", "reset", "lose"])
def test_a_write_is_asked_once(emulator: Emulator, kind: str) -> None:
    emulator.faults.add(Fault(kind, times=None))  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        client().put_object("1_2", "comments", message="Hej")
    assert emulator.ledger.requests() == 1
