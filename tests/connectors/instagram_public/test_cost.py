"""What a reading costs, in requests."""

import pytest

from connectors.emulator.instagram_web.queries import ANSWERS_QUERY, COMMENTS_QUERY
from connectors.instagram_public import session as instagram_session
from tests.connectors.instagram_public.account import (
    requests_for,
    site,
    start_new_process,
)
from tests.connectors.stage import Stage, texts


def test_a_new_process_costs_one_request_more(stage: Stage) -> None:
    stage.post(comments=3)
    stage.read()
    assert requests_for(stage) == 1
    start_new_process()
    assert requests_for(stage) == 2
    assert requests_for(stage) == 1


def test_two_accounts_share_what_a_session_learned(stage: Stage) -> None:
    other = stage.world.account("instagram", "17841400000014721", "tibrobadet", "Tibrobadet")
    stage.world.publish(other, "Öppet!")
    stage.read()
    beside = Stage(stage.emulator, "instagram_public", other, stage.credential, stage.resident, "tibrobadet")
    assert requests_for(beside) == 1


def test_a_new_reply_in_a_big_thread_costs_one_more_and_quiet_threads_nothing(stage: Stage) -> None:
    post = stage.post()
    threads = [stage.comment(post, f"Fråga {number}") for number in range(4)]
    for thread in threads:
        for number in range(9):
            stage.comment(thread, f"Svar {number}")
    assert requests_for(stage) == 1 + 2 + len(threads)
    late = stage.comment(threads[2], "Hallå?")
    mark = stage.emulator.ledger.mark()
    reading = stage.read()
    assert late.id in texts(reading)
    asked = [entry.parameters.get("query_hash") for entry in stage.emulator.ledger.since(mark).entries]
    assert asked == [None, COMMENTS_QUERY, ANSWERS_QUERY]


def test_posts_without_comments_are_not_asked_for_any(stage: Stage) -> None:
    for _ in range(5):
        stage.post()
    assert requests_for(stage) == 2


def test_an_account_that_stays_empty_costs_one_request(stage: Stage) -> None:
    stage.read()
    assert requests_for(stage) == 1


def test_old_tokens_are_renewed_in_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.post(comments=3)
    stage.read()
    monkeypatch.setattr(instagram_session, "TOKENS_LAST", 0.0)
    site(stage.emulator).sessions.renew_page_tokens()
    assert requests_for(stage) == 2
