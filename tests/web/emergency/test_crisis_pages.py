"""A crisis through the pages, without a script: begin, write, approve, send, take back, close."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.emergency.models import Delivery, Incident, Message
from monitor.register.models import Channel, Person
from monitor.watch.models import CloseWatch

SignedIn = Callable[[str], TestClient]
LATER = (datetime.now(UTC) + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
SAID = {"headline": "Strömavbrott i Tibro", "happened": "Strömmen är borta.", "to_do": "Spara på batteriet."}


@pytest.fixture
def staff(filled: Database) -> Database:
    """redaktor writes, ersattare approves."""
    with filled.transaction() as session:
        for id_ in ("redaktor", "ersattare"):
            session.get_one(Person, id_).roles = ["crisis_staff"]
    return filled


def begin(client: TestClient, mode: str = "exercise", word: str = "övning") -> str:
    values = {"title": "Strömavbrott", "mode": mode, "level": "disturbance", "sure": word}
    answer = client.post("/crisis", data=values, follow_redirects=False)
    return answer.headers.get("location", "")


def write(client: TestClient, incident: str, **more: str) -> str:
    made = client.post(f"{incident}/messages", data={}, follow_redirects=False).headers["location"]
    form = {"act": "submit", "revision": "0", "next_update": LATER, **SAID, **more}
    answer = client.post(made, data=form, follow_redirects=False)
    assert answer.status_code == 303, re.findall(r'href="#[^>]*>([^<]*)', answer.text)
    return made


def settled(db: Database, message: int) -> list[Delivery]:
    """Waits until every delivery is somewhere to stay."""
    for _each in range(200):
        with db.snapshot() as session:
            found = session.scalars(select(Delivery).where(Delivery.message_id == message)).all()
        if found and all(each.state not in {"pending", "armed"} for each in found):
            return list(found)
        time.sleep(0.05)
    raise AssertionError([(each.place, each.state) for each in found])


def test_two_people_take_a_message_all_the_way_and_back(staff: Database, signed_in: SignedIn) -> None:
    writer, approver = signed_in("redaktor"), signed_in("ersattare")
    incident = begin(writer)
    made = write(writer, incident)
    own = writer.post(made, data={"act": "approve", "revision": "1"})
    assert own.status_code == 422, "who wrote it approved it"
    early = writer.post(made, data={"act": "alone", "reason": "ingen svarar", "sure": "övning"})
    assert early.status_code == 422, "sent alone before anybody could approve"
    wrong = approver.post(made, data={"act": "approve_and_send", "revision": "1", "sure": "SKARPT"})
    assert wrong.status_code == 422, "the live word sent an exercise"
    assert approver.post(made, data={"act": "approve_and_send", "revision": "1", "sure": "övning"}).status_code == 200
    assert all(each.text.startswith("ÖVNING") for each in settled(staff, 1))
    assert writer.post(made, data={"act": "correction"}).status_code == 200
    settled(staff, 2)
    with staff.snapshot() as session:
        first, second = session.scalars(select(Message).order_by(Message.id)).all()
        assert (first.state, second.kind, second.state) == ("superseded", "correction", "committed")
    assert writer.post(incident, data={"act": "close"}).status_code == 422, "closed without a last word"
    assert writer.post(incident, data={"act": "close", "why": "övningen är slut"}).status_code == 200
    late = writer.post(f"{incident}/messages/2", data={"act": "cancel"})
    assert late.status_code == 200, "what was wrong could not be withdrawn, as the incident is closed"


def test_the_word_to_begin_a_live_incident_is_another_one_and_a_mode_never_changes(
    staff: Database, signed_in: SignedIn
) -> None:
    client = signed_in("redaktor")
    assert begin(client, "actual", "övning") == ""
    assert begin(client, "exercise", "skarpt") == ""
    assert begin(client, "actual", " Skarpt ") == "/crisis/1"
    with staff.snapshot() as session:
        assert session.query(CloseWatch).count() == 3
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "incident.started")).one()
        assert entry.after
        assert entry.after["mode"] == "actual"
    with pytest.raises(Exception, match="never changed"), staff.transaction() as session:  # noqa: PT012 - at the flush
        session.get_one(Incident, 1).mode = "exercise"
        session.flush()


def test_what_is_changed_after_approval_waits_for_it_again(staff: Database, signed_in: SignedIn) -> None:
    writer, approver = signed_in("redaktor"), signed_in("ersattare")
    made = write(writer, begin(writer))
    assert approver.post(made, data={"act": "approve", "revision": "1"}).status_code == 200
    writer.post(made, data={"act": "save", "revision": "1", "next_update": LATER, **SAID, "happened": "Annat."})
    answer = writer.post(made, data={"act": "send", "revision": "2", "sure": "övning"})
    assert answer.status_code == 422
    with staff.snapshot() as session:
        assert session.query(Delivery).count() == 0


def test_one_person_may_do_after_a_while_with_a_reason_and_somebody_else_reviews(
    staff: Database, signed_in: SignedIn
) -> None:
    writer, other = signed_in("redaktor"), signed_in("ersattare")
    made = write(writer, begin(writer))
    with staff.transaction() as session:
        session.get_one(Message, 1).submitted_at = datetime.now(UTC) - timedelta(minutes=4)
    assert writer.post(made, data={"act": "alone", "reason": " ", "sure": "övning"}).status_code == 422
    assert writer.post(made, data={"act": "alone", "reason": "ingen svarar", "sure": "övning"}).status_code == 200
    settled(staff, 1)
    assert writer.post(made, data={"act": "review", "words": "bra"}).status_code == 422
    assert "ingen svarar" in other.get(made).text
    assert other.post(made, data={"act": "review", "words": "bra"}).status_code == 200


def test_what_is_wrong_is_told_at_its_field_and_what_was_written_stays(staff: Database, signed_in: SignedIn) -> None:
    writer = signed_in("redaktor")
    incident = begin(writer)
    made = writer.post(f"{incident}/messages", data={}, follow_redirects=False).headers["location"]
    form = {"act": "submit", "revision": "0", **SAID, "headline": "VMA i Tibro", "text-ig": "x" * 2300}
    answer = writer.post(made, data=form)
    assert answer.status_code == 422
    for field in ("headline", "next_update", "text-ig"):
        assert f'href="#{field}"' in answer.text
    assert "VMA i Tibro" in answer.text


def test_the_first_statement_is_one_press(staff: Database, signed_in: SignedIn) -> None:
    writer = signed_in("redaktor")
    writer.post(f"{begin(writer)}/messages", data={"template": "holding.sv"})
    with staff.snapshot() as session:
        message = session.get_one(Message, 1)
        assert (message.state, bool(message.headline)) == ("submitted", True)


def test_what_no_machine_publishes_is_there_to_copy_and_ticked(staff: Database, signed_in: SignedIn) -> None:
    with staff.transaction() as session:
        session.get_one(Channel, "fb").watch_mode = "manual"
    writer, approver = signed_in("redaktor"), signed_in("ersattare")
    incident = begin(writer, "actual", "skarpt")
    writer.post(incident, data={"act": "hold", "place": "hub"})  # it is seen from nowhere here
    made = write(writer, incident, **{"out-ig": "1", "out-yt": "1"})
    approver.post(made, data={"act": "approve_and_send", "revision": "1", "sure": "skarpt"})
    with staff.snapshot() as session:
        by_hand = session.scalars(select(Delivery).where(Delivery.place == "fb")).one()
        assert {each.place for each in session.scalars(select(Delivery))} == {"hub", "fb"}
    assert by_hand.text.replace("\n", "\r\n") in writer.get(made).text.replace("\n", "\r\n")
    ticked = {"act": "answer", "delivery": str(by_hand.id), "seen": "seen", "url": "https://www.facebook.com/1"}
    assert writer.post(made, data=ticked).status_code == 200
    assert writer.post(made, data=ticked).status_code == 422, "ticked twice"
    with staff.snapshot() as session:
        after = session.get_one(Delivery, by_hand.id)
        assert (after.state, after.url) == ("verified", "https://www.facebook.com/1")


def test_a_stop_holds_what_is_sent_after_it_until_it_is_let_go(staff: Database, signed_in: SignedIn) -> None:
    writer, approver = signed_in("redaktor"), signed_in("ersattare")
    incident = begin(writer)
    assert writer.post(incident, data={"act": "hold", "place": "", "reason": "fel bild"}).status_code == 200
    assert "Låt det fortsätta" in writer.get(incident).text
    made = write(writer, incident)
    approver.post(made, data={"act": "approve_and_send", "revision": "1", "sure": "övning"})
    assert {each.state for each in settled(staff, 1)} == {"held"}
    back = writer.post(made, data={"act": "correction"}).text
    assert "Stoppat till" in back, "the correction is stopped too, and its page does not say so"
    assert "Låt det fortsätta" in back
    settled(staff, 2)
    assert writer.post(incident, data={"act": "release", "place": ""}).status_code == 200
    assert "Låt det fortsätta" not in writer.get(incident).text


def test_no_words_of_the_authorities_get_out_by_any_way(staff: Database, signed_in: SignedIn) -> None:
    writer, approver = signed_in("redaktor"), signed_in("ersattare")
    for more in ({"title": "VMA i Tibro"}, {"title": "Rök", "area": "Viktigt meddelande till allmänheten"}):
        answer = writer.post("/crisis", data={"mode": "exercise", "level": "elevated", "sure": "övning", **more})
        assert answer.status_code == 422, more
    incident = begin(writer)
    made = write(writer, incident)
    approver.post(made, data={"act": "approve_and_send", "revision": "1", "sure": "övning"})
    own = {"earlier": "1", "kind": "correction"}
    back = writer.post(f"{incident}/messages", data=own, follow_redirects=False).headers["location"]
    for revision, headline in enumerate(("Faran över", "", "Strömmen finns")):
        form = {"act": "save", "revision": str(revision), **SAID, "headline": headline, "next_update": LATER}
        writer.post(back, data=form)
        sent = writer.post(back, data={"act": "send", "revision": str(revision + 1)})
        assert sent.status_code == (200 if headline == "Strömmen finns" else 422), headline
    settled(staff, 2)
    assert back in approver.get("/crisis").text, "own words went out unread, and nobody is asked to go through them"
    assert approver.post(back, data={"act": "review", "words": "bra"}).status_code == 200


def test_what_residents_read_as_its_name_can_be_changed(staff: Database, signed_in: SignedIn) -> None:
    writer = signed_in("redaktor")
    incident = begin(writer)
    assert "Bekräftat" not in writer.get(incident).text.split("Fakta")[-1], "a stage that nobody has chosen"
    assert "Invånarna ser detta" in writer.get("/crisis").text
    assert writer.post(incident, data={"act": "title", "title": "VMA"}).status_code == 422
    assert writer.post(incident, data={"act": "title", "title": "Ström borta"}).status_code == 200
    assert "Ström borta" in writer.get(f"{incident}/log").text
    with staff.snapshot() as session:
        assert session.get_one(Incident, 1).title == "Ström borta"
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "incident.renamed")).one()
        assert entry.before == {"title": "Strömavbrott"}


def test_a_promise_that_has_passed_is_not_sent_and_whoever_sends_gives_a_later_one(
    staff: Database, signed_in: SignedIn
) -> None:
    writer, approver = signed_in("redaktor"), signed_in("ersattare")
    made = write(writer, begin(writer))
    approver.post(made, data={"act": "approve", "revision": "1"})
    with staff.transaction() as session:
        session.get_one(Message, 1).next_update_at = datetime.now(UTC) - timedelta(minutes=1)
    sent = {"act": "send", "revision": "1", "sure": "övning"}
    late = writer.post(made, data=sent)
    assert late.status_code == 422
    assert 'name="next_update"' in late.text
    assert "Den utlovade tiden har passerat" in late.text
    assert writer.post(made, data=sent | {"next_update": "2020-01-01T10:00"}).status_code == 422
    assert writer.post(made, data=sent | {"next_update": LATER}).status_code == 200
    whole = [each for each in settled(staff, 1) if each.place != "yt:text"]  # which has room for the short text alone
    assert all("Nästa uppdatering senast" in each.text for each in whole)
    with staff.snapshot() as session:
        assert session.get_one(Message, 1).next_update_at is not None


@pytest.mark.parametrize("year", ["2099", "9999"])
def test_no_promise_is_for_another_century(staff: Database, signed_in: SignedIn, year: str) -> None:
    writer = signed_in("redaktor")
    made = writer.post(f"{begin(writer)}/messages", data={}, follow_redirects=False).headers["location"]
    form = {"act": "save", "revision": "0", "next_update": f"{year}-12-31T23:59", **SAID}
    answer = writer.post(made, data=form)
    assert answer.status_code == 422
    assert 'href="#next_update"' in answer.text


def test_two_presses_begin_one_incident_and_one_first_statement(staff: Database, signed_in: SignedIn) -> None:
    writer, approver = signed_in("redaktor"), signed_in("ersattare")
    incident = begin(writer)
    assert begin(writer) == incident
    for _each in range(2):
        writer.post(f"{incident}/messages", data={"template": "holding.sv"})
    with staff.snapshot() as session:
        assert (session.query(Incident).count(), session.query(Message).count()) == (1, 1)
    assert writer.post(incident, data={"act": "close", "why": "slut"}).status_code == 422, "closed while one waits"
    sent = {"act": "approve_and_send", "revision": "0", "sure": "övning"}
    assert approver.post(f"{incident}/messages/1", data=sent).status_code == 200
    settled(staff, 1)
    writer.post(f"{incident}/messages", data={"template": "power.en"})
    with staff.snapshot() as session:
        second = session.get_one(Message, 2)
        assert (second.kind, second.earlier_id, second.language) == ("update", 1, "en")
        assert second.headline != session.get_one(Message, 1).headline
    assert writer.post(f"{incident}/messages/2", data={"act": "discard"}).status_code == 200
    assert writer.post(f"{incident}/messages/1", data={"act": "discard"}).status_code == 422, "what was sent"
    assert writer.post(incident, data={"act": "close", "why": "slut"}).status_code == 200


def test_a_draft_is_found_again_and_a_second_message_asks_to_be_an_update(staff: Database, signed_in: SignedIn) -> None:
    writer, approver = signed_in("redaktor"), signed_in("ersattare")
    incident = begin(writer)
    approver.post(write(writer, incident), data={"act": "approve_and_send", "revision": "1", "sure": "övning"})
    settled(staff, 1)
    second = write(writer, incident, headline="Även vattnet")
    shown = approver.get(second).text
    assert "gäller redan" in shown
    assert 'name="beside"' in shown
    sends = {"act": "approve_and_send", "revision": "1", "sure": "övning"}
    asked = approver.post(second, data=sends)
    assert asked.status_code == 422
    assert 'href="#beside"' in asked.text
    assert approver.post(second, data=sends | {"beside": "1"}).status_code == 200
    settled(staff, 2)
    found = [writer.post(f"{incident}/messages", data={}, follow_redirects=False) for _each in range(2)]
    assert [each.headers["location"] for each in found] == [f"{incident}/messages/3", f"{incident}/messages/3?found=1"]
    assert "Du hade redan börjat" in writer.get(found[1].headers["location"]).text
    assert writer.post(f"{incident}/messages/3", data={"act": "follow"}).status_code == 200
    assert "gäller redan" not in writer.get(f"{incident}/messages/3").text
