"""The link by which one begins, the printed sheet, the demo's buttons, and one's own account."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from starlette.testclient import TestClient

from config.settings import Settings
from monitor.access.models import Account, LoginSession
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.web.app import create_app
from tests.web.login.house import NEW, PASSWORD, House, digits, hidden, house, shown, sign_in


def acts(db: Database) -> list[tuple[str, str]]:
    """Who did what, of logins."""
    with db.snapshot() as session:
        rows = session.execute(select(AuditEntry.actor, AuditEntry.act).order_by(AuditEntry.id)).all()
    return [(actor, act) for actor, act in rows]


def test_a_link_lets_its_person_choose_a_password_once(lived_in: House) -> None:
    link, browser = lived_in.link("ersattare"), lived_in.browser()
    assert "Välkommen, Eva Ersättare." in shown(browser.get(link))
    assert "Välkommen" in shown(browser.get(link)), "looking does not use it up"
    answer = browser.post(link, data={"password": NEW, "again": NEW})
    assert answer.headers["location"] == "/login/app"
    page = browser.get("/login/app")
    secret = "".join(page.text.split('class="said">')[1].split("<")[0].split())
    assert browser.post("/login/app", data={**hidden(page), "code": digits(secret)}).headers["location"] == "/"
    for method in ("get", "post"):
        again = getattr(lived_in.browser(), method)(link)
        assert (again.status_code, "Länken fungerar inte" in shown(again)) == (410, True)
    assert ("ersattare", "password.set") in acts(lived_in.db)


@pytest.mark.parametrize(
    ("password", "again", "why"),
    [
        ("kort", "kort", "Använd minst 12 tecken."),
        (
            "Tibrokommun2026!",
            "Tibrokommun2026!",
            "Välj något som inte har med ditt",
        ),
        ("Lösenord123456", "Lösenord123456", "Det är lätt att gissa."),
        (NEW, PASSWORD, "Lösenorden är inte lika."),
    ],
)
def test_a_password_that_will_not_do_is_told_at_its_field(lived_in: House, password: str, again: str, why: str) -> None:
    link = lived_in.link("ersattare")
    answer = lived_in.browser().post(link, data={"password": password, "again": again})
    assert answer.status_code == 422
    assert why in shown(answer)
    assert password not in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_link_is_too_old_after_three_days(lived_in: House) -> None:
    link = lived_in.link("ersattare")
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=72, seconds=1)):
        assert lived_in.browser().post(link, data={"password": NEW, "again": NEW}).status_code == 410


def test_a_newer_link_ends_the_earlier_one_and_what_was_there_ends_when_it_is_used(lived_in: House) -> None:
    there = lived_in.browser()
    sign_in(there, "redaktor")
    earlier, link = lived_in.link("redaktor"), lived_in.link("redaktor")
    assert lived_in.browser().get(earlier).status_code == 410
    assert there.get("/").status_code == 200
    lived_in.browser().post(link, data={"password": NEW, "again": NEW})
    assert there.get("/").status_code == 303
    old = lived_in.browser().post("/login", data={"name": "redaktor", "password": PASSWORD})
    assert old.status_code == 422
    fresh = lived_in.browser().post("/login", data={"name": "redaktor", "password": NEW})
    assert fresh.headers["location"] == "/login/app", "the telephone may be what was lost"


def test_a_code_of_the_sheet_lets_in_once_however_it_is_typed(lived_in: House) -> None:
    code = lived_in.sheet("redaktor")[3]
    browser = lived_in.browser()
    answer = browser.post("/login/code", data={"code": f" {code.replace('-', ' ').upper()} "})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.get("/").status_code == 200
    again = lived_in.browser().post("/login/code", data={"code": code})
    assert (again.status_code, "Koden gäller inte: den är använd" in shown(again)) == (422, True)
    assert acts(lived_in.db)[-2:] == [("redaktor", "emergency_code.used"), ("redaktor", "session.began")]


def test_a_new_sheet_ends_the_earlier_one(lived_in: House) -> None:
    earlier, _newer = lived_in.sheet("redaktor"), lived_in.sheet("redaktor")
    assert lived_in.browser().post("/login/code", data={"code": earlier[0]}).status_code == 422


def test_the_sheet_cannot_be_guessed_at(lived_in: House) -> None:
    browser = lived_in.browser()
    statuses = [browser.post("/login/code", data={"code": "aaaa-bbbb-cccc-dddd"}).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_all_administrators_are_told_of_a_used_code_at_any_hour_and_once(lived_in: House) -> None:
    lived_in.person("zeta", "administrator", email="zeta@example.org")
    night = datetime(2026, 6, 20, 1, 0, tzinfo=UTC)
    with time_machine.travel(night):
        lived_in.browser().post("/login/code", data={"code": lived_in.sheet("redaktor")[0]})
    judge(lived_in.db, night, Settings())
    judge(lived_in.db, night, Settings())
    with lived_in.db.snapshot() as session:
        told = session.scalars(select(Notice).where(Notice.subject_kind == "code_used")).all()
    assert sorted((each.recipient_id, each.subject) for each in told) == [("admin", "redaktor"), ("zeta", "redaktor")]


def test_in_the_demo_one_comes_in_by_a_button(filled: Database, mails: object) -> None:
    app = create_app(Settings(demo_mails=mails), filled)  # type: ignore[arg-type]
    with house(app, filled) as lived_in:
        browser = lived_in.browser()
        page = browser.get("/login?next=/channels")
        assert "Logga in som Rut Redaktör" in shown(page)
        answer = browser.post("/login/demo", data={"person": "redaktor", "next": "/channels"})
        assert answer.headers["location"] == "/channels"
        assert browser.get("/channels").status_code == 200
        assert browser.post("/login/demo", data={"person": "nobody"}).status_code == 404


def test_elsewhere_there_is_no_such_button(lived_in: House) -> None:
    assert "/login/demo" not in lived_in.browser().get("/login").text
    assert lived_in.browser().post("/login/demo", data={"person": "redaktor"}).status_code == 404


@pytest.fixture
def mine(lived_in: House) -> TestClient:
    browser = lived_in.browser()
    sign_in(browser, "redaktor")
    return browser


def elsewhere(lived_in: House) -> TestClient:
    """The same person on another device."""
    browser = lived_in.browser(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Edg/140.0"})
    browser.post("/login/code", data={"code": lived_in.sheet("redaktor")[0]})
    return browser


def test_the_account_page_lists_where_one_is_signed_in(lived_in: House, mine: TestClient) -> None:
    elsewhere(lived_in)
    page = shown(mine.get("/account"))
    assert "Edge, Windows" in page
    assert "med nödkod" in page
    assert "Den här" in page
    assert "Nödkoder kvar på ditt utskrivna blad: 9." in page


def test_one_session_can_be_ended_or_all_others(lived_in: House, mine: TestClient) -> None:
    first, second = elsewhere(lived_in), elsewhere(lived_in)
    number = max(int(each) for each in re.findall(r"/account/sessions/(\d+)/end", mine.get("/account").text))
    assert mine.post(f"/account/sessions/{number}/end").headers["location"] == "/account?done=session"
    assert (first.get("/").status_code, second.get("/").status_code) == (200, 303)
    mine.post("/account/sessions/end-others")
    assert (first.get("/").status_code, mine.get("/").status_code) == (303, 200)


def test_nobody_ends_a_session_of_somebody_else_there(lived_in: House, mine: TestClient) -> None:
    other = lived_in.browser()
    sign_in(other, "admin")
    with lived_in.db.snapshot() as session:
        number = session.scalars(select(LoginSession.id).where(LoginSession.person_id == "admin")).one()
    assert mine.post(f"/account/sessions/{number}/end").status_code == 404
    assert other.get("/").status_code == 200


def test_a_changed_password_ends_every_other_session(lived_in: House, mine: TestClient) -> None:
    other = elsewhere(lived_in)
    new = {"password": NEW, "again": NEW}
    wrong = mine.post("/account/password", data={"present": "fel lösen fel", **new})
    assert (wrong.status_code, "Det är inte lösenordet du har nu." in shown(wrong)) == (422, True)
    assert mine.post("/account/password", data={"present": PASSWORD, **new}).headers["location"].endswith("password")
    assert (mine.get("/").status_code, other.get("/").status_code) == (200, 303)
    assert lived_in.browser().post("/login", data={"name": "redaktor", "password": NEW}).status_code == 303


def test_the_present_password_cannot_be_tried_out_on_an_open_device(lived_in: House, mine: TestClient) -> None:
    told = [mine.post("/account/password", data={"present": f"fel {n}"}).status_code for n in range(11)]
    assert told == [422] * 10 + [429]


def test_a_new_app_takes_the_place_of_the_old_one_when_it_is_proven(lived_in: House, mine: TestClient) -> None:
    with lived_in.db.snapshot() as session:
        before = session.get_one(Account, "redaktor").one_time.decrypt()
    page = mine.get("/account/app")
    secret = "".join(page.text.split('class="said">')[1].split("<")[0].split())
    assert mine.post("/account/app", data={**hidden(page), "code": "123456"}).status_code == 422
    assert mine.post("/account/app", data={**hidden(page), "code": digits(secret)}).status_code == 303
    with lived_in.db.snapshot() as session:
        assert session.get_one(Account, "redaktor").one_time.decrypt() == secret != before


def test_an_administrator_invites_prints_codes_and_ends_sessions(lived_in: House, mine: TestClient) -> None:
    admin = lived_in.browser()
    sign_in(admin, "admin")
    assert "Kan inte logga in än" in shown(admin.get("/accounts"))
    link = re.findall(r"http://localhost(/setup/[\w-]+)", admin.post("/accounts/ersattare/invite").text)[0]
    assert lived_in.browser().get(link).status_code == 200
    codes = re.findall(r"<li><code>([\w-]{19})</code></li>", admin.post("/accounts/redaktor/codes").text)
    assert len(set(codes)) == 10
    assert lived_in.browser().post("/login/code", data={"code": codes[9]}).status_code == 303
    assert admin.post("/accounts/redaktor/end-sessions").headers["location"] == "/accounts?done=ended"
    assert mine.get("/").status_code == 303
    assert admin.post("/accounts/nobody/invite").status_code == 404
    told = acts(lived_in.db)
    for act in ("person.invited", "login_codes.made", "session.ended"):
        assert ("admin", act) in told


def test_nothing_that_lets_in_is_in_the_audit_log_or_readable_in_the_database(lived_in: House) -> None:
    code, link = lived_in.sheet("redaktor")[0], lived_in.link("redaktor")
    browser = lived_in.browser()
    sign_in(browser, "redaktor")
    with lived_in.db.engine.connect() as connection:
        dump = "\n".join(map(str, connection.connection.iterdump()))  # type: ignore[attr-defined]
    for secret in (code, code.replace("-", ""), link.split("/")[-1], browser.cookies["session"], PASSWORD):
        assert secret not in dump
    assert "JBSWY3DPEHPK3PXP" not in dump
