"""The day register: a row for each channel and working day, how it stands while the day lasts, and what it came to.

Safe to repeat, and for two processes at once: who keeps it takes turns, and what is concluded is never touched again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.audit import SYSTEM, Said, audited_all
from monitor.db.bulk import among
from monitor.db.turns import DAYS, take_turns
from monitor.register.models import Channel
from monitor.register.organisation import NotSetUp
from monitor.watch.day_models import WatchDay
from monitor.watch.day_planning import missing
from monitor.watch.day_rules import How, Looked
from monitor.watch.day_standing import Look, Open, Waiting

WATCH_DAY = "watch_day"


@dataclass(frozen=True, slots=True)
class Kept:
    """planned: rows written on their day. filled_in: rows written later. concluded: days that were closed."""

    planned: int = 0
    filled_in: int = 0
    concluded: int = 0

    def __add__(self, other: "Kept") -> "Kept":
        planned, filled_in = self.planned + other.planned, self.filled_in + other.filled_in
        return Kept(planned, filled_in, self.concluded + other.concluded)


def stirred(session: Session, now: datetime) -> list[str]:
    """The channels of which the register has to be kept: something is missing, over, or has happened. Cheap."""
    look = Look.at(session, now)
    of_days = (day.channel.id for day in look.open_days() if look.is_stirred(day))
    return sorted({*missing(session, look.calendar, now), *of_days})


def keep(session: Session, channel_ids: Sequence[str], now: datetime, waiting: Waiting | None = None) -> Kept:
    """Plans, looks at and concludes the days of these channels.

    waiting: None, where one act is all that has happened, leaves what was last counted; the next look counts again.
    """
    take_turns(session, DAYS)
    look = Look.at(session, now)
    planned, filled_in = _plan(look, channel_ids)
    concluded = [said for day in look.open_days(channel_ids) if (said := _keep(look, day, waiting)) is not None]
    session.flush()
    if concluded:
        audited_all(session, SYSTEM, "watch_day.concluded", concluded, now)
    return Kept(planned, filled_in, len(concluded))


def settle(session: Session, now: datetime) -> None:
    """Keeps the days up to now by the register as it is, however long nobody kept them.

    To be called before the register changes: it does not remember until when a channel had to be watched that has to be
    watched again, nor by whom a channel was watched before. Without a register there is nothing to keep.
    """
    try:
        behind = stirred(session, now)
    except NotSetUp:
        return
    if behind:
        keep(session, behind, now)


def subject_of(channel_id: str, day: object) -> tuple[str, str]:
    """How the audit log names a channel's day."""
    return WATCH_DAY, f"{channel_id}/{day}"


def _plan(look: Look, channel_ids: Sequence[str]) -> tuple[int, int]:
    """Adds what is missing; how many rows for today, and for days gone by."""
    found = missing(look.session, look.calendar, look.now, channel_ids)
    modes = select(Channel.id, Channel.watch_mode).where(among(look.session, Channel.id, list(found)))
    mode: Mapping[str, str] = dict(look.session.execute(modes).all())
    rows = [
        WatchDay(channel_id=channel_id, day=day, mode=mode[channel_id], planned_at=look.now)
        for channel_id, days in found.items()
        for day in days
    ]
    look.session.add_all(rows)
    look.session.flush()
    today = look.calendar.local_date(look.now)
    late = sum(row.day < today for row in rows)
    return len(rows) - late, late


def _keep(look: Look, day: Open, waiting: Waiting | None) -> Said | None:
    """What is to be logged, if it was concluded. A day that the duty to watch did not last for is taken out again."""
    if look.duty_ended(day):
        look.session.delete(day.row)
        return None
    for name, value in look.values(day, *look.gone_through(day, waiting)).items():
        setattr(day.row, name, value)
    if not day.passed:
        day.row.kept_at = look.now if waiting else day.row.kept_at
        return None
    if day.runs.under_way:  # it may still prove that the channel was read that day
        return None
    return _conclude(look, day)


def _conclude(look: Look, day: Open) -> Said:
    row = day.row
    row.concluded_at = look.now
    says = {name: getattr(row, name) for name in ("verdict", "how", "reason", "first_complete_at")}
    return Said(subject_of(row.channel_id, row.day), after=says | {"by": _by(day)})


def _by(day: Open) -> str | None:
    """The person on whose word or work the verdict rests."""
    if day.row.how == How.ATTESTED and day.attestation is not None:
        return day.attestation.by_id
    return day.row.reviewed_by_id if day.row.review == Looked.PERSON else None
