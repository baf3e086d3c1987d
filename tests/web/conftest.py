"""A served site with a small register and a few comments, and a real browser to look at it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import copy
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import Response
from playwright.sync_api import Page
from starlette.datastructures import State
from starlette.testclient import TestClient

from config.settings import Settings
from monitor.access import sessions
from monitor.db import Database
from monitor.register.models import Channel, Decision, Organisation, Person, Unit
from monitor.watch.models import Comment, Post, Schedule
from monitor.web.api import app as made_api
from monitor.web.app import create_app
from monitor.web.visiting import COOKIE

if TYPE_CHECKING:
    from playwright.sync_api import Page

_made = cache(made_api.create_api)


def _create_api() -> FastAPI:
    """Each application has an API with a state of its own; what it is made of is worked out once in a process, at the
    first question to the first of them, which takes two seconds."""
    api = copy(_made())
    api.state, api.middleware_stack = State(), None
    return api


made_api.create_api = _create_api
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
MADE = datetime(2026, 1, 1, tzinfo=UTC)
NASTY = '<script>document.title="taken"</script> & "citat"'


@pytest.fixture
def filled(sqlite: Database) -> Database:
    """`furnish` on SQLite."""
    return furnish(sqlite)


def furnish(db: Database) -> Database:
    """Three channels (one failing, one without a decision, one with a post whose comments are not all shown) and three
    residents' comments, one of them held."""
    now = datetime.now(UTC)
    with db.transaction() as session:
        session.add(Organisation(name="Tibro kommun", website="https://www.tibro.se"))
        session.add_all([Person(id="redaktor", name="Rut Redaktör", email="rut@example.org")])
        session.add(Person(id="ersattare", name="Eva Ersättare", email="eva@example.org"))
        session.flush()
        session.add(Unit(id="kommunikation", name="Kommunikation", manager_id="redaktor"))
        session.flush()
        session.add_all([_channel("fb", "facebook"), _channel("ig", "instagram"), _channel("yt", "youtube")])
        session.flush()
        session.add(_decision("fb", date.today() + timedelta(days=300)))  # noqa: DTZ011 - far from any midnight
        session.add(_decision("ig", date(2020, 1, 1)))
        session.add_all([Schedule(channel_id="fb", next_poll_at=now, last_complete_at=now)])
        failing = {"failing_since": now, "failure_kind": "auth_expired", "failure_detail": "190/463"}
        session.add(Schedule(channel_id="ig", next_poll_at=now, **failing))
        session.add(Schedule(channel_id="yt", next_poll_at=now, last_complete_at=now))
        session.add_all(_comments(now))
    return db


def _channel(id_: str, platform: str) -> Channel:
    people = {"responsible_id": "redaktor", "deputy_id": "ersattare"}
    address = f"https://www.example.org/{id_}"
    return Channel(
        id=id_,
        platform=platform,
        name=f"Kanal {id_}",
        address=address,
        unit_id="kommunikation",
        external_id=f"own-{id_}",
        **people,
    )


def _decision(channel: str, until: date) -> Decision:
    who = {"responsible_id": "redaktor", "decided_by_id": "redaktor", "decided_on": date(2019, 1, 1)}
    said = {"purpose": "Dialog", "address": "https://www.example.org/x", "audience": "Alla"}
    return Decision(channel_id=channel, version=1, valid_until=until, created_at=MADE, **said, **who)


def _comments(now: datetime) -> list[Post | Comment]:
    old = now - timedelta(days=9)
    seen = {"fetched_at": now, "content_hash": b"x"}
    gap = {"declared_comments": 8, "gap": 6, "gap_since": now}
    rows: list[Post | Comment] = [
        Post(channel_id="fb", external_id="p", posted_at=old, text="Vattenläcka", **gap, **seen)
    ]
    for number, (channel, text, held) in enumerate([("fb", NASTY, False), ("fb", LONG_WORD, False), ("yt", "", True)]):
        rows.append(
            Comment(
                channel_id=channel,
                external_id=f"c{number}",
                post_external_id="p",
                thread_external_id=f"c{number}",
                posted_at=old + timedelta(hours=number),
                text_seen_at=now,
                text=text,
                author_id=f"r{number}",
                author_name=f"Kim {number} Påhittad",
                permalink=f"https://www.example.org/p/{number}",
                held=held,
                **seen,
            )
        )
    return rows


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    """The demo's mailbox with one mail in it."""
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "0001.eml").write_bytes(
        b"From: kanalvakt@example.org\r\nTo: rut@example.org\r\nDate: Mon, 23 Nov 2026 07:30:00 +0100\r\n"
        b"Subject: =?utf-8?q?3_obesvarade?=\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nTre obesvarade\r\n"
        b'--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html lang="sv"><title>m</title>'
        b'<body><main><h1 style="color:#123456">Tre obesvarade</h1></main></body></html>\r\n--b--\r\n'
    )
    return folder


@pytest.fixture
def app(filled: Database, mails: Path) -> FastAPI:
    return create_app(Settings(demo_mails=mails), filled)


@pytest.fixture
def signed_in(filled: Database, app: FastAPI) -> Iterator[Callable[[str], TestClient]]:
    """A client on a device where that person is signed in; follows redirects."""
    with ExitStack() as stack:

        def client_of(person_id: str) -> TestClient:
            client = stack.enter_context(TestClient(app, base_url="http://localhost"))
            client.cookies.set(COOKIE, session_of(filled, person_id), domain="localhost.local")
            return client

        yield client_of


def session_of(db: Database, person_id: str) -> str:
    """Signs the person in and gives the word for the cookie."""
    with db.transaction() as session:
        return sessions.begin(session, person_id, "password", "a test", datetime.now(UTC))


SITES: dict[str, Database] = {}
"""What each running server stands in front of."""
WORDS: dict[str, str] = {}
READER = "lasare"
"""Sees everything, and is told nothing."""


def cookies_for(address: str) -> dict[str, str]:
    """Of somebody who is signed in and may read everything."""
    return {COOKIE: _word(address)}


def get(address: str, **options: Any) -> httpx2.Response:
    """The page as somebody gets it who is signed in and may read everything."""
    return httpx2.get(address, headers={"cookie": f"{COOKIE}={_word(address)}"}, **options)


def with_session(page: "Page", address: str) -> "Page":
    """The same in a browser."""
    site = _site(address)
    page.context.add_cookies([{"name": COOKIE, "value": _word(address), "url": site}])
    return page


def _word(address: str) -> str:
    site = _site(address)
    if site not in WORDS:
        with SITES[site].transaction() as session:
            if session.get(Person, READER) is None:
                session.add(Person(id=READER, name="Lo Läsare", roles=["registrar"]))
        WORDS[site] = session_of(SITES[site], READER)
    return WORDS[site]


def _site(address: str) -> str:
    return "/".join(address.split("/")[:3])


@pytest.fixture
def site(filled: Database, mails: Path) -> Iterator[str]:
    """The address of a running web server in front of `filled`."""
    yield from serve(filled, Settings(demo_mails=mails))


def serve(
    db: Database, settings: Settings, more: Callable[[Request], Response] | None = None, port: int = 0
) -> Iterator[str]:
    """more: a further page, at its own name. port: any free one where none is named."""
    app = create_app(settings, db)
    if more is not None:
        app.add_route(f"/{more.__name__.strip('_')}", more)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    SITES[address] = db
    yield address
    WORDS.pop(address, None)
    server.should_exit = True
    thread.join(10)
