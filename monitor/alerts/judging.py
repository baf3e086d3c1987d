"""Writes down what must be told, once: a row per notice, whoever judges and however often."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, astuple, dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config.settings import Settings
from config.settings import settings as current_settings
from monitor.alerts.kinds import KINDS
from monitor.alerts.ladders import note_untold
from monitor.alerts.models import Notice
from monitor.alerts.morning import digests
from monitor.alerts.overdue_told import tell_of_overdue
from monitor.alerts.rules import in_service
from monitor.alerts.telling import Kind, Scene, Subject, Telling
from monitor.alerts.ways import ways
from monitor.db import Database
from monitor.db.bulk import among
from monitor.inbox.day_keeping import keep_days
from monitor.inbox.flagging import flag_new
from monitor.inbox.remembering import write_down
from monitor.register.models import Person
from monitor.register.organisation import NotSetUp, organisation

ROWS = 500  # in one statement: PostgreSQL takes no more than 65,535 values
log = structlog.get_logger(__name__)


def judge(db: Database, now: datetime, settings: Settings | None = None) -> int:
    """Writes the notices that have come due and are not there yet; gives their number. Never two for one thing.

    In service hours only, but for the guard's last rung and flags. The day register is kept before, and what is new is
    flagged. Whatever of all that fails keeps no notice of another kind from being written; its error is raised when
    they are. Raises NotSetUp without a register.
    """
    failed = _prepared(db, now)
    found = _found(db, now, settings or current_settings(), KINDS)
    written = _write(db, found.tellings, now, settings or current_settings())
    if found.untold:
        note_untold(db, found.untold, now)
    write_down(db)
    if errors := failed + found.errors:
        raise errors[0]
    return written


def judge_only(db: Database, now: datetime, settings: Settings, kinds: Collection[str]) -> int:
    """As `judge`, of these kinds alone, which need nothing to be prepared and are told somebody in any case."""
    found = _found(db, now, settings, kinds)
    written = _write(db, found.tellings, now, settings)
    if found.errors:
        raise found.errors[0]
    return written


@dataclass(slots=True)
class _Found:
    """What there is to tell, what nobody can be told of, and what went wrong with finding out."""

    tellings: list[Telling] = field(default_factory=list)
    untold: list[Subject] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)


def _found(db: Database, now: datetime, settings: Settings, kinds: Collection[str]) -> _Found:
    """In one view of the database; in a new one after an error, which may have spoiled it."""
    found, left = _Found(), [(name, kind) for name, kind in KINDS.items() if name in kinds]
    while left:
        with db.snapshot() as session:
            scene = Scene(session, organisation(session), now, settings)
            whole = True
            while left and whole:
                whole = _asked(scene, *left.pop(0), found)
    return found


def _asked(scene: Scene, name: str, kind: Kind, found: _Found) -> bool:
    """Adds what there is of one kind. Did that go well?"""
    if not may_tell(kind, scene):
        return True
    try:
        found.tellings += list(kind.tellings(scene))
        found.untold += kind.untold(scene) if kind.untold is not None else ()
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are told
        log.error("kind_not_judged", kind=name, error=type(error).__name__)  # noqa: TRY400 - it is raised by `judge`
        found.errors.append(error)
        return False
    return True


def _prepared(db: Database, now: datetime) -> list[Exception]:
    """What is told follows from the day register and from flags; gives what went wrong with them."""
    failed = list[Exception]()
    for step in (keep_days, flag_new):
        try:
            step(db, now)
        except NotSetUp:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, people are told of everything else
            log.error("not_prepared_for_judging", step=step.__name__, error=type(error).__name__)  # noqa: TRY400 - raised
            failed.append(error)
    return failed


def may_tell(kind: Kind, scene: Scene) -> bool:
    """Is anything of this kind told at this time?"""
    return kind.after_hours or in_service(scene.now, scene.calendar) is not None


def unwritten(scene: Scene) -> list[Telling]:
    """What there is to tell at the scene's time and has no row: nothing, where somebody judges."""
    tellings = [each for kind in KINDS.values() if may_tell(kind, scene) for each in kind.tellings(scene)]
    return _new(scene.session, tellings)


def digest_now(db: Database, now: datetime) -> int:
    """Writes a digest for everybody responsible, due now, whatever the calendar says and whatever was sent before."""
    keep_days(db, now)
    with db.snapshot() as session:
        local = now.astimezone(ZoneInfo(organisation(session).timezone))
        tellings = digests(session, local.isoformat(timespec="seconds"))
    return _write(db, tellings, now, current_settings())


def _new(session: Session, tellings: Sequence[Telling]) -> list[Telling]:
    """Those that have no row yet."""
    key = (Notice.subject_kind, Notice.subject, Notice.rung, Notice.cycle, Notice.recipient_id)
    of_cycles = among(session, Notice.cycle, sorted({each.cycle for each in tellings}))
    written = {tuple(row) for row in session.execute(select(*key).where(of_cycles))}
    return [each for each in dict.fromkeys(tellings) if astuple(each) not in written]


def _write(db: Database, tellings: Sequence[Telling], now: datetime, settings: Settings) -> int:
    if not tellings:
        return 0
    with db.snapshot() as session:
        new = _new(session, tellings)
        routes = _first_ways(session, {each.recipient_id for each in new}, now, settings)
    insert = sqlite.insert if db.is_sqlite else postgresql.insert
    known = {"due_at": now, "created_at": now, "state": "due", "attempts": 0, "folded": False}
    rows = [asdict(each) | known | {"route": routes[each.recipient_id]} for each in new]
    written = list[Notice]()
    with db.transaction() as session:
        for start in range(0, len(rows), ROWS):
            some = insert(Notice).values(rows[start : start + ROWS]).on_conflict_do_nothing().returning(Notice)
            written += session.scalars(some)
        tell_of_overdue(session, written, now)
    return len(written)


def _first_ways(session: Session, people: Iterable[str], now: datetime, settings: Settings) -> dict[str, str]:
    """The way that each of them is told first; found out again when it is sent."""
    found = {}
    for person_id in people:
        person = session.get_one(Person, person_id)
        usable = ways(session, person, settings, now, ZoneInfo("UTC"), urgent=True)
        found[person_id] = usable[0].name if usable else "mail"
    return found
