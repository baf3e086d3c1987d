"""The board's stream: who may hear it, what whoever comes back hears, and that nothing residents wrote is in it."""

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace

import anyio
import httpx2
import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy.exc import OperationalError

from monitor.db import Database
from monitor.emergency.models import Intake
from monitor.web.emergency import live_board
from monitor.web.emergency.live_board import Full, looks
from monitor.web.visiting import COOKIE
from tests.conftest import Logged
from tests.waiting import eventually
from tests.web.conftest import session_of
from tests.web.emergency.test_board import SAID, comment, incident

__all__ = ["incident"]


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_board, "EVERY", 0.1)


@contextmanager
def stream(db: Database, site: str, who: str = "kris", **headers: str) -> Iterator[Iterator[str]]:
    """What comes, event by event."""
    sent = {"cookie": f"{COOKIE}={session_of(db, who)}", **headers}
    with httpx2.stream("GET", f"{site}/crisis/1/board/events", headers=sent, timeout=20) as answer:
        assert answer.status_code == 200
        yield _events(answer)


def _events(answer: httpx2.Response) -> Iterator[str]:
    gathered: list[str] = []
    for line in answer.iter_lines():
        if line:
            gathered.append(line)
        else:
            yield "\n".join(gathered)
            gathered = []


@contextmanager
def served_at(db: Database, port: int) -> Iterator[str]:
    """The address of a web process of its own, which is killed in the end."""
    url = db.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "uvicorn", "monitor.web.served:served", "--factory", "--port", str(port)]
    with subprocess.Popen([*command, "--log-level", "error"], env=os.environ | {"KANALVAKT_DATABASE_URL": url}) as web:
        try:
            assert eventually(lambda: _listens(port), 60)
            yield f"http://127.0.0.1:{port}"
        finally:
            web.kill()


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def board(browser: Browser, db: Database, site: str) -> Iterator[Page]:
    """Open, with what there is; nobody loads it again."""
    with browser.new_context(locale="sv-SE") as context:
        context.add_cookies([{"name": COOKIE, "value": session_of(db, "kris"), "url": site}])
        page = context.new_page()
        page.goto(f"{site}/crisis/1/board")
        page.get_by_text("Mormor behöver hjälp").wait_for()
        page.evaluate("window.loaded = 'once'")
        yield page
        assert page.evaluate("window.loaded") == "once"


def writes(db: Database, text: str) -> None:
    with db.transaction() as session:
        session.add(comment(text[-8:], text))


def test_a_board_that_is_open_shows_what_came_while_the_server_was_away(incident: Database, browser: Browser) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with ExitStack() as rest:
        with served_at(incident, port) as site:
            page = rest.enter_context(board(browser, incident, site))
            writes(incident, "Vi sitter fast i hissen")
            page.get_by_text("Vi sitter fast i hissen").wait_for()
        writes(incident, "Ett träd brinner vid skolan")
        with served_at(incident, port):
            page.get_by_text("Ett träd brinner vid skolan").wait_for(timeout=60_000)


def test_a_board_that_could_not_be_read_when_it_changed_is_read_again_though_nothing_more_changes(
    incident: Database, site: str, browser: Browser
) -> None:
    with board(browser, incident, site) as page:
        broken = list[str]()
        page.route(f"{site}/crisis/1/board", lambda way: (broken.append("once"), way.abort())[1], times=1)
        writes(incident, "Vi sitter fast i hissen")
        page.get_by_text("Vi sitter fast i hissen").wait_for()
        assert broken == ["once"]


def test_a_board_that_was_refused_as_there_are_too_many_comes_back_after_half_a_minute(
    incident: Database, site: str, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with browser.new_context() as context:
        context.add_cookies([{"name": COOKIE, "value": session_of(incident, "kris"), "url": site}])
        page = context.new_page()
        page.clock.install()
        monkeypatch.setattr(live_board, "MOST", 0)
        with page.expect_response(lambda answer: answer.url.endswith("/events") and answer.status == 503):
            page.goto(f"{site}/crisis/1/board")
        monkeypatch.setattr(live_board, "MOST", 50)
        with page.expect_response(lambda answer: answer.url.endswith("/events") and answer.status == 200):
            page.clock.fast_forward(30_000)
        writes(incident, "Vi sitter fast i hissen")
        page.get_by_text("Vi sitter fast i hissen").wait_for()


def test_whoever_may_not_read_crises_is_refused_and_whoever_is_nobody_is_sent_to_the_door(
    incident: Database, site: str
) -> None:
    address = f"{site}/crisis/1/board/events"
    stranger = {"cookie": f"{COOKIE}={session_of(incident, 'ersattare')}"}
    assert httpx2.get(address, headers=stranger, timeout=20).status_code == 403
    nobody = httpx2.get(address, timeout=20)
    assert (nobody.status_code, "/login" in nobody.headers["location"]) == (303, True)
    reader = {"cookie": f"{COOKIE}={session_of(incident, 'kris')}"}
    missing = httpx2.get(address.replace("/1/", "/99/"), headers=reader, timeout=20)
    assert missing.status_code == 404


def test_whoever_comes_back_hears_only_what_they_have_missed(incident: Database, site: str) -> None:
    with stream(incident, site) as events:
        first = next(events)
    word = first.removeprefix("event: board\ndata: ").split("\n")[0]
    assert first == f"event: board\ndata: {word}\nid: {word}"
    with stream(incident, site, **{"last-event-id": word}) as events:
        assert [next(events), next(events)] == [":", ":"]
        with incident.transaction() as session:
            session.add(comment("later", "Vi sitter fast i hissen"))
        news = next(each for each in events if each != ":")
        assert word not in news
    with stream(incident, site, **{"last-event-id": word}) as events:
        assert next(events) == news


def test_a_database_that_is_gone_for_a_moment_ends_no_stream_and_no_word_of_a_resident_is_in_it_or_in_a_log(
    incident: Database, site: str, monkeypatch: pytest.MonkeyPatch, logged: Logged, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    kept, heard = live_board.collect, list[str]()

    def fails(*_words: object) -> int:
        raise OperationalError(f"SELECT '{SAID[5]}'", {"text": SAID[6]}, Exception("gone"))

    with stream(incident, site) as events:
        heard += [next(events), next(events)]
        monkeypatch.setattr(live_board, "collect", fails)
        heard += [next(events) for _each in range(4)]
        monkeypatch.setattr(live_board, "collect", kept)
        with incident.transaction() as session:
            session.add(comment("again", "Hjälp oss, vi kommer inte ut"))
        heard.append(next(each for each in events if each != ":"))
    assert heard[2:6] == [":"] * 4
    lines = [line for line in logged() if line.get("event") == "the board was not looked at"]
    assert {line["error"] for line in lines} == {"OperationalError"}
    with incident.snapshot() as session:
        assert session.query(Intake).count() == len(SAID) + 1
    everything = "\n".join(heard) + caplog.text + repr(logged())
    for text in (*SAID, "kommer inte ut"):
        assert text not in everything


def test_no_more_streams_begin_than_there_may_be_though_all_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_board, "MOST", 2)
    monkeypatch.setattr(live_board, "_look", lambda *_words: "now")

    async def all_come() -> list[str]:
        state = SimpleNamespace(db=None)
        streams = [looks(state, 1, frozenset()) for _each in range(4)]
        first = [await anext(each) for each in streams]
        with pytest.raises(Full):
            looks(state, 1, frozenset())
        for each in streams:
            await each.aclose()  # type: ignore[attr-defined]
        assert state.streams == 0
        return first

    with ThreadPoolExecutor(1) as aside:  # the browser's own loop runs here
        first = aside.submit(anyio.run, all_come).result()
    assert [each.startswith("event: board") for each in first] == [True, True, False, False]
    assert first[2:] == ["retry: 30000\n\n"] * 2
