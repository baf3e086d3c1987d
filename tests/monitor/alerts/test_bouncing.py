"""A mail that comes back: what it puts out of use, who hears of it, and that its words go another way."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config.settings import Settings
from monitor.alerts.bouncing import Heard, heard
from monitor.alerts.given_up import given_up
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.sending import send_due
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.register.models import Person, Route
from monitor.register.storing import Storing
from tests.monitor.alerts.conftest import MORNING, with_mail
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.town import Town

POSTFIX = Path(__file__).parent / "bounces" / "postfix.eml"
LATER = MORNING + timedelta(minutes=5)


def returned(post_office: PostOffice, status: str = "5.1.1", action: str = "failed") -> bytes:
    """Postfix's note about the mail that was sent first."""
    ours = str(post_office.mails[0]["Message-ID"])
    text = POSTFIX.read_text().replace("<notice-0123456789abcdef0123456789abcdef@tibro.example.org>", ours)
    return text.replace("Action: failed\nStatus: 5.1.1", f"Action: {action}\nStatus: {status}").encode()


@pytest.fixture
def told(town: Town, db: Database, mail: Settings, post_office: PostOffice) -> Notice:
    """The digest has been sent."""
    judge(db, MORNING)
    send_due(db, MORNING, mail)
    return notice(db)


def notice(db: Database) -> Notice:
    with db.snapshot() as session:
        return session.scalars(select(Notice).where(Notice.subject_kind == "digest").order_by(Notice.id)).first()  # type: ignore[return-value]


def route(db: Database) -> Route | None:
    with db.snapshot() as session:
        return session.get(Route, ("redaktor", "mail"))


def acts(db: Database) -> list[tuple[str, str, Any]]:
    with db.snapshot() as session:
        return [(each.act, each.subject, each.after) for each in session.scalars(select(AuditEntry))]


def test_a_mail_that_comes_back_puts_the_recipients_mail_out_of_use(
    told: Notice, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    found = heard(db, returned(post_office), LATER, mail)
    said = "550 5.1.1 <redaktor@example.org>: Recipient address rejected: User unknown"
    assert found == Heard("redaktor", "5.1.1", said, permanent=True, disabled=True, notices=1, again=False)
    row = route(db)
    assert row is not None
    assert (row.disabled_at, row.reason) == (LATER, f"5.1.1 {said}")
    assert ("route.disabled", "redaktor/mail", None) in acts(db)
    assert (notice(db).state, notice(db).reason) == ("failed", f"5.1.1 {said}")
    with db.snapshot() as session:
        assert given_up(session) == {"redaktor"}


def test_its_words_go_the_next_way(town: Town, db: Database, post_office: PostOffice) -> None:
    both = with_mail(post_office.url, sms_url="46elks://u:p@Kanalvakt")
    town.change(Person, "redaktor", phone="+46701740605")
    judge(db, MORNING)
    send_due(db, MORNING, both)
    found = heard(db, returned(post_office), LATER, both)
    assert found is not None
    assert found.again
    again = notice(db)
    assert (again.state, again.route, again.due_at, again.sent_at) == ("due", "sms", LATER, None)


def test_a_note_that_comes_twice_is_heard_once(
    told: Notice, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    heard(db, returned(post_office), LATER, mail)
    again = heard(db, returned(post_office), LATER + timedelta(hours=1), mail)
    assert again is not None
    assert not again.disabled
    assert [act for act, *_rest in acts(db)].count("route.disabled") == 1


@pytest.mark.parametrize(("status", "action"), [("4.4.1", "delayed"), ("4.4.7", "failed")])
def test_a_delay_is_only_noted(
    told: Notice, db: Database, mail: Settings, post_office: PostOffice, status: str, action: str
) -> None:
    found = heard(db, returned(post_office, status, action), LATER, mail)
    assert found is not None
    assert not found.disabled
    row = route(db)
    assert row is None or row.disabled_at is None
    assert (notice(db).state, (notice(db).reason or "")[:5]) == ("sent", status)


def test_what_is_none_of_ours_changes_nothing(
    told: Notice, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    assert heard(db, POSTFIX.read_bytes(), LATER, mail) is None
    assert heard(db, b"Subject: Autosvar\n\nsemester", LATER, mail) is None
    assert notice(db).reason is None


def test_a_new_address_in_the_register_is_used_again(
    told: Notice, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    heard(db, returned(post_office), LATER, mail)
    with db.transaction() as session:
        person = session.get_one(Person, "redaktor")
        Storing(session, "command", datetime.now(UTC)).change(person, {"email": "ny@example.org"})
    row = route(db)
    assert row is not None
    assert (row.disabled_at, row.reason) == (None, None)
    assert ("route.enabled", "redaktor/mail", None) in acts(db)
    assert "ny@example.org" not in str(acts(db))
