"""Writes down what must be told, once: a row per notice, whoever judges and however often."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from monitor.alerts.coverage import missed
from monitor.alerts.models import Notice
from monitor.alerts.rules import in_service
from monitor.db import Database
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch.models import Schedule

DIGEST = "digest"
WATCH_DAY = "watch_day"


@dataclass(frozen=True, slots=True)
class Telling:
    """What makes a notice the same notice. `cycle` begins with the date it is about (YYYY-MM-DD)."""

    subject_kind: str
    subject: str
    rung: str
    cycle: str
    recipient_id: str


def judge(db: Database, now: datetime) -> int:
    """Writes the notices that have come due and are not there yet; gives their number. Never two for one thing.

    In service hours: the day's digest for each person responsible for an active channel, once none of the person's
    channels still waits for its very first reading, and a notice to responsible and deputy for each working day on
    which a channel was not read completely. Raises NotSetUp without a register.
    """
    with db.snapshot() as session:
        owner = organisation(session)
        today = in_service(now, calendar_of(owner))
        if today is None:
            return 0
        too_early = _waiting_for_first_reading(session)
        digests = [one for one in _digests(session, today.isoformat()) if one.recipient_id not in too_early]
        tellings = [*digests, *_missed(session, missed(session, now, owner))]
    return _write(db, tellings, now)


def digest_now(db: Database, now: datetime) -> int:
    """Writes a digest for everybody responsible, due now, whatever the calendar says and whatever was sent before."""
    with db.snapshot() as session:
        local = now.astimezone(ZoneInfo(organisation(session).timezone))
        tellings = _digests(session, local.isoformat(timespec="seconds"))
    return _write(db, tellings, now)


def _digests(session: Session, cycle: str) -> list[Telling]:
    people = session.scalars(select(Channel.responsible_id).where(Channel.state == "active").distinct())
    return [Telling(DIGEST, person, DIGEST, cycle, person) for person in people]


def _waiting_for_first_reading(session: Session) -> set[str]:
    """Responsible for a channel that was scheduled moments ago: their first digest would know nothing yet."""
    unread = (Channel.state == "active", Schedule.last_complete_at.is_(None), Schedule.failing_since.is_(None))
    return set(session.scalars(select(Channel.responsible_id).join(Schedule).where(*unread)))


def _missed(session: Session, gaps: dict[str, list[date]]) -> Iterable[Telling]:
    for channel in session.scalars(select(Channel).where(Channel.id.in_(gaps))):
        for day in gaps[channel.id]:
            for person in dict.fromkeys((channel.responsible_id, channel.deputy_id)):
                if person is not None:
                    yield Telling(WATCH_DAY, f"{channel.id}/{day}", "missed", str(day), person)


def _write(db: Database, tellings: list[Telling], now: datetime) -> int:
    if not tellings:
        return 0
    insert = sqlite.insert if db.is_sqlite else postgresql.insert
    new = {"due_at": now, "created_at": now, "route": "mail", "state": "due", "attempts": 0}
    rows = insert(Notice).values([asdict(telling) | new for telling in tellings])
    with db.transaction() as session:
        return len(session.scalars(rows.on_conflict_do_nothing().returning(Notice.id)).all())
