"""What is looked at before a crisis, and what lies on paper."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from monitor.db import Database
from monitor.emergency.models import Readiness
from monitor.emergency.readiness_rules import Facts, Seen, judge
from monitor.register.models import Channel, Person
from monitor.web.visiting import COOKIE
from tests.web.conftest import LONG_WORD, session_of

PHONE = {"width": 360, "height": 640}
SignedIn = Callable[[str], TestClient]
NOW = datetime.now(UTC)


def staffed(db: Database) -> None:
    with db.transaction() as session:
        for id_, phone in (("redaktor", "0504-180 00"), ("ersattare", None)):
            person = session.get_one(Person, id_)
            person.roles, person.phone = ["crisis_staff"], phone


def test_the_page_shows_what_is_not_in_order_and_what_to_do(filled: Database, signed_in: SignedIn) -> None:
    staffed(filled)
    client = signed_in("redaktor")
    assert "kanalvakt emergency ready" in client.get("/crisis/readiness").text
    facts = Facts((), ("Rut Redaktör",), None, Seen.OURS, True, None)
    found = [one.as_json() for one in judge(facts, NOW)]
    with filled.transaction() as session:
        session.add(Readiness(at=NOW, ok=False, findings={"checks": found}))
    shown = client.get("/crisis/readiness").text
    assert "Får godkänna och går att nå (1): Rut Redaktör." in shown
    assert "Ingen övning har hållits." in shown
    assert "Krissidan syns utifrån, som den är nu." in shown
    assert "Ingen har tittat sedan dess" not in shown


def test_a_look_that_was_long_ago_says_so(filled: Database, signed_in: SignedIn) -> None:
    staffed(filled)
    with filled.transaction() as session:
        session.add(Readiness(at=NOW - timedelta(hours=27), ok=True, findings={"checks": []}))
    assert "Ingen har tittat sedan dess" in signed_in("redaktor").get("/crisis/readiness").text


def test_the_kit_has_people_channels_texts_and_how_codes_are_used_but_no_code(
    filled: Database, signed_in: SignedIn
) -> None:
    staffed(filled)
    shown = signed_in("redaktor").get("/crisis/kit").text
    for words in ("Rut Redaktör", "0504-180 00", "Strömavbrott", "Koka dricksvattnet", "nödkoder"):
        assert words in shown, words
    with filled.snapshot() as session:
        assert session.get_one(Channel, "fb").address in shown
    assert "VMA" not in shown
    assert "faran över" not in shown.lower()


def test_only_those_who_read_crises_get_either(filled: Database, signed_in: SignedIn) -> None:
    client = signed_in("ersattare")
    assert [client.get(f"/crisis/{page}").status_code for page in ("readiness", "kit")] == [403, 403]


@pytest.mark.browser
def test_both_pages_fit_a_phone_and_axe_finds_nothing(filled: Database, site: str, browser: Browser) -> None:
    staffed(filled)
    with filled.transaction() as session:
        found = [one.as_json() for one in judge(Facts((), ("Rut",), None, Seen.OURS, True, None), NOW)]
        session.add(Readiness(at=NOW, ok=False, findings={"checks": found}))
        session.get_one(Channel, "fb").address = f"https://www.facebook.com/{LONG_WORD}"
    context = browser.new_context(viewport=PHONE, color_scheme="dark")
    context.add_cookies([{"name": COOKIE, "value": session_of(filled, "redaktor"), "url": site}])
    page = context.new_page()
    for path in ("readiness", "kit"):
        page.goto(f"{site}/crisis/{path}")
        page.get_by_role("heading", level=1).wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        report = Axe().run(page)
        assert report.violations_count == 0, report.generate_report()
    context.close()
