"""What the register shows on pages: the public list as a page of its own, and what is worth mending about a channel."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from config.language import use_language
from monitor.db import Database
from monitor.register.public_list import public_list
from tests.web.conftest import get


@pytest.mark.browser
@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_public_list_is_a_page_that_everybody_can_read(filled: Database, browser: Browser, language: str) -> None:
    with filled.snapshot() as session, use_language(language):
        text = public_list(session, "html")
    page = browser.new_page(viewport={"width": 1000, "height": 700})
    page.set_content(text)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("[document.compatMode, document.documentElement.lang]") == ["CSS1Compat", language]
    assert page.get_by_role("row").count() == 4
    assert page.get_by_role("link", name="Kanal fb").get_attribute("href") == "https://www.example.org/fb"
    page.close()


def test_what_is_worth_mending_stands_beside_the_channel_in_yellow(site: str) -> None:
    text = get(f"{site}/channels").text
    assert text.count('<span class="ds-tag" data-color="warning">Bör ses över (') == 3
    assert "Adressen ligger inte på facebook.com, fb.com" in text
