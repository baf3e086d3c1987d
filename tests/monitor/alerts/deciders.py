"""People who hear of a manager's decisions, and what of it was told, mailed and logged."""

from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select

from config.settings import Settings
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.sending import send_due
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.register.deciding import confirm
from monitor.register.models import Decision, DecisionReceipt, Person, Unit
from tests.monitor.alerts.conftest import MORNING
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.town import Town

DAY = timedelta(days=1)
NOW = MORNING + timedelta(hours=1)  # Monday 15 June 2026
TODAY = date(2026, 6, 15)
CHEF, KOM = "chef@example.org", "kommunikator@example.org"


def with_deciders(db: Database) -> Town:
    """A town with a manager of the unit, a communicator who reads English, and an administrator."""
    town = Town(db)
    town.person("chef", roles=["unit_manager"])
    town.person("kommunikator", roles=["communicator"], language="en")
    town.person("it", roles=["administrator"])
    town.change(Unit, "kommunikation", manager_id="chef")
    return town


def told(db: Database, kind: str) -> list[tuple[str, str, str]]:
    """Subject, rung and recipient of the notices of a kind that went out."""
    with db.snapshot() as session:
        rows = session.scalars(select(Notice).where(Notice.subject_kind == kind, Notice.state == "sent"))
        return sorted((row.subject, row.rung, row.recipient_id) for row in rows)


def acts(db: Database, act: str) -> list[tuple[str, dict[str, object]]]:
    with db.snapshot() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.act == act).order_by(AuditEntry.id))
        return [(row.subject, row.after or {}) for row in rows]


def mails(office: PostOffice, to: str, word: str) -> list[EmailMessage]:
    return [mail for mail in office.mails if mail["To"] == to and word in str(mail["Subject"])]


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def run(town: Town, mail: Settings, now: datetime) -> None:
    judge(town.db, now)
    judge(town.db, now + timedelta(minutes=1))
    send_due(town.db, now + timedelta(minutes=1), mail)


def receipt(db: Database, decision: int) -> DecisionReceipt | None:
    with db.snapshot() as session:
        return session.get(DecisionReceipt, decision)


def deciding(town: Town, **values: Any) -> int:
    """The manager decides now."""
    return town.decision(
        confirmed=False, **({"decided_by_id": "chef", "decided_on": TODAY, "created_at": NOW} | values)
    )


def confirms(town: Town, decision: int, now: datetime, by: str = "kommunikator") -> None:
    with town.db.transaction() as session:
        confirm(session, session.get_one(Decision, decision), session.get_one(Person, by), now)
