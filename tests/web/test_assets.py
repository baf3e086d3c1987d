"""What pages are dressed in: pinned without naming a registry, kept by browsers, small, and within the policy."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import Request
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, Page

from config.settings import Settings
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.db import Database
from monitor.web import assets, navigation
from monitor.web.rendering import TEMPLATES
from monitor.web.visiting import COOKIE
from tests.web.conftest import LONG_WORD, cookies_for, get, serve, session_of, with_session

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "monitor" / "web" / "static" / "vendor"
PAGES = ("/", "/channels", "/hub", "/watch", "/demo/mails", "/demo/mails/0001", "/no-such-page")
HEAVIEST = 200_000
"""Bytes of a first load, before any compression."""
GALLERY = """
{% extends "base.html" %}{% import "parts.html" as parts %}
{% block title %}Gallery{% endblock %}
{% block content %}
<h1>Gallery</h1>
{{ parts.figures([(3, "open", ""), (2, "late", "bad"), (1, "near", "warn"), (0, "lost", "good")]) }}
{% for kind in ("bad", "warn", "good", "info") %}{{ parts.alert("What is wrong", kind, remedy="Mend it") }}{% endfor %}
<p>{% for kind in ("bad", "warn", "good", "neutral") %}{{ parts.badge(word, kind) }}{% endfor %}</p>
<form class="task" method="post" action="/">
  {{ parts.error_summary({"one": "Write one.", "pick": "Choose one."}) }}
  {{ parts.field("one", "One", "typed <b>", hint="A word.", fault="Write one.", more={"hx-get": "/x"}) }}
  {{ parts.area("many", "Many", "typed", hint="Words.") }}
  {{ parts.choice("chosen", "Chosen", [("a", "A"), ("b", "B")], "b") }}
  {{ parts.radios("pick", "Pick", [("a", "A"), ("b", word)], "b", fault="Choose one.") }}
  {% call parts.tick("ticked", "Ticked", "ticked", checked=true) %}What it means{% endcall %}
  <p class="row">
  {% for kind in ("primary", "secondary", "tertiary", "danger") %}{{ parts.button(kind, kind, "do", kind) }}{% endfor %}
  {{ parts.link_button(word, "/channels") }}</p>
</form>
{% for stacked in (true, false) %}
{% call parts.table("t" ~ loop.index, "Table " ~ loop.index, stacked, shown=true) %}
<thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>
<tbody><tr><th scope="row">a</th><td data-label="B">{{ word }}</td></tr></tbody>
{% endcall %}
{% endfor %}
{{ parts.pagination("Pages of the list", "/a", "/b") }}
{% call parts.facts() %}
{{ parts.fact("Name", word) }}{% call parts.fact("Code") %}<code>x</code>{% endcall %}
{% endcall %}
{% call parts.empty("Nothing is here.", "And that is well.") %}{{ parts.link_button("Start", "/") }}{% endcall %}
{% call parts.disclosure("What few need", open=true) %}<p>Here it is.</p>{% endcall %}
<p id="live">Nothing yet</p>
<button class="ds-button" type="button" hx-get="/channels" hx-target="#live" hx-select="h1">Fetch</button>
{% endblock %}
"""


READER = Visitor("lasare", LONG_WORD, frozenset(), 1, on={}, apart=frozenset({Permission.READ_INBOX}))


@pytest.fixture
def gallery(filled: Database) -> Iterator[str]:
    """The address of a page with every part on it, for somebody who is signed in."""
    for address in serve(filled, Settings(), _gallery):
        yield f"{address}/gallery"


def _gallery(request: Request) -> HTMLResponse:
    shown = {"request": request, "language": "sv", "demo": False, "visitor": READER, "word": LONG_WORD}
    return HTMLResponse(TEMPLATES.from_string(GALLERY).render(shown))


def watched(browser: Browser, address: str, db: Database, **looks: object) -> tuple[Page, list[str]]:
    """A page for somebody who is signed in there, and what the policy has refused on it so far."""
    page = browser.new_page(**looks)  # type: ignore[arg-type]
    page.context.add_cookies([{"name": COOKIE, "value": session_of(db, "redaktor"), "url": address}])
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Security Policy" in said.text else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    return page, refused


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_part(gallery: str, filled: Database, browser: Browser, scheme: str) -> None:
    page, refused = watched(browser, gallery, filled, color_scheme=scheme, viewport={"width": 360, "height": 740})
    page.goto(gallery)
    page.get_by_text("Mer", exact=True).click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Fetch").click()
    page.locator("#live h1").wait_for()
    assert page.locator("#live").inner_text() == "Kanaler"
    page.close()
    assert refused == []


@pytest.mark.browser
def test_what_a_field_says_of_itself_reaches_a_screen_reader(gallery: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(gallery)
    field = page.get_by_label("One", exact=True)
    assert field.input_value() == "typed <b>"
    assert [field.get_attribute(name) for name in ("aria-describedby", "aria-invalid", "hx-get")] == [
        "one-hint one-fault",
        "true",
        "/x",
    ]
    page.get_by_role("link", name="Write one.").click()
    assert page.evaluate("document.activeElement.id") == "one"
    assert page.get_by_role("group", name="Pick").get_attribute("aria-describedby") == "pick-fault"
    assert page.get_by_role("radio", name=LONG_WORD).is_checked()
    assert page.get_by_role("region", name="Table 2").count() == 1
    page.close()


@pytest.mark.browser
def test_no_page_is_heavy_and_none_meets_the_policy(site: str, filled: Database, browser: Browser) -> None:
    for path in PAGES:
        page, refused = watched(browser, site, filled)
        sizes: dict[str, int] = {}
        page.on("response", lambda answer, sizes=sizes: sizes.update({answer.url: len(answer.body())}))
        with_session(page, site).goto(site + path)
        assert page.evaluate("typeof htmx") == "object"
        page.close()
        assert 100_000 < sum(sizes.values()) < HEAVIEST, sizes
        assert refused == [], path


def test_a_browser_keeps_what_it_has_fetched_until_it_changes(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    address = assets.address("kanalvakt.css")
    kept = httpx2.get(site + address)
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert kept.headers["content-encoding"] == "gzip"
    assert address in get(site).text
    other = httpx2.get(f"{site}/static/kanalvakt.css?v=00000000")
    assert other.headers["cache-control"] == "no-cache"
    assert httpx2.get(f"{site}/static/kanalvakt.css").headers["cache-control"] == "no-cache"
    assert httpx2.get(f"{site}/static/nothing.css?v=").status_code == 404


def test_a_page_is_neither_kept_nor_compressed(site: str) -> None:
    answer = httpx2.get(f"{site}/channels", headers={"Accept-Encoding": "gzip"}, cookies=cookies_for(site))
    assert answer.headers["cache-control"] == "no-store"
    assert "content-encoding" not in answer.headers


def test_another_content_has_another_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    (tmp_path / "a.css").write_text("a {}")
    (tmp_path / "b.css").write_text("b {}")
    first, second = assets.address("a.css"), assets.address("b.css")
    assert first.partition("=")[2] != second.partition("=")[2]
    assert assets.address("gone.css") == "/static/gone.css?v=", "a page without what it is dressed in still works"


def test_each_sees_the_pages_that_are_open_to_them() -> None:
    items = (
        navigation.Item("/", "A"),
        navigation.Item("/open", "O", navigation.OPEN),
        navigation.Item("/b", "B", Permission.READ_INBOX),
        navigation.Item("/c", "C", Permission.ANSWER),
    )
    assert [item.address for item in navigation.shown(items, READER)] == ["/", "/open", "/b"]
    assert [item.address for item in navigation.shown(items, None)] == ["/open"]
    assert [items[2].current(path) for path in ("/b", "/b/1", "/bc", "/")] == ["page", "true", "", ""]


def test_the_lock_file_pins_every_package_and_names_no_registry() -> None:
    written = (ROOT / "package-lock.json").read_text()
    packages = json.loads(written)["packages"]
    assert len(packages) > 2
    assert all(each["integrity"].startswith("sha512-") for name, each in packages.items() if name)
    for name in ("package.json", "package-lock.json", ".npmrc", "requirements-node.lock", ".ci/assets"):
        text = (ROOT / name).read_text()
        assert "://" not in text, name
        assert '"resolved"' not in text, name
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert all(version[0].isdigit() for version in wanted.values()), "exact"


def test_what_is_fetched_is_not_committed() -> None:
    ignored = subprocess.run(["git", "check-ignore", "-q", str(VENDOR / "htmx.min.js")], cwd=ROOT, check=False)
    assert ignored.returncode == 0


def test_a_wheel_without_what_pages_are_dressed_in_is_not_built(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "celeryconfig.py", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("config", "connectors", "monitor", "workers"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    assert "lacks designsystemet.css, htmx.min.js: run" in _built(tmp_path).stderr
    shutil.copytree(VENDOR, tmp_path / VENDOR.relative_to(ROOT))
    assert _built(tmp_path).returncode == 0
    [wheel] = (tmp_path / "dist").glob("*.whl")
    shutil.unpack_archive(wheel, tmp_path / "unpacked", "zip")
    assert (tmp_path / "unpacked" / VENDOR.relative_to(ROOT) / "htmx.min.js").is_file()
    assert (tmp_path / "unpacked" / "celeryconfig.py").is_file(), "no worker starts without it"


def _built(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
