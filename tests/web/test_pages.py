"""The pages as people meet them: on a phone, by keyboard, without JavaScript, by screen reader, in both languages."""

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from config.settings import Settings
from monitor.db import Database
from monitor.register.models import Channel, Organisation
from monitor.web.visiting import COOKIE
from tests.web.conftest import LONG_WORD, NASTY, cookies_for, get, serve, session_of, with_session

PAGES = ("/", "/channels", "/hub", "/demo/mails", "/demo/mails/0001", "/no-such-page")
PHONE, TWICE = {"width": 360, "height": 740}, {"width": 640, "height": 450}


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_violation(site: str, browser: Browser, path: str, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme, viewport=PHONE)
    with_session(page, site).goto(site + path)
    found = Axe().run(page)
    page.close()
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
def test_nobody_has_to_scroll_sideways_on_a_phone_or_with_everything_twice_as_big(
    site: str, browser: Browser, path: str
) -> None:
    page = browser.new_page()
    for size in (PHONE, TWICE):
        page.set_viewport_size(size)
        with_session(page, site).goto(site + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.close()


@pytest.mark.browser
def test_the_keyboard_reaches_the_content_first_and_then_links(site: str, browser: Browser) -> None:
    page = browser.new_page()
    with_session(page, site).goto(site)
    page.keyboard.press("Tab")
    assert _focused(page) == "Gå till innehållet"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.close()


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText"))


@pytest.mark.browser
def test_what_a_resident_wrote_is_shown_and_never_run(site: str, filled: Database, browser: Browser) -> None:
    page = browser.new_page()
    page.context.add_cookies([{"name": COOKIE, "value": session_of(filled, "redaktor"), "url": site}])
    page.goto(site)
    page.get_by_text(NASTY).wait_for()
    assert page.title() == "I dag (3) – Kanalvakt"
    page.get_by_text(LONG_WORD).wait_for()
    page.close()


@pytest.mark.browser
def test_the_mail_looks_as_it_was_sent(site: str, browser: Browser) -> None:
    page = browser.new_page()
    with_session(page, site).goto(f"{site}/demo/mails")
    page.get_by_role("link", name="3 obesvarade").click()
    heading = page.frame_locator("iframe").get_by_role("heading", name="Tre obesvarade")
    assert heading.evaluate("e => getComputedStyle(e).color") == "rgb(18, 52, 86)"
    page.close()


def test_english_is_one_click_away_and_stays(site: str) -> None:
    with httpx2.Client(base_url=site, follow_redirects=True, cookies=cookies_for(site)) as reader:
        assert '<html lang="sv" ' in reader.get("/").text
        assert '<html lang="en" ' in reader.get("/language/en").text
        assert "Waiting for me" in reader.get("/").text


def test_the_figures_count_what_waits_and_what_cannot_be_read_is_told(site: str) -> None:
    text = get(site).text
    assert "<strong>3</strong> kommentarer väntar på svar" in text
    assert "1 kanal kan inte läsas." in text


def test_a_channel_that_cannot_be_read_shows_its_remedy(site: str) -> None:
    text = get(f"{site}/channels").text
    assert "Förnya kanalens token" in text
    assert "Utgånget" in text
    assert "Beslut saknas" in text
    assert text.count('<span class="ds-tag" data-color="warning">Inte bekräftat</span>') == 2


def test_the_website_needs_no_decision(filled: Database) -> None:
    with filled.transaction() as session:
        for channel in session.scalars(select(Channel)):
            if channel.id != "fb":
                channel.platform, channel.has_comments = "website", False
    for address in serve(filled, Settings()):
        text = get(f"{address}/channels").text
    assert text.count("Behövs inte") == 1, "the other one has a decision, though it has ended"
    assert "Beslut saknas" not in text
    assert "Utgånget" in text


def test_comments_that_are_counted_but_not_shown_are_told_and_so_is_what_cannot_be_seen(site: str) -> None:
    text = get(f"{site}/channels").text
    assert "Plattformen räknar 8 kommentarer under ett inlägg men visar 2." in text
    assert "Det som inte hämtas" in text
    assert "<li>Privata meddelanden</li>" in text


def test_a_post_that_is_missing_on_the_web_is_shown_with_what_to_do(site: str) -> None:
    text = get(f"{site}/hub").text
    assert "<title>Saknas på webben (1) – Kanalvakt</title>" in text
    assert "för 9 dagar sedan" in text
    assert "kanalvakt hub link 1 ADRESS --by PERSON" in text
    assert "Inget saknas på webbplatsen." in get(f"{site}/hub?channel=ig").text
    assert 'href="/hub"' in get(f"{site}/channels").text


def test_without_a_website_the_page_says_that_the_register_names_none(filled: Database) -> None:
    with filled.transaction() as session:
        session.scalars(select(Organisation)).one().website = None
    for address in serve(filled, Settings()):
        answer = get(f"{address}/hub")
        assert (answer.status_code, "Registret anger ingen webbplats" in answer.text) == (200, True)


def test_a_page_elsewhere_cannot_reach_us_by_a_name_of_its_own(site: str) -> None:
    assert httpx2.get(site, headers={"Host": "evil.example"}).status_code == 400


def test_nothing_may_be_loaded_from_elsewhere(site: str) -> None:
    policy = get(site).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_without_the_demo_there_is_no_mailbox(filled: Database) -> None:
    for address in serve(filled, Settings()):
        assert get(f"{address}/demo/mails").status_code == 404


def test_an_empty_database_says_what_to_do(sqlite: Database) -> None:
    for address in serve(sqlite, Settings()):
        answer = httpx2.get(address, follow_redirects=True)
        assert answer.status_code == 503
        assert "register" in answer.text
