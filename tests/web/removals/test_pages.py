"""The one form, the list and the case: who sees what, what a press does, and what axe finds."""

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from pypdf import PdfReader
from sqlalchemy import select
from starlette.testclient import TestClient

from monitor.db import Database
from monitor.inbox.action_rules import Fate
from monitor.inbox.models import Action
from monitor.inbox.removal_models import SavedCopy
from monitor.inbox.removal_rules import Kind, Question, Rule
from monitor.inbox.removals import Case, case
from monitor.register.models import Person
from monitor.watch.models import Comment
from monitor.web.visiting import COOKIE
from tests.web.conftest import LONG_WORD, NASTY, session_of

SignedIn = Callable[[str], TestClient]
FORM = {"key": "k1", "how": "hide", "rule": "insult", "note": "Personangrepp"}
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def people(filled: Database) -> Database:
    """A communicator, a moderator of another unit, a registrar and an auditor as well."""
    with filled.transaction() as session:
        for id_, role in (("kom", "communicator"), ("annan", "moderator"), ("reg", "registrar"), ("rev", "auditor")):
            session.add(Person(id=id_, name=f"{id_.title()} Person", email=f"{id_}@example.org", roles=[role]))
    return filled


def number(db: Database, external_id: str = "c0") -> int:
    with db.snapshot() as session:
        return session.scalars(select(Comment.id).where(Comment.external_id == external_id)).one()


def the_case(db: Database) -> Case:
    with db.snapshot() as session:
        found = case(session, session.scalars(select(SavedCopy.id)).one())
        assert found is not None
        return found


def test_one_press_saves_a_copy_and_asks_for_the_comment_to_be_hidden(people: Database, signed_in: SignedIn) -> None:
    client, id_ = signed_in("ersattare"), number(people)
    page = client.get(f"/comment/{id_}/remove").text
    assert "&lt;script&gt;" in page
    assert page.count("checked") == 1
    later = {"told_answer": "yes", "told_note": "I tråden", "police_answer": "no", "police_note": "Inte brottsligt"}
    done = client.post(f"/comment/{id_}/remove", data=FORM | later)
    assert (done.status_code, done.url.path) == (200, "/removals/1")
    assert "Personangrepp" in done.text
    found = the_case(people)
    assert (found.act, found.rule, found.missing) == (Kind.HIDE, Rule.INSULT, (Question.REGISTERED,))
    with people.snapshot() as session:
        [action] = session.scalars(select(Action))
        assert (action.kind, action.state, action.by_id) == ("hide", Fate.PENDING, "ersattare")
    again = client.post(f"/comment/{id_}/remove", data=FORM | later)
    assert again.url.path == "/removals/1"
    assert the_case(people) == found


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"rule": ""}, "Välj vilken regel"),
        ({"how": ""}, "Välj om kommentaren"),
        ({"how": "remove"}, "Välj om kommentaren"),
        ({"rule": "other", "note": ""}, "Skriv några ord"),
        ({"note": "x" * 1001}, "Skriv högst 1000"),
        ({"police_answer": "yes"}, "Ange först om den som skrev"),
        ({"told_answer": "no"}, "Skriv några ord"),
    ],
)
def test_what_is_wrong_stands_at_the_field_and_nothing_is_done(
    people: Database, signed_in: SignedIn, wrong: dict[str, str], sentence: str
) -> None:
    answer = signed_in("ersattare").post(f"/comment/{number(people)}/remove", data=FORM | {"note": "Kvar"} | wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert ('href="#told_answer"' in answer.text) is bool(wrong.keys() & {"police_answer", "told_answer"})
    with people.snapshot() as session:
        assert session.scalars(select(SavedCopy.id)).all() == []
        assert session.scalars(select(Action.id)).all() == []


def test_who_may_remove_for_good_is_offered_that(people: Database, signed_in: SignedIn) -> None:
    client, id_ = signed_in("kom"), number(people)
    assert 'value="remove"' in client.get(f"/comment/{id_}/remove").text
    client.post(f"/comment/{id_}/remove", data=FORM | {"how": "remove"})
    assert the_case(people).act is Kind.REMOVE


def test_what_the_platform_holds_can_only_be_thrown_away(people: Database, signed_in: SignedIn) -> None:
    client, id_ = signed_in("kom"), number(people, "c2")
    page = client.get(f"/comment/{id_}/remove").text
    assert ('value="reject"' in page, 'value="hide"' in page) == (True, False)
    client.post(f"/comment/{id_}/remove", data=FORM | {"how": "reject"})
    assert the_case(people).act is Kind.REJECT


def test_other_peoples_channels_do_not_exist(people: Database, signed_in: SignedIn) -> None:
    id_ = number(people)
    signed_in("kom").post(f"/comment/{id_}/remove", data=FORM)
    stranger = signed_in("annan")
    for path in (f"/comment/{id_}/remove", "/removals/1", "/removals/1/picture.png", "/removals/1/case.pdf"):
        assert stranger.get(path).status_code == 404, path
    assert stranger.post("/removals/1", data={"kind": "rule", "rule": "insult"}).status_code == 404
    assert "/removals/1" not in stranger.get("/removals?show=all").text
    assert signed_in("rev").get(f"/comment/{id_}/remove").status_code == 403
    assert signed_in("rev").get("/removals/1").status_code == 200
    assert signed_in("rev").post("/removals/1", data={"kind": "told", "answer": "no", "note": "x"}).status_code == 422
    assert signed_in("kom").get("/removals/99").status_code == 404
    assert signed_in("kom").get(f"/comment/{2**40}/remove").status_code == 404


def test_the_chain_is_closed_step_by_step(people: Database, signed_in: SignedIn) -> None:
    client = signed_in("redaktor")
    client.post(f"/comment/{number(people)}/remove", data=FORM)
    assert "Har den som skrev fått veta?" in client.get("/removals").text
    early = client.post("/removals/1", data={"kind": "registered", "answer": "yes", "number": "KS 2026/114"})
    assert early.status_code == 422
    client.post("/removals/1", data={"kind": "told", "answer": "yes", "note": "I tråden"})
    client.post("/removals/1", data={"kind": "police", "answer": "no", "note": "Inte brottsligt"})
    none = signed_in("reg").post("/removals/1", data={"kind": "registered", "answer": "yes"})
    assert "Skriv diarienumret" in none.text
    last = signed_in("reg").post("/removals/1", data={"kind": "registered", "answer": "yes", "number": "KS 2026/114"})
    assert "Ärendet är klart" in last.text
    assert "Inget återstår" in client.get("/removals").text
    assert "Inget saknas" in client.get("/removals?show=all").text
    paper = PdfReader(io.BytesIO(client.get("/removals/1/case.pdf").content))
    assert "KS 2026/114" in " ".join(page.extract_text() for page in paper.pages)
    assert client.get("/removals/1/picture.png").content.startswith(b"\x89PNG")


def test_what_is_secret_is_read_by_few(people: Database, signed_in: SignedIn) -> None:
    signed_in("kom").post(f"/comment/{number(people, 'c1')}/remove", data=FORM | {"rule": "secrecy"})
    for who, reads in (("kom", True), ("reg", True), ("rev", False)):
        client = signed_in(who)
        assert (LONG_WORD in client.get("/removals/1").text) is reads, who
        assert (client.get("/removals/1/picture.png").status_code == 200) is reads, who
        assert (client.get("/removals/1/case.pdf").status_code == 200) is reads, who


def test_more_than_a_form_holds_is_refused(people: Database, signed_in: SignedIn) -> None:
    answer = signed_in("kom").post(f"/comment/{number(people)}/remove", data=FORM | {"note": "x" * 60_000})
    assert answer.status_code == 413


@pytest.mark.browser
def test_axe_finds_nothing_from_the_form_to_the_case(people: Database, site: str, browser: Browser) -> None:
    with people.transaction() as session:
        session.get_one(Comment, number(people)).text = f"{NASTY} 😡 مرحبا بالعالم " + "ord " * 950
    context = browser.new_context(viewport=PHONE, java_script_enabled=True, color_scheme="dark")
    context.add_cookies([{"name": COOKIE, "value": session_of(people, "kom"), "url": site}])
    page = context.new_page()

    def examined() -> None:
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    page.goto(f"{site}/comment/{number(people)}/remove")
    examined()
    page.get_by_label("Vilken regel bryter den mot?").select_option("threat")
    page.get_by_text("Det du redan vet").click()
    page.locator("#police_answer-yes").check()
    page.get_by_role("button", name="Säkra kopia").click()
    page.get_by_role("alert").wait_for()
    examined()
    page.locator("#told_answer-yes").check()
    page.locator("#told_note").fill("I tråden")
    page.get_by_role("button", name="Säkra kopia").click()
    page.get_by_role("heading", name="Ärende 1").wait_for()
    examined()
    page.get_by_role("button", name="Spara").first.click()
    page.goto(f"{site}/removals")
    examined()
    context.close()
    assert the_case(people).at <= datetime.now(UTC)
