"""Brings what residents write during an incident onto its board: each comment once, sorted by rule or by a person.
What is edited is sorted again, unless a person has said what it is."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from monitor.db import Database
from monitor.emergency.incidents import GOING_ON
from monitor.emergency.intake_rules import IN_GROUPS, Kind, List, listed, nearest, sort
from monitor.emergency.models import Incident, Intake, Topic
from monitor.inbox.obligations import every_channel
from monitor.register.identities import Identities
from monitor.watch.day_arrivals import by_others
from monitor.watch.models import Comment

LEAD = timedelta(hours=1)
"""What was written so long before the incident began is about it as a rule: residents know first."""
MOST = 2000  # in one step: SQLite takes no more values at once; the next look takes the rest


@cache
def words() -> List:
    """The list beside this file."""
    return listed(tomllib.loads(Path(__file__).with_name("intake_words.toml").read_text(encoding="utf-8")))


def collect_all(db: Database, now: datetime) -> int:
    """For every incident that goes on; gives how many comments that brought."""
    with db.snapshot() as session:
        ids = session.scalars(select(Incident.id).where(Incident.state.in_(GOING_ON)).order_by(Incident.id)).all()
    return sum(collect(db, id_, now) for id_ in ids)


def collect(db: Database, incident_id: int, now: datetime) -> int:
    """Brings what is not there yet; gives how many. Safe for several at once."""
    with db.snapshot() as session:
        incident = session.get_one(Incident, incident_id)
        goes_on = incident.state in GOING_ON
        found = _new(session, incident) if goes_on else []
        edited = _edited(session, incident_id) if goes_on else {}
        topics = _topics(session, incident_id) if found else []
    if edited:
        _sort_again(db, edited)
    if not found:
        return 0
    rows = [_row(incident_id, id_, text, topics, now) for id_, text in found]
    insert = sqlite.insert if db.is_sqlite else postgresql.insert
    with db.transaction() as session:
        some = insert(Intake).values(rows).on_conflict_do_nothing().returning(Intake.id)
        return len(session.scalars(some).all())


def _row(incident_id: int, id_: int, text: str, topics: Sequence[tuple[int, str]], now: datetime) -> dict[str, Any]:
    kind = sort(text, words()).kind
    alike = [each for each in topics if sort(each[1], words()).kind == kind] if kind in IN_GROUPS else []
    topic = nearest(text, alike, words())
    return {"incident_id": incident_id, "comment_id": id_, "kind": str(kind), "at": now, "topic_id": topic}


def _edited(session: Session, incident_id: int) -> dict[int, Kind]:
    """By id, what reads otherwise than when a rule sorted it, and what it is now."""
    query = select(Intake.id, Intake.kind, Comment.text).join(Comment, Comment.id == Intake.comment_id)
    edited = (Intake.incident_id == incident_id, Intake.by_id.is_(None), Comment.text_seen_at > Comment.fetched_at)
    now = {id_: (before, sort(text, words()).kind) for id_, before, text in session.execute(query.where(*edited))}
    return {id_: kind for id_, (before, kind) in now.items() if kind != before}


def _sort_again(db: Database, edited: Mapping[int, Kind]) -> None:
    """What now asks for help waits again, though somebody was done with what it said before."""
    with db.transaction() as session:
        for id_, kind in edited.items():
            values: dict[str, Any] = {"kind": str(kind)} | ({"done_at": None} if kind is Kind.HELP else {})
            session.execute(update(Intake).where(Intake.id == id_, Intake.by_id.is_(None)).values(values))


def _new(session: Session, incident: Incident) -> list[tuple[int, str]]:
    """What others wrote and everybody can see, or waits to be published. At most MOST, the oldest first."""
    there = select(Intake.id).where(Intake.incident_id == incident.id, Intake.comment_id == Comment.id).exists()
    query = select(Comment.id, Comment.text).where(
        Comment.posted_at >= incident.started_at - LEAD,
        Comment.missing_since.is_(None),
        Comment.hidden.is_(False),
        _by_residents(session),
        ~there,
    )
    found = session.execute(query.order_by(Comment.posted_at, Comment.id).limit(MOST))
    return [(id_, text) for id_, text in found]


def _by_residents(session: Session) -> ColumnElement[bool]:
    """On any channel that is not retired."""
    channels = [channel for channel, _schedule in every_channel(session) if channel.state != "retired"]
    names = Identities(session)
    return or_(*(and_(Comment.channel_id == each.id, by_others(session, names.of(each))) for each in channels))


def _topics(session: Session, incident_id: int) -> list[tuple[int, str]]:
    """Each topic by what was written first of it."""
    query = select(Topic.id, Comment.text).join(Intake, Intake.topic_id == Topic.id)
    query = query.join(Comment, Comment.id == Intake.comment_id).where(Topic.incident_id == incident_id)
    firsts: dict[int, str] = {}
    for topic, text in session.execute(query.order_by(Intake.id)):
        firsts.setdefault(topic, text)
    return list(firsts.items())
