"""Other systems are told that a comment is past its deadline when the first person is, at each rung of the ladder."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.alerts.models import Notice
from monitor.alerts.overdue import OVERDUE
from monitor.audit.outgoing import tell, wants
from monitor.audit.outgoing_rules import Event, Happened
from monitor.db.bulk import among


def tell_of_overdue(session: Session, written: Iterable[Notice], now: datetime) -> None:
    """written: notices that were just written, in this transaction. Those of a rung that somebody was told before say
    nothing new."""
    late = [each for each in written if each.subject_kind == OVERDUE]
    if not late or not wants(session, Event.COMMENT_OVERDUE):
        return
    ours = Counter((each.subject, each.rung, each.cycle) for each in late)
    key = (Notice.subject, Notice.rung, Notice.cycle)
    there = (Notice.subject_kind == OVERDUE, among(session, Notice.subject, sorted({each.subject for each in late})))
    known = {tuple(row[:3]): row[3] for row in session.execute(select(*key, func.count()).where(*there).group_by(*key))}
    first = [each for each, count in ours.items() if known[each] == count]
    tell(session, [_happened(subject, rung) for subject, rung, _cycle in first], now)


def _happened(subject: str, rung: str) -> Happened:
    return Happened(Event.COMMENT_OVERDUE, ("comment", subject), data={"rung": rung})
