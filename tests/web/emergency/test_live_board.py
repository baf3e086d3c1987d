"""The board's stream: who may hear it, what whoever comes back hears, and that nothing residents wrote is in it."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace

import anyio
import httpx2
import pytest
from sqlalchemy.exc import OperationalError

from monitor.db import Database
from monitor.emergency.models import Intake
from monitor.web.emergency import live_board
from monitor.web.emergency.live_board import Full, looks
from monitor.web.visiting import COOKIE
from tests.conftest import Logged
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
