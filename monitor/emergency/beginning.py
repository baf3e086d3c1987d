"""How a draft begins where a button may be pressed twice, and what is asked before a second message beside one that
holds."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.audit import audited
from monitor.emergency import message_rules as rules
from monitor.emergency.drafting import begin, fill, hinder, promised, standing
from monitor.emergency.message_rules import BEFORE, Kind, State
from monitor.emergency.models import Incident, Message
from monitor.emergency.wording import HOLDING, Wording
from monitor.register.faults import Refused

AT_A_TIME = timedelta(minutes=1)
"""What one person does twice within it was meant once."""
HOLDS = N_(
    "“{headline}” holds already. Make this an update of it, or say that it is about something else: then residents "
    "read both."
)


class Beside(Refused):
    """Another message of the incident holds, and nobody has said that both are to."""

    def __init__(self, holds: Message) -> None:
        super().__init__(_(HOLDS, headline=holds.headline))


def opened(
    session: Session,
    incident: Incident,
    by: str,
    now: datetime,
    *,
    kind: Kind = Kind.ALERT,
    wording: Wording | None = None,
    earlier: Message | None = None,
) -> Message:
    """A draft to write in: the author's own of the same kind, where one has been begun and not sent, else a new one;
    `made_at` is before `now` where it was found. A template makes an update of what holds, and goes into a draft that
    is found where nobody has written in it. Two presses at once take turns. Raises Refused as `begin`."""
    take_turns(session, incident.id)
    if wording is not None:
        if (just := _just_made(session, incident, by, now, wording)) is not None:
            return just
        earlier = what_holds(session, incident.id, now)
        kind = Kind.ALERT if earlier is None else Kind.UPDATE
    found = _found(session, incident, by, kind, wording, earlier)
    if found is None:
        return begin(session, incident, by, now, kind=kind, wording=wording, earlier=earlier)
    if wording is not None and found.revision == 0:
        fill(found, wording)
        found.next_update_at = promised(now)
        found.expires = rules.expires(found.next_update_at, now)
    return found


def from_template(session: Session, incident: Incident, by: str, now: datetime, wording: Wording) -> Message:
    """A draft in the template's words: an update of what holds, where something does, so that residents never read two
    messages that both hold. Pressed twice within a minute it is the same one. Raises Refused."""
    take_turns(session, incident.id)
    if (just := _just_made(session, incident, by, now, wording)) is not None:
        return just
    holds = what_holds(session, incident.id, now)
    kind = Kind.ALERT if holds is None else Kind.UPDATE
    return begin(session, incident, by, now, kind=kind, wording=wording, earlier=holds)


def what_holds(session: Session, incident_id: int, now: datetime) -> Message | None:
    """What residents read now as the incident's latest word; None: nothing."""
    sent = (Message.incident_id == incident_id, Message.state == State.COMMITTED)
    lasts = or_(Message.expires.is_(None), Message.expires > now)
    return session.scalar(select(Message).where(*sent, lasts).order_by(Message.id.desc()).limit(1))


def beside(session: Session, message: Message, now: datetime) -> Message | None:
    """What holds already where this one, which has not been sent, would be another that does."""
    if message.kind != Kind.ALERT or message.state not in BEFORE:
        return None
    return what_holds(session, message.incident_id, now)


def ask_beside(session: Session, message: Message, now: datetime) -> None:
    """Raises Beside. Whoever sends another one at the same time waits here, and is asked too."""
    if message.kind == Kind.ALERT and message.state in BEFORE:
        take_turns(session, message.incident_id)
        if (holds := beside(session, message, now)) is not None:
            raise Beside(holds)


def follow(session: Session, message: Message, by: str, now: datetime) -> None:
    """Makes it an update of what holds, in its own words, to be approved anew. Does nothing where nothing holds.
    Raises Refused for what has been sent."""
    hinder(rules.why_not_edit(standing(message)))
    holds = beside(session, message, now)
    if holds is None:
        return
    message.kind, message.earlier_id, message.state = Kind.UPDATE, holds.id, State.DRAFT
    message.revision, message.edited_by_id = message.revision + 1, by
    message.submitted_at = message.submitted_by_id = message.approved_at = message.approved_by_id = None
    session.flush()
    after = {"kind": Kind.UPDATE, "earlier": holds.id}
    subject = ("message", str(message.id))
    audited(session, by, "message.changed", subject, now, before={"kind": Kind.ALERT}, after=after)


def take_turns(session: Session, incident_id: int) -> None:
    """Until the transaction's end nobody else comes past here in that incident. Messages of it may be added meanwhile:
    a lock against that would wait for whoever takes one back, who waits for us."""
    session.get_one(Incident, incident_id, with_for_update={"key_share": True})


def _just_made(session: Session, incident: Incident, by: str, now: datetime, wording: Wording) -> Message | None:
    """By the same press, pressed twice; also where approval has been asked for already."""
    same = (Message.incident_id == incident.id, Message.author_id == by, Message.headline == wording.headline)
    lately = (Message.made_at > now - AT_A_TIME, Message.revision == 0, Message.state.in_(BEFORE))
    return session.scalar(select(Message).where(*same, *lately).limit(1))


def _found(
    session: Session, incident: Incident, by: str, kind: Kind, wording: Wording | None, earlier: Message | None
) -> Message | None:
    """The first statement is never kept back by another draft, and a text in another language stands beside one."""
    follows = Message.earlier_id == (earlier.id if earlier is not None else None)
    same = [Message.incident_id == incident.id, Message.author_id == by, Message.kind == kind, follows]
    same.append(Message.state == State.DRAFT)
    if wording is not None:
        same.append(_takes(wording))
    return session.scalar(select(Message).where(*same).order_by(Message.id.desc()).limit(1))


def _takes(wording: Wording) -> ColumnElement[bool]:
    untouched = Message.revision == 0
    return untouched if wording.key == HOLDING else or_(untouched, Message.language == wording.language)
