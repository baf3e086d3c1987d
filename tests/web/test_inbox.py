"""The inbox as a page: what it shows and to whom, its filters, its keys, and what it costs."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from config.settings import Settings
from monitor.db import Database
from monitor.inbox.assigning import assign
from monitor.inbox.claims import claim
from monitor.register.models import Channel, Person, Unit
from monitor.watch.models import Comment
from tests.queries import queries
from tests.web.conftest import LONG_WORD, serve, session_of

SignedIn = Callable[[str], TestClient]


@pytest.fixture
def client(signed_in: SignedIn) -> TestClient:
    return signed_in("redaktor")


def add(db: Database, count: int, **values: object) -> None:
    """Comments of other residents on fb, an hour apart, the first of them the latest."""
    now = datetime.now(UTC)
    known = {"channel_id": "fb", "post_external_id": "p", "fetched_at": now, "text_seen_at": now, "content_hash": b"x"}
    with db.transaction() as session:
        for number in range(count):
            id_ = f"more{number}"
            about = {"external_id": id_, "thread_external_id": id_, "posted_at": now - timedelta(hours=number + 1)}
            about |= {"text": f"Fråga {number}", "author_id": f"x{number}", "author_name": f"Kim {number}"}
            session.add(Comment(**(known | about | values)))


def names(text: str) -> list[str]:
    return re.findall(r'<h2 id="who-\d+"><a href="/comment/\d+"><bdi>(.*?)</bdi>', text)


def test_who_is_not_signed_in_is_led_to_the_login_page_and_back(signed_in: SignedIn) -> None:
    client = signed_in("redaktor")
    client.cookies.clear()
    answer = client.get("/inbox?channel=fb", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Finbox%3Fchannel%3Dfb")


def test_it_shows_what_waits_with_a_link_to_each_thread(client: TestClient) -> None:
    text = client.get("/inbox").text
    assert len(names(text)) == 3
    assert "<script>document" not in text
    assert LONG_WORD in text
    assert "Under inlägget: <bdi>Vattenläcka</bdi>" in text


def test_a_part_of_a_word_in_the_post_or_the_comment_finds_it(client: TestClient) -> None:
    assert len(names(client.get("/inbox?q=läcka").text)) == 2
    assert names(client.get("/inbox?q=DAMPFSCHIFF").text) == ["Kim 1 Påhittad"]
    for nothing in ("Påhittad", "r1", "%", "_", '"', "\x00", "😀", "שלום"):
        answer = client.get("/inbox", params={"q": nothing, "state": "all"})
        assert answer.status_code == 200
    assert names(client.get("/inbox?q=Påhittad&state=all").text) == []  # nobody is looked up by name


def test_filters_stand_in_the_address_and_in_their_fields(client: TestClient) -> None:
    answer = client.get("/inbox?channel=yt&state=held&overdue=1&since=2020-01-01")
    assert names(answer.text) == ["Kim 2 Påhittad"]
    assert '<option value="yt" selected>' in answer.text
    assert '<option value="held" selected>' in answer.text
    assert 'value="2020-01-01"' in answer.text


def test_the_list_says_whose_turn_it_is_and_who_is_at_it(client: TestClient, filled: Database) -> None:
    with filled.transaction() as session:
        first = session.scalars(select(Comment).order_by(Comment.id)).first()
        assert first is not None
        assign(session, first, "ersattare", "redaktor", datetime.now(UTC))
        claim(session, first.id, "redaktor", datetime.now(UTC))
    text = client.get("/inbox").text
    assert text.count("Eva Ersättare") == text.count("Du håller på med den") == 1


def test_nothing_found_says_what_to_do(client: TestClient) -> None:
    nothing = client.get("/inbox?q=finnsinte").text
    assert "Inget stämmer med det du har valt." in nothing
    assert 'href="/inbox?q=finnsinte&amp;state=all"' in nothing


@pytest.mark.parametrize("query", ["since=igår", "until=2026-02-30", "since=2026-02-02&until=2026-02-01"])
def test_a_day_that_is_none_is_said_at_its_field_and_what_was_typed_stays(client: TestClient, query: str) -> None:
    answer = client.get(f"/inbox?{query}&q=vatten")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert 'value="vatten"' in answer.text


def test_the_next_page_goes_on_with_the_same_filters(client: TestClient, filled: Database) -> None:
    add(filled, 30)
    first = client.get("/inbox?state=all&q=fråga")
    assert len(names(first.text)) == 25
    [further] = re.findall(r'href="(/inbox\?[^"]*after=[^"]*)"', first.text)
    second = client.get(further.replace("&amp;", "&"))
    assert names(first.text) + names(second.text) == [f"Kim {number}" for number in range(30)]
    assert "Första sidan" in second.text


def test_of_a_channel_that_the_visitor_does_not_see_nothing_is_said(filled: Database, signed_in: SignedIn) -> None:
    with filled.transaction() as session:
        session.add(Person(id="annan", name="Anna Annan"))
        session.flush()
        session.add(Unit(id="skola", name="Skolan", manager_id="annan"))
        session.flush()
        about = {"platform": "facebook", "name": "Skolans", "address": "https://example.org/s", "external_id": "own-s"}
        session.add(Channel(id="skol", unit_id="skola", responsible_id="annan", **about))
    add(filled, 1, channel_id="skol", text="Bara för skolan")
    other = signed_in("annan")
    assert names(other.get("/inbox?state=all").text) == ["Kim 0"]
    assert "Kanal fb" not in other.get("/inbox").text
    for address in ("/inbox?channel=fb", "/inbox?channel=nowhere"):
        assert other.get(address).status_code == 404


@pytest.mark.parametrize(
    "address", ["/inbox", "/inbox?state=all", "/inbox?state=all&q=läcka&mine=1", "/inbox?q=fråga&mine=1"]
)
def test_a_page_asks_the_database_at_most_twelve_times_besides_who_is_asking(
    client: TestClient, filled: Database, address: str
) -> None:
    add(filled, 30)
    client.get(address)
    with queries(filled) as who:
        client.get("/inbox?channel=nowhere")
    with queries(filled) as seen:
        assert client.get(address).status_code == 200
    assert len(seen) - len(who) <= 12


def test_no_page_of_long_comments_is_heavy(client: TestClient, filled: Database) -> None:
    add(filled, 30, text="Å😀 " * 1300)
    assert len(client.get("/inbox").content) < 120_000


@pytest.fixture
def opened(filled: Database, browser: Browser) -> Iterator[Page]:
    for url in serve(filled, Settings()):
        context = browser.new_context(viewport={"width": 390, "height": 900}, locale="sv-SE")
        context.add_cookies([{"name": "session", "value": session_of(filled, "redaktor"), "url": url}])
        page = context.new_page()
        page.goto(f"{url}/inbox")
        yield page
        context.close()


@pytest.mark.browser
def test_keys_move_and_open_and_leave_fields_and_other_keys_alone(opened: Page) -> None:
    def chosen() -> str:
        return str(opened.evaluate("document.activeElement.textContent"))

    opened.keyboard.press("j")
    first = chosen()
    opened.keyboard.press("j")
    assert chosen() != first
    opened.keyboard.press("k")
    assert chosen() == first
    opened.keyboard.press("Control+j")
    assert chosen() == first
    opened.get_by_label("Sök i kommentarer och inlägg").fill("")
    opened.keyboard.type("jker")
    assert opened.get_by_label("Sök i kommentarer och inlägg").input_value() == "jker"
    opened.get_by_text("Tangenter", exact=True).click()
    opened.get_by_label("Använd tangenterna på den här enheten").uncheck()
    opened.reload()
    opened.keyboard.press("j")
    assert chosen() != first
    opened.get_by_text("Tangenter", exact=True).click()
    opened.get_by_label("Använd tangenterna på den här enheten").check()
    opened.locator("#found h2 a").first.focus()
    opened.keyboard.press("r")
    opened.wait_for_url("**/comment/*#text")


@pytest.mark.browser
def test_axe_finds_nothing_on_the_page(opened: Page) -> None:
    for path in ("/inbox", "/inbox?q=finnsinte", "/inbox?since=x&state=all"):
        opened.goto(opened.url.split("/inbox")[0] + path)
        found = Axe().run(opened)
        assert found.violations_count == 0, found.generate_report()
