"""A reading in the log: one line each, what lasts told once, its end once, and no word of a resident or a secret."""

import json
import logging
from typing import Any

import pytest

from config.logging import configure_logging
from connectors.errors import AuthExpired, Unavailable
from monitor.watch.models import PollRun
from tests.conftest import Logged
from tests.monitor.watch.conftest import Watch

TEXT = "Varför är vattnet brunt på Ågatan?"
TOKEN = "EAAB-a-secret-token"
COUNTED = {"posts", "comments_seen", "new", "edited", "gone", "requests", "counted_cost", "seconds"}


def events(logged: Logged, event: str) -> list[dict[str, Any]]:
    return [line for line in logged() if line["event"] == event]


def test_each_reading_is_one_line_with_its_number_and_what_came_of_it(quick: Watch, logged: Logged) -> None:
    quick.platform.post()
    quick.platform.comment("c1", TEXT)
    quick.poll()
    quick.platform.error = AuthExpired(f"{TOKEN} says {TEXT}", code="190/463")
    quick.poll()
    lines, runs = events(logged, "channel read"), quick.runs()
    assert [line["run"] for line in lines] == [run.id for run in runs]
    assert [(line["outcome"], line["error"], line["code"]) for line in lines] == [
        ("complete", None, None),
        ("partial", "auth_expired", "190/463"),
    ]
    assert (lines[0]["new"], lines[0]["comments_seen"], lines[0]["counted_cost"]) == (1, 1, 3)
    assert lines[0].keys() >= COUNTED | {"channel", "full", "next", "because", "level", "timestamp"}
    assert not [line for line in logged() if TEXT in str(line) or TOKEN in str(line)]


def test_a_failure_that_lasts_is_said_once_and_its_end_once(quick: Watch, logged: Logged) -> None:
    failures = [None, Unavailable("down"), Unavailable("down"), AuthExpired("no"), AuthExpired("no"), None, None]
    for error in failures:
        quick.platform.error = error
        quick.poll()
    assert [line["error"] for line in events(logged, "channel fails")] == ["unavailable", "auth_expired"]
    assert [line["error"] for line in events(logged, "channel can be read again")] == ["auth_expired"]
    assert len(events(logged, "channel read")) == len(failures)


def test_a_reading_whose_worker_died_has_its_line_too(quick: Watch, logged: Logged) -> None:
    with quick.db.transaction() as session:
        session.add(PollRun(channel_id="fb", claim="gone", started_at=quick.platform.now, full=True))
    quick.poll()
    lost, read = events(logged, "channel read")
    assert (lost["outcome"], lost["level"], lost["run"]) == ("lost", "warning", 1)
    assert read["outcome"] == "complete"


def test_what_is_logged_in_the_middle_of_a_reading_has_its_number(quick: Watch, logged: Logged) -> None:
    quick.platform.error = ValueError(TEXT)
    quick.poll()
    [bug] = events(logged, "a connector failed")
    assert bug["run"] == quick.runs()[0].id


@pytest.mark.parametrize(("form", "is_json"), [("json", True), ("text", False), ("auto", True)])
def test_the_form_of_the_log_is_chosen(form: str, is_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        configure_logging("INFO", form)
        logging.getLogger("monitor.x").warning("something")
    finally:
        root.handlers[:], root.level = handlers, level
    [line] = capsys.readouterr().err.splitlines()
    assert "something" in line
    assert line.startswith("{") is is_json
    assert not is_json or json.loads(line)["event"] == "something"
