"""A platform's word that something happened on a channel: the channel is read now. The reading stays the truth.

Nothing of a delivery is stored but the digest of its raw body, so that the same one is never taken twice.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors.graph.webhooks import EARLY, OLDEST, Place
from monitor.db import Database
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch.close_watching import policy_of
from monitor.watch.hint_rules import hinted_poll
from monitor.watch.models import Hint, Parking, PollRun, Schedule

KEPT = OLDEST + EARLY  # what is older is refused for its age


@dataclass(frozen=True, slots=True)
class Taken:
    """What a delivery did. again: it was taken before. hinted: channels it is about. hastened: to be read earlier."""

    again: bool = False
    hinted: int = 0
    hastened: int = 0


def take(db: Database, body: bytes, places: Collection[Place], now: datetime, settings: Settings) -> Taken:
    """Takes in a genuine delivery about these accounts, in one transaction; the same body a second time does nothing.

    Only channels that are read by machine. One that fails, or whose calls are nearly used up, keeps its time: backing
    off and limits stand, and its next reading finds everything. One that is being read now is only marked, to be read
    again after that.
    """
    if not places:
        return Taken()
    with db.transaction() as session:
        if not _is_new(db, session, body, now):
            return Taken(again=True)
        schedules = _schedules(session, places)
        due = {schedule.channel_id: schedule.next_poll_at for schedule in schedules}
        for schedule in schedules:
            _hint(session, schedule, now, settings)
        hastened = sum(schedule.next_poll_at < due[schedule.channel_id] for schedule in schedules)
    return Taken(hinted=len(due), hastened=hastened)


def _is_new(db: Database, session: Session, body: bytes, now: datetime) -> bool:
    session.execute(delete(Hint).where(Hint.received_at < now - KEPT))
    insert = sqlite.insert if db.is_sqlite else postgresql.insert
    row = insert(Hint).values(digest=sha256(body).digest(), received_at=now)
    return session.scalars(row.on_conflict_do_nothing().returning(Hint.digest)).one_or_none() is not None


def _schedules(session: Session, places: Collection[Place]) -> list[Schedule]:
    """Locked in the order of their ids, so that two deliveries never wait for each other."""
    read = (Channel.state == "active", Channel.watch_mode == "automatic", Channel.has_comments)
    named = tuple_(Channel.platform, Channel.external_id).in_(sorted(places))
    query = select(Schedule).join(Channel, Channel.id == Schedule.channel_id).where(*read, named)
    return list(session.scalars(query.order_by(Schedule.channel_id).with_for_update(of=Schedule)))


def _hint(session: Session, schedule: Schedule, now: datetime, settings: Settings) -> None:
    schedule.hinted_at = now
    if schedule.claim is not None or schedule.failing_since is not None:
        return
    of_channel = (PollRun.channel_id == schedule.channel_id) & (PollRun.outcome != "thread")
    last = session.scalars(select(func.max(PollRun.started_at)).where(of_channel)).one()
    parked = session.scalars(select(func.max(Parking.until)).where(Parking.key.in_(schedule.budgets))).one()
    schedule.next_poll_at = hinted_poll(
        calendar_of(organisation(session)),
        schedule.next_poll_at,
        now,
        around_the_clock=policy_of(session, schedule.channel_id, settings, now).around_the_clock,
        last_read=last,
        parked_until=parked,
        usage=schedule.usage,
    )
