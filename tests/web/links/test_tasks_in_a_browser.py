"""The pages of links in mails as people meet them: on a phone, without JavaScript, by keyboard and screen reader."""

from collections.abc import Iterator

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from monitor.alerts.tasks import ATTEST, CONFIRM, REVIEW
from monitor.db import Database
from tests.web.links.task_house import DOERS, NOW, PURPOSES, House, housed

PHONE = {"width": 360, "height": 740}
BUTTONS = {
    ATTEST: "Jag har gått igenom kanalen",
    REVIEW: "Jag har gått igenom det nya",
    CONFIRM: "Bekräfta mottaget",
}
pytestmark = pytest.mark.browser


@pytest.fixture
def house(sqlite: Database) -> Iterator[House]:
    with time_machine.travel(NOW):
        yield from housed(sqlite)


def examined(page: Page) -> None:
    """Nothing that axe objects to, and nothing wider than the phone."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("purpose", PURPOSES)
def test_axe_finds_nothing_on_a_phone_before_and_after(
    house: House, browser: Browser, purpose: str, scheme: str
) -> None:
    page = browser.new_page(color_scheme=scheme, viewport=PHONE)
    page.goto(house.address(purpose))
    examined(page)
    button = page.get_by_role("button", name=BUTTONS[purpose])
    assert (button.bounding_box() or {})["height"] >= 44
    button.click()
    assert page.get_by_role("status").inner_text().startswith("Klart.")
    examined(page)
    page.close()
    assert house.done(purpose) == [DOERS[purpose]]


def test_axe_finds_nothing_where_something_is_wrong(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(house.address(ATTEST))
    page.get_by_label("Anteckning").fill("x" * 1001)
    page.get_by_label("Antal nya kommentarer").fill("tre")
    page.get_by_role("button").click()
    page.get_by_role("alert").wait_for()
    assert page.evaluate("document.activeElement.id") == "note"
    examined(page)
    page.goto(house.address(REVIEW, subject="grupp"))
    page.get_by_role("button").click()
    page.get_by_role("alert").wait_for()
    examined(page)
    page.goto(house.url + "/task/nonsense")
    examined(page)
    page.close()
    assert house.attestations() == []


@pytest.mark.parametrize("purpose", PURPOSES)
def test_it_works_without_javascript(house: House, browser: Browser, purpose: str) -> None:
    page = browser.new_context(java_script_enabled=False, viewport=PHONE).new_page()  # type: ignore[arg-type]
    page.goto(house.address(purpose))
    page.get_by_role("button", name=BUTTONS[purpose]).click()
    page.get_by_role("status").wait_for()
    page.reload()
    page.close()
    assert house.done(purpose) == [DOERS[purpose]]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_keyboard_alone_is_enough(house: House, browser: Browser, purpose: str) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(house.address(purpose))
    for _press in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "note":
            page.keyboard.type("Lugnt 😀")
        if page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    page.close()
    assert house.done(purpose) == [DOERS[purpose]]
    if purpose == ATTEST:
        assert [made.note for made in house.attestations()] == ["Lugnt 😀"]


def test_what_a_manager_wrote_is_shown_and_never_run(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(house.address(CONFIRM))
    assert page.title() == "Chefsbeslut om Tibro kommun på fb – Kanalvakt"
    page.close()
