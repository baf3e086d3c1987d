"""What a database from a backup must not do by itself: whatever was about to go out then may be out since.

A crisis message is looked for on its channel, and never sent again by a machine. An answer is a person's to look at.
Whoever was signed in signs in again. Notices wait until a person lets go of them: monitor.audit.restorations.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from monitor.access.codes import EMERGENCY
from monitor.access.models import LoginCode, LoginSession
from monitor.audit import COMMAND, audited
from monitor.audit.restorations import Restoration, release
from monitor.emergency.composing import HUB
from monitor.emergency.models import Delivery
from monitor.emergency.rules import FROM_BACKUP, UNDECIDED, Fate
from monitor.inbox.acting_words import FROM_BACKUP as ANSWER_FROM_BACKUP
from monitor.inbox.acting_words import RESTORED
from monitor.inbox.action_rules import UNDER_WAY
from monitor.inbox.action_rules import Fate as Answer
from monitor.inbox.models import Action


@dataclass(frozen=True, slots=True)
class HeldBack:
    """deliveries: so many are looked for. answers: so many are left to people. sessions: so many have ended."""

    deliveries: int
    answers: int
    sessions: int


def hold_back(session: Session, made_at: datetime, rows: int, now: datetime) -> HeldBack:
    """To be called in the transaction that restores. made_at, rows: of the backup."""
    done = HeldBack(_deliveries(session, now), _answers(session), _sessions(session, now))
    session.add(Restoration(made_at=made_at, restored_at=now))
    told = {"made_at": made_at, "rows": rows, "deliveries": done.deliveries, "answers": done.answers}
    audited(session, COMMAND, "backup.restored", ("backup", made_at.isoformat()), now, after=told)
    return done


def let_go(session: Session, by: str, now: datetime) -> bool:
    """From now on people are told. False: they were already."""
    backups = release(session, now)
    for made_at in backups:
        audited(session, by, "notices.released", ("backup", made_at.isoformat()), now)
    return bool(backups)


def _deliveries(session: Session, now: datetime) -> int:
    """What is rehearsed never leaves the house, and our own page may be written again."""
    found = (Delivery.state.in_(UNDECIDED), Delivery.way != "rehearsed", Delivery.place != HUB)
    rows = session.scalars(select(Delivery).where(*found)).all()
    for row in rows:
        row.state, row.lost_at, row.next_at, row.looks = Fate.UNKNOWN, now, now, 0
        row.progress = {**row.progress, FROM_BACKUP: True}
    session.flush()
    return len(rows)


def _answers(session: Session) -> int:
    """Also what would hide or remove a comment."""
    left = {"state": Answer.NEEDS_HUMAN, "reason": RESTORED, "remedy": ANSWER_FROM_BACKUP, "token": None}
    query = update(Action).where(Action.state.in_(UNDER_WAY)).values(**left).returning(Action.id)
    return len(session.execute(query).all())


def _sessions(session: Session, now: datetime) -> int:
    """A session that was ended since, and a link that was used since, would be good again. Printed codes stay good:
    they are for when nothing else works."""
    links = (LoginCode.kind != EMERGENCY, LoginCode.used_at.is_(None))
    session.execute(update(LoginCode).where(*links).values(used_at=now))
    ended = update(LoginSession).where(LoginSession.ended_at.is_(None)).values(ended_at=now)
    return len(session.execute(ended.returning(LoginSession.id)).all())
