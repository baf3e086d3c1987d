"""The audit log on the web: in words, filtered, page by page, and proved to be whole."""

import pytest
from sqlalchemy import text

from monitor.audit import audited
from tests.web.register.office import NOW, Office


def shown(page: str) -> list[int]:
    """The numbers of the entries on the page."""
    return [int(part.split('"')[0]) for part in page.split('id="entry-')[1:]]


def test_the_log_is_told_in_words(office: Office) -> None:
    office.client("admin").post("/channels/fb/pause", data={"reason": "Sommar"})
    page = office.client("revisor").get("/audit").text
    assert "pausade" in page
    assert "Ada Administratör" in page
    assert "Läge:</span> <bdi>i bruk → pausad" in page


def test_it_is_filtered_by_period_person_and_subject(office: Office) -> None:
    device = office.client("revisor")
    office.client("admin").post("/channels/fb/pause", data={"reason": "Sommar"})
    newest = shown(device.get("/audit").text)[0]
    assert shown(device.get("/audit?actor=admin").text)[0] == newest
    assert shown(device.get("/audit?actor=chef").text) == []
    assert shown(device.get("/audit?kind=channel&subject=fb").text) == [newest]
    assert shown(device.get("/audit?kind=channel&subject=grupp").text) == []
    assert shown(device.get("/audit?first=2026-06-15&last=2026-06-15&kind=channel").text) == [newest]
    nothing = device.get("/audit?first=2026-06-16").text
    assert (shown(nothing), "ingen sådan post" in nothing) == ([], True)


def test_pages_follow_each_other_without_gap_or_repetition(office: Office) -> None:
    with office.db.transaction() as session:
        for number in range(120):
            audited(session, "system", "unit.changed", ("unit", f"u{number}"), NOW)
    device, numbers, path = office.client("revisor"), list[int](), "/audit?kind=unit"
    while path:
        page = device.get(path).text
        numbers += shown(page)
        path = page.split('href="/audit?')[1].split('"')[0] if 'rel="next"' in page else ""
        older = page.split('rel="next"')[0].rsplit('href="', 1)[-1].split('"')[0] if 'rel="next"' in page else ""
        path = older.replace("&amp;", "&")
    assert len(numbers) == 120
    assert numbers == sorted(numbers, reverse=True)


@pytest.mark.parametrize(
    ("query", "field"),
    [("first=x", "first"), ("last=2026-99-01", "last"), ("first=2026-06-15&last=2026-06-01", "last")],
)
def test_what_is_no_period_is_said_to_be_none(office: Office, query: str, field: str) -> None:
    answer = office.client("revisor").get(f"/audit?{query}")
    assert (answer.status_code, f'id="{field}-fault"' in answer.text) == (422, True)


def test_the_log_is_proved_to_be_whole_and_a_noted_entry_to_be_in_it(office: Office) -> None:
    office.client("admin").post("/channels/fb/pause", data={"reason": "Sommar"})
    device = office.client("revisor")
    page = device.get("/audit/verification").text
    assert "Granskningsloggen är" in page
    head = page.split("<code>")[1].split("<")[0]
    assert "oförändrad" in device.get("/audit/verification", params={"noted": head}).text
    answer = device.get("/audit/verification?noted=nonsense")
    assert (answer.status_code, 'id="noted-fault"' in answer.text) == (422, True)


def test_a_log_that_was_altered_is_said_to_be_broken(office: Office) -> None:
    office.client("admin").post("/channels/fb/pause", data={"reason": "Sommar"})
    with office.db.transaction() as session:
        for (name,) in session.execute(text("SELECT name FROM sqlite_master WHERE type='trigger'")).all():
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text("UPDATE audit_entry SET actor='chef' WHERE actor='admin'"))
    page = office.client("revisor").get("/audit/verification").text
    assert "GRANSKNINGSLOGGEN" in page.upper()
    assert 'role="alert"' in page


@pytest.mark.parametrize("person", ["chef", "kommunikator", "redaktor", "registrator"])
def test_others_do_not_read_it(office: Office, person: str) -> None:
    device = office.client(person)
    assert device.get("/audit").status_code == device.get("/audit/verification").status_code == 403
