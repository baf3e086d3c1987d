"""A crisis by programs: the same rules as on the pages, and each write once."""

from datetime import UTC, datetime, timedelta

from monitor.db import Database
from monitor.emergency.models import Delivery, Message
from monitor.register.models import Person
from tests.web.api.conftest import Programs

SCOPES = ("read_crisis", "work_in_crisis", "approve_crisis")


def test_two_programs_take_a_message_to_its_deliveries_and_one_takes_it_back(
    program: Programs, filled: Database
) -> None:
    with filled.transaction() as session:
        for id_ in ("redaktor", "ersattare"):
            session.get_one(Person, id_).roles = ["crisis_staff"]
    writer, approver = program("redaktor", *SCOPES), program("ersattare", *SCOPES)
    told = {"title": "Ström", "mode": "exercise", "sure": "actual"}
    assert writer.write("POST", "/incidents", told).status_code == 422
    assert writer.write("POST", "/incidents", told | {"sure": "exercise"}).status_code == 201
    said = {"headline": "Strömavbrott", "happened": "Mörkt."}
    draft = writer.write("POST", "/incidents/1/messages", said).json()
    assert [each["field"] for each in draft["faults"]] == ["next_update"]
    refused = writer.write("POST", "/messages/1/submission", {"revision": 1})
    assert refused.json()["errors"][0]["at"] == "/next_update"
    promise = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert writer.write("PUT", "/messages/1", said | {"revision": 1, "next_update_at": promise}).status_code == 200
    assert writer.write("POST", "/messages/1/submission", {"revision": 2}).status_code == 200
    assert writer.write("POST", "/messages/1/approval", {"revision": 2}).status_code == 422
    assert writer.write("POST", "/messages/1/sending", {"revision": 2, "sure": "exercise"}).status_code == 422
    assert approver.write("POST", "/messages/1/approval", {"revision": 2}).status_code == 200
    sent = writer.write("POST", "/messages/1/sending", {"revision": 2, "sure": "exercise"}).json()
    assert (sent["state"], len(sent["deliveries"])) == ("committed", 5)
    back = writer.write("POST", "/messages/1/taking-back", {"kind": "cancel"})
    again = writer.write("POST", "/messages/1/taking-back", {"kind": "cancel"})
    assert (back.status_code, back.json()["id"], again.json()["id"]) == (201, 2, 2)
    assert writer.write("POST", "/incidents/1/end", {}).status_code == 422, "a withdrawal was taken for the last word"
    far = {"kind": "correction", "earlier": 2**63, **said}
    assert writer.write("POST", "/incidents/1/messages", far).status_code == 422
    assert writer.write("POST", "/incidents/1/end", {"why": "slut"}).status_code == 200
    with filled.snapshot() as session:
        assert session.get_one(Message, 1).state == "cancelled"
        assert session.query(Delivery).count() == 9, "a withdrawal says nothing in YouTube's own text"
