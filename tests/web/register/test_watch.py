"""The watch as people meet it: today, a month as a picture with a table beside it, and the same as files."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

import httpx2
import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pypdf import PdfReader
from sqlalchemy import func, select

from config.language import use_language
from config.settings import Settings
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.records.month import percentage
from monitor.records.report_document import document
from monitor.records.watch_report import full_report, watch_report
from monitor.watch.day_models import WatchDay
from monitor.watch.models import Schedule
from monitor.web.visiting import COOKIE
from tests.monitor.days.almanac import at
from tests.monitor.town import Town
from tests.web.conftest import get, serve, session_of, with_session
from tests.web.register.watch_town import LONG, MISSED, NASTY, OPEN, PARTLY, put_right, watched_town

BEGAN, TODAY = date(2026, 5, 4), date(2026, 6, 24)
NOW = at(TODAY, "13.20")
MANUAL = MISSED | {"mode": "manual", "verdict": None, "reason": "not_attested", "fetch": "none", "failure_kind": None}
NAMES = {"fb": "Tibro kommun på Facebook", "ig": "Biblioteket på Instagram", "grupp": LONG, "yt": NASTY}
BUT = {
    **{("ig", date(2026, 6, day)): MISSED for day in (9, 10, 11)},
    ("yt", date(2026, 6, 15)): PARTLY,
    ("fb", date(2026, 6, 17)): MISSED,
    ("ig", TODAY): OPEN,
    ("grupp", TODAY): MANUAL,
}
PHONE, DESK, TWICE = {"width": 360, "height": 740}, {"width": 1280, "height": 900}, {"width": 640, "height": 450}
PATHS = ("/watch", "/watch/2026-06", "/watch/2026-05", "/watch/2026-04", "/watch/2026-13")


@pytest.fixture
def clock() -> Iterator[None]:
    """A Wednesday in June at 13.20, and it goes on from there."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def watched(sqlite: Database, clock: None) -> Database:
    """Four channels since May: one missed for three days, one gone through in part, one put right afterwards."""
    watched_town(sqlite, NAMES, BEGAN, NOW, BUT)
    put_right(sqlite, "fb", date(2026, 6, 17), NOW)
    return sqlite


@pytest.fixture
def town(watched: Database) -> Iterator[str]:
    """The address of a running web server in front of `watched`."""
    yield from serve(watched, Settings())


def as_editor(db: Database, address: str) -> str:
    """The page as the person gets it who is responsible for every channel."""
    return httpx2.get(address, headers={"cookie": f"{COOKIE}={session_of(db, 'redaktor')}"}).text


def opened(browser: Browser, address: str, *, english: bool = False, **looks: object) -> Page:
    page = browser.new_context(**looks).new_page()  # type: ignore[arg-type]
    if english:
        site = address[: address.index("/watch")]
        page.context.add_cookies([{"name": "language", "value": "en", "url": site}])
    with_session(page, address).goto(address)
    return page


@pytest.mark.browser
@pytest.mark.parametrize("english", [False, True], ids=["sv", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_no_violation(town: str, browser: Browser, english: bool, scheme: str, size: dict[str, int]) -> None:
    for path in PATHS:
        page = opened(browser, town + path, english=english, color_scheme=scheme, viewport=size)
        found = Axe().run(page)
        assert page.locator("html").get_attribute("lang") == ("en" if english else "sv")
        page.context.close()
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"


@pytest.mark.browser
@pytest.mark.parametrize("size", [PHONE, TWICE, {"width": 800, "height": 600}], ids=["phone", "200 %", "tablet"])
def test_no_page_has_to_be_scrolled_sideways(town: str, browser: Browser, size: dict[str, int]) -> None:
    for path in PATHS:
        page = opened(browser, town + path, viewport=size)
        wide = page.evaluate("document.documentElement.scrollWidth")
        page.context.close()
        assert wide <= size["width"], path


@pytest.mark.browser
def test_what_is_wider_than_the_window_can_be_scrolled_by_keyboard(town: str, browser: Browser) -> None:
    page = opened(browser, f"{town}/watch/2026-06", viewport={"width": 800, "height": 600})
    for region in (page.get_by_role("region", name="Månaden som bild"), page.get_by_role("region", name="dag för dag")):
        region.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(200)
        assert region.evaluate("each => [each === document.activeElement, each.scrollWidth >= each.clientWidth]") == [
            True,
            True,
        ]
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_is_shown_and_styled_in_the_page_and_by_itself(town: str, browser: Browser, scheme: str) -> None:
    page = opened(browser, f"{town}/watch/2026-06", color_scheme=scheme, viewport=DESK)
    picture = page.get_by_role("img", name="Månaden som bild")
    assert picture.evaluate("each => each.complete && each.naturalWidth > 900")
    shown = picture.evaluate("each => [each.naturalWidth / each.naturalHeight, each.width / each.height]")
    assert shown[0] == pytest.approx(shown[1], rel=0.01)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{town}/watch/2026-06.svg")
    painted = page.evaluate("getComputedStyle(document.querySelector('.page')).fill")
    assert painted == {"light": "rgb(255, 255, 255)", "dark": "rgb(27, 36, 45)"}[scheme]
    assert said == []
    page.context.close()


@pytest.mark.browser
def test_the_table_is_read_out_by_channel_and_day(town: str, browser: Browser) -> None:
    page = opened(browser, f"{town}/watch/2026-06", viewport=DESK)
    table = page.get_by_role("table", name="Varje kanals bevakning i juni 2026, dag för dag")
    heads = table.get_by_role("columnheader").all_inner_texts()
    assert len(heads) == 32
    assert [re.findall(r"\w+", heads[day]) for day in (18, 19)] == [
        ["to", "torsdag", "18"],
        ["fr", "fredag", "19", "ledig", "dag"],
    ]
    row = table.get_by_role("row", name="Biblioteket på Instagram")
    cells = row.get_by_role("cell").all_inner_texts()
    words = [re.sub(r"^\S\s*", "", cell).strip() for cell in cells[:30]]
    assert (words[7], words[8], words[18], words[23], words[24]) == ("Bevakad", "Ej bevakad", "", "Ännu ej bevakad", "")
    assert table.get_by_role("row", name=NASTY).get_by_text("Delvis").count() == 1
    assert table.get_by_role("row", name="Tibro kommun på Facebook").get_by_text("rättad i efterhand").count() == 1
    page.context.close()


@pytest.mark.browser
def test_on_a_phone_each_day_stands_below_its_weekday(town: str, browser: Browser) -> None:
    page = opened(browser, f"{town}/watch/2026-06", viewport=PHONE)
    places = """row => [[...row.querySelectorAll(".weekdays span"), ...row.querySelectorAll("td[data-day]")].map(
        each => Math.round(each.getBoundingClientRect().left)), row.querySelector(".weekdays").innerText]"""
    left, said = page.locator(".month tbody tr").first.evaluate(places)
    heads, days = left[:7], left[7:]
    assert said.split() == ["må", "ti", "on", "to", "fr", "lö", "sö"]
    assert len(days) == 30
    assert all(abs(heads[place % 7] - at) <= 1 for place, at in enumerate(days)), "the first of June 2026 is a Monday"
    page.context.close()


@pytest.mark.browser
def test_everything_works_without_javascript(town: str, browser: Browser) -> None:
    page = opened(browser, f"{town}/watch", java_script_enabled=False)
    assert page.get_by_role("link", name="Bevakning").get_attribute("aria-current") == "page"
    page.get_by_role("link", name="juni 2026").click()
    page.get_by_role("link", name="maj 2026").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Bevakningen i maj 2026"
    assert page.get_by_role("link", name="april 2026").count() == 0
    page.get_by_role("link", name="juni 2026").click()
    page.get_by_role("link", name="Dagens bevakning").click()
    assert page.url == f"{town}/watch"
    page.context.close()


def test_today_says_how_it_stands_why_and_who_is_to_act_the_unwatched_first(town: str, watched: Database) -> None:
    text = as_editor(watched, f"{town}/watch")
    assert "<title>Dagens bevakning – Kanalvakt</title>" in text
    assert "2 av 4 kanaler är bevakade." in text
    assert re.findall(r'<tr id="(\w+)">', text) == ["grupp", "ig", "fb", "yt"]
    assert "Ingen har gått igenom kanalen ännu." in text
    assert "Fullständigt hämtad. Ingen har gått igenom det nya ännu." in text
    assert 'action="/watch/ig/review"' in text
    assert f'action="/watch/grupp/{TODAY}/attest"' in text
    assert "Rut Redaktör" in text
    assert 'action="/watch/' not in get(f"{town}/watch").text, "who only reads has nothing to press"
    assert "ons 24 juni kl. 13.20" in text


@pytest.mark.parametrize(("due", "offered"), [("13.00", True), ("13.30", False), ("16.30", True)])
def test_a_channel_can_be_attested_where_a_reading_is_late_or_comes_too_late(
    watched: Database, due: str, offered: bool
) -> None:
    with watched.transaction() as session:
        unread = session.get_one(WatchDay, ("ig", TODAY))
        unread.reason, unread.how, unread.fetch, unread.first_complete_at = "not_read", "none", "none", None
        session.get_one(Schedule, "ig").next_poll_at = at(TODAY, due)
    for address in serve(watched, Settings()):
        text = as_editor(watched, f"{address}/watch")
    assert "Inte hämtad ännu i dag." in text
    assert (f'action="/watch/ig/{TODAY}/attest"' in text) is offered


def test_after_closing_time_what_was_missed_is_missed(watched: Database) -> None:
    with watched.transaction() as session:
        session.get_one(WatchDay, ("ig", TODAY)).verdict = "partly"
        session.get_one(WatchDay, ("grupp", TODAY)).verdict = "not_watched"
    with time_machine.travel(at(TODAY, "16.01"), tick=True):
        for address in serve(watched, Settings()):
            text = get(f"{address}/watch").text
    assert '<span class="ds-tag" data-color="warning">Delvis</span>' in text
    assert '<span class="ds-tag" data-color="danger">Ej bevakad</span>' in text


def test_a_day_off_says_why_nothing_has_to_be_watched(watched: Database) -> None:
    for day, why in ((date(2026, 6, 19), "Midsommarafton"), (date(2026, 6, 28), "söndag")):
        with time_machine.travel(at(day, "10.00"), tick=True):
            for address in serve(watched, Settings()):
                text = get(f"{address}/watch").text
                assert f"I dag är ingen arbetsdag ({why}): inget behöver bevakas." in text


def test_a_bridge_day_is_a_working_day_like_others(town: str) -> None:
    text = get(f"{town}/watch/2026-05").text
    head = text[text.index("<thead>") : text.index("</thead>")]
    assert re.search(r'<th scope="col"[^>]*class="off">[^\n]* 14<', head)
    assert re.search(r'<th scope="col"><span[^\n]* 15</th>', head)
    cells = re.findall(r'data-day="15">(.*?)</td>', text)
    assert len(cells) == 4
    assert all("Bevakad" in cell for cell in cells)
    assert "torsdag 14 maj</time>: Kristi himmelsfärdsdag" in text


def test_midsummers_eve_is_off_by_its_name_in_picture_and_page(town: str) -> None:
    text = get(f"{town}/watch/2026-06").text
    assert re.findall(r'class="off" data-day="19">(.*?)</td>', text) == [""] * 4
    assert "fredag 19 juni</time>: Midsommarafton" in text
    assert ">Midsommarafton</text>" in get(f"{town}/watch/2026-06.svg").text


def test_the_three_eves_of_december_are_off(sqlite: Database) -> None:
    now = at(date(2027, 1, 4), "09.00")
    with time_machine.travel(now, tick=True):
        watched_town(sqlite, {"fb": "Tibro"}, date(2026, 12, 1), now)
        for address in serve(sqlite, Settings()):
            text = get(f"{address}/watch/2026-12").text
    for day, name in ((24, "Julafton"), (25, "Juldagen"), (26, "Annandag jul"), (31, "Nyårsafton")):
        assert f"{day} december</time>: {name}" in text
        assert f'class="off" data-day="{day}"></td>' in text
    assert "Inga: varje kanal har bevakats varje arbetsdag hittills." in text


def test_page_picture_and_files_tell_the_same_figures_as_the_report(watched: Database, town: str) -> None:
    with watched.snapshot() as session, use_language("sv"):
        report = watch_report(session, date(2026, 6, 1), date(2026, 6, 30), NOW)
        told = document(full_report(session, date(2026, 6, 1), date(2026, 6, 30), NOW))
    text, sheet = get(f"{town}/watch/2026-06").text, get(f"{town}/watch/2026-06.csv").text
    picture = ET.fromstring(get(f"{town}/watch/2026-06.svg").text)  # noqa: S314 - our own
    assert f"<strong>{percentage(report.overall)}</strong> bevakat" in text
    assert f"<strong>{report.overall.watched}</strong> av {report.overall.days - report.overall.pending}" in text
    shares = re.findall(r'class="share"[^>]*>(.*?)</td>', text)
    assert sorted(shares) == sorted(percentage(tally) for tally in report.channels.values())
    drawn = [use.attrib["href"][1:] for use in picture.iter("{http://www.w3.org/2000/svg}use")]
    for mark in ("watched", "partly", "not_watched", "pending"):
        shown = len(re.findall(rf'<td[^>]*>(?:<a[^>]*>)?<span class="sign {mark}[" ]', text))
        assert shown == getattr(report.overall, mark) == drawn.count(mark) - 1, mark  # one more in the legend
    days = [row for row in csv.DictReader(io.StringIO(sheet)) if row["record"] == "row"]
    assert len(days) == report.overall.days
    assert told["hash"] in sheet
    assert "9–11 juni</time> (3 arbetsdagar)" in text
    assert text.count("inloggningsuppgifterna gäller inte längre") == 4  # once in the list, and at each day


def test_the_report_comes_as_an_archived_document(watched: Database, town: str) -> None:
    answer = get(f"{town}/watch/2026-06.pdf", timeout=60)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    with watched.snapshot() as session, use_language("sv"):
        told = document(full_report(session, date(2026, 6, 1), date(2026, 6, 30), NOW))
    assert told["hash"][:16] in words.replace("\n", "")


@pytest.mark.parametrize("suffix", ["", ".svg", ".csv", ".pdf"])
@pytest.mark.parametrize("written", ["2026-13", "juni", "2026-6", "26-06", "2026-06-01", "<b>"])
def test_what_is_no_month_is_answered_in_words(town: str, written: str, suffix: str) -> None:
    answer = get(f"{town}/watch/{written}{suffix}")
    assert answer.status_code == 404
    assert "är ingen månad: skriv den som 2026-06." in answer.text
    assert "<b>" not in answer.text


def test_a_month_before_the_watch_began_and_one_to_come_are_empty_and_say_so(town: str) -> None:
    before, after = (get(f"{town}/watch/{month}") for month in ("2026-04", "2026-09"))
    assert (before.status_code, after.status_code) == (200, 200)
    assert "Ingen kanal skulle bevakas." in before.text
    assert 'href="/watch/2026-05" rel="next"' in before.text
    assert 'rel="prev"' not in before.text
    assert "Månaden har inte börjat ännu." in after.text
    assert ".svg" not in re.sub("icon.svg", "", before.text + after.text)
    assert get(f"{town}/watch/2026-04.svg").status_code == 200


def test_a_register_without_days_has_no_months(sqlite: Database, clock: None) -> None:
    Town(sqlite)
    for address in serve(sqlite, Settings()):
        text = get(f"{address}/watch").text
        assert "Inget behöver bevakas i dag." in text
        assert "Månader" not in text
        assert "Ingen kanal skulle bevakas." in get(f"{address}/watch/2026-06").text


@pytest.mark.browser
def test_forty_channels_with_long_names_stay_readable_and_light(
    sqlite: Database, clock: None, browser: Browser
) -> None:
    names = {"fb": LONG} | {f"c{number:02}": f"{number} {LONG}" for number in range(39)}
    watched_town(sqlite, names, BEGAN, NOW, {("c07", date(2026, 6, 3)): MISSED})
    for address in serve(sqlite, Settings()):
        sent = [get(f"{address}/watch/2026-06{suffix}") for suffix in ("", ".svg")]
        assert sum(len(answer.content) for answer in sent) < 400_000
        for size in (PHONE, DESK):
            page = opened(browser, f"{address}/watch/2026-06", viewport=size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            assert page.locator("table.month tbody tr").count() == 40
            assert Axe().run(page).violations_count == 0
            page.context.close()


def test_looking_changes_nothing_and_a_register_that_is_behind_is_said_to_be(watched: Database) -> None:
    with time_machine.travel(at(date(2026, 6, 26), "09.00"), tick=True):
        for address in serve(watched, Settings()):
            get(f"{address}/watch")  # signs in
            before = _rows(watched)
            for path in ("/watch", "/watch/2026-06", "/watch/2026-06.svg", "/watch/2026-06.csv"):
                assert get(address + path).status_code == 200
            assert _rows(watched) == before
            for path in ("/watch", "/watch/2026-06"):
                assert "uppdaterades senast ons 24 juni kl. 13.20" in get(address + path).text
            assert "uppdaterades senast" not in get(f"{address}/watch/2026-05").text


def test_a_register_that_is_kept_says_nothing_of_it(town: str) -> None:
    assert "uppdaterades senast" not in get(f"{town}/watch").text


def test_a_register_that_was_never_kept_says_so(sqlite: Database, clock: None) -> None:
    by_hand = {"platform": "facebook_group", "watch_mode": "manual"}
    Town(sqlite).channel("grupp", watched_since=datetime(2026, 6, 1, tzinfo=UTC), **by_hand)
    for address in serve(sqlite, Settings()):
        assert "Bevakningsdagarna har inte uppdaterats ännu." in get(f"{address}/watch").text


def test_nothing_that_residents_wrote_is_shown(watched: Database, town: str) -> None:
    said = "Jag heter Anna och ringer 070-1740605"
    Town.comment(_Existing(watched), "c1", at(date(2026, 6, 24), "09.00"), said)  # type: ignore[arg-type]
    for path in ("/watch", "/watch/2026-06", "/watch/2026-06.svg", "/watch/2026-06.csv"):
        text = get(town + path).text
        assert "Anna" not in text
        assert "070-1740605" not in text


class _Existing(Town):
    """The town that is there already."""

    def __init__(self, db: Database) -> None:
        self.db = db


def _rows(db: Database) -> tuple[list[tuple[object, ...]], int | None]:
    with db.snapshot() as session:
        days = session.execute(select(WatchDay.__table__).order_by(WatchDay.day, WatchDay.channel_id)).all()
        return [tuple(row) for row in days], session.scalar(select(func.count(AuditEntry.id)))
