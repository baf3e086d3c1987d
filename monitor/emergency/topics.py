"""What people do with what stands on the board: sort it, gather it into topics, answer all at once, show the answer."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.access.visitors import Visitor
from monitor.audit import audited
from monitor.db import Database
from monitor.db.bulk import among
from monitor.emergency.composing import HUB
from monitor.emergency.holding import EVERYWHERE, holds
from monitor.emergency.intake_rules import Kind
from monitor.emergency.message_words import others_word_in_words
from monitor.emergency.models import Incident, Intake, Message, Topic
from monitor.emergency.noting import noted
from monitor.inbox.answering import Answer, Asks, send
from monitor.inbox.at_hand import at_hand
from monitor.inbox.faults import Fault
from monitor.inbox.offer_rules import Offer
from monitor.inbox.opened import Opened, seen_in, view_of
from monitor.inbox.requesting import CannotAct
from monitor.inbox.stops import BROAD
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch.models import Comment

log = structlog.get_logger(__name__)
LONGEST_TITLE = 200  # characters
LONGEST_ANSWER = 2000
MOST_AT_ONCE = 100
"""So many are answered at one press; the next press answers the next ones."""
STOPPED = N_("Somebody has stopped what goes out there. Let it go on first.")
NOT_WRITTEN = N_("Nothing more can be written down for now, so it stopped there: press again in a while.")


@dataclass(slots=True)
class Answered:
    """What became of answering all of a topic. skipped: why some were left, in words, and how many for each reason."""

    sent: int = 0
    left: int = 0
    skipped: dict[str, int] = field(default_factory=dict)

    def skip(self, why: str, count: int = 1) -> None:
        self.skipped[why] = self.skipped.get(why, 0) + count


def sort_anew(session: Session, intake: Intake, kind: Kind, by: str, now: datetime) -> None:
    """A person says what a comment is; the rule's word no longer counts."""
    if intake.kind != kind:
        change = {"before": {"kind": intake.kind}, "after": {"kind": str(kind)}}
        intake.kind, intake.by_id = str(kind), by
        audited(session, by, "intake.sorted", ("comment", str(intake.comment_id)), now, **change)


def settle(session: Session, intake: Intake, *, done: bool, by: str, now: datetime) -> None:
    """Somebody has taken care of it, or it is to be looked at once more."""
    if (intake.done_at is not None) == done:
        return
    intake.done_at, subject = now if done else None, ("comment", str(intake.comment_id))
    if done:
        audited(session, by, "intake.settled", subject, now)
    else:
        audited(session, by, "intake.reopened", subject, now)


def gather(session: Session, incident: Incident, chosen: Sequence[Intake], title: str, by: str, now: datetime) -> Topic:
    """Makes a topic of comments. Raises Fault without a title, or without a comment."""
    title = " ".join(title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise Fault(_("Write what they are about, in at most {most} characters.", most=LONGEST_TITLE), "title")
    if wrong := others_word_in_words(title):
        raise Fault(wrong, "title")
    if not chosen:
        raise Fault(_("Choose at least one comment."), "title")
    topic = Topic(incident_id=incident.id, title=title, made_at=now, by_id=by)
    session.add(topic)
    session.flush()
    for each in chosen:
        each.topic_id = topic.id
    subject, told = ("crisis_topic", str(topic.id)), {"comments": len(chosen)}
    audited(session, by, "crisis_topic.made", subject, now, after=told)
    return topic


def write_answer(session: Session, topic: Topic, answer: str, by: str, now: datetime) -> None:
    """What is answered to all of a topic; what residents see on the hub changes with it, unless that is stopped.
    Raises Fault."""
    answer = answer.replace("\r\n", "\n").strip()
    if len(answer) > LONGEST_ANSWER:
        raise Fault(_("The answer has {count} characters: at most {most}.", count=len(answer), most=LONGEST_ANSWER))
    if wrong := others_word_in_words(answer):
        raise Fault(wrong)
    if topic.shown_at is not None and not answer:
        raise Fault(_("Residents read this answer on the crisis page: take it away there first."))
    if answer != topic.answer:
        if topic.shown_at is not None and _is_stopped(session, topic.incident_id, HUB, now):
            raise Fault(_(STOPPED))
        change = {"before": {"answer": topic.answer}, "after": {"answer": answer}}
        topic.answer, topic.by_id = answer, by
        audited(session, by, "crisis_topic.worded", ("crisis_topic", str(topic.id)), now, **change)


def show(session: Session, topic: Topic, *, shown: bool, by: str, now: datetime) -> None:
    """Puts question and answer on the crisis page, or takes them away. Raises Fault where there is no answer, and
    where the page is stopped; what is wrong can be taken away even then."""
    if shown and not topic.answer:
        raise Fault(_("Write the answer first."))
    if (topic.shown_at is not None) == shown:
        return
    if shown and not _something_was_sent(session, topic.incident_id):
        raise Fault(_("Send a first message: until then the crisis page shows nothing of the incident."))
    if shown and _is_stopped(session, topic.incident_id, HUB, now):
        raise Fault(_(STOPPED))
    topic.shown_at, subject = now if shown else None, ("crisis_topic", str(topic.id))
    if shown:
        audited(session, by, "crisis_topic.shown", subject, now)
    else:
        audited(session, by, "crisis_topic.hidden", subject, now)
    sentence = N_("On the crisis page: {title}") if shown else N_("Taken from the crisis page: {title}")
    noted(session, topic.incident_id, "event", by, now, sentence, title=topic.title)


def _is_stopped(session: Session, incident_id: int, place: str, now: datetime) -> bool:
    """The kill switch holds for what is answered too."""
    mode = session.get_one(Incident, incident_id).mode
    return not holds(session, now, mode).isdisjoint({EVERYWHERE, place})


def _something_was_sent(session: Session, incident_id: int) -> bool:
    sent = (Message.incident_id == incident_id, Message.committed_at.is_not(None))
    return session.scalar(select(Message.id).where(*sent).limit(1)) is not None


def answer_all(db: Database, topic_id: int, who: Visitor, now: datetime) -> Answered:
    """Sends the topic's answer to each of its comments that nobody has taken care of: to each exactly once, however
    often the button is pressed. Raises Fault where there is no answer, and in an exercise."""
    with db.snapshot() as session:
        topic = session.get_one(Topic, topic_id)
        if session.get_one(Incident, topic.incident_id).mode != "actual":
            raise Fault(_("In an exercise nobody is answered: these are real residents."))
        if not topic.answer:
            raise Fault(_("Write the answer first."))
        waiting = (Intake.topic_id == topic_id, Intake.done_at.is_(None))
        ids = list(session.scalars(select(Intake.id).where(*waiting).order_by(Intake.id)))
    told = Answered(left=max(0, len(ids) - MOST_AT_ONCE))
    _answer_each(db, ids[:MOST_AT_ONCE], who, now, told)
    if told.sent:
        _note_answered(db, topic_id, who.person_id, told, now)
    return told


def _answer_each(db: Database, ids: Sequence[int], who: Visitor, now: datetime, told: Answered) -> None:
    """Until nothing can be written down any more; raised only where nobody was answered before."""
    for reached, id_ in enumerate(ids):
        try:
            _answer(db, id_, who, now, told)
        except SQLAlchemyError:
            if not told.sent:
                raise
            told.skip(_(NOT_WRITTEN), len(ids) - reached)
            return


def _answer(db: Database, intake_id: int, who: Visitor, now: datetime, told: Answered) -> None:
    """In a transaction of its own, so that one that cannot be answered keeps no other from being."""
    try:
        with db.transaction() as session:
            sent = _sent(session, session.get_one(Intake, intake_id, with_for_update=True), who, now)
        told.sent += sent
    except Asks as why:
        told.skip(why.reasons[0])
    except (Fault, CannotAct) as why:
        told.skip(str(why))


def _sent(session: Session, intake: Intake, who: Visitor, now: datetime) -> bool:
    """False: somebody has taken care of it. Raises Fault and CannotAct."""
    if intake.done_at is not None:
        return False
    topic = session.get_one(Topic, intake.topic_id)
    here = _opened(session, intake.comment_id, who, now)
    if _is_stopped(session, intake.incident_id, here.channel.id, now):
        raise Fault(_(STOPPED))
    view = view_of(here)
    if Offer.REPLY not in view.offered:
        raise Fault(view.may_not or _("It cannot be answered from here."))
    send(here, Answer(_key(intake, topic.answer), topic.answer, seen_in(view, who.person_id)))
    intake.done_at = now
    return True


def _opened(session: Session, comment_id: int, who: Visitor, now: datetime) -> Opened:
    here = at_hand(session, comment_id)
    comment = here.comment if here is not None else session.get_one(Comment, comment_id)
    channel = session.get_one(Channel, comment.channel_id)
    return Opened(session, organisation(session), comment, channel, who, now)


def _key(intake: Intake, text: str) -> str:
    return f"{BROAD}{intake.id}/{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _note_answered(db: Database, topic_id: int, by: str, told: Answered, now: datetime) -> None:
    """Where there is no room for that, each answer stands in the audit log all the same."""
    subject, sentence = ("crisis_topic", str(topic_id)), N_("Answered {count} comments: {title}")
    try:
        with db.transaction() as session:
            topic = session.get_one(Topic, topic_id)
            audited(session, by, "crisis_topic.answered", subject, now, after={"sent": told.sent})
            noted(session, topic.incident_id, "event", by, now, sentence, count=told.sent, title=topic.title)
    except SQLAlchemyError as error:
        log.warning("not in the crisis log", topic=topic_id, sent=told.sent, error=type(error).__name__)


def intakes(session: Session, incident_id: int, ids: Sequence[int], channels: frozenset[str]) -> list[Intake]:
    """Those of the incident, on these channels, by id."""
    query = select(Intake).join(Comment, Comment.id == Intake.comment_id)
    theirs = (Intake.incident_id == incident_id, among(session, Comment.channel_id, sorted(channels)))
    return list(session.scalars(query.where(*theirs, among(session, Intake.id, list(ids))).order_by(Intake.id)))
