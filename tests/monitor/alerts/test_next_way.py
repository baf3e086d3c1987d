"""When the first way fails, the next one carries the same message; counted at real servers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from config.settings import Settings
from monitor.alerts.bouncing import heard
from monitor.alerts.given_up import ROUTE_TEST
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.route_failed import ROUTE_FAILED
from monitor.alerts.sending import send_due
from monitor.db import Database
from monitor.register import routes
from monitor.register.models import Person, Route
from tests.monitor.alerts.conftest import MORNING, with_mail
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.providers import Providers
from tests.monitor.town import Town

POSTFIX = Path(__file__).parent / "bounces" / "postfix.eml"
DIGEST = "digest"


@pytest.fixture
def providers() -> Iterator[Providers]:
    opened = Providers().open()
    yield opened
    opened.close()


@pytest.fixture
def office(town: Town, db: Database, post_office: PostOffice, providers: Providers) -> Settings:
    """Rut is told by mail, and else in a chat. Siv administers."""
    town.person("siv", roles=["administrator"])
    with db.transaction() as session:
        rut = session.get_one(Person, "redaktor")
        routes.add(session, rut, "mattermost", f"mmost://127.0.0.1:{providers.port}/abcdefgh", "command", MORNING)
        for person, name in (("redaktor", "mail"), ("redaktor", "mattermost"), ("siv", "mail"), ("ersattare", "mail")):
            routes.noted(session, person, name).worked_at = MORNING
    return with_mail(post_office.url, private_addresses=True)


def of(db: Database, kind: str) -> list[Notice]:
    with db.snapshot() as session:
        return list(session.scalars(select(Notice).where(Notice.subject_kind == kind).order_by(Notice.id)))


def rut(db: Database, name: str) -> Route:
    with db.snapshot() as session:
        return session.get_one(Route, ("redaktor", name))


def send_until(db: Database, settings: Settings, until: datetime) -> None:
    """Sends every minute, as the daemon does."""
    now = MORNING
    while now <= until:
        send_due(db, now, settings)
        now += timedelta(minutes=1)


def test_an_address_that_does_not_work_is_out_of_use_and_the_next_way_is_taken_at_once(
    town: Town, db: Database, office: Settings, providers: Providers, post_office: PostOffice
) -> None:
    town.change(Person, "redaktor", email="nobody@example.org")
    judge(db, MORNING, office)
    send_due(db, MORNING, office)
    [digest] = of(db, DIGEST)
    assert (digest.state, digest.route) == ("sent", "mattermost")
    assert len(providers.sent) == 1
    assert rut(db, "mail").disabled_at is not None
    assert "550 5.1.1" in (rut(db, "mail").reason or "")
    assert rut(db, "mattermost").worked_at is not None
    judge(db, MORNING + timedelta(minutes=1), office)
    send_due(db, MORNING + timedelta(minutes=1), office)
    [told] = of(db, ROUTE_FAILED)
    assert (told.recipient_id, told.state) == ("siv", "sent")
    assert "siv@example.org" in {str(mail["To"]) for mail in post_office.mails}


def test_a_server_that_is_out_of_order_is_tried_twice_and_then_the_next_way_is_taken(
    db: Database, office: Settings, providers: Providers, post_office: PostOffice
) -> None:
    post_office.answers = ["451 4.3.0 Try again later"] * 100
    judge(db, MORNING, office)
    send_until(db, office, MORNING + timedelta(minutes=10))
    [digest] = of(db, DIGEST)
    assert (digest.state, digest.route, digest.attempts) == ("sent", "mattermost", 3)
    assert len(providers.sent) == 1
    assert rut(db, "mail").disabled_at is None


def test_where_both_are_out_of_order_the_first_is_tried_again(
    db: Database, office: Settings, providers: Providers, post_office: PostOffice
) -> None:
    post_office.answers = ["451 4.3.0 Try again later"] * 4  # another person is told something too
    providers.moods = [(503, "")] * 2
    judge(db, MORNING, office)
    send_until(db, office, MORNING + timedelta(minutes=40))
    [digest] = of(db, DIGEST)
    assert (digest.state, digest.route, digest.attempts) == ("sent", "mail", 5)


def test_what_came_back_goes_the_next_way_and_only_once(
    db: Database, office: Settings, providers: Providers, post_office: PostOffice
) -> None:
    judge(db, MORNING, office)
    send_due(db, MORNING, office)
    assert providers.sent == []
    [mail] = [each for each in post_office.mails if each["To"] == "redaktor@example.org"]
    ours = str(mail["Message-ID"])
    raw = POSTFIX.read_text().replace("<notice-0123456789abcdef0123456789abcdef@tibro.example.org>", ours).encode()
    later = MORNING + timedelta(minutes=5)
    for _time in range(2):
        heard(db, raw, later, office)
        send_due(db, later, office)
    [digest] = of(db, DIGEST)
    assert (digest.state, digest.route) == ("sent", "mattermost")
    assert len(providers.sent) == 1


def test_the_weekly_test_goes_its_own_way_and_no_other(
    db: Database, office: Settings, providers: Providers, post_office: PostOffice
) -> None:
    with db.transaction() as session:
        routes.noted(session, "redaktor", "mattermost").worked_at = MORNING - timedelta(days=8)
    judge(db, MORNING, office)
    send_due(db, MORNING, office)
    [test] = of(db, ROUTE_TEST)
    assert (test.subject, test.state, test.route) == ("redaktor/mattermost", "sent", "mattermost")
    [asked] = providers.sent
    assert "Det här är ett test av Mattermost" in asked.json["text"]
    assert (rut(db, "mattermost").worked_at or MORNING) >= MORNING
    assert rut(db, "mattermost").tested_at is not None


def test_a_way_that_the_weekly_test_finds_withdrawn_is_out_of_use_and_told(
    db: Database, office: Settings, providers: Providers
) -> None:
    with db.transaction() as session:
        routes.noted(session, "redaktor", "mattermost").worked_at = None
    providers.moods = [(404, "Invalid webhook")]
    judge(db, MORNING, office)
    send_due(db, MORNING, office)
    [test] = of(db, ROUTE_TEST)
    assert (test.state, rut(db, "mattermost").reason) == ("failed", "Mattermost säger nej: 404 Invalid webhook")
    judge(db, MORNING + timedelta(minutes=1), office)
    assert [(each.subject, each.rung, each.recipient_id) for each in of(db, ROUTE_FAILED)] == [
        ("redaktor/mattermost", "out_of_use", "siv")
    ]


def test_in_quiet_hours_a_message_waits_until_they_end(
    town: Town, db: Database, office: Settings, post_office: PostOffice
) -> None:
    town.change(Person, "redaktor", quiet_hours="00:00-09:15")
    judge(db, MORNING, office)
    send_due(db, MORNING, office)
    [digest] = of(db, DIGEST)
    assert (digest.state, digest.due_at) == ("due", MORNING.replace(hour=7, minute=15))
    assert "redaktor@example.org" not in {str(mail["To"]) for mail in post_office.mails}
    send_due(db, digest.due_at, office)
    assert of(db, DIGEST)[0].state == "sent"
