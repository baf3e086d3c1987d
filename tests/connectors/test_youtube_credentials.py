"""Credentials of the YouTube connector: which it takes, how it checks them, and that it never shows them."""

import io
import traceback
from collections.abc import Callable

import pytest

from config.settings import Settings
from connectors.base import Account, Credential, ReadPlan
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.emulator.tunnel import Tunnel
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
from connectors.youtube.connector import SCOPE, YouTube
from tests.connectors.youtube_town import (
    API_KEY,
    CLIENT_SECRET,
    KEY,
    LIST,
    LISTS,
    OAUTH,
    REFRESH_TOKEN,
    TOKENS,
    Town,
    error_of,
    refusal,
)

SECRETS = (API_KEY, CLIENT_SECRET, REFRESH_TOKEN, "ya29.")


@pytest.fixture
def town(emulator: Emulator) -> Town:
    return Town(emulator)


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
