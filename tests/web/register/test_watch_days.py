"""One channel's day: attested with one press, afterwards too, and put right with a reason."""

import pytest
import time_machine
from sqlalchemy import select

from monitor.watch.day_models import Attestation, Correction
from tests.monitor.days.almanac import FRIDAY, MONDAY, at
from tests.web.register.office import Office

REASON = {"verdict": "watched", "reason": "Jag var där."}


@pytest.fixture
def over(office: Office) -> Office:
    """Friday has been concluded: nobody went through the group."""
    office.almanac.keep(MONDAY, "09.30")
    return office


def test_a_day_that_is_over_is_attested_with_one_press(over: Office) -> None:
    device = over.client("redaktor")
    assert "Jag gick igenom kanalen den dagen" in device.get(f"/watch/grupp/{FRIDAY}").text
    answer = device.post(f"/watch/grupp/{FRIDAY}/attest", data={"note": "Lugnt."})
    assert answer.url.path == f"/watch/grupp/{FRIDAY}"
    assert "Bevakad" in answer.text
    with over.db.snapshot() as session:
        assert [(row.by_id, row.note) for row in session.scalars(select(Attestation))] == [("redaktor", "Lugnt.")]


def test_a_note_that_is_too_long_is_kept_and_refused(over: Office) -> None:
    answer = over.client("redaktor").post(f"/watch/grupp/{MONDAY}/attest", data={"note": "x" * 1001})
    assert (answer.status_code, "x" * 1001 in answer.text) == (422, True)
    assert "Anteckningen har 1001 tecken" in answer.text


def test_what_would_not_count_says_why(over: Office) -> None:
    answer = over.client("redaktor").post(f"/watch/fb/{MONDAY}/attest")
    assert (answer.status_code, "automatiskt" in answer.text) == (409, True)
    answer = over.client("redaktor").post("/watch/grupp/2026-06-14/attest")
    assert (answer.status_code, "ingen arbetsdag" in answer.text) == (409, True)
    answer = over.client("redaktor").post("/watch/grupp/review", data={"newest": "0"})
    assert (answer.status_code, "bevakas manuellt, och inget hämtas" in answer.text) == (409, True)


@pytest.mark.parametrize("person", ["kommunikator", "chef"])
def test_a_day_is_put_right_with_a_reason(over: Office, person: str) -> None:
    device = over.client(person)
    assert "Rätta dagen" in device.get(f"/watch/fb/{FRIDAY}").text
    answer = device.post(f"/watch/fb/{FRIDAY}/correct", data=REASON)
    assert "Dagen är rättad." in answer.text
    assert "Jag var där." in answer.text
    assert over.acts("watch_day.corrected") == [(person, f"fb/{FRIDAY}")]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (REASON | {"reason": " "}, "reason"),
        (REASON | {"reason": "x" * 1001}, "reason"),
        (REASON | {"verdict": ""}, "verdict"),
        (REASON | {"verdict": "perfect"}, "verdict"),
    ],
)
def test_without_a_reason_or_a_verdict_nothing_is_put_right(over: Office, sent: dict[str, str], field: str) -> None:
    answer = over.client("kommunikator").post(f"/watch/fb/{FRIDAY}/correct", data=sent)
    assert (answer.status_code, f'id="{field}-fault"' in answer.text) == (422, True)
    with over.db.snapshot() as session:
        assert session.scalars(select(Correction)).all() == []


def test_a_day_that_is_not_over_cannot_be_put_right(over: Office) -> None:
    device = over.client("kommunikator")
    assert "Rätta dagen" not in device.get(f"/watch/fb/{MONDAY}").text
    answer = device.post(f"/watch/fb/{MONDAY}/correct", data=REASON)
    assert (answer.status_code, "avslutad" in answer.text) == (409, True)


@pytest.mark.parametrize(("person", "expected"), [("barnchef", 404), ("redaktor", 403), ("revisor", 403)])
def test_others_put_nothing_right(over: Office, person: str, expected: int) -> None:
    assert over.client(person).post(f"/watch/fb/{FRIDAY}/correct", data=REASON).status_code == expected


@pytest.mark.parametrize("path", ["/watch/fb/2026-06-14", "/watch/fb/i-dag", "/watch/ingen/2026-06-15"])
def test_what_is_no_watch_day_has_no_page(over: Office, path: str) -> None:
    assert over.client("revisor").get(path).status_code == 404


def test_the_months_gaps_lead_to_their_days(over: Office) -> None:
    with time_machine.travel(at(MONDAY, "11.00")):
        text = over.client("revisor").get("/watch/2026-06").text
    assert f'href="/watch/grupp/{FRIDAY}"' in text


def test_a_month_shows_only_what_one_may_see(over: Office) -> None:
    device = over.client("barnchef")
    for path in ("/watch", "/watch/2026-06", "/watch/2026-06.svg", "/watch/2026-06.csv"):
        answer = device.get(path)
        assert (answer.status_code, "Tibro kommun på" in answer.text) == (200, False), path
    assert "Tibro kommun på grupp" in over.client("revisor").get("/watch/2026-06.csv").text
