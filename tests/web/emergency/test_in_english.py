"""Every page of a crisis in English: empty, in an exercise and in earnest, with everything on it that there can be."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from monitor.db import Database
from monitor.emergency.intake import collect_all
from monitor.emergency.models import Delivery, Hold, Incident, Intake, LogLine, Message, Topic
from monitor.emergency.rules import Fate
from monitor.register.models import Person
from monitor.web.visiting import COOKIE
from tests.web.conftest import session_of
from tests.web.emergency.test_board import comment

PHONE = {"width": 360, "height": 740}
NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
SAID = ("När kommer strömmen tillbaka?",) * 6 + (
    "Vi behöver hjälp, mormor sitter fast",
    "Jag hörde att vattnet är giftigt",
)
LIVE, EXERCISE, EMPTY = 1, 2, 3


@pytest.fixture
def crises(filled: Database) -> Database:
    """One in earnest and one as an exercise, full; one that is over, empty."""
    with filled.transaction() as session:
        session.add(
            Person(id="kris", name="Kim Kris", email="kim@example.org", roles=["crisis_staff", "administrator"])
        )
        session.flush()
        session.add_all(comment(f"n{number}", text) for number, text in enumerate(SAID))
        for mode, closed in (("actual", None), ("exercise", None), ("actual", NOW)):
            begun = {"started_at": NOW - HOUR, "started_by_id": "kris", "decided_by": "Kim", "closed_at": closed}
            state = "closed" if closed else "active"
            session.add(Incident(mode=mode, level="disturbance", title="Strömavbrott", state=state, **begun))  # type: ignore[arg-type]
    collect_all(filled, NOW)
    with filled.transaction() as session:
        for number in (LIVE, EXERCISE):
            _full(session, number)
    return filled


def _full(session: Session, number: int) -> None:
    """A message of each state, each fate of a delivery, a topic, a hold and a line of the log."""
    written = {"incident_id": number, "kind": "alert", "author_id": "redaktor", "made_at": NOW, "happened": "Mörkt."}
    for state in ("draft", "submitted", "approved"):
        session.add(Message(headline=state, state=state, submitted_by_id="redaktor", submitted_at=NOW, **written))  # type: ignore[arg-type]
    frozen = {"committed_at": NOW, "sent": NOW, "text_hash": "0" * 64, "identifier": f"tibro-{number}"}
    promised = {"next_update_at": NOW + HOUR, "expires": NOW + 9 * HOUR, "break_glass": "ingen svarade"}
    sent = Message(headline="Skickat", state="committed", **written, **frozen, **promised)  # type: ignore[arg-type]
    session.add(sent)
    session.flush()
    for fate in Fate:
        way = "by_hand" if fate is Fate.NEEDS_HUMAN else "machine"
        told = {"text": "Strömmen är borta.", "link": "https://x.se/1", "marker": "1", "state": str(fate), "way": way}
        when = {"made_at": NOW - HOUR, "next_at": NOW + HOUR, "expires": NOW + HOUR}
        session.add(Delivery(message_id=sent.id, place=f"{fate}", channel_id=None, **told, **when))  # type: ignore[arg-type]
    mode = "exercise" if number == EXERCISE else "actual"
    session.add(Hold(place="", by_id="kris", at=NOW, until=NOW + HOUR, mode=mode))
    session.add(LogLine(incident_id=number, at=NOW, kind="decision", text="Vi väntar.", by_id="kris"))
    topic = Topic(incident_id=number, title="När?", made_at=NOW, answer="Klockan tre.", shown_at=NOW)
    session.add(topic)
    session.flush()
    last = session.query(Intake).filter_by(incident_id=number).order_by(Intake.id.desc()).first()
    assert last is not None
    last.topic_id = topic.id


@pytest.fixture
def page(crises: Database, site: str, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, base_url=site)  # type: ignore[arg-type]
    context.add_cookies([{"name": COOKIE, "value": session_of(crises, "kris"), "url": site}])
    context.add_cookies([{"name": "language", "value": "en", "url": site}])
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_axe_finds_nothing_on_any_page_in_whatever_state(page: Page) -> None:
    paths = [
        "",
        "/warnings",
        "/vma",
        "/readiness",
        "/kit",
        "/templates",
        "/templates?copy=power.sv",
        f"/{EMPTY}",
        f"/{EMPTY}/board",
        f"/{EMPTY}/evaluation",
    ]
    paths += [f"/{LIVE}{path}" for path in ("", "/board", "/log", "/handover")]
    paths += [f"/{EXERCISE}{path}" for path in ("", "/board", "/messages/8")]
    paths += [f"/{LIVE}/messages/{number}" for number in (1, 2, 3, 4)]
    wrong = {}
    for path in paths:
        answer = page.goto(f"/crisis{path}", wait_until="domcontentloaded")
        assert answer is not None
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.lang") == "en"
        assert path != f"/{LIVE}/board" or page.get_by_text("6 write about the same.").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        report = Axe().run(page, options={"resultTypes": ["violations"]})
        if report.violations_count:
            wrong[path] = report.generate_report()
    assert wrong == {}
