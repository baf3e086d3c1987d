"""What programs do in a crisis beside the way of one message: as on the pages, and each write once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from config.settings import Settings
from monitor.db import Database
from monitor.emergency.hub import folder
from monitor.emergency.models import Delivery, Message, OutsideWarning
from monitor.register.models import Channel, Person
from monitor.watch.models import Comment
from tests.monitor.emergency.broadcast import commit
from tests.waiting import eventually
from tests.web.api.conftest import Program, Programs

SCOPES = ("read_crisis", "work_in_crisis", "approve_crisis", "word_crisis", "read_inbox", "answer", "export")
PROMISE = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
SAID = {"headline": "Strömavbrott", "happened": "Mörkt.", "next_update_at": PROMISE}


@pytest.fixture
def one(program: Programs, filled: Database) -> Program:
    """Who writes, in an exercise that goes on."""
    with filled.transaction() as session:
        for id_ in ("redaktor", "ersattare"):
            session.get_one(Person, id_).roles = ["communicator"]
    found = program("redaktor", *SCOPES)
    began = {"title": "Ström", "mode": "exercise", "sure": "exercise"}
    assert found.write("POST", "/incidents", began).status_code == 201
    return found


def test_the_log_the_stops_and_the_papers(one: Program) -> None:
    assert one.write("POST", "/incidents/1/stable", {}).json()["state"] == "stable"
    assert one.write("PUT", "/incidents/1/case-number", {"case_number": "KS 1"}).json()["case_number"] == "KS 1"
    stopped = one.write("POST", "/incidents/1/holds", {"place": "fb", "reason": "fel bild"})
    assert (stopped.status_code, [each["place"] for each in stopped.json()["items"]]) == (201, ["fb"])
    assert one.write("POST", "/incidents/1/holds", {"place": "nowhere"}).status_code == 422
    assert one.write("POST", "/incidents/1/release", {"place": "fb"}).json() == {"items": []}
    assert one.write("POST", "/incidents/1/log", {"text": " "}).status_code == 422
    assert one.write("POST", "/incidents/1/log", {"text": "Reservkraft", "kind": "decision"}).status_code == 201
    assert one.write("POST", "/incidents/1/handover", {}).status_code == 422
    assert one.write("POST", "/incidents/1/handover", {"going_on": "Lugnt"}).status_code == 204
    assert one.write("POST", "/incidents/1/figures", {}).status_code == 204
    said = " ".join(each["text"] for each in one.get("/incidents/1/log", limit=100).json()["items"])
    for each in ("KS 1", "fel bild", "Reservkraft", "Lugnt"):
        assert each in said
    assert one.get("/incidents/1/report.pdf").content.startswith(b"%PDF")
    assert one.get("/incidents/1/evidence.zip").content.startswith(b"PK")
    assert one.write("PUT", "/incidents/1/evaluation", {"went_well": "x"}).status_code == 422
    assert one.write("POST", "/incidents/1/end", {"why": "övning"}).status_code == 200
    assert one.write("PUT", "/incidents/1/evaluation", {"went_well": "x"}).json()["went_well"] == "x"
    assert one.get("/incidents/1/evaluation").json()["went_well"] == "x"


def test_what_was_sent_alone_is_reviewed_and_what_is_beside_becomes_an_update(
    one: Program, program: Programs, filled: Database
) -> None:
    other = program("ersattare", *SCOPES)
    one.write("POST", "/incidents/1/messages", SAID)
    one.write("POST", "/messages/1/submission", {"revision": 1})
    with filled.transaction() as session:
        session.get_one(Message, 1).submitted_at = datetime.now(UTC) - timedelta(minutes=9)
    sent = one.write("POST", "/messages/1/sending", {"revision": 1, "sure": "exercise", "alone": "ingen svarar"})
    assert sent.json()["to_review"] is True
    assert one.write("POST", "/messages/1/review", {"words": "bra"}).status_code == 422
    assert other.write("POST", "/messages/1/review", {"words": "bra"}).json()["to_review"] is False
    assert one.write("PUT", "/incidents/1/title", {"title": "Ström i norr"}).json()["title"] == "Ström i norr"
    front = folder(Settings(), exercise=True) / "index.html"
    assert eventually(lambda: front.exists() and "Ström i norr" in front.read_text(encoding="utf-8"))
    second = one.write("POST", "/incidents/1/messages", SAID).json()
    assert second["beside"] == 1
    after = one.write("POST", "/messages/2/following", {}).json()
    assert (after["kind"], after["earlier"], after["beside"]) == ("update", 1, None)


def test_what_was_published_by_hand_is_said_and_a_stop_takes_off_the_crisis_page_what_is_not_out(
    one: Program, filled: Database
) -> None:
    live = {"title": "Skarp", "mode": "actual", "sure": "actual"}
    assert one.write("POST", "/incidents", live).status_code == 201
    one.write("POST", "/incidents/2/messages", SAID)
    with filled.transaction() as session:
        session.get_one(Channel, "fb").watch_mode = "manual"
        message = session.get_one(Message, 1)
        message.state, message.approved_by_id = "approved", "ersattare"
        session.flush()
        commit(session, 1, "redaktor", datetime.now(UTC), one.client.app.state.settings)  # type: ignore[attr-defined]
        by_hand = session.scalars(select(Delivery).where(Delivery.place == "fb")).one().id
    front = folder(Settings()) / "index.html"
    assert one.write("PUT", "/incidents/2/title", {"title": "Skarpt läge"}).status_code == 200
    assert eventually(lambda: front.exists() and "Mörkt." in front.read_text(encoding="utf-8"))
    assert one.write("POST", "/incidents/2/holds", {"place": "hub"}).status_code == 201
    assert eventually(lambda: "Mörkt." not in front.read_text(encoding="utf-8")), "the page shows what was stopped"
    told = {"seen": "seen", "url": "https://example.org/1"}
    assert one.write("POST", f"/deliveries/{by_hand}/answer", told).json()["state"] == "verified"
    assert one.write("POST", f"/deliveries/{by_hand}/answer", told).status_code == 422
    assert one.write("POST", "/deliveries/9999/answer", told).status_code == 404


def test_the_board_and_its_topics(one: Program, filled: Database) -> None:
    now = datetime.now(UTC)
    with filled.transaction() as session:
        seen = {"fetched_at": now, "content_hash": b"x", "posted_at": now, "text_seen_at": now, "permalink": None}
        said = {"text": "När kommer vattnet tillbaka?", "author_id": "r", "author_name": "Kim"}
        ids = {"external_id": "w", "post_external_id": "p", "thread_external_id": "w"}
        session.add(Comment(channel_id="fb", **seen, **said, **ids))  # type: ignore[arg-type]
    found = next(each for each in one.get("/incidents/1/board").json()["items"] if "vattnet" in each["text"])
    ids_ = {"ids": [found["id"]]}
    assert one.write("POST", "/incidents/1/board/sorting", ids_ | {"kind": "rumour"}).status_code == 204
    assert one.write("POST", "/incidents/1/topics", ids_ | {"title": "VMA"}).status_code == 422
    assert one.write("POST", "/incidents/1/topics", ids_ | {"title": "Vattnet"}).json()["waiting"] == 1
    assert one.write("PUT", "/topics/1", {"answer": "Kl. 18.", "shown": True}).status_code == 422, (
        "nothing was sent yet"
    )
    assert one.write("PUT", "/topics/1", {"answer": "Kl. 18."}).json()["answer"] == "Kl. 18."
    assert one.write("POST", "/topics/1/answers", {}).status_code == 422, "real residents were answered in an exercise"
    assert one.write("POST", "/incidents/1/board/settling", ids_).status_code == 204
    board = one.get("/incidents/1/board", done="true").json()
    assert [(each["id"], each["kind"], each["topic"]) for each in board["items"]] == [(found["id"], "rumour", 1)]


def test_templates_of_ones_own_and_warnings(one: Program, filled: Database) -> None:
    words = {"name": "Mörkt", "headline": "Mörkt i [område]", "happened": "Mörkt.", "copied": "power.sv"}
    assert (
        one.write("POST", "/crisis-templates", words | {"happened": "Faran över"}).json()["errors"][0]["at"]
        == "/happened"
    )
    made = one.write("POST", "/crisis-templates", words).json()
    assert (made["key"], made["number"]) == ("own-1.sv", 1)
    assert one.write("PUT", "/crisis-templates/1", words | {"name": "Svart"}).json()["name"] == "Svart"
    assert one.write("POST", "/crisis-templates/1/retire", {}).json()["retired"] is True
    assert one.write("POST", "/crisis-templates/1/restore", {}).json()["retired"] is False
    every = one.get("/crisis-templates", limit=100).json()["items"]
    assert {each["key"] for each in every} >= {"own-1.sv", "power.en"}
    with filled.transaction() as session:
        told = {"source": "vma", "identifier": "S", "thread": "t", "status": "Actual", "kind": "Alert", "ours": True}
        at = datetime.now(UTC)
        session.add(OutsideWarning(sent=at, seen_at=at, text="Rök", **told))  # type: ignore[arg-type]
    assert [each["settled"] for each in one.get("/warnings").json()["items"]] == [False]
    assert one.write("POST", "/warnings/1/dismissal", {}).json()["settled"] is True
