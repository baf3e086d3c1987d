"""Writes down what must be told, once: a row per notice, whoever judges and however often."""

from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.dialects import postgresql, sqlite

from config.settings import Settings
from config.settings import settings as current_settings
from monitor.alerts.kinds import KINDS
from monitor.alerts.ladders import note_untold
from monitor.alerts.models import Notice
from monitor.alerts.morning import digests
from monitor.alerts.rules import in_service
from monitor.alerts.telling import Scene, Telling
from monitor.db import Database
from monitor.inbox.day_keeping import keep_days
from monitor.register.organisation import organisation


def judge(db: Database, now: datetime, settings: Settings | None = None) -> int:
    """Writes the notices that have come due and are not there yet; gives their number. Never two for one thing.

    In service hours only, but for the guard's last rung. The day register is kept before. Raises NotSetUp without a
    register.
    """
    keep_days(db, now)
    with db.snapshot() as session:
        owner = organisation(session)
        scene = Scene(session, owner, now, settings or current_settings())
        in_hours = in_service(now, scene.calendar) is not None
        kinds = [kind for kind in KINDS.values() if in_hours or kind.after_hours]
        tellings = [telling for kind in kinds for telling in kind.tellings(scene)]
        untold = [subject for kind in kinds if kind.untold is not None for subject in kind.untold(scene)]
    if untold:
        note_untold(db, untold, now)
    return _write(db, tellings, now)


def digest_now(db: Database, now: datetime) -> int:
    """Writes a digest for everybody responsible, due now, whatever the calendar says and whatever was sent before."""
    keep_days(db, now)
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
