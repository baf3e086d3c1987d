"""A served town where comments wait, and links to say by mail what is to be done about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx2
from sqlalchemy import select

from config.settings import Settings
from monitor import State
from monitor.alerts.tasks import FINISH, HANDLE
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.db.types import Base
from monitor.inbox.models import LinkUse, Mark
from monitor.inbox.unanswered import obligation
from monitor.register.links import Link, sealed
from tests.monitor.days.almanac import MONDAY, at
from tests.monitor.town import Town
from tests.web.conftest import serve

NOW = at(MONDAY, "10.00")


@dataclass(frozen=True)
class CommentHouse:
    """On fb: `asks` waits, `perhaps` is probably answered, `thanks` and `emoji` seem to need no reply. Monday 15 June
    2026, 10.00."""

    url: str
    town: Town
    ids: dict[str, int]

    @property
    def db(self) -> Database:
        return self.town.db

    def link(self, which: str, choice: str = "acknowledge", person: str = "redaktor", channel: str = "fb") -> str:
        return self._address(Link(HANDLE, person, f"{channel}/{self.ids.get(which, which)}/{choice}"))

    def finish(self, person: str = "redaktor", channel: str = "fb", day: str = f"{MONDAY}") -> str:
        return self._address(Link(FINISH, person, f"{channel}/{day}"))

    def _address(self, link: Link, until: datetime = NOW + timedelta(days=2)) -> str:
        return f"{self.url}/task/{sealed(link, until)}"

    def press(self, address: str, choice: str = "", **fields: str | list[str]) -> httpx2.Response:
        sent = ({"choice": choice} if choice else {}) | fields
        return httpx2.post(address, data=sent, follow_redirects=True)

    def state(self, which: str) -> State:
        with self.db.snapshot() as session:
            found = obligation(session, self.ids[which], NOW + timedelta(minutes=1))
        assert found is not None
        return found.state

    def marks(self) -> list[Mark]:
        with self.db.snapshot() as session:
            return list(session.scalars(select(Mark).order_by(Mark.id)))

    def uses(self) -> list[LinkUse]:
        with self.db.snapshot() as session:
            return list(session.scalars(select(LinkUse)))

    def audited(self) -> list[tuple[str, str, str]]:
        """Who did what to which comment."""
        with self.db.snapshot() as session:
            rows = session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "comment"))
            return [(row.actor, row.act, row.subject) for row in rows]

    def everything(self) -> dict[str, list[str]]:
        with self.db.snapshot() as session:
            return {
                table.name: sorted(map(repr, session.execute(table.select()))) for table in Base.metadata.sorted_tables
            }


def comment_housed(db: Database) -> Iterator[CommentHouse]:
    town = Town(db)
    town.person("kom", name="Ulla Utredare", roles=["communicator"])
    town.schedule(last_complete_at=NOW)
    ids = {
        "asks": town.comment("asks", at(MONDAY, "08.00"), "Mitt nummer är 811228-9874, när öppnar badet?"),
        "held": town.comment("held", at(MONDAY, "08.05"), "Får den här stå?", held=True),
        "thanks": town.comment("thanks", at(MONDAY, "08.10"), "Tack så mycket!", author_id="b"),
        "emoji": town.comment("emoji", at(MONDAY, "08.20"), "🙏🙏", author_id="c"),
        "perhaps": town.comment("perhaps", at(MONDAY, "08.30"), "Vad kostar det?", author_id="d"),
    }
    town.comment("other", at(MONDAY, "08.31"), "Och för barn?", author_id="e", parent_external_id="perhaps")
    town.answer("reply", at(MONDAY, "09.00"), to="perhaps")
    for url in serve(db, Settings()):
        yield CommentHouse(url, town, ids)
