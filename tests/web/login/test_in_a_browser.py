"""The login as people meet it: a phone, both languages, no JavaScript, a screen reader's rules, and a real passkey."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from config.settings import Settings
from monitor.access.models import Passkey
from monitor.db import Database
from monitor.web.app import create_app
from tests.web.conftest import COOKIE, serve, session_of
from tests.web.login.house import NEW, PASSWORD, House, digits

PHONE = {"width": 360, "height": 740}
pytestmark = pytest.mark.browser


@pytest.fixture
def people(filled: Database, mails: Path) -> House:
    found = House(create_app(Settings(demo_mails=mails), filled), filled)
    found.person("redaktor", "communicator")
    found.person("admin", "administrator")
    found.person("ny", "moderator", app=False)
    return found


@pytest.fixture
def address(people: House, mails: Path) -> Iterator[str]:
    """By name: a passkey belongs to a name, not to a number."""
    for found in serve(people.db, Settings(demo_mails=mails)):
        yield found.replace("127.0.0.1", "localhost")


def looked_at(page: Page) -> None:
    """axe finds nothing, and nothing has to be scrolled sideways."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


def test_english_and_dark_are_for_everybody_too(people: House, address: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, color_scheme="dark")
    word = session_of(people.db, "admin")
    context.add_cookies([{"name": "language", "value": "en", "url": address}])
    page = context.new_page()
    page.goto(f"{address}/login")
    assert page.get_by_role("heading", level=1).inner_text() == "Sign in"
    looked_at(page)
    context.add_cookies([{"name": COOKIE, "value": word, "url": address}])
    page.goto(f"{address}/account")
    looked_at(page)
    context.close()


def test_each_page_in_each_state_is_for_everybody(people: House, address: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE)
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    link = people.link("ny")
    for path in ("/login", "/login/code", link, "/setup/none"):
        page.goto(address + path)
        looked_at(page)
    page.goto(f"{address}/login/code")
    page.locator("#code").fill("fel")
    page.locator("main button").click()
    looked_at(page)
    _mistakes_on_the_way_in(page, address, link)
    for who, path in (("admin", "/account"), ("admin", "/accounts")):
        context.add_cookies([{"name": COOKIE, "value": session_of(people.db, who), "url": address}])
        page.goto(address + path)
        looked_at(page)
    page.locator("form[action$='/invite'] button").first.click()
    looked_at(page)
    page.goto(f"{address}/accounts")
    page.locator("form[action$='/codes'] button").first.click()
    looked_at(page)
    refused = ("status of 4", "ERR_ABORTED")  # what the browser says of 422 and 410, which we mean
    assert [each for each in said if not any(sign in each for sign in refused)] == []
    context.close()


def _mistakes_on_the_way_in(page: Page, address: str, link: str) -> None:
    page.goto(address + link)
    page.locator("#password").fill("lösenordlösenord")
    page.locator("#again").fill("x")
    page.locator("main button").click()
    looked_at(page)
    page.locator("#password").fill(NEW)
    page.locator("#again").fill(NEW)
    page.locator("main button").click()
    looked_at(page)
    page.locator("#code").fill("123")
    page.locator("main button").click()
    looked_at(page)
    page.goto(f"{address}/login")
    page.locator("#name").fill("redaktor")
    page.locator("#password").fill("fel lösen fel")
    page.locator("form[action='/login'] button").click()
    looked_at(page)
    page.locator("#password").fill(PASSWORD)
    page.locator("form[action='/login'] button").click()
    looked_at(page)
    page.locator("#code").fill("123")
    page.locator("main form button").first.click()
    looked_at(page)


def test_without_javascript_by_keyboard_alone(people: House, address: str, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{address}/channels")
    page.locator("#name").focus()
    page.keyboard.type("redaktor")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#code").focus()
    page.keyboard.type(digits())
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/channels")
    page.get_by_role("button", name="Logga ut").press("Enter")
    page.wait_for_url(f"{address}/login")
    assert not page.get_by_role("button", name="Logga in med passnyckel").is_visible()
    page.context.close()


def test_a_passkey_is_added_and_lets_in_without_a_name(people: House, address: str, browser: Browser) -> None:
    context = browser.new_context()
    context.add_cookies([{"name": COOKIE, "value": session_of(people.db, "redaktor"), "url": address}])
    page = context.new_page()
    device = _device(page)
    page.goto(f"{address}/account")
    page.get_by_label("Vad du kallar enheten").fill("Min jobbtelefon")
    page.get_by_role("button", name="Lägg till en passnyckel i den här enheten").click()
    page.get_by_text("Passnyckeln kan användas nu.").wait_for()
    page.get_by_role("heading", name="Min jobbtelefon").wait_for()
    looked_at_in_full(page)
    page.get_by_role("button", name="Logga ut", exact=True).click()
    page.goto(f"{address}/login?next=/channels")
    page.get_by_role("button", name="Logga in med passnyckel").click()
    page.wait_for_url(f"{address}/channels")
    with people.db.snapshot() as session:
        (row,) = session.query(Passkey).all()
        assert (row.person_id, row.name, row.uses > 0, row.used_at is not None) == (
            "redaktor",
            "Min jobbtelefon",
            True,
            True,
        )
    _a_device_that_asks_for_no_finger_does_not_count(page, device, address)
    context.close()


def looked_at_in_full(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def _device(page: Page) -> tuple[object, str]:
    """A virtual authenticator: its session of Chromium's, and its id."""
    chromium = page.context.new_cdp_session(page)
    chromium.send("WebAuthn.enable")
    kept = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    more = {"isUserVerified": True, "automaticPresenceSimulation": True}
    made = chromium.send("WebAuthn.addVirtualAuthenticator", {"options": kept | more})
    return chromium, str(made["authenticatorId"])


def _a_device_that_asks_for_no_finger_does_not_count(page: Page, device: tuple[object, str], address: str) -> None:
    chromium, id_ = device
    chromium.send("WebAuthn.setUserVerified", {"authenticatorId": id_, "isUserVerified": False})  # type: ignore[attr-defined]
    page.get_by_role("button", name="Logga ut", exact=True).click()
    page.get_by_role("button", name="Logga in med passnyckel").click()
    page.get_by_text("Det gick inte. Försök igen, eller logga in på ett annat sätt.").wait_for()
    assert page.url == f"{address}/login"


def test_an_answer_of_a_passkey_counts_once(people: House, address: str, browser: Browser) -> None:
    """What travelled once is sent again, with a browser that has everything the first one had."""
    context = browser.new_context()
    context.add_cookies([{"name": COOKIE, "value": session_of(people.db, "redaktor"), "url": address}])
    page = context.new_page()
    _device(page)
    page.goto(f"{address}/account")
    page.get_by_role("button", name="Lägg till en passnyckel i den här enheten").click()
    page.get_by_text("Passnyckeln kan användas nu.").wait_for()
    page.goto(f"{address}/account")
    page.get_by_role("button", name="Logga ut", exact=True).click()
    with page.expect_request(f"{address}/login/passkey") as sent:
        page.get_by_role("button", name="Logga in med passnyckel").click()
    page.wait_for_url(f"{address}/")
    other = browser.new_context()
    headers = {"Content-Type": "application/json"}
    with people.db.transaction() as session:
        session.query(Passkey).one().uses = 0  # as with devices that do not count
    again = other.request.post(f"{address}/login/passkey", data=sent.value.post_data or "", headers=headers)
    assert again.status == 403
    context.close()
    other.close()
