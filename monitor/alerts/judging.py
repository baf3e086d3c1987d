"""Writes down what must be told, once: a row per notice, whoever judges and however often."""

from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.dialects import postgresql, sqlite

from config.settings import Settings
from config.settings import settings as current_settings
from monitor.alerts.kinds import KINDS
from monitor.alerts.models import Notice
from monitor.alerts.morning import digests
from monitor.alerts.rules import in_service
from monitor.alerts.telling import Scene, Telling
from monitor.db import Database
from monitor.register.calendar import calendar_of
from monitor.register.organisation import organisation


def judge(db: Database, now: datetime, settings: Settings | None = None) -> int:
    """Writes the notices that have come due and are not there yet; gives their number. Never two for one thing.

    In service hours only: the day's digests, working days that went by unwatched, channels that cannot be read and that
    are read again, credentials that run out or lack something. Raises NotSetUp without a register.
    """
    with db.snapshot() as session:
        owner = organisation(session)
        if in_service(now, calendar_of(owner)) is None:
            return 0
        scene = Scene(session, owner, now, settings or current_settings())
        tellings = [telling for kind in KINDS.values() for telling in kind.tellings(scene)]
    return _write(db, tellings, now)


def digest_now(db: Database, now: datetime) -> int:
    """Writes a digest for everybody responsible, due now, whatever the calendar says and whatever was sent before."""
    with db.snapshot() as session:
        local = now.astimezone(ZoneInfo(organisation(session).timezone))
        tellings = digests(session, local.isoformat(timespec="seconds"))
    return _write(db, tellings, now)


def _write(db: Database, tellings: list[Telling], now: datetime) -> int:
    if not tellings:
        return 0
    insert = sqlite.insert if db.is_sqlite else postgresql.insert
    new = {"due_at": now, "created_at": now, "route": "mail", "state": "due", "attempts": 0}
    rows = insert(Notice).values([asdict(telling) | new for telling in tellings])
    with db.transaction() as session:
        return len(session.scalars(rows.on_conflict_do_nothing().returning(Notice.id)).all())
