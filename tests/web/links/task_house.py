"""A served town with something to do by link: a group to go through, comments to see, a decision to confirm."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx2
from sqlalchemy import select

from config.settings import Settings
from monitor.alerts.tasks import ATTEST, CONFIRM, REVIEW
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.db.types import Base
from monitor.register.links import Link, sealed
from monitor.register.models import DecisionReceipt, Unit
from monitor.watch.day_models import Attestation, Review
from tests.monitor.days.almanac import MONDAY, Almanac, at
from tests.web.conftest import NASTY, serve

NOW = at(MONDAY, "10.00")
PURPOSES = (ATTEST, REVIEW, CONFIRM)
SUBJECTS = {ATTEST: f"grupp/{MONDAY}", REVIEW: "fb", CONFIRM: "fb/1"}
DOERS = {ATTEST: "redaktor", REVIEW: "redaktor", CONFIRM: "kommunikator"}
ACTS = {ATTEST: "watch_day.attested", REVIEW: "channel.reviewed", CONFIRM: "decision.confirmed"}


@dataclass(frozen=True)
class House:
    """Verbs are what holders of links do. Monday 15 June 2026, 10.00."""

    url: str
    almanac: Almanac

    @property
    def db(self) -> Database:
        return self.almanac.db

    def path(self, purpose: str, person: str = "", subject: str = "", until: datetime | None = None) -> str:
        link = Link(purpose, person or DOERS[purpose], subject or SUBJECTS[purpose])
        return f"/task/{sealed(link, until or NOW + timedelta(days=2))}"

    def address(self, purpose: str, person: str = "", subject: str = "", until: datetime | None = None) -> str:
        return self.url + self.path(purpose, person, subject, until)

    def get(self, purpose: str, **which: str) -> httpx2.Response:
        return httpx2.get(self.address(purpose, **which))

    def post(self, purpose: str, fields: dict[str, str] | None = None, **which: str) -> httpx2.Response:
        """What the button leads to."""
        return httpx2.post(self.address(purpose, **which), data=fields or {}, follow_redirects=True)

    def everything(self) -> dict[str, list[str]]:
        """Every row of every table."""
        with self.db.snapshot() as session:
            return {
                table.name: sorted(map(repr, session.execute(table.select()))) for table in Base.metadata.sorted_tables
            }

    def done(self, purpose: str) -> list[str]:
        """By whom it was done, as the log says."""
        with self.db.snapshot() as session:
            rows = session.scalars(select(AuditEntry).where(AuditEntry.act == ACTS[purpose]).order_by(AuditEntry.id))
            return [row.actor for row in rows]

    def attestations(self) -> list[Attestation]:
        with self.db.snapshot() as session:
            return list(session.scalars(select(Attestation)))

    def reviews(self) -> list[Review]:
        with self.db.snapshot() as session:
            return list(session.scalars(select(Review)))

    def receipts(self) -> list[DecisionReceipt]:
        with self.db.snapshot() as session:
            return list(session.scalars(select(DecisionReceipt)))


def housed(db: Database) -> Iterator[House]:
    almanac = Almanac(db)
    almanac.town.person("chef", name="Karin Chef", roles=["unit_manager"])
    almanac.town.change(Unit, "kommunikation", manager_id="chef")
    almanac.town.decision("fb", confirmed=False, decided_by_id="chef", purpose=NASTY)
    almanac.comes("c1", MONDAY, "08.00", text=NASTY)
    almanac.comes("c2", MONDAY, "08.30")
    almanac.keep(MONDAY, "09.00")
    for url in serve(db, Settings()):
        yield House(url, almanac)
