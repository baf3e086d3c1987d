"""The board through its pages: what comes onto it, what people do with it, who is answered, and how it is live."""

import asyncio
import csv
import io
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from pypdf import PdfReader
from sqlalchemy import func, select
from starlette.testclient import TestClient

from config.settings import settings
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.emergency import intake
from monitor.emergency.hub import folder
from monitor.emergency.intake import collect, collect_all
from monitor.emergency.models import Hold, Incident, Intake, LogLine, Message, Topic
from monitor.emergency.situation import remind_all
from monitor.inbox.models import Action
from monitor.register.models import Decision, Person
from monitor.watch.models import Comment
from monitor.web.emergency import live_board
from monitor.web.visiting import COOKIE
from tests.web.conftest import session_of

SignedIn = Callable[[str], TestClient]
NOW = datetime.now(UTC)
ASKED = ("När kommer strömmen tillbaka?", "när är strömmen tillbaka??", "Strömmen tillbaka när?")
SAID = (
    *ASKED,
    "Är strömmen tillbaka, när?",
    "NÄR kommer strömmen TILLBAKA",
    "Mormor behöver hjälp, trygghetslarmet är dött",
    "Jag hörde att vattnet är förgiftat",
    "=HYPERLINK(1) Bra jobbat",
)
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def incident(filled: Database) -> Database:
    """An incident since an hour, crisis staff, eight comments of it, and two that are not: an older one and our own."""
    with filled.transaction() as session:
        session.add(Person(id="kris", name="Kim Kris", email="kim@example.org", roles=["crisis_staff"]))
        session.add(Person(id="kom", name="Kom Person", email="kom@example.org", roles=["communicator"]))
        session.add(Person(id="rev", name="Rev Person", email="rev@example.org", roles=["auditor"]))
        session.add(Person(id="reg", name="Reg Person", email="reg@example.org", roles=["registrar"]))
        session.flush()
        decision = session.scalars(select(Decision).where(Decision.channel_id == "fb")).one()
        again = {name: getattr(decision, name) for name in ("purpose", "address", "audience", "responsible_id")}
        again |= {"decided_by_id": "redaktor", "decided_on": decision.decided_on, "created_at": decision.created_at}
        who = {"authorised": ["kris", "kom", "redaktor"], "valid_until": decision.valid_until}
        session.add(Decision(channel_id="fb", version=2, **again, **who))
        begun = {"started_at": NOW - timedelta(hours=1), "started_by_id": "kris", "decided_by": "Krisledningen"}
        session.add(Incident(mode="actual", level="disturbance", title="Strömavbrott", **begun))  # type: ignore[arg-type]
        session.add_all(comment(f"n{number}", text) for number, text in enumerate(SAID))
        session.add(comment("old", "När öppnar badet?", NOW - timedelta(hours=3)))
        session.add(comment("own", "Vi vet mer klockan tre", author="own-fb"))
    return filled


def comment(id_: str, text: str, at: datetime = NOW, author: str = "resident") -> Comment:
    ids = {"external_id": id_, "post_external_id": "p", "thread_external_id": id_}
    seen = {"posted_at": at, "fetched_at": at, "text_seen_at": at, "content_hash": b"x"}
    who = {"author_id": author, "author_name": f"Bo {id_}"}
    return Comment(channel_id="fb", text=text, **ids, **seen, **who)  # type: ignore[arg-type]


def send(db: Database) -> None:
    """A first message, as if it had been committed."""
    with db.transaction() as session:
        said = {"identifier": "TIBRO-1", "state": "committed", "made_at": NOW, "headline": "Strömavbrott"}
        frozen = {"committed_at": NOW, "sent": NOW, "text_hash": "0" * 64, "committed_by_id": "kom"}
        session.add(Message(incident_id=1, kind="alert", author_id="kom", **said, **frozen))  # type: ignore[arg-type]


def kinds(db: Database) -> dict[str, str]:
    with db.snapshot() as session:
        query = select(Comment.external_id, Intake.kind).join(Intake, Intake.comment_id == Comment.id)
        return {id_: kind for id_, kind in session.execute(query)}  # noqa: C416 - rows are no pairs to mypy


def on_board(db: Database, *external_ids: str) -> list[int]:
    with db.snapshot() as session:
        query = select(Intake.id).join(Comment, Comment.id == Intake.comment_id)
        return list(session.scalars(query.where(Comment.external_id.in_(external_ids)).order_by(Intake.id)))


def test_what_residents_write_since_it_began_is_on_the_board_once(incident: Database) -> None:
    assert collect_all(incident, NOW) == len(SAID)
    assert collect(incident, 1, NOW) == collect_all(incident, NOW) == 0
    assert kinds(incident) == {
        **{f"n{number}": "question" for number in range(5)},
        "n5": "help",
        "n6": "rumour",
        "n7": "other",
    }


def test_when_more_comes_than_fits_in_a_step_the_next_ones_bring_the_rest(
    incident: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MOST", 3)
    assert [collect(incident, 1, NOW) for _step in range(4)] == [3, 3, 2, 0]


def test_need_of_help_stands_first_and_its_words_are_shown(incident: Database, signed_in: SignedIn) -> None:
    page = signed_in("kris").get("/crisis/1/board").text
    assert page.index("Mormor behöver") < page.index("vattnet är förgiftat") < page.index("HYPERLINK")
    assert "behöver hjälp</bdi>" in page or "behöver hjälp, " in page
    assert "När öppnar badet" not in page
    only = signed_in("kris").get("/crisis/1/board?kind=rumour").text
    assert "förgiftat" in only
    assert "Mormor behöver" not in only.split("Vad invånare skriver")[1]


def test_what_is_edited_is_sorted_again_says_so_and_waits_anew_if_it_now_asks_for_help(
    incident: Database, signed_in: SignedIn
) -> None:
    client = signed_in("kris")
    assert "Ändrad" not in client.get("/crisis/1/board").text
    [done, by_hand] = on_board(incident, "n6", "n7")
    client.post("/crisis/1/board", data={"done_one": done})
    client.post("/crisis/1/board", data={"act": "observation", "id": by_hand})
    with incident.transaction() as session:
        for id_, text in {"n0": "Jag hörde att det är sabotage", "n6": "Det brinner!", "n7": "Det brinner!"}.items():
            row = session.scalars(select(Comment).where(Comment.external_id == id_)).one()
            row.text, row.text_seen_at = text, NOW + timedelta(minutes=3)
    page = client.get("/crisis/1/board").text
    assert {id_: kinds(incident)[id_] for id_ in ("n0", "n6", "n7")} == {
        "n0": "rumour",
        "n6": "help",
        "n7": "observation",  # a person has said so
    }
    assert page.count("Ändrad") == 3
    assert "Bo n6" in page


def test_many_that_ask_the_same_become_a_topic_and_each_is_answered_exactly_once(
    incident: Database, signed_in: SignedIn
) -> None:
    client = signed_in("kris")
    assert "5 skriver om samma sak" in client.get("/crisis/1/board").text
    ids = on_board(incident, *(f"n{number}" for number in range(5)))
    client.post("/crisis/1/board", data={"act": "gather", "title": "När är strömmen tillbaka?", "id": ids})
    with incident.transaction() as session:
        session.add(comment("late", "När kommer strömmen tillbaka tro?"))
    for _press in range(2):
        client.get("/crisis/1/board")
        answer = client.post("/crisis/1/topics/1", data={"act": "answer", "answer": "Senast 18."})
        assert answer.status_code == 200
    with incident.snapshot() as session:
        texts = session.execute(select(Action.comment_id, Action.text, Action.by_id)).all()
        assert len(texts) == len({row[0] for row in texts}) == 6  # the late one had found its topic
        assert {row[1:] for row in texts} == {("Senast 18.", "kris")}
        assert session.scalar(select(func.count()).where(Intake.done_at.is_not(None))) == 6
        assert any("Besvarade 6" in line.text for line in session.scalars(select(LogLine)))


def test_in_an_exercise_nobody_is_answered(incident: Database, signed_in: SignedIn) -> None:
    with incident.transaction() as session:
        begun = {"started_at": NOW - timedelta(hours=1), "started_by_id": "kris", "decided_by": "Kim"}
        session.add(Incident(mode="exercise", level="elevated", title="Övar", **begun))  # type: ignore[arg-type]
    client = signed_in("kris")
    client.get("/crisis/2/board")
    with incident.snapshot() as session:
        [number] = session.scalars(select(Intake.id).where(Intake.incident_id == 2).limit(1))
    client.post("/crisis/2/board", data={"act": "gather", "title": "Ström", "id": number})
    refused = client.post("/crisis/2/topics/1", data={"act": "answer", "answer": "Senast 18."})
    assert (refused.status_code, "riktiga invånare" in refused.text) == (422, True)
    with incident.snapshot() as session:
        assert session.scalar(select(func.count(Action.id))) == 0


def test_the_stop_button_stops_answers_and_the_crisis_page_s_questions_too(
    incident: Database, signed_in: SignedIn
) -> None:
    client, front = signed_in("kris"), folder(settings()) / "index.html"
    client.get("/crisis/1/board")
    ids = on_board(incident, "n0", "n1")
    client.post("/crisis/1/board", data={"act": "gather", "title": "Ström", "id": ids})
    send(incident)
    assert client.post("/crisis/1/topics/1", data={"act": "show", "answer": "Senast 18."}).status_code == 200
    with incident.transaction() as session:
        until = datetime.now(UTC) + timedelta(minutes=30)
        session.add(Hold(place="", by_id="kris", at=NOW, until=until))
    assert client.post("/crisis/1/topics/1", data={"act": "show", "answer": "Senast 19."}).status_code == 422
    answered = client.post("/crisis/1/topics/1", data={"act": "answer", "answer": "Senast 18."})
    assert "Någon har stoppat" in answered.text
    with incident.snapshot() as session:
        assert session.scalar(select(func.count(Action.id))) == 0
        assert session.scalar(select(func.count()).where(Intake.done_at.is_not(None))) == 0
    client.post("/crisis/1/topics/1", data={"act": "hide", "answer": "Senast 18."})
    assert "Senast 18." not in front.read_text()  # what is wrong can be taken away
    assert client.post("/crisis/1/topics/1", data={"act": "show", "answer": "Senast 18."}).status_code == 422


def test_residents_see_where_it_stands_though_no_worker_runs(incident: Database, signed_in: SignedIn) -> None:
    front = folder(settings()) / "index.html"
    send(incident)
    signed_in("kris").post("/crisis/1", data={"act": "stable"})
    ends = time.monotonic() + 10
    while time.monotonic() < ends and not (front.exists() and "Under kontroll" in front.read_text()):
        time.sleep(0.05)
    assert "Under kontroll" in front.read_text()


def test_sorting_by_hand_holds_and_an_answer_is_shown_to_residents_only_when_there_is_one(
    incident: Database, signed_in: SignedIn
) -> None:
    client, page = signed_in("kris"), folder(settings()) / "index.html"
    client.get("/crisis/1/board")
    [number] = on_board(incident, "n7")
    client.post("/crisis/1/board", data={"act": "help", "id": number})
    client.post("/crisis/1/board", data={"done_one": number})
    client.get("/crisis/1/board")
    assert kinds(incident)["n7"] == "help"
    client.post("/crisis/1/board", data={"act": "gather", "title": "Tack", "id": number})
    assert client.post("/crisis/1/topics/1", data={"act": "show", "answer": ""}).status_code == 422
    assert client.post("/crisis/1/topics/1", data={"act": "show", "answer": "Tack själv"}).status_code == 422
    send(incident)
    client.post("/crisis/1/topics/1", data={"act": "show", "answer": "Tack själv"})
    assert "Tack själv" in page.read_text()
    with incident.snapshot() as session:
        assert session.get_one(Intake, number).done_at is not None
        assert session.get_one(Topic, 1).shown_at is not None
    client.post("/crisis/1/topics/1", data={"act": "hide", "answer": "Tack själv"})
    assert "Tack själv" not in page.read_text()


def test_the_log_is_added_to_handed_over_and_reported_from(incident: Database, signed_in: SignedIn) -> None:
    client = signed_in("kris")
    client.post("/crisis/1/log", data={"kind": "decision", "text": "Vi öppnar trygghetspunkten"})
    assert client.post("/crisis/1/log", data={"kind": "handover", "text": "x"}).status_code == 422
    client.post("/crisis/1/handover", data={"promised": "Nytt besked 18", "going_on": "Lagning"})
    assert client.post("/crisis/1/handover", data={}).status_code == 422
    page = client.get("/crisis/1/log").text
    assert page.index("trygghetspunkten") < page.index("Nytt besked 18")
    paper = client.get("/crisis/1/report.pdf")
    text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(paper.content)).pages)
    assert "Strömavbrott" in text
    assert "Behöver hjälp" in text
    assert "Mormor" not in text
    with incident.snapshot() as session:
        began = session.get_one(Incident, 1).started_at
    hours = [remind_all(incident, began + timedelta(minutes=minutes)) for minutes in (59, 61, 61, 119, 122)]
    assert hours == [0, 1, 0, 0, 1]


def test_afterwards_it_is_evaluated_and_its_evidence_is_one_file_that_proves_itself(
    incident: Database, signed_in: SignedIn
) -> None:
    client = signed_in("kom")
    client.get("/crisis/1/board")
    assert client.post("/crisis/1/evaluation", data={"went_well": "Snabbt"}).status_code == 422
    with incident.transaction() as session:
        session.get_one(Incident, 1).state = "closed"
    client.post("/crisis/1/evaluation", data={"went_well": "Snabbt"})
    with incident.snapshot() as session:
        kept = session.get_one(Incident, 1)
        assert (kept.state, kept.evaluation) == ("evaluated", {"went_well": "Snabbt"})
    send(incident)
    folder(settings()).mkdir(parents=True)
    (folder(settings()) / "TIBRO-1.html").write_text("Som det stod")
    made = client.get("/crisis/1/evidence.zip").content
    assert made == client.get("/crisis/1/evidence.zip").content
    with incident.snapshot() as session:
        taken = session.scalars(select(AuditEntry).where(AuditEntry.act == "evidence.taken")).all()
        assert [(each.actor, each.after) for each in taken] == [("kom", {"sha256": sha256(made).hexdigest()})] * 2
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    listed = dict(reversed(line.split("  ")) for line in files.pop("MANIFEST.txt").decode().splitlines())
    assert listed == {name: sha256(content).hexdigest() for name, content in files.items()}
    assert files["published/TIBRO-1.html"] == b"Som det stod"
    rows = list(csv.DictReader(io.StringIO(files["intake.csv"].decode("utf-8-sig"))))
    assert sorted(row["text"].lstrip("'") for row in rows) == sorted(SAID)
    assert not any(row["text"].startswith("=") for row in rows)
    assert signed_in("rev").get("/crisis/1/evidence.zip").status_code == 403
    assert "evidence.zip" in signed_in("reg").get("/crisis/1/log").text
    assert signed_in("reg").get("/crisis/1/evidence.zip").status_code == 200


def test_the_board_says_so_when_something_changes_and_shows_it_by_itself(
    incident: Database, site: str, browser: Browser
) -> None:
    context = browser.new_context(viewport=PHONE, locale="sv-SE")
    context.add_cookies([{"name": COOKIE, "value": session_of(incident, "kris"), "url": site}])
    page = context.new_page()
    page.goto(f"{site}/crisis/1/board")
    expect(page.get_by_text("Mormor behöver hjälp")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert Axe().run(page).violations_count == 0
    with incident.transaction() as session:
        session.add(comment("live", "Vi sitter fast i hissen på Storgatan"))
    page.get_by_text("sitter fast i hissen på").wait_for(timeout=8000)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#found input:checked")).to_have_count(1)
    with incident.transaction() as session:
        session.add(comment("live2", "Hjälp oss, vi kommer inte ut"))
    page.get_by_role("link", name="Visa det").click(timeout=8000)
    expect(page.get_by_text("vi kommer inte ut", exact=False).first).to_be_visible()
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("d")
    for path in ("log", "handover", "evaluation", "board?done=1"):
        page.goto(f"{site}/crisis/1/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        assert Axe().run(page).violations_count == 0, path
    context.add_cookies([{"name": "language", "value": "en", "url": site}])
    page.goto(f"{site}/crisis/1/board")
    expect(page.get_by_role("heading", name="What residents write")).to_be_visible()
    context.close()


def test_streams_are_bounded_and_end_when_nobody_reads(incident: Database, site: str) -> None:
    import httpx2

    cookie = {"cookie": f"{COOKIE}={session_of(incident, 'kris')}"}
    with httpx2.stream("GET", f"{site}/crisis/1/board/events", headers=cookie, timeout=10) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert next(answer.iter_lines()) == "event: board"
        begun = time.monotonic()
        assert httpx2.get(f"{site}/crisis/1/board", headers=cookie, timeout=10).status_code == 200
        assert time.monotonic() - begun < 5


def test_all_who_may_read_the_same_share_one_look(incident: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = list[frozenset[str]]()

    def look(_db: Database, _incident: int, channels: frozenset[str]) -> str:
        looked.append(channels)
        return str(len(channels))

    async def all_read() -> list[str]:
        state = SimpleNamespace(db=incident)
        streams = [live_board.looks(state, 1, frozenset(each)) for each in (["fb"], ["fb"], ["fb"], ["fb", "yt"])]
        first = list(await asyncio.gather(*(anext(each) for each in streams)))
        for each in streams:
            await each.aclose()  # type: ignore[attr-defined]
        return first

    monkeypatch.setattr(live_board, "_look", look)
    with ThreadPoolExecutor(1) as aside:  # the browser's own loop runs here
        events = aside.submit(lambda: asyncio.run(all_read())).result()
    assert [each.splitlines()[1] for each in events] == ["data: 1", "data: 1", "data: 1", "data: 2"]
    assert sorted(map(len, looked)) == [1, 2]
