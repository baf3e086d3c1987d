"""Writes down what must be told, once: a row per notice, whoever judges and however often."""

from dataclasses import asdict, astuple
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from config.settings import Settings
from config.settings import settings as current_settings
from monitor.alerts.kinds import KINDS
from monitor.alerts.ladders import note_untold
from monitor.alerts.models import Notice
from monitor.alerts.morning import digests
from monitor.alerts.rules import in_service
from monitor.alerts.telling import Kind, Scene, Telling
from monitor.db import Database
from monitor.inbox.day_keeping import keep_days
from monitor.register.organisation import organisation

log = structlog.get_logger(__name__)


def judge(db: Database, now: datetime, settings: Settings | None = None) -> int:
    """Writes the notices that have come due and are not there yet; gives their number. Never two for one thing.

    In service hours only, but for the guard's last rung. The day register is kept before. A kind that fails keeps no
    other one from being written; its error is raised when they are. Raises NotSetUp without a register.
    """
    keep_days(db, now)
    tellings, untold, failed = list[Telling](), list[str](), list[Exception]()
    for name, kind in KINDS.items():
        try:
            with db.snapshot() as session:
                scene = Scene(session, organisation(session), now, settings or current_settings())
                if may_tell(kind, scene):
                    tellings += kind.tellings(scene)
                    untold += kind.untold(scene) if kind.untold is not None else ()
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are told
            log.error("kind_not_judged", kind=name, error=type(error).__name__)  # noqa: TRY400 - it is raised below
            failed.append(error)
    if untold:
        note_untold(db, untold, now)
    written = _write(db, tellings, now)
    if failed:
        raise failed[0]
    return written


def may_tell(kind: Kind, scene: Scene) -> bool:
    """Is anything of this kind told at this time?"""
    return kind.after_hours or in_service(scene.now, scene.calendar) is not None


def unwritten(scene: Scene) -> list[Telling]:
    """What there is to tell at the scene's time and has no row: nothing, where somebody judges."""
    tellings = [each for kind in KINDS.values() if may_tell(kind, scene) for each in kind.tellings(scene)]
    key = (Notice.subject_kind, Notice.subject, Notice.rung, Notice.cycle, Notice.recipient_id)
    rows = select(*key).where(Notice.cycle.in_({each.cycle for each in tellings}))
    written = {tuple(row) for row in scene.session.execute(rows)}
    return [each for each in tellings if astuple(each) not in written]


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
