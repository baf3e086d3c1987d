"""The second person, and how one may do without: with a reason, and everybody is told at once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from config.settings import Settings
from monitor.audit import audited
from monitor.emergency import message_rules as rules
from monitor.emergency.composing import what_is_wrong
from monitor.emergency.drafting import Faulty, hinder, standing, take_turn
from monitor.emergency.message_rules import State
from monitor.emergency.models import Message
from monitor.emergency.noting import noted
from monitor.register.faults import Refused

LONGEST_REASON = 500


def approve(session: Session, message: Message, by: str, revision: int, now: datetime) -> None:
    """By somebody who has had no hand in it, and has read this revision. Raises Refused."""
    take_turn(session, message)
    hinder(rules.why_not_approve(standing(message), by, revision))
    message.state, message.approved_at, message.approved_by_id = State.APPROVED, now, by
    sentence = N_("Approved: {headline}")
    noted(session, message.incident_id, "decision", by, now, sentence, headline=message.headline)
    told = {"revision": message.revision}
    audited(session, by, "message.approved", ("message", str(message.id)), now, after=told)


def do_alone(session: Session, message: Message, by: str, reason: str, now: datetime, settings: Settings) -> None:
    """One person does, as nobody has approved in time. Everybody who works in a crisis is told at once, and somebody
    else has to review it afterwards. Raises Refused."""
    take_turn(session, message)
    if faults := what_is_wrong(session, message, now, settings):
        raise Faulty(faults)
    hinder(rules.why_not_alone(standing(message), reason, settings.emergency.approval_minutes, now))
    message.break_glass = reason.strip()[:LONGEST_REASON]
    sentence = N_("One person sends alone: {headline}. Reason: {reason}")
    values = {"headline": message.headline, "reason": message.break_glass}
    noted(session, message.incident_id, "decision", by, now, sentence, **values)
    told = {"reason": message.break_glass}
    audited(session, by, "message.sent_alone", ("message", str(message.id)), now, after=told)


def review(session: Session, message: Message, by: str, words: str, now: datetime) -> None:
    """Somebody else has gone through what one person sent alone. Raises Refused."""
    take_turn(session, message)
    if not needs_review(message):
        raise Refused(_("There is nothing to review here."))
    if by in standing(message).whose | {message.committed_by_id}:
        raise Refused(_("You have sent the message yourself. Somebody else has to review it."))
    message.reviewed_at = now
    sentence = N_("What was sent alone has been reviewed: {headline}. {words}")
    noted(session, message.incident_id, "note", by, now, sentence, headline=message.headline, words=words.strip())
    told = {"words": words.strip()[:LONGEST_REASON]}
    audited(session, by, "message.reviewed", ("message", str(message.id)), now, after=told)


def needs_review(message: Message) -> bool:
    """Was it sent by one person alone, and has nobody else gone through it?"""
    return bool(message.break_glass) and message.committed_at is not None and message.reviewed_at is None


def to_review(session: Session) -> list[Message]:
    """What was sent alone and nobody else has gone through."""
    alone = (Message.break_glass != "", Message.committed_at.is_not(None), Message.reviewed_at.is_(None))
    return list(session.scalars(select(Message).where(*alone).order_by(Message.id)))
