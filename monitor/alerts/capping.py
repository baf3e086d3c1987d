"""Puts off what a person has no room for this hour. Nothing is dropped: it is told with other things, and says so."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from config.language import _, use_language
from monitor.alerts.cap_rules import GATHERED_WITHIN, HOUR, MOST_AN_HOUR, gathered_at, room_at
from monitor.alerts.due import due
from monitor.alerts.kinds import KINDS
from monitor.alerts.models import Notice
from monitor.alerts.morning import DIGEST
from monitor.register.organisation import organisation


def put_off(session: Session, together: Sequence[Notice], now: datetime) -> bool:
    """Is there no room now for a message of these notices to their person? Then they wait, and say why.

    A few minutes at most, what is urgent or overdue and can be told with more of its kind; later in the hour, what
    cannot. A digest itself always goes, and takes along what waits for more of its kind.
    """
    kinds = {notice.subject_kind for notice in together}
    urgent, group = any(KINDS[kind].urgent for kind in kinds), KINDS[together[0].subject_kind].group
    if DIGEST in kinds or (urgent and group is None):
        return False
    sent = _sent_at(session, together[0], urgent, now)
    gathered = urgent or group == KINDS[DIGEST].group
    until = gathered_at(sent, _waiting_since(session, together[0], now), now) if gathered else room_at(sent, now)
    if until <= now:
        return False
    with use_language(organisation(session).language):
        reason = _("More than {count} messages within an hour: told together with others.", count=MOST_AN_HOUR)
    for notice in together:
        notice.due_at, notice.folded, notice.reason = until, gathered, reason
    session.flush()
    return True


def unbundled(notice: Notice, now: datetime) -> ColumnElement[bool]:
    """Of the same group and person, and not in a message yet; due by now, or waiting for more of its kind."""
    group = KINDS[notice.subject_kind].group
    kinds = [name for name, kind in KINDS.items() if kind.group == group]
    of_person = (Notice.recipient_id == notice.recipient_id) & Notice.subject_kind.in_(kinds)
    is_due = or_(due(now), Notice.folded & (Notice.due_at <= now + GATHERED_WITHIN))
    return of_person & (Notice.state == "due") & Notice.bundle.is_(None) & is_due


def _waiting_since(session: Session, notice: Notice, now: datetime) -> datetime:
    """Of those that wait for more of their kind; not of what waits for the office to open."""
    if notice.bundle is not None:
        return notice.created_at
    return session.scalars(select(func.min(Notice.created_at)).where(unbundled(notice, now))).one()


def _sent_at(session: Session, notice: Notice, urgent: bool, now: datetime) -> Sequence[datetime]:
    """When the other messages of the last hour went to its person, of the urgent kinds or of the others; one that is
    being sent: now."""
    kinds = [name for name, kind in KINDS.items() if kind.urgent == urgent]
    lately = or_(Notice.sent_at > now - HOUR, Notice.state == "sending")
    mine = (Notice.recipient_id == notice.recipient_id, Notice.subject_kind.in_(kinds), lately)
    others = Notice.bundle.is_distinct_from(notice.bundle)
    query = select(func.min(func.coalesce(Notice.sent_at, now))).where(*mine, others).group_by(Notice.bundle)
    return session.scalars(query).all()
