"""`kanalvakt person invite` and `login-code`, and how the first administrator begins."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor.access import accounts, codes
from monitor.access.models import Account, LoginCode
from monitor.audit.models import AuditEntry
from monitor.cli.logins import say_how_to_begin
from monitor.cli.setup import opened_database
from monitor.register.models import Person
from tests.monitor.cli.conftest import Command

pytestmark = pytest.mark.usefixtures("imported")


def acts() -> list[tuple[str, str]]:
    with opened_database().snapshot() as session:
        return [(row.actor, row.act) for row in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_invite_prints_a_link_that_is_kept_nowhere(kanalvakt: Command) -> None:
    answer = kanalvakt("person", "invite", "redaktor", "--by", "enhetschef")
    found = re.search(r"http://127.0.0.1:8480/setup/([\w-]+)", answer.out)
    assert answer.code == 0
    assert found is not None
    with opened_database().snapshot() as session:
        assert codes.owner_of(session, codes.SETUP, found[1], session.scalars(select(LoginCode)).one().made_at)
    assert acts()[-1] == ("enhetschef", "person.invited")
    assert found[1].encode() not in Path(str(opened_database().url.database)).read_bytes()


def test_a_link_that_cannot_be_mailed_is_still_told(kanalvakt: Command) -> None:
    answer = kanalvakt("person", "invite", "redaktor", "--mail")
    assert (answer.code, "/setup/" in answer.out, "Mejlet skickades inte" in answer.err) == (1, True, True)


def test_somebody_without_an_address_cannot_be_mailed(kanalvakt: Command) -> None:
    with opened_database().transaction() as session:
        session.add(Person(id="gast", name="Gäst"))
    answer = kanalvakt("person", "invite", "gast", "--mail")
    assert (answer.code, answer.err) == (2, "gast har ingen e-postadress i registret.\n")
    assert acts()[-1][1] != "person.invited"


def test_login_code_prints_ten_codes_each_of_which_lets_in(kanalvakt: Command) -> None:
    answer = kanalvakt("person", "login-code", "redaktor")
    sheet = re.findall(r"^  (\w{4}-\w{4}-\w{4}-\w{4})$", answer.out, re.MULTILINE)
    assert len(set(sheet)) == 10
    with opened_database().transaction() as session:
        now = session.scalars(select(LoginCode)).first()
        assert now is not None
        assert codes.use(session, codes.EMERGENCY, sheet[7], now.made_at) is not None
        assert codes.left(session, "redaktor") == 9
    assert ("command", "login_codes.made") in acts()


def test_somebody_unknown_is_said_to_be(kanalvakt: Command) -> None:
    for words in (("invite", "nobody"), ("login-code", "nobody"), ("invite", "redaktor", "--by", "nobody")):
        answer = kanalvakt("person", *words)
        assert (answer.code, "nobody" in answer.err) == (2, True)


def test_the_first_administrator_is_given_a_link_until_somebody_can_sign_in(
    kanalvakt: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened_database().transaction() as session:
        for person in session.scalars(select(Person)):
            person.roles = [role for role in person.roles if role != "administrator"]
    say_how_to_begin("http://localhost:8480/")
    assert "ingen i registret är administratör" in capsys.readouterr().out
    with opened_database().transaction() as session:
        session.get_one(Person, "redaktor").roles = ["administrator"]
    say_how_to_begin("http://localhost:8480/")
    assert re.search(r"^http://localhost:8480/setup/[\w-]+$", capsys.readouterr().out, re.MULTILINE)
    with opened_database().transaction() as session:
        account = session.get_one(Account, "redaktor")
        accounts.set_password(session, session.get_one(Person, "redaktor"), "a hash", account.created_at)
    say_how_to_begin("http://localhost:8480/")
    assert capsys.readouterr().out == ""
