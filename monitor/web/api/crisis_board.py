"""/incidents/N/board, /topics: what residents write in a crisis, and what the staff do about it."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.db.numbered import LARGEST
from monitor.emergency import topics
from monitor.emergency.board import Wish, board
from monitor.emergency.intake import collect
from monitor.emergency.intake_rules import Kind as Sort
from monitor.emergency.models import Intake, Topic
from monitor.inbox.faults import Fault
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.crisis_doing import done, incident_of, published, topic_of
from monitor.web.api.crisis_step_shapes import (
    Answered,
    BoardItem,
    CrisisBoard,
    CrisisTopic,
    Gathering,
    Settling,
    Sorting,
    Wording,
)
from monitor.web.api.once import Once
from monitor.web.api.problems import DOCUMENTED, refusing
from monitor.web.api.shapes import Number

router = APIRouter(tags=["crisis"], responses=DOCUMENTED)
Reader = Annotated[Caller, scoped(Permission.READ_CRISIS)]
Worker = Annotated[Caller, scoped(Permission.WORK_IN_CRISIS)]
OfTopic = Annotated[int | None, Query(ge=1, le=LARGEST, description="Only of that topic.")]
OfKind = Annotated[Sort | None, Query(description="Only of that kind.")]
Done = Annotated[bool, Query(description="What is done, in place of what waits.")]


@router.get("/incidents/{incident_id}/board")
def show(
    incident_id: Number, known: Reader, kind: OfKind = None, topic: OfTopic = None, done: Done = False
) -> CrisisBoard:
    """On the channels whose inbox the token may read."""
    with known.db.snapshot() as session:
        incident_of(session, incident_id)
    collect(known.db, incident_id, datetime.now(UTC))
    with known.db.snapshot() as session:
        channels = known.who.channels_for(Permission.READ_INBOX)
        found = board(session, incident_of(session, incident_id), channels, Wish(kind, topic, done))
    return CrisisBoard(
        items=[BoardItem.model_validate(each) for each in found.items],
        left=found.left,
        counts=dict(found.counts),
        done=found.done,
        groups=[list(each.ids) for each in found.groups],
        topics=[_told(topic, waiting, count) for topic, waiting, count in found.topics],
    )


@router.post("/incidents/{incident_id}/board/sorting", status_code=204)
def sort(incident_id: Number, sent: Sorting, known: Worker, asked: Once) -> Response:
    """A person says what they are; the list's word no longer counts."""

    def do(session: Session) -> None:
        for each in _chosen(session, known, incident_id, sent.ids):
            topics.sort_anew(session, each, sent.kind, known.who.person_id, asked.now)

    return done(known, asked, do)


@router.post("/incidents/{incident_id}/board/settling", status_code=204)
def settle(incident_id: Number, sent: Settling, known: Worker, asked: Once) -> Response:
    """Somebody has taken care of them, or they are to be looked at once more."""

    def do(session: Session) -> None:
        for each in _chosen(session, known, incident_id, sent.ids):
            topics.settle(session, each, done=sent.done, by=known.who.person_id, now=asked.now)

    return done(known, asked, do)


@router.post("/incidents/{incident_id}/topics", status_code=201, response_model=CrisisTopic)
def gather(incident_id: Number, sent: Gathering, known: Worker, asked: Once) -> Response:
    """Makes a topic of comments that are alike."""

    def do(session: Session) -> CrisisTopic:
        incident, chosen = incident_of(session, incident_id), _chosen(session, known, incident_id, sent.ids)
        with refusing(Fault):
            made = topics.gather(session, incident, chosen, sent.title, known.who.person_id, asked.now)
        return _topic(session, made)

    return done(known, asked, do, 201)


@router.put("/topics/{topic_id}", response_model=CrisisTopic)
def word(topic_id: Number, sent: Wording, known: Worker, asked: Once) -> Response:
    """The answer to all of it, and whether residents read it on the crisis page."""

    def do(session: Session) -> CrisisTopic:
        topic, by = topic_of(session, topic_id), known.who.person_id
        if sent.shown is False:
            topics.show(session, topic, shown=False, by=by, now=asked.now)
        topics.write_answer(session, topic, sent.answer, by, asked.now)
        if sent.shown:
            topics.show(session, topic, shown=True, by=by, now=asked.now)
        return _topic(session, topic)

    return published(known, done(known, asked, do))


@router.post("/topics/{topic_id}/answers", response_model=Answered)
def answer(topic_id: Number, known: Worker, asked: Once) -> Answered:
    """Answers each of its comments that nobody has taken care of, each exactly once however often this is asked; sent
    again it says what was left then."""
    with known.db.snapshot() as session:
        topic_of(session, topic_id)
    with refusing(Fault):
        found = topics.answer_all(known.db, topic_id, known.who, asked.now)
    return Answered(sent=found.sent, left=found.left, skipped=found.skipped)


def _chosen(session: Session, known: Caller, incident_id: int, ids: list[int]) -> list[Intake]:
    incident_of(session, incident_id)
    return topics.intakes(session, incident_id, ids, known.who.channels_for(Permission.READ_INBOX))


def _topic(session: Session, topic: Topic) -> CrisisTopic:
    session.flush()
    count = func.count().filter(Intake.done_at.is_(None)), func.count()
    waiting, every = session.execute(select(*count).where(Intake.topic_id == topic.id)).one()
    return _told(topic, waiting, every)


def _told(topic: Topic, waiting: int, count: int) -> CrisisTopic:
    named = {name: getattr(topic, name) for name in ("id", "title", "answer", "shown_at")}
    return CrisisTopic(**named, waiting=waiting, count=count)
