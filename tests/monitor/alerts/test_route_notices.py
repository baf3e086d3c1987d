"""The weekly test of ways, and what administrators are told of a way that failed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from config.settings import Settings
from monitor.alerts.given_up import ROUTE_TEST, given_up
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.route_failed import ROUTE_FAILED
from monitor.alerts.sending import send_due
from monitor.db import Database
from monitor.register import routes
from monitor.register.models import Person, Route
from tests.monitor.alerts.conftest import MORNING, with_mail
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.town import Town

ELKS = "46elks://u:p@Kanalvakt"
TUESDAY = MORNING + timedelta(days=1)


@pytest.fixture
def office(town: Town, post_office: PostOffice) -> Settings:
    """Rut has two ways; Siv administers."""
    town.person("siv", name="Siv Systemförvaltare", roles=["administrator"])
    town.change(Person, "redaktor", phone="+46701740605")
    return with_mail(post_office.url, sms_url=ELKS)


def notices(db: Database, kind: str) -> list[Notice]:
    with db.snapshot() as session:
        return list(session.scalars(select(Notice).where(Notice.subject_kind == kind).order_by(Notice.subject)))


def told(db: Database, kind: str, now: datetime, settings: Settings) -> set[tuple[str, str]]:
    judge(db, now, settings)
    return {(each.subject, each.recipient_id) for each in notices(db, kind)}


def works(db: Database, person: str, name: str, at: datetime) -> None:
    with db.transaction() as session:
        routes.noted(session, person, name).worked_at = at


def out_of_use(db: Database, person: str, at: datetime, name: str = "mail") -> None:
    with db.transaction() as session:
        routes.disable(session, person, name, "550 5.1.1 No such user here", at)


def test_on_the_first_working_day_every_way_that_carried_nothing_is_tested(db: Database, office: Settings) -> None:
    works(db, "redaktor", "mail", MORNING - timedelta(days=6))
    works(db, "siv", "mail", MORNING - timedelta(days=8))
    found = told(db, ROUTE_TEST, MORNING, office)
    assert {("redaktor/sms", "redaktor"), ("siv/mail", "siv")} <= found
    assert ("redaktor/mail", "redaktor") not in found


def test_a_week_has_one_test(db: Database, office: Settings) -> None:
    first = told(db, ROUTE_TEST, MORNING, office)
    assert told(db, ROUTE_TEST, TUESDAY, office) == first
    judge(db, MORNING + timedelta(days=7), office)
    assert {each.cycle for each in notices(db, ROUTE_TEST)} == {"2026-06-15", "2026-06-22"}


def test_a_test_says_that_it_is_one_and_proves_the_way(db: Database, office: Settings, post_office: PostOffice) -> None:
    works(db, "redaktor", "sms", MORNING)
    works(db, "ersattare", "mail", MORNING - timedelta(days=8))
    judge(db, MORNING, office)
    send_due(db, MORNING, office)
    mails = [mail for mail in post_office.mails if "test" in str(mail["Subject"])]
    assert "ersattare@example.org" in {str(mail["To"]) for mail in mails}
    assert all(str(mail["Subject"]).startswith("Det här är ett test av e-post") for mail in mails)
    with db.snapshot() as session:
        row = session.get_one(Route, ("ersattare", "mail"))
        assert row.tested_at is not None


def test_a_way_that_has_carried_something_meanwhile_needs_no_test(db: Database, office: Settings) -> None:
    works(db, "siv", "mail", MORNING - timedelta(days=8))
    judge(db, MORNING, office)
    works(db, "siv", "mail", MORNING)
    send_due(db, MORNING, office)
    [test] = [each for each in notices(db, ROUTE_TEST) if each.subject == "siv/mail"]
    assert (test.state, test.reason) == ("cancelled", "Vägen har använts sedan dess.")


def test_an_administrator_is_told_whose_way_failed_and_why_and_what_to_do(
    db: Database, office: Settings, post_office: PostOffice
) -> None:
    works(db, "siv", "mail", MORNING)
    out_of_use(db, "redaktor", MORNING)
    assert told(db, ROUTE_FAILED, MORNING, office) == {("redaktor/mail", "siv")}
    send_due(db, MORNING, office)
    [mail] = [each for each in post_office.mails if "går inte att nå via e-post" in str(each["Subject"])]
    assert mail["To"] == "siv@example.org"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Rut Redaktör" in text
    assert "550 5.1.1 No such user here" in text
    assert "kanalvakt person route enable redaktor mail" in text
    assert "får nu besked via: sms" in text


def test_who_administers_is_told_of_her_own_way_only_where_nobody_else_is(db: Database, office: Settings) -> None:
    out_of_use(db, "siv", MORNING)
    assert told(db, ROUTE_FAILED, MORNING, office) == {("siv/mail", "siv")}


def test_two_administrators_hear_of_each_other(town: Town, db: Database, office: Settings) -> None:
    town.person("ann", roles=["administrator"])
    out_of_use(db, "siv", MORNING)
    assert told(db, ROUTE_FAILED, MORNING, office) == {("siv/mail", "ann")}


def test_what_was_put_right_is_not_told_any_more_and_a_new_failure_is(db: Database, office: Settings) -> None:
    out_of_use(db, "redaktor", MORNING)
    judge(db, MORNING, office)
    with db.transaction() as session:
        routes.enable(session, "redaktor", "mail", "command", MORNING)
    send_due(db, MORNING, office)
    [first] = notices(db, ROUTE_FAILED)
    assert (first.state, first.reason) == ("cancelled", "Vägen används igen.")
    out_of_use(db, "redaktor", TUESDAY)
    judge(db, TUESDAY, office)
    assert len(notices(db, ROUTE_FAILED)) == 2


def test_a_test_that_never_got_through_is_told_though_the_way_stays_in_use(
    town: Town, db: Database, office: Settings
) -> None:
    judge(db, MORNING, office)
    [test] = [each for each in notices(db, ROUTE_TEST) if each.subject == "redaktor/sms"]
    town.change(Notice, test.id, state="failed", reason="46elks refuses: 402")
    assert ("redaktor/sms", "siv") in told(db, ROUTE_FAILED, MORNING, office)
    assert ("redaktor/sms", "siv") not in {
        (each.subject, each.recipient_id) for each in notices(db, ROUTE_FAILED) if each.cycle >= "2026-06-22"
    }


def test_a_failed_test_of_one_way_does_not_say_that_a_person_cannot_be_reached(
    town: Town, db: Database, office: Settings
) -> None:
    judge(db, MORNING, office)
    for each in notices(db, ROUTE_TEST):
        town.change(Notice, each.id, state="failed")
    with db.snapshot() as session:
        assert given_up(session) == frozenset()
