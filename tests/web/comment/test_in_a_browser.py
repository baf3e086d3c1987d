"""A moderator's morning on a 360-px phone where no script is loaded: open, answer, next, close, undo; axe on all."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from connectors.emulator.server import Emulator
from monitor import State
from monitor.db import Database
from monitor.web.visiting import COOKIE
from tests.monitor.conftest import emulator
from tests.monitor.inbox.desk import Desk
from tests.web.comment.desk_house import DeskHouse, desk_housed

__all__ = ["emulator"]
PHONE = {"width": 360, "height": 740}
pytestmark = pytest.mark.browser


@pytest.fixture
def house(sqlite: Database, emulator: Emulator) -> Iterator[DeskHouse]:
    yield from desk_housed(Desk(sqlite, emulator, "facebook"))


def device(house: DeskHouse, browser: Browser, **how: object) -> BrowserContext:
    context = browser.new_context(viewport=PHONE, **how)  # type: ignore[arg-type]
    context.add_cookies([{"name": COOKIE, "value": house.word("redaktor"), "url": house.url}])
    return context


def examined(page: Page) -> None:
    """Nothing that axe objects to, nothing wider than the phone, and no button too small for a thumb."""
    page.evaluate("() => document.querySelectorAll('main details').forEach(each => each.open = true)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for button in page.locator("main button:not([aria-hidden]):visible").all():
        assert (button.bounding_box() or {})["height"] >= 44


def test_a_moderators_morning_on_a_phone(house: DeskHouse, browser: Browser) -> None:
    (first, _made), (second, _other) = house.asked(), house.asked("Vilken fin park! " + "Donaudampfschifffahrt" * 9)
    with device(house, browser) as context:
        context.route("**/*.js*", lambda route: route.abort())  # axe needs a browser that runs its own
        page = context.new_page()
        page.goto(f"{house.url}/comment/{first}")
        examined(page)
        page.get_by_role("button", name="Skicka svaret").click()
        assert page.get_by_label("Ditt svar").get_attribute("aria-invalid") == "true"
        examined(page)
        page.get_by_label("Ditt svar").fill("Badet öppnar på måndag 😀")
        page.get_by_role("button", name="Förhandsgranska").click()
        page.get_by_role("heading", name="Så här blir svaret").wait_for()
        examined(page)
        page.get_by_role("button", name="Skicka svaret").click()
        assert page.url.endswith(f"/comment/{second}?after={first}")
        assert page.get_by_role("status").first.inner_text().startswith("Ditt svar skickas.")
        examined(page)
        house.work()
        assert house.texts() == ["Badet öppnar på måndag 😀\n\nTibro kommun"]
        page.get_by_label("En synpunkt utan fråga").check()
        page.get_by_role("button", name="Avsluta utan svar").click()
        assert house.state(second) is State.CLOSED_NO_REPLY
        examined(page)
        page.get_by_role("button", name="Ångra").click()
        assert house.state(second) is State.OPEN
        examined(page)
        page.get_by_role("link", name="Fråga verksamheten").click()
        examined(page)


def test_a_browser_without_javascript_answers_and_takes_back(house: DeskHouse, browser: Browser) -> None:
    id_, _made = house.asked()
    with device(house, browser, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{house.url}/comment/{id_}")
        page.get_by_label("Ditt svar").fill("På måndag")
        page.get_by_role("button", name="Skicka svaret").click()
        house.work()
        page.reload()
        page.get_by_role("button", name="Ångra").click()
        house.work()
    assert [effect.kind for effect in house.effects] == ["reply", "delete"]


def test_with_javascript_the_answer_is_seen_while_it_is_written_by_keyboard_alone(
    house: DeskHouse, browser: Browser
) -> None:
    id_, _made = house.asked()
    with device(house, browser, color_scheme="dark") as context:
        page = context.new_page()
        page.goto(f"{house.url}/comment/{id_}")
        page.get_by_label("Ditt svar").focus()
        page.keyboard.type("På måndag")
        page.locator("#draft blockquote").wait_for()
        assert page.locator("#draft blockquote").inner_text() == "På måndag\n\nTibro kommun"
        examined(page)
        for _press in range(9):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.value") == "send":
                break
        page.keyboard.press("Enter")
        page.get_by_text("Ditt svar skickas.").wait_for()
        house.work()
        page.get_by_text("Ditt svar är skickat.").wait_for()
        assert len(house.effects) == 1
