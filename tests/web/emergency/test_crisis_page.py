"""The public crisis page: read by anybody, whatever else has stopped."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from config.settings import Settings
from monitor.db import Database
from monitor.emergency import hub
from monitor.web.app import create_app
from tests.monitor.emergency.crises import HASH, NOW, incident, register, sent

PAGES = ("", "/en", "/tibro-1", "/tibro-2", "/index.json", "/feed.atom", "/cap/tibro-2.xml", "/robots.txt")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def site(settings: Settings, sqlite: Database) -> Iterator[str]:
    """A web process whose database is gone, with what was published before."""
    with sqlite.transaction() as session:
        register(session)
        event = incident(session, stage="ongoing")
        first = sent(session, event, "tibro-1")
        sent(session, event, "tibro-2", "update", earlier_id=first.id)
        sent(session, incident(session, "exercise"), "tibro-x")
    gone = Database(f"sqlite:///{settings.home}/no/such/folder/gone.sqlite3")
    server = uvicorn.Server(uvicorn.Config(create_app(settings, gone), port=0, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}{hub.PATH}"
    seen = settings.model_copy(update={"emergency": settings.emergency.model_copy(update={"hub_url": address})})
    hub.publish_hub(sqlite, seen, NOW)
    vars(settings)["emergency"] = seen.emergency
    yield address
    server.should_exit = True
    thread.join(10)
    gone.close()


def test_it_is_read_when_the_database_is_gone_and_by_nobody_s_leave(site: str) -> None:
    assert httpx2.get(site.replace(hub.PATH, "/login"), timeout=60).status_code == 503
    for path in PAGES:
        answer = httpx2.get(site + path)
        assert answer.status_code == 200, path
        assert "public" in answer.headers["cache-control"]
        assert "set-cookie" not in answer.headers
        again = httpx2.get(site + path, headers={"if-none-match": f"W/{answer.headers['etag']}"})
        assert (again.status_code, again.content) == (304, b"")
    assert httpx2.head(site).headers["content-length"] == str(len(httpx2.get(site).content))
    assert httpx2.get(site.replace(hub.PATH, "/crisis-information")).headers["location"] == f"{hub.PATH}/en"


@pytest.mark.parametrize(
    "path", ["/tibro-x", "/nothing", "/.lock", "/../kanalvakt.toml", "/%2e%2e/x", "/cap/..%2f..%2fx.xml", "/index.html"]
)
def test_nothing_else_is_given(site: str, path: str) -> None:
    assert httpx2.get(site + path).status_code in {404, 503}
    assert httpx2.post(site).status_code == 405


def test_where_people_come_by_https_browsers_are_told_to_use_nothing_else(tmp_path: Path, sqlite: Database) -> None:
    for public, told in (("https://kris.tibro.se", True), ("http://kris.tibro.se", False)):
        client = TestClient(create_app(Settings(home=tmp_path, web={"public_url": public}), sqlite))  # type: ignore[arg-type]
        for path in (hub.PATH, f"{hub.PATH}/nothing", "/crisis-information"):
            answer = client.get(path, follow_redirects=False)
            assert ("strict-transport-security" in answer.headers) is told, path


def test_it_is_seen_from_outside_as_it_was_sent_or_not_at_all(site: str, settings: Settings) -> None:
    assert hub.verify(settings, "tibro-1", HASH)
    assert not hub.verify(settings, "tibro-1", "b" * 64)
    assert not hub.verify(settings, "nothing", HASH)
    assert not hub.verify(settings, "../x", HASH)
    elsewhere = settings.emergency.model_copy(update={"hub_url": "http://127.0.0.1:9"})
    assert not hub.verify(settings.model_copy(update={"emergency": elsewhere}), "tibro-1", HASH)


def test_what_is_published_next_is_read_at_once(site: str, sqlite: Database, settings: Settings) -> None:
    before = httpx2.get(site)
    with sqlite.transaction() as session:
        sent(session, incident(session, title="Elavbrott"), "tibro-3")
    hub.publish_hub(sqlite, settings, NOW)
    after = httpx2.get(site, headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert "Elavbrott" in after.text


def test_before_the_first_message_there_is_a_page_all_the_same(site: str, settings: Settings) -> None:
    (hub.folder(settings) / "index.html").unlink()
    assert "Ingen krisinformation" in httpx2.get(site).text


@pytest.mark.browser
def test_it_is_whole_without_script_on_a_small_telephone_and_on_paper(site: str, browser: Browser) -> None:
    bare = browser.new_context(viewport={"width": 360, "height": 700}, java_script_enabled=False)
    asked = list[str]()
    page = bare.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site)
    page.get_by_role("link", name="En egen sida").first.click()
    page.get_by_role("heading", level=1).wait_for()
    assert page.get_by_role("heading", level=1).inner_text() == "Uppdatering: Koka vattnet"
    assert all(url.startswith(site) or url.endswith("/favicon.ico") for url in asked)
    bare.close()
    window = browser.new_context(viewport={"width": 360, "height": 700})
    page = window.new_page()
    for path in PAGES[:4]:
        page.goto(site + path)
        page.locator("h1").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert Axe().run(page).response["violations"] == []
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('article')).color") == "rgb(0, 0, 0)"
    assert not page.get_by_role("link", name="In English").is_visible()
    window.close()
