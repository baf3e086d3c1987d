"""Off by default; sessions, passwords, and where secrets do not go."""

import json

import pytest

from connectors.base import Credential
from connectors.emulator.faults import Fault, Kind
from connectors.emulator.instagram_web.sessions import Login
from connectors.emulator.instagram_web.troubles import trouble
from connectors.errors import (
    AuthExpired,
    CredentialMissing,
    SwitchedOff,
    Unavailable,
)
from connectors.instagram_public import session as instagram_session
from tests.connectors.instagram_public.account import (
    KINDS,
    PASSWORD,
    SESSION,
    requests_for,
    site,
)
from tests.connectors.stage import Stage


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


def test_a_session_that_ended_is_replaced_by_logging_in_again(stage: Stage) -> None:
    site(stage.emulator).sessions.logins["kim"] = Login(PASSWORD)
    stage.credential = Credential({"username": "kim", "password": PASSWORD})
    stage.read()
    for token in stage.world.tokens.values():
        token.error = (190, 463)
    assert isinstance(stage.read().error, AuthExpired)
    assert stage.read().error is None


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


def test_a_login_that_is_answered_with_a_page_is_tried_again(stage: Stage) -> None:
    site(stage.emulator).sessions.logins["kim"] = Login(PASSWORD)
    stage.credential = Credential({"username": "kim", "password": PASSWORD})
    page = Fault("status", site="instagram_web", path="/login/ajax/", status=200, body="<!DOCTYPE html>")
    stage.emulator.faults.add(page)
    assert isinstance(stage.read().error, Unavailable)


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
    stage.emulator.faults.add(Fault("status", site="instagram_web", path="/graphql/query", status=200, body="{}"))
    stage.connector().check()
    assert capfd.readouterr() == ("", "")
