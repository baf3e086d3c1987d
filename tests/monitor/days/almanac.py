"""A town whose days are kept: times are Stockholm's, verbs are what happens, and the register is looked at."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.inbox.day_keeping import Kept, keep_days
from monitor.register.models import Channel, Organisation
from monitor.watch.attesting import attest
from monitor.watch.correcting import correct
from monitor.watch.day_models import Attestation, Correction, Review, WatchDay
from monitor.watch.day_rules import Verdict
from monitor.watch.day_view import ShownDay, shown_days
from monitor.watch.models import PollRun
from monitor.watch.reviewing import review
from tests.monitor.town import Town

STOCKHOLM = ZoneInfo("Europe/Stockholm")
THURSDAY, FRIDAY = date(2026, 6, 11), date(2026, 6, 12)
MONDAY = date(2026, 6, 15)


def at(day: date, clock: str, zone: ZoneInfo = STOCKHOLM) -> datetime:
    """The moment at which clocks show "15.00" on that day."""
    return datetime.combine(day, time.fromisoformat(clock.replace(".", ":")), zone).astimezone(UTC)


class Almanac:
    """Channel `fb` is read by machine, `grupp` is not; both have been watched since Thursday at 07.00."""

    def __init__(self, db: Database) -> None:
        self.db, self.town = db, Town(db)
        began = at(THURSDAY, "07.00")
        self.town.change(Channel, "fb", watched_since=began)
        self.town.channel("grupp", platform="facebook_group", watch_mode="manual", watched_since=began)
        self.town.person("kommunikator", roles=["communicator"])
        self.town.schedule("fb")

    def keep(self, day: date, clock: str) -> Kept:
        return keep_days(self.db, at(day, clock))

    def keep_over(self, day: date) -> Kept:
        """The first look after that day's midnight."""
        return self.keep(day + timedelta(days=1), "00.00")

    def read(self, day: date, clock: str, outcome: str = "complete", channel: str = "fb", **values: Any) -> int:
        """A reading that takes a minute."""
        began = at(day, clock)
        ended = None if outcome == "running" else began + timedelta(minutes=1)
        known = {"claim": "c", "full": False, "started_at": began, "finished_at": ended}
        run = PollRun(channel_id=channel, outcome=outcome, **(known | values))
        with self.db.transaction() as session:
            session.add(run)
        return run.id

    def comes(self, id_: str, day: date, clock: str, **values: Any) -> int:
        """A resident's comment, fetched at that time by a reading of its own."""
        fetched = at(day, clock)
        known = {"fetched_at": fetched, "text_seen_at": fetched, "post_external_id": f"post of {id_}"}
        posted = values.pop("posted_at", fetched - timedelta(minutes=2))
        row = self.town.comment(id_, posted, **(known | values))
        self.read(day, clock, finished_at=fetched)
        return row

    def is_answered(self, id_: str, day: date, clock: str) -> None:
        """The page's answer, fetched at that time by a reading of its own."""
        self.comes(
            f"answer to {id_}",
            day,
            clock,
            post_external_id=f"post of {id_}",
            parent_external_id=id_,
            author_id="page-1",
        )

    def reviews(self, day: date, clock: str, by: str = "redaktor", channel: str = "fb") -> Review:
        with self.db.transaction() as session:
            return review(session, session.get_one(Channel, channel), by, at(day, clock))

    def attests(
        self,
        day: date,
        clock: str,
        *,
        for_day: date | None = None,
        by: str = "redaktor",
        channel: str = "grupp",
        **values: Any,
    ) -> Attestation:
        with self.db.transaction() as session:
            chosen = session.get_one(Channel, channel)
            return attest(session, chosen, for_day or day, by, at(day, clock), **values)

    def corrects(
        self, now: date, day: date, verdict: Verdict, by: str = "kommunikator", reason: str = "Fel."
    ) -> Correction:
        with self.db.transaction() as session:
            chosen = session.get_one(Channel, "fb")
            return correct(session, chosen, day, verdict, reason, by, at(now, "10.00"))

    def changes(self, channel: str = "fb", **values: Any) -> None:
        self.town.change(Channel, channel, **values)

    def organisation(self, **values: Any) -> None:
        self.town.change(Organisation, 1, **values)

    def shown(self, day: date, channel: str = "fb") -> ShownDay:
        with self.db.snapshot() as session:
            [found] = shown_days(session, day, day, [channel])
        return found

    def told(self, day: date, channel: str = "fb") -> tuple[str | None, str, str | None]:
        """Verdict, how and why of a day."""
        found = self.shown(day, channel)
        return found.verdict, found.how, found.why

    def days(self, channel: str = "fb") -> list[date]:
        with self.db.snapshot() as session:
            query = select(WatchDay.day).where(WatchDay.channel_id == channel).order_by(WatchDay.day)
            return list(session.scalars(query))

    def audit(self, act: str) -> list[AuditEntry]:
        with self.db.snapshot() as session:
            return list(session.scalars(select(AuditEntry).where(AuditEntry.act == act).order_by(AuditEntry.id)))
