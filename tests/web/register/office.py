"""An office on a Monday morning: two units with their managers and channels, and everybody who has a role."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from starlette.testclient import TestClient

from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.register.models import Channel, Decision, Organisation, Unit
from tests.monitor.days.almanac import FRIDAY, MONDAY, Almanac, at
from tests.monitor.town import Town
from tests.web.conftest import NASTY

NOW = at(MONDAY, "10.00")
ROLES = {
    "chef": ("Karin Chef", "unit_manager"),
    "barnchef": ("Bo Barnchef", "unit_manager"),
    "kommunikator": ("Kim Kommunikatör", "communicator"),
    "admin": ("Ada Administratör", "administrator"),
    "revisor": ("Rev Revisor", "auditor"),
    "registrator": ("Reg Registrator", "registrar"),
}
Client = Callable[[str], TestClient]


@dataclass(frozen=True)
class Office:
    """fb and grupp belong to one unit, forskola to the other; fb has a decision that ends in two weeks."""

    almanac: Almanac
    client: Client

    @property
    def town(self) -> Town:
        return self.almanac.town

    @property
    def db(self) -> Database:
        return self.almanac.db

    def acts(self, act: str) -> list[tuple[str, str]]:
        """By whom and to what it was done, as the log says."""
        with self.db.snapshot() as session:
            rows = session.scalars(select(AuditEntry).where(AuditEntry.act == act).order_by(AuditEntry.id))
            return [(row.actor, row.subject) for row in rows]

    def decisions(self, channel: str) -> list[Decision]:
        with self.db.snapshot() as session:
            made = select(Decision).where(Decision.channel_id == channel).order_by(Decision.version)
            return list(session.scalars(made))


class There(Almanac, Town):
    """The town of a database that has been furnished already."""

    def __init__(self, db: Database) -> None:
        self.db, self.town = db, self


def furnish(db: Database) -> None:
    """Friday is over, and grupp was not watched then; on Monday two comments have come to fb, and one to forskola."""
    almanac = Almanac(db)
    town = almanac.town
    for id_, (name, role) in ROLES.items():
        if id_ != "kommunikator":
            town.person(id_, name=name, roles=[role])
    with db.transaction() as session:
        session.add(Unit(id="barn", name="Barn och utbildning", manager_id="barnchef"))
        session.scalars(select(Organisation)).one().website = "https://www.tibro.se"
    town.change(Unit, "kommunikation", manager_id="chef")
    town.channel("forskola", name="Förskolan", unit_id="barn", responsible_id="barnchef", deputy_id=None)
    town.schedule("forskola", last_complete_at=NOW, failing_since=NOW - timedelta(hours=2), failure_kind="auth_expired")
    words = {"purpose": "Dialog med invånare", "decided_by_id": "chef", "valid_until": date(2026, 6, 30)}
    town.decision("fb", confirmed=False, **words)
    town.change(Channel, "fb", credential={"token_env": "TIBRO_FB_TOKEN"}, administrators=["redaktor"])
    almanac.keep(FRIDAY, "09.00")
    almanac.comes("c1", MONDAY, "08.00", text=NASTY)
    almanac.comes("c2", MONDAY, "08.30")
    town.comment("c3", at(MONDAY, "08.10"), "Är förskolan öppen?", channel_id="forskola")
    almanac.keep(MONDAY, "09.00")
