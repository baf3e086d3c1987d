"""A manager renews a decision on a phone without JavaScript; others read and act. axe looks at all of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from config.settings import Settings
from monitor.inbox.templates import add_template, retire_template
from monitor.web.visiting import COOKIE
from tests.monitor.days.almanac import MONDAY
from tests.web.conftest import LONG_WORD, serve, session_of
from tests.web.register.office import NOW, Office

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
pytestmark = pytest.mark.browser


@pytest.fixture
def site(office: Office) -> Iterator[str]:
    yield from serve(office.db, Settings())


@contextmanager
def device(browser: Browser, site: str, office: Office, person: str, **looks: object) -> Iterator[Page]:
    """A page on a device where that person is signed in."""
    context: BrowserContext = browser.new_context(base_url=site, **looks)  # type: ignore[arg-type]
    context.add_cookies([{"name": COOKIE, "value": session_of(office.db, person), "url": site}])
    yield context.new_page()
    context.close()


def examined(page: Page) -> None:
    """Nothing that axe objects to, and nothing wider than the window. axe needs a script: where there is none, the
    same page is looked at with one."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")


def looked_at(browser: Browser, site: str, html: str) -> None:
    """A state that was reached without JavaScript, looked at by axe."""
    page = browser.new_context(base_url=site, viewport=PHONE).new_page()  # type: ignore[arg-type]
    page.route("**/looked-at", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto("/looked-at")
    examined(page)
    page.context.close()


def test_a_manager_renews_a_decision_on_a_phone_without_javascript(site: str, office: Office, browser: Browser) -> None:
    office.town.person("lang", name=LONG_WORD)
    with device(browser, site, office, "chef", viewport=PHONE, java_script_enabled=False) as page:
        page.goto("/decisions")
        looked_at(browser, site, page.content())
        page.get_by_role("link", name=re.compile("Förnya beslutet.*på fb")).click()
        looked_at(browser, site, page.content())
        page.get_by_label("Syfte").fill("")
        page.get_by_role("button", name="Granska beslutet").click()
        assert page.get_by_role("alert").get_by_role("link").count() == 2
        looked_at(browser, site, page.content())
        page.get_by_label("Syfte").fill("Dialog med invånare\noch företag")
        page.get_by_label("Gäller t.o.m.").fill("2027-06-30")
        page.get_by_text("Andra i registret").click()
        page.get_by_label("Karin Chef").check()
        page.get_by_role("button", name="Granska beslutet").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Granska beslutet om Tibro kommun på fb"
        looked_at(browser, site, page.content())
        page.get_by_role("button", name="Ändra något").click()
        assert page.get_by_label("Gäller t.o.m.").input_value() == "2027-06-30"
        page.get_by_role("button", name="Granska beslutet").click()
        page.get_by_role("button", name="Fatta beslutet").click()
        page.get_by_text("Beslutet är fattat.").wait_for()
        looked_at(browser, site, page.content())
    [_first, second] = office.decisions("fb")
    assert second.purpose == "Dialog med invånare\noch företag"
    assert second.authorised == ["ersattare", "chef"]


def test_a_registrar_and_an_auditor_read(site: str, office: Office, browser: Browser) -> None:
    paths = {
        "registrator": ("/", "/channels", "/channels/fb", "/decisions/1", "/people", f"/watch/grupp/{MONDAY}"),
        "revisor": ("/audit?kind=channel", "/audit?first=x", "/audit/verification", "/watch", "/watch/2026-06"),
    }
    for person, visited in paths.items():
        for looks in ({"viewport": PHONE, "color_scheme": "dark"}, {"viewport": DESK}):
            with device(browser, site, office, person, **looks) as page:
                for path in visited:
                    page.goto(path)
                    examined(page)


def test_those_who_have_something_to_do_find_pages_without_fault(site: str, office: Office, browser: Browser) -> None:
    paths = {
        "redaktor": ("/", "/people/me", f"/watch/grupp/{MONDAY}", "/watch"),
        "admin": ("/channels/fb", "/settings", "/people", "/people/redaktor", "/people/redaktor/ways", "/repairs"),
        "kommunikator": ("/settings/templates", "/settings/templates/1", "/account"),
    }
    with office.db.transaction() as session:
        add_template(session, LONG_WORD[:80], "sv", f"Ring {{phone}} till {LONG_WORD}.", "kommunikator", NOW)
        retire_template(session, add_template(session, "Gammal", "en", "Hi", "kommunikator", NOW).id, "admin", NOW)
    for person, visited in paths.items():
        with device(browser, site, office, person, viewport=PHONE) as page:
            for path in visited:
                page.goto(path)
                examined(page)
