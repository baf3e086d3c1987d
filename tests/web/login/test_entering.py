"""A password and a second factor let somebody in; anything less does not, and says no more than that."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from config.settings import Settings, Web
from monitor.access.models import LoginSession
from monitor.db import Database
from monitor.register.models import Person
from monitor.web.app import create_app
from monitor.web.login import words
from monitor.web.login.entering import HALF
from tests.conftest import Logged
from tests.web.login.house import NEW, PASSWORD, House, digits, hidden, house, shown, sign_in

WRONG = "fel lösen fel"


def going(db: Database) -> list[LoginSession]:
    with db.snapshot() as session:
        return list(session.scalars(select(LoginSession).where(LoginSession.ended_at.is_(None))))


def test_with_both_one_comes_in_and_to_the_page_that_was_asked_for(lived_in: House) -> None:
    browser = lived_in.browser(headers={"user-agent": "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Firefox/140.0"})
    asked = browser.get("/channels?x=1")
    assert asked.headers["location"] == "/login?next=%2Fchannels%3Fx%3D1"
    wished = hidden(browser.get(asked.headers["location"]))["next"]
    answer = sign_in(browser, "redaktor", wished)
    assert (answer.status_code, answer.headers["location"]) == (303, "/channels?x=1")
    assert browser.get("/channels").status_code == 200
    (row,) = going(lived_in.db)
    assert (row.person_id, row.how, row.device) == ("redaktor", "password", "Firefox, Android")


@pytest.mark.parametrize("name", ["REDAKTOR ", "Rut@Example.org"])
def test_a_name_or_a_mail_address_will_do_however_it_is_written(lived_in: House, name: str) -> None:
    assert sign_in(lived_in.browser(), name).headers["location"] == "/"


def test_the_password_alone_opens_nothing(lived_in: House) -> None:
    browser = lived_in.browser()
    answer = browser.post("/login", data={"name": "redaktor", "password": PASSWORD})
    assert answer.headers["location"] == "/login/second"
    assert browser.get("/").headers["location"] == "/login"
    assert going(lived_in.db) == []


def test_the_second_step_without_the_first_opens_nothing(lived_in: House) -> None:
    for value in ("", "x.y", words.word("other", "redaktor", "prove", "x")):
        browser = lived_in.browser(cookies={HALF: value})
        answer = browser.post("/login/second", data={"code": digits()})
        assert (answer.status_code, "Det tog för lång tid" in shown(answer)) == (422, True)
    assert going(lived_in.db) == []


def test_a_code_counts_once_and_an_old_one_never(lived_in: House) -> None:
    used = digits()
    assert sign_in(lived_in.browser(), "redaktor").status_code == 303
    for code in (used, digits(steps=-4), digits(steps=4), "000", "٣٣٣٣٣٣", ""):
        browser = lived_in.browser()
        browser.post("/login", data={"name": "redaktor", "password": PASSWORD})
        answer = browser.post("/login/second", data={"code": code})
        assert (answer.status_code, "Koden gäller inte" in shown(answer)) == (422, True), code
    assert len(going(lived_in.db)) == 1


def test_an_unknown_name_is_answered_like_a_wrong_password(lived_in: House) -> None:
    told = {
        shown(lived_in.browser().post("/login", data={"name": name, "password": WRONG})).replace(name, "")
        for name in ("redaktor", "nobody", "ersattare", "nobody@example.org")
    }
    assert len(told) == 1
    assert "Namnet eller lösenordet stämmer inte, eller så finns inget sådant konto." in told.pop()


def test_an_unknown_name_costs_the_same_work(lived_in: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from monitor.access import passwords

    verified: list[str] = []
    real = passwords.HASHER.verify
    monkeypatch.setattr(passwords.HASHER, "verify", lambda said, known: verified.append(known) or real(said, known))
    for name in ("redaktor", "nobody", "ersattare"):
        lived_in.browser().post("/login", data={"name": name, "password": WRONG})
    assert len(verified) == 3
    assert all(each.startswith("$argon2id$v=19$") for each in verified)


def test_whoever_has_left_does_not_come_in(lived_in: House) -> None:
    with lived_in.db.transaction() as session:
        session.get_one(Person, "redaktor").retired = True
    assert lived_in.browser().post("/login", data={"name": "redaktor", "password": PASSWORD}).status_code == 422


def test_whoever_may_change_something_sets_up_an_app_first(lived_in: House) -> None:
    lived_in.person("moderator", "moderator", app=False)
    browser = lived_in.browser()
    answer = browser.post("/login", data={"name": "moderator", "password": PASSWORD, "next": "/channels"})
    assert answer.headers["location"] == "/login/app?next=%2Fchannels"
    page = browser.get(answer.headers["location"])
    secret = "".join(page.text.split('<code id="secret" class="said">')[1].split("</code>")[0].split())
    assert f"secret={secret}" in page.text
    wrong = browser.post("/login/app", data={**hidden(page), "code": "000000"})
    assert (wrong.status_code, secret[:4] in shown(wrong)) == (422, True)
    done = browser.post("/login/app", data={**hidden(wrong), "code": digits(secret)})
    assert (done.status_code, done.headers["location"]) == (303, "/channels")
    assert browser.get("/channels").status_code == 200


def test_a_secret_that_we_did_not_show_is_not_kept(lived_in: House) -> None:
    lived_in.person("moderator", "moderator", app=False)
    browser = lived_in.browser()
    browser.post("/login", data={"name": "moderator", "password": PASSWORD})
    for word in (
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        words.word("one-time", "admin", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
    ):
        assert browser.post("/login/app", data={"secret": word, "code": digits()}).status_code == 422


def test_whoever_only_reads_needs_the_password_alone_and_begins_at_what_is_open(lived_in: House) -> None:
    answer = lived_in.browser().post("/login", data={"name": "revisor", "password": PASSWORD})
    assert answer.headers["location"] == "/watch"


@pytest.mark.parametrize(
    "wished", ["//evil", "/\\evil", "https://evil", "https:evil", "/\t/evil", "\\\\evil", "/logout"]
)
def test_after_the_login_nobody_is_led_elsewhere(lived_in: House, wished: str) -> None:
    answer = lived_in.browser().post("/login", data={"name": "revisor", "password": PASSWORD, "next": wished})
    assert answer.headers["location"] == "/watch"
    page = lived_in.browser().get("/login", params={"next": wished}).text
    assert "evil" not in re.sub(r'href="/language/[^"]*"', "", page), "that link comes back to this very page"


def test_tries_are_limited_per_account_and_place_and_for_a_while_only(lived_in: House) -> None:
    def tries(browser: TestClient, name: str, password: str = WRONG) -> int:
        return browser.post("/login", data={"name": name, "password": password}).status_code

    assert [tries(lived_in.browser(), "redaktor") for _ in range(10)] == [422] * 10
    answer = lived_in.browser().post("/login", data={"name": "redaktor", "password": PASSWORD})
    assert (answer.status_code, "För många försök. Vänta 15 minuter" in shown(answer)) == (429, True)
    assert tries(lived_in.browser(client=("192.0.2.2", 1)), "redaktor", PASSWORD) == 303, "from elsewhere it goes on"
    assert tries(lived_in.browser(), "admin", PASSWORD) == 303, "others behind the same address are not stopped"
    later = datetime.now(UTC) + timedelta(minutes=15, seconds=1)
    import time_machine

    with time_machine.travel(later):
        assert tries(lived_in.browser(), "redaktor", PASSWORD) == 303


def test_one_time_passwords_cannot_be_tried_out(lived_in: House) -> None:
    browser = lived_in.browser()
    browser.post("/login", data={"name": "redaktor", "password": PASSWORD})
    statuses = [browser.post("/login/second", data={"code": "000000"}).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_the_login_gives_a_new_word_and_ends_the_one_before(lived_in: House) -> None:
    browser = lived_in.browser()
    words = [_word(browser, {"cookie": "session=chosen-by-somebody-else"}), _word(browser), _word(browser)]
    assert len({"chosen-by-somebody-else", *words}) == 4
    assert len(going(lived_in.db)) == 1


def _word(browser: TestClient, headers: dict[str, str] | None = None) -> str:
    """Signs the auditor in, and gives the session's word."""
    answer = browser.post("/login", data={"name": "revisor", "password": PASSWORD}, headers=headers)
    return answer.cookies["session"]


def test_the_cookie_is_for_us_alone(lived_in: House) -> None:
    answer = lived_in.browser().post("/login", data={"name": "revisor", "password": PASSWORD})
    told = answer.headers["set-cookie"]
    assert told.startswith("session=")
    assert "HttpOnly; Max-Age=43200; Path=/; SameSite=lax" in told
    assert "Secure" not in told
    assert "Domain" not in told


def test_over_https_it_is_tied_to_the_host(filled: Database) -> None:
    app = create_app(Settings(web=Web(public_url="https://kanalvakt.tibro.se")), filled)
    with house(app, filled) as lived_in:
        lived_in.person("revisor", "auditor", app=False)
        browser = lived_in.browser("https://kanalvakt.tibro.se")
        answer = browser.post("/login", data={"name": "revisor", "password": PASSWORD})
        assert answer.headers["set-cookie"].startswith("__Host-session=")
        assert "Path=/; SameSite=lax; Secure" in answer.headers["set-cookie"]
        assert browser.get("/watch").status_code == 200
        plain = lived_in.browser("https://kanalvakt.tibro.se", cookies={"session": browser.cookies["__Host-session"]})
        assert plain.get("/watch").status_code == 303, "a cookie that anybody could have set does not count"
        lived_in.person("admin", "administrator")
        half = browser.post("/login", data={"name": "admin", "password": PASSWORD}).headers["set-cookie"]
        assert half.startswith("__Host-entering=")
        assert "Path=/; SameSite=lax; Secure" in half


def test_signing_out_ends_the_session_and_not_only_the_cookie(lived_in: House) -> None:
    browser = lived_in.browser()
    sign_in(browser, "redaktor")
    word = browser.cookies["session"]
    answer = browser.post("/logout")
    assert answer.headers["location"] == "/login"
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert "session" not in browser.cookies
    assert lived_in.browser(cookies={"session": word}).get("/").status_code == 303
    assert browser.post("/logout").status_code == 303


def test_a_signed_in_reader_of_the_login_page_is_led_on(lived_in: House) -> None:
    browser = lived_in.browser()
    sign_in(browser, "redaktor")
    assert browser.get("/login?next=/channels").headers["location"] == "/channels"


def test_what_was_typed_is_in_no_log(lived_in: House, logged: Logged) -> None:
    lived_in.browser().post("/login", data={"name": "hemlighet i fel fält", "password": "hemlig sak är detta"})
    sign_in(lived_in.browser(), "redaktor")
    lines = logged()
    assert [line["event"] for line in lines if line["event"].startswith("login")] == ["login_refused", "login"]
    for secret in ("heml", PASSWORD, digits()):
        assert secret not in str(lines)


@pytest.mark.parametrize("path", ["/login", "/login/second", "/login/app", "/login/code", "/setup/x"])
def test_whatever_is_sent_to_the_login_is_answered(lived_in: House, path: str) -> None:
    browser = lived_in.browser()
    for content in (b"", b"\xff\xfe%00=%ff&name=%00", b"code=" + b"9" * 5000, b"name=%F0%9F%98%80&password=%ED%A0%80"):
        assert browser.post(path, content=content).status_code in {410, 422}
    assert browser.post(path, content=b"a" * 20_001).status_code == 413
    assert browser.post(path, content=b"a=1&" * 500).status_code == 413


def test_a_new_password_ends_a_login_that_had_begun_with_the_old_one(lived_in: House) -> None:
    browser = lived_in.browser()
    browser.post("/login", data={"name": "redaktor", "password": PASSWORD})
    link = lived_in.link("redaktor")
    assert lived_in.browser().post(link, data={"password": NEW, "again": NEW}).status_code == 303
    assert browser.post("/login/second", data={"code": digits()}).status_code == 422
