"""The public list as residents meet it on the organisation's website: on a phone and at a desk, in two languages."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from config.language import use_language
from monitor.db import Database
from monitor.register.file import RegisterFile
from monitor.register.importing import import_register
from monitor.register.models import Channel
from monitor.register.public_list import public_list

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
LONG = "https://www.example.org/" + "en-mycket-lang-adress-utan-avbrott" * 4
pytestmark = pytest.mark.browser


@pytest.fixture(params=["sv", "en"])
def page_of(sqlite: Database, sample: RegisterFile, request: pytest.FixtureRequest) -> str:
    with sqlite.transaction() as session:
        import_register(session, sample, datetime(2026, 11, 23, tzinfo=UTC))
        session.get_one(Channel, "facebook").address = LONG
    with sqlite.snapshot() as session, use_language(request.param):
        return public_list(session, "html")


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def shown(page_of: str, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    page = browser.new_page(viewport=request.param)
    page.set_content(page_of)
    yield page
    page.close()


def test_axe_finds_nothing_and_nobody_has_to_scroll_sideways(shown: Page) -> None:
    found = Axe().run(shown)
    assert found.violations_count == 0, found.generate_report()
    assert shown.evaluate("document.documentElement.scrollWidth") <= (shown.viewport_size or {"width": 0})["width"]


def test_it_stays_a_table_with_headings_for_who_listens(shown: Page) -> None:
    assert shown.get_by_role("table").count() == 1
    assert shown.get_by_role("columnheader").count() == 6
    rows = shown.get_by_role("rowheader").count()
    assert rows == 6
    assert shown.get_by_role("cell").count() == rows * 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_each_cell_says_what_it_is(page_of: str, browser: Browser, scheme: str) -> None:
    page = browser.new_page(viewport=PHONE, color_scheme=scheme)
    page.set_content(page_of)
    said = page.locator("td").first.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert said in {'"Plattform: "', '"Platform: "', '"Plattform" ": "', '"Platform" ": "'}
    assert Axe().run(page).violations_count == 0
    page.close()
