"""The pages of links to comments as people meet them: on a phone, without JavaScript, by keyboard and screen reader."""

from collections.abc import Iterator

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from monitor import State
from monitor.db import Database
from monitor.watch.models import Comment
from tests.web.links.comment_house import NOW, CommentHouse, comment_housed

PHONE = {"width": 390, "height": 844}
pytestmark = pytest.mark.browser


@pytest.fixture
def house(sqlite: Database) -> Iterator[CommentHouse]:
    with time_machine.travel(NOW):
        yield from comment_housed(sqlite)


def examined(page: Page) -> None:
    """Nothing that axe objects to, nothing wider than the phone, and nothing to press that is too small for a thumb."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for button in page.get_by_role("button").all():
        assert (button.bounding_box() or {})["height"] >= 44


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_before_and_after(house: CommentHouse, browser: Browser, scheme: str) -> None:
    text = "مرحبا متى يفتح المسبح؟ " + "x" * 4000
    house.town.change(Comment, house.ids["perhaps"], text=text)
    page = browser.new_page(color_scheme=scheme, viewport=PHONE)  # type: ignore[arg-type]
    for address in (house.link("asks", "close"), house.link("perhaps", "confirm"), house.finish()):
        page.goto(address)
        examined(page)
    page.get_by_role("button").click()
    assert "Rut Redaktör avslutade det ikryssade" in page.get_by_role("status").inner_text()
    examined(page)
    page.goto(house.link("asks", "close"))
    page.get_by_label("Synpunkt utan fråga").or_(page.get_by_label("En synpunkt utan fråga")).check()
    page.get_by_role("button", name="Avsluta utan svar").click()
    page.get_by_role("status").wait_for()
    examined(page)
    page.close()


def test_it_works_without_javascript(house: CommentHouse, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False, viewport=PHONE).new_page()  # type: ignore[arg-type]
    page.goto(house.link("asks", "close"))
    page.get_by_role("button", name="Avsluta utan svar").click()
    assert page.get_by_role("status").count() == 0  # the browser itself asks for a reason
    page.get_by_label("Reklam eller skräp").check()
    page.get_by_role("button", name="Avsluta utan svar").click()
    page.get_by_role("status").wait_for()
    page.goto(house.finish())
    page.get_by_label("Tack så mycket!").uncheck()
    page.get_by_role("button").click()
    page.get_by_role("status").wait_for()
    page.close()
    assert house.state("asks") is State.CLOSED_NO_REPLY
    assert (house.state("thanks"), house.state("emoji")) == (State.OPEN, State.CLOSED_NO_REPLY)


def test_the_keyboard_alone_is_enough_and_comes_first_to_what_the_link_was_for(
    house: CommentHouse, browser: Browser
) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(house.link("perhaps", "confirm"))
    for _press in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
    assert page.evaluate("document.activeElement.value") == "confirm"
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    page.close()
    assert house.state("perhaps") is State.ANSWERED


def test_what_was_chosen_and_written_is_still_there_when_it_is_refused(house: CommentHouse, browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(house.link("asks", "close"))
    page.get_by_label("Diarieförd").check()
    page.locator("#note-close").fill("utan nummer")
    page.get_by_role("button", name="Avsluta utan svar").click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_label("Diarieförd").is_checked()
    assert page.locator("#note-close").input_value() == "utan nummer"
    examined(page)
    page.locator("#note-close").fill("KS 2026/17")
    page.get_by_role("button", name="Avsluta utan svar").click()
    page.get_by_role("status").wait_for()
    page.close()
