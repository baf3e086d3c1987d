"""The board's streams over real sockets: bounded however many come at once, and free again when readers are gone."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from monitor.db import Database
from monitor.emergency.models import Incident
from monitor.register.models import Person
from monitor.web.emergency import live_board
from monitor.web.visiting import COOKIE
from tests.waiting import eventually
from tests.web.conftest import session_of

MOST, EVERY = 3, 0.1
RESET = struct.pack("ii", 1, 0)
EVENT = b"event: board"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_board, "MOST", MOST)
    monkeypatch.setattr(live_board, "EVERY", EVERY)


@pytest.fixture
def cookie(filled: Database) -> str:
    """Of somebody who works in the crisis."""
    with filled.transaction() as session:
        session.add(Person(id="kris", name="Kim Kris", email="kris@example.org", roles=["crisis_staff"]))
        session.flush()
        begun = {"started_at": datetime.now(UTC), "started_by_id": "kris", "decided_by": "Kim"}
        session.add(Incident(mode="actual", level="disturbance", title="Ström", **begun))
    return f"{COOKIE}={session_of(filled, 'kris')}"


@contextmanager
def stream(site: str, cookie: str) -> Iterator[socket.socket]:
    """A reader who says nothing more."""
    place = urlsplit(site)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=20) as connection:
        asked = f"GET /crisis/1/board/events HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {cookie}\r\n\r\n"
        connection.sendall(asked.encode())
        yield connection


def answer(connection: socket.socket) -> bytes:
    """As far as the first event, or to the end of what is no stream."""
    got = b""
    while EVENT not in got and b"503 " not in got and b"\r\n0\r\n\r\n" not in got:
        piece = connection.recv(65536)
        if not piece:
            break
        got += piece
    return got


def test_there_are_no_more_streams_than_may_be_and_a_reader_who_is_gone_makes_room(
    site: str, cookie: str, quick: None
) -> None:
    with ExitStack() as rest:
        readers = [rest.enter_context(stream(site, cookie)) for _each in range(MOST)]
        assert all(EVENT in answer(each) for each in readers)
        with stream(site, cookie) as late:
            refused = answer(late)
            assert b"503 " in refused.splitlines()[0]
            assert b"retry-after: 30" in refused.lower()
        readers[0].close()  # as a browser that is left
        readers[1].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        readers[1].close()  # as a telephone that is out of reach
        for _each in range(2):
            assert eventually(lambda: _comes_in(rest, site, cookie), 10)


def _comes_in(rest: ExitStack, site: str, cookie: str) -> bool:
    connection = rest.enter_context(stream(site, cookie))
    return EVENT in answer(connection)


def test_however_many_come_at_the_same_moment_no_more_are_served(
    site: str, cookie: str, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = live_board._look
    monkeypatch.setattr(live_board, "_look", lambda *words: [time.sleep(0.5), look(*words)][1])
    many, got = 4 * MOST, list[bytes]()
    with ExitStack() as rest:
        readers = [rest.enter_context(stream(site, cookie)) for _each in range(many)]
        threads = [threading.Thread(target=lambda each=each: got.append(answer(each))) for each in readers]
        for each in threads:
            each.start()
        for each in threads:
            each.join(30)
    assert len(got) == many
    assert sum(EVENT in each for each in got) == MOST
