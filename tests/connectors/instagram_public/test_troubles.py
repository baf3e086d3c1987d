"""What goes wrong at Instagram asks for the right reaction."""

from datetime import timedelta

import pytest

from connectors.emulator.faults import Fault
from connectors.emulator.instagram_web.queries import ANSWERS_QUERY, COMMENTS_QUERY, TIMELINE_DOC
from connectors.emulator.instagram_web.troubles import trouble
from connectors.errors import (
    AuthExpired,
    ChannelGone,
    RateLimited,
    Unavailable,
    UnexpectedAnswer,
)
from connectors.instagram_public import session as instagram_session
from tests.connectors.instagram_public.account import (
    APP,
    KINDS,
    NAME,
    SESSION,
    requests_for,
    site,
)
from tests.connectors.stage import Stage, texts


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


@pytest.mark.parametrize("name", ["wait", "too_many_requests"])
def test_a_wait_that_comes_when_we_ask_whether_the_session_is_over_is_respected(stage: Stage, name: str) -> None:
    stage.post(comments=1)
    stage.read()
    site(stage.emulator).queries.rotated = {TIMELINE_DOC}
    stage.emulator.faults.add(trouble(name, path="^/graphql/query"))
    assert isinstance(stage.read().error, RateLimited)


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


def test_an_account_is_not_gone_because_its_page_came_empty(stage: Stage) -> None:
    stage.emulator.faults.add(Fault("empty", site="instagram_web", path=f"/{NAME}/"))
    assert isinstance(stage.read().error, Unavailable)


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
