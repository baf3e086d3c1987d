"""A town with people to tell, and a post office that their mail goes through."""

import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from connectors.emulator.tunnel import _issue
from monitor.db import Database
from tests.monitor.alerts.heartbeat import Watcher
from tests.monitor.alerts.mornings import Morning
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.days.almanac import Almanac
from tests.monitor.town import Town

MORNING = datetime(2026, 6, 15, 5, 30, tzinfo=UTC)  # Monday 07.30 in Stockholm: service hours begin


@pytest.fixture
def town(db: Database) -> Town:
    return Town(db)


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    office = PostOffice().open()
    yield office
    office.close()


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    watcher = Watcher()
    thread = threading.Thread(target=watcher.server.serve_forever, args=(0.02,))
    thread.start()
    yield watcher
    watcher.server.shutdown()
    watcher.server.server_close()
    thread.join()


@pytest.fixture
def mail(post_office: PostOffice) -> Settings:
    return with_mail(post_office.url)


@pytest.fixture
def morning(sqlite: Database, post_office: PostOffice, mail: Settings) -> Morning:
    return Morning(Almanac(sqlite), post_office, mail)


@pytest.fixture
def encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., PostOffice]]:
    """Opens post offices with TLS for `localhost`, by an authority that this test trusts."""
    authority, leaf = _issue(("localhost",), tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(leaf)
    opened: list[PostOffice] = []

    def open_(**options: Any) -> PostOffice:
        opened.append(PostOffice(tls, **options).open())
        return opened[-1]

    yield open_
    for office in opened:
        office.close()


def with_mail(url: str, **values: Any) -> Settings:
    return Settings(smtp_url=url, web={"public_url": "https://kanalvakt.tibro.example.org"}, **values)
