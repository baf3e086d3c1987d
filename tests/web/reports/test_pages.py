"""Reports and repairs as people meet them: figures with pictures beside them, and what is wrong with what mends it."""

import csv
import html
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from starlette.testclient import TestClient

from config.settings import Settings
from monitor.access.models import Account
from monitor.db import Database
from monitor.register.models import Organisation, Person, Unit
from monitor.web.app import create_app
from monitor.web.visiting import COOKIE
from tests.monitor.days.almanac import THURSDAY
from tests.monitor.records.answered_week import FORMULA, NOW, WEDNESDAY, town_with_a_week
from tests.monitor.town import Town
from tests.web.conftest import serve, session_of

HEADING = r"<h3[^>]*>(.*?)</h3>"
SVG = "{http://www.w3.org/2000/svg}"
WEEK = f"from={THURSDAY}&to={WEDNESDAY}"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
LOOKS = [("en", "dark", PHONE), ("sv", "light", DESK)]


@pytest.fixture
def town(sqlite: Database) -> Iterator[Town]:
    """A week of comments. The editor is communicator, the manager of culture manages `yt`."""
    with time_machine.travel(NOW, tick=True):
        town = town_with_a_week(sqlite)
        town.change(Person, "redaktor", roles=["communicator"])
        town.person("kulturchef", roles=["unit_manager"])
        town.person("moderator", roles=["moderator"])
        town.change(Unit, "kultur", manager_id="kulturchef")
        yield town


@pytest.fixture
def client(town: Town) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), town.db), base_url="http://localhost", follow_redirects=False) as client:
        yield client


def sign_in(client: TestClient, town: Town, person: str) -> TestClient:
    client.cookies.set(COOKIE, session_of(town.db, person), domain="localhost.local")
    return client


def pictures(text: str) -> list[str]:
    return [html.unescape(address) for address in re.findall(r'<img src="(/reports/[^"]+)"', text)]


def figure(text: str) -> str:
    [share] = re.findall(r"<strong>([^<]+)</strong> besvarade i tid", text)
    return share


def test_the_page_shows_each_picture_beside_a_table_that_says_the_same(client: TestClient, town: Town) -> None:
    text = sign_in(client, town, "redaktor").get(f"/reports?{WEEK}").text
    assert figure(text) == "33,3\N{NO-BREAK SPACE}%"
    assert [address.split("?")[0] for address in pictures(text)] == [
        f"/reports/{key}.svg" for key in ("in-time", "times", "trend", "outcomes", "volume", "hours")
    ]
    assert text.count("<table") == 7
    for address in pictures(text):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
        assert "sha256-" in answer.headers["content-security-policy"]
        root = ET.fromstring(answer.text)  # noqa: S314 - our own
        section = text[text.index(address.split("?")[0]) :]
        table = section[: section.index("</table>")]
        for written in (each.text for each in root.iter(f"{SVG}text") if each.get("class") == "value"):
            assert f">{written}</td>" in table
        assert html.escape(root.findtext(f"{SVG}desc") or "?", quote=False) in html.unescape(text)


def test_a_picture_tells_of_the_report_that_its_page_has_shown(client: TestClient, town: Town) -> None:
    before = sign_in(client, town, "redaktor").get(f"/reports?{WEEK}").text
    town.comment("a4", NOW, "Svar", post_external_id="4", parent_external_id="4", author_id="page-1")
    [old] = [address for address in pictures(before) if "outcomes" in address]
    after = client.get(f"/reports?{WEEK}").text
    [new] = [address for address in pictures(after) if "outcomes" in address]
    assert "33,3\N{NO-BREAK SPACE}% besvarade" in client.get(old).text.replace("är besvarade", "besvarade")
    assert "50\N{NO-BREAK SPACE}% besvarade" in client.get(new).text.replace("är besvarade", "besvarade")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2026-06-17&to=2026-06-11", "2026-06-11 är före 2026-06-17"),
        ("from=juni", "juni är ingen dag"),
        ("from=1999-01-01&to=1999-01-02", "Välj dagar mellan"),
        ("from=2020-01-01&to=2026-06-01", "Perioden är för lång"),
    ],
)
def test_a_period_that_cannot_be_told_is_answered_at_the_form(
    client: TestClient, town: Town, query: str, said: str
) -> None:
    answer = sign_in(client, town, "redaktor").get(f"/reports?{query}")
    assert answer.status_code == 422
    assert said in answer.text
    for value in re.findall(r"=([^&]+)", query):
        assert f'value="{value}"' in answer.text
    assert client.get(f"/reports/answers.csv?{query}").status_code == 404


def test_a_manager_has_reports_of_the_own_unit_and_learns_of_no_other(client: TestClient, town: Town) -> None:
    manager = sign_in(client, town, "kulturchef")
    text = manager.get(f"/reports?{WEEK}").text
    assert html.escape(FORMULA, quote=False) in html.unescape(text)
    assert "Tibro kommun på fb" not in text
    for path in ("/reports", "/reports/in-time.svg", "/reports/answers.json"):
        assert manager.get(f"{path}?{WEEK}&channel=fb").status_code == 404
        assert manager.get(f"{path}?{WEEK}&unit=kommunikation").status_code == 404


def test_who_may_read_no_reports_gets_none(client: TestClient, town: Town) -> None:
    paths = ("/reports", "/reports/answers.csv", "/reports/hours.svg", "/repairs")
    assert [client.get(path).status_code for path in paths] == [303] * 4
    moderator = sign_in(client, town, "moderator")
    assert [moderator.get(path).status_code for path in paths] == [403] * 4


def test_the_files_tell_what_the_page_tells_and_no_spreadsheet_calculates(client: TestClient, town: Town) -> None:
    reader = sign_in(client, town, "redaktor")
    told = reader.get(f"/reports/answers.json?{WEEK}")
    sheet = reader.get(f"/reports/answers.csv?{WEEK}")
    assert told.headers["content-disposition"] == "attachment; filename=kanalvakt-2026-06-11-2026-06-17.json"
    assert told.json()["overall"]["percent_in_time"] == 33.3
    rows = list(csv.DictReader(io.StringIO(sheet.text)))
    assert [row["percent_in_time"] for row in rows if row["record"] == "overall"] == ["33.3"]
    assert {row["channel_name"] for row in rows if row["channel"] == "yt"} == {f"'{FORMULA}"}
    assert reader.get(f"/reports/nothing.svg?{WEEK}").status_code == 404


def test_without_a_wish_the_last_thirty_days_are_shown(client: TestClient, town: Town) -> None:
    text = sign_in(client, town, "redaktor").get("/reports").text
    assert 'type="date" value="2026-05-19"' in text
    assert 'type="date" value="2026-06-17"' in text


def test_a_period_or_a_choice_without_comments_says_so(client: TestClient, town: Town) -> None:
    reader = sign_in(client, town, "redaktor")
    assert "Inga kommentarer kom in under perioden." in reader.get("/reports?from=2026-01-01&to=2026-01-31").text
    assert "Ingen kanal passar det du har valt." in reader.get("/reports?channel=fb&unit=kultur").text


def test_repairs_show_each_remedy_with_the_way_to_it(client: TestClient, town: Town) -> None:
    town.change(Person, "ersattare", email=None)
    text = sign_in(client, town, "redaktor").get("/repairs").text
    problems = html.unescape(" ".join(re.findall(HEADING, text)))
    assert "Ingen mejlserver är inställd" in problems
    assert "Tibro kommun på fb: beslut saknas" in problems
    assert 'href="/channels/fb"' in text
    assert "Enhetschefen fattar ett beslut på kanalens sida." in text
    assert text.index("Åtgärda nu") < text.index("Åtgärda snart")


def test_a_manager_sees_what_is_wrong_in_the_own_unit_only(client: TestClient, town: Town) -> None:
    problems = re.findall(HEADING, sign_in(client, town, "kulturchef").get("/repairs").text)
    assert problems
    assert all(FORMULA in html.unescape(each) for each in problems)


def test_where_nothing_is_wrong_the_page_says_when_it_was_looked(sqlite: Database) -> None:
    with time_machine.travel(NOW, tick=True):
        town = Town(sqlite)
        town.decision()
        town.change(Organisation, 1, email="kommun@example.org")
        town.schedule(last_complete_at=NOW, next_poll_at=NOW + timedelta(minutes=5))
        town.change(Person, "redaktor", roles=["communicator", "administrator"])
        with sqlite.transaction() as session:
            session.add(Account(person_id="redaktor", created_at=NOW, password="a hash"))
        mail = Settings(smtp_url="smtp://localhost:2525?from=kanalvakt@example.org")
        with TestClient(create_app(mail, sqlite), base_url="http://localhost") as client:
            text = sign_in(client, town, "redaktor").get("/repairs").text
    assert "Inget behöver åtgärdas." in text
    assert re.search(r"Kontrollerat ons 17 juni kl\. 12\.0\d\.", text)


def opened(browser: Browser, site: str, path: str, word: str, look: tuple[str, str, dict[str, int]]) -> Page:
    language, scheme, size = look
    context = browser.new_context(color_scheme=scheme, viewport=size)  # type: ignore[arg-type]
    context.add_cookies(
        [{"name": name, "value": value, "url": site} for name, value in ((COOKIE, word), ("language", language))]
    )
    page = context.new_page()
    page.goto(site + path)
    return page


@pytest.mark.browser
@pytest.mark.parametrize("look", LOOKS, ids=["en, dark, phone", "sv, light, desk"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    town: Town, browser: Browser, look: tuple[str, str, dict[str, int]]
) -> None:
    word = session_of(town.db, "redaktor")
    for site in serve(town.db, Settings()):
        for path in (f"/reports?{WEEK}", "/reports?from=juni", "/repairs"):
            page = opened(browser, site, path, word, look)
            assert page.locator("html").get_attribute("lang") == look[0]
            found = Axe().run(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            drawn = page.evaluate(
                "[...document.querySelectorAll('main img')].every(each => each.complete && each.naturalWidth > 300)"
            )
            page.context.close()
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"
            assert wide <= look[2]["width"], path
            assert drawn


@pytest.mark.browser
def test_a_picture_is_styled_where_it_is_opened_by_itself(town: Town, browser: Browser) -> None:
    word, said = session_of(town.db, "redaktor"), list[str]()
    for site in serve(town.db, Settings()):
        page = opened(browser, site, "/repairs", word, LOOKS[0])
        page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
        page.goto(f"{site}/reports/in-time.svg?{WEEK}")
        painted = page.evaluate("getComputedStyle(document.querySelector('.graph > .background')).fill")
        page.context.close()
    assert painted == "rgb(27, 36, 45)"
    assert said == []
