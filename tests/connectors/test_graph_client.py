"""The client that Facebook and Instagram share: everything that can come back, and nothing that leaks."""

import json
from collections.abc import Callable

import pytest

from config.settings import Settings
from connectors.base import Credential
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.emulator.tunnel import Tunnel
from connectors.emulator.wire import Answer, Request
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
from connectors.graph.client import MOST_PAGES
from connectors.graph.errors import LONGEST_BLOCK, TooMuchData
from tests.connectors.test_facebook import facebook

TOKEN = "EAAsecret"


class Puppet:
    """Answers whatever it is told to, and keeps what it was asked."""

    name = "puppet"

    def __init__(self, reply: Callable[[Request], Answer]) -> None:
        self.reply = reply
        self.asked: list[Request] = []

    def owns(self, request: Request) -> bool:
        return True

    def answer(self, request: Request) -> Answer:
        self.asked.append(request)
        return self.reply(request)


def puppet(emulator: Emulator, *answers: Answer) -> Puppet:
    """Gives the answers one after the other, the last one for ever."""
    left = list(answers)
    made = Puppet(lambda _request: left.pop(0) if len(left) > 1 else left[0])
    emulator.sites.insert(0, made)
    return made


def client(**secrets: str) -> GraphClient:
    return GraphClient(Credential({"token": TOKEN, **secrets}), Settings(), now=START)


def envelope(code: int, subcode: int | None = None, **more: object) -> Answer:
    error = {"message": f"Malformed access token {TOKEN}", "type": "OAuthException", "code": code, **more}
    if subcode:
        error["error_subcode"] = subcode
    return Answer.json({"error": error}, 400)


def failure(emulator: Emulator, answer: Answer) -> ConnectorError:
    puppet(emulator, answer)
    with pytest.raises(ConnectorError) as caught:
        client().get("me")
    return caught.value


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


# -- pages


def page(following: str | None, *ids: str) -> Answer:
    paging = {"paging": {"next": following}} if following else {}
    return Answer.json({"data": [{"id": id_} for id_ in ids], **paging})


def test_the_next_page_is_asked_for_exactly_as_graph_wrote_it(emulator: Emulator) -> None:
    query = "access_token=OTHER&limit=2&after=QV%2BZD&__paging_token=&fields=id%2Cfrom%7Bid%7D"
    made = puppet(emulator, page(f"https://graph.facebook.com/v11.0/9/comments?{query}", "1"), page(None, "2"))
    asking = client()
    assert list(asking.pages(asking.get("9/comments"))) == [[{"id": "1"}], [{"id": "2"}]]
    written = Request.parse("GET", f"/v11.0/9/comments?{query}", {})
    assert (made.asked[1].path, made.asked[1].query) == (written.path, written.query)


def test_a_next_page_without_a_token_gets_ours_and_the_proof(emulator: Emulator) -> None:
    made = puppet(emulator, page("https://graph.facebook.com/v23.0/9/comments?after=x"), page(None))
    asking = client(app_secret="hemlig")
    assert list(asking.pages(asking.get("9/comments"))) == [[], []]
    assert made.asked[1].get("access_token") == TOKEN
    assert len(made.asked[1].get("appsecret_proof")) == 64


def test_an_empty_page_with_a_next_one_is_not_the_end(emulator: Emulator) -> None:
    links = [f"https://graph.facebook.com/v23.0/9/comments?access_token=x&after={number}" for number in range(2)]
    puppet(emulator, page(links[0], "1"), page(links[1]), page(None, "2"))
    asking = client()
    assert list(asking.pages(asking.get("9/comments"))) == [[{"id": "1"}], [], [{"id": "2"}]]


def test_pages_that_go_round_in_a_circle_are_an_error(emulator: Emulator) -> None:
    puppet(emulator, page("https://graph.facebook.com/v23.0/9/comments?access_token=x", "1"))
    asking = client()
    with pytest.raises(UnexpectedAnswer):
        list(asking.pages(asking.get("9/comments")))
    assert asking.requests == 2


def test_pages_without_end_are_an_error(emulator: Emulator) -> None:
    made = Puppet(lambda _: page(f"https://graph.facebook.com/v23.0/9?access_token=x&after={len(made.asked)}", "1"))
    emulator.sites.insert(0, made)
    asking = client()
    with pytest.raises(UnexpectedAnswer):
        list(asking.pages(asking.get("9/comments")))
    assert asking.requests == MOST_PAGES + 1


def test_a_next_page_on_another_host_is_never_asked_for(emulator: Emulator) -> None:
    made = puppet(emulator, page("https://graph.facebook.com.example/v23.0/9?access_token=x", "1"))
    asking = client()
    with pytest.raises(UnexpectedAnswer):
        list(asking.pages(asking.get("9/comments")))
    assert len(made.asked) == 1


@pytest.mark.parametrize("listing", [{}, {"data": 3}, {"data": [3]}])
def test_what_is_no_list_is_an_error(listing: dict[str, object]) -> None:
    with pytest.raises(UnexpectedAnswer):
        list(client().pages(listing))


# -- what is sent


def test_the_version_of_the_settings_is_asked_for(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANALVAKT_GRAPH_VERSION", "26.0")
    made = puppet(emulator, Answer.json({}))
    client().get("me")
    assert made.asked[0].path == "/v26.0/me"


def test_the_proof_is_the_hmac_of_the_token_with_the_apps_secret(emulator: Emulator) -> None:
    made = puppet(emulator, Answer.json({}))
    GraphClient(Credential({"token": "what do ya want for nothing?", "app_secret": "Jefe"}), Settings()).get("me")
    rfc_4231_case_2 = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert made.asked[0].get("appsecret_proof") == rfc_4231_case_2


def test_another_https_server_is_spoken_to_by_its_own_name_and_certificate(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = facebook(emulator)
    stage.post(comments=130)
    monkeypatch.setenv("KANALVAKT_GRAPH_URL", "https://graph.instagram.com")
    with Tunnel(emulator) as tunnel:
        for name, value in tunnel.environment().items():
            monkeypatch.setenv(name, value)
        assert len(stage.read().comments) == 130
        for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
            monkeypatch.delenv(name)
        assert isinstance(stage.read().error, Unavailable)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_either_variable_names_the_authority_to_trust(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    stage = facebook(emulator)
    for name in ("KANALVAKT_GRAPH_URL", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    with Tunnel(emulator) as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", tunnel.proxy_url)
        monkeypatch.setenv(variable, str(tunnel.ca_file))
        assert stage.read().error is None


def test_loopback_is_reached_although_a_proxy_is_set(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = facebook(emulator)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert stage.read().error is None
