"""Holds what residents write against the rules, as soon as it has been fetched: a row for each thing to assess."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from monitor.audit import audited
from monitor.audit.outgoing import tell
from monitor.audit.outgoing_rules import Event, Happened
from monitor.db import Database
from monitor.inbox.flag_listing import BACK, rules_in_use, rush_for, seed, words_for
from monitor.inbox.flag_rules import Kind, compiled, matches
from monitor.inbox.models import Flag, FlagRule, FlagScan
from monitor.inbox.rules import normalised
from monitor.inbox.rush_rules import waves
from monitor.register.identities import Identities
from monitor.register.models import Channel
from monitor.watch.day_arrivals import by_others
from monitor.watch.models import Comment, Schedule

OVERLAP = timedelta(hours=1)
"""A text counts as seen when its reading was recorded, which another process may commit a little later."""
FRESH = timedelta(hours=12)
"""What was fetched so much later than it was written is from a first import or a long outage, and makes no rush."""
RUSH_BACK = timedelta(days=1)
RUSH_LASTS = timedelta(days=7)
"""A rush that goes on for longer is told again."""
log = structlog.get_logger(__name__)
CHUNK = 500  # rows in a statement: SQLite takes no more than so many values at once


@dataclass(frozen=True, slots=True)
class Due:
    """A channel with something that may be new. since: what was seen from then on is held against the rules."""

    channel: Channel
    revision: int
    historic_before: datetime | None
    scan: FlagScan | None

    def since(self, now: datetime) -> datetime:
        # a clock that was set back has looked at a time that is still to come
        return min(self.scan.until, now) - OVERLAP if self.scan is not None else now - BACK


def flag_new(db: Database, now: datetime) -> int:
    """Flags what is new or newly edited; gives how many flags that made. Nothing is ever flagged twice.

    A channel is looked at only where a reading has changed something since, or a rule is new. One that fails keeps no
    other one from being looked at; its error is raised when they are. Safe for two processes.
    """
    with db.snapshot() as session:
        due = _due(session)
        if not due:
            return 0
        begun = session.scalar(select(FlagRule.id).limit(1)) is not None
    if not begun:
        with db.transaction() as session:
            seed(session, now)
    made, failed = 0, list[Exception]()
    for each in due:
        try:
            made += _flag(db, each, now)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other channels are looked at
            log.error("not_flagged", channel=each.channel.id, error=type(error).__name__)  # noqa: TRY400 - raised below
            failed.append(error)
    if failed:
        raise failed[0]
    return made


def report(session: Session, comment: Comment, person_id: str, note: str, now: datetime) -> Flag:
    """Somebody has told `person_id` that a comment should not stand there: a flag at once.

    The same word of the same person about the same text is the same flag, which is given again.
    """
    said = hashlib.sha256(note.strip().encode()).hexdigest()[:16]
    key = f"{comment.id}/reported/{person_id}/{_version(comment.text)}/{said}"
    there = session.scalars(select(Flag).where(Flag.key == key)).one_or_none()
    if there is not None:
        return there
    whose = (comment.channel_id, comment.id)
    flag = Flag(
        key=key, kind=Kind.REPORT, at=now, channel_id=whose[0], comment_id=whose[1], by_id=person_id, note=note.strip()
    )
    session.add(flag)
    session.flush()
    _tell(session, [flag], now)
    subject = ("comment", f"{comment.channel_id}/{comment.external_id}")
    audited(session, person_id, "flag.reported", subject, now, after={"flag": flag.id})
    return flag


def _due(session: Session) -> list[Due]:
    query = select(Channel, Schedule, FlagScan).join(Schedule, Schedule.channel_id == Channel.id)
    query = query.outerjoin(FlagScan, FlagScan.channel_id == Channel.id)
    stirred = or_(FlagScan.channel_id.is_(None), FlagScan.revision != Schedule.revision)
    rows = session.execute(query.where(Channel.state != "retired", stirred).order_by(Channel.id))
    return [Due(channel, schedule.revision, schedule.historic_before, scan) for channel, schedule, scan in rows]


def _flag(db: Database, due: Due, now: datetime) -> int:
    with db.snapshot() as session:  # the matching below holds no transaction open
        rules = rules_in_use(session)
        own = Identities(session).of(due.channel)
        comments = session.execute(_new(session, due, own, now)).all()
        rushes = list(_rushes(session, due.channel.id, rules, own, now))
    flags = [*_words(comments, rules, due.channel.id, now), *rushes]
    with db.transaction() as session:
        _note_scan(session, db, due, now)
        return sum(_write(session, db, flags[start : start + CHUNK]) for start in range(0, len(flags), CHUNK))


def _new(session: Session, due: Due, own: frozenset[str], now: datetime) -> Any:
    """What others wrote and everybody can see, or waits to be published, and is not historic."""
    historic: ColumnElement[bool] = true()
    if due.historic_before is not None:
        historic = or_(Comment.held, Comment.posted_at >= due.historic_before)
    return select(Comment.id, Comment.text).where(
        Comment.channel_id == due.channel.id,
        Comment.text_seen_at >= due.since(now),
        Comment.missing_since.is_(None),
        Comment.hidden.is_(False),
        historic,
        by_others(session, own),
    )


def _words(
    comments: Sequence[Row[int, str]], rules: Iterable[FlagRule], channel_id: str, now: datetime
) -> list[dict[str, Any]]:
    ready = compiled(words_for(rules, channel_id))
    return [
        {
            "key": f"{id_}/{match.word.rule}/{_version(text)}",
            "kind": str(match.word.kind),
            "channel_id": channel_id,
            "at": now,
            "comment_id": id_,
            "rule_id": match.word.rule,
            "words": list(match.words),
            "note": "",
        }
        for id_, text in comments
        for match in matches(text, ready)
    ]


def _rushes(
    session: Session, channel_id: str, rules: Iterable[FlagRule], own: frozenset[str], now: datetime
) -> Iterator[dict[str, Any]]:
    """Those that nobody has been told of. A flag's time is that of the comment that made it a rush."""
    found = rush_for(rules, channel_id)
    if found is None:
        return
    rule_id, rush = found
    of_channel = (Flag.channel_id == channel_id, Flag.kind == Kind.RUSH)
    told = session.scalars(select(Flag.at).where(*of_channel, Flag.at > now - RUSH_LASTS)).all()
    since = min([now - RUSH_BACK, *(at - timedelta(minutes=rush.minutes) for at in told)])
    for wave in waves(_posted(session, channel_id, own, since, now), rush):
        if wave.begin >= now - RUSH_BACK and not any(wave.begin <= at <= wave.last for at in told):
            key = f"rush/{channel_id}/{rule_id}/{wave.begin.isoformat()}"
            values = {"kind": str(Kind.RUSH), "channel_id": channel_id, "at": wave.begin, "rule_id": rule_id}
            yield {"key": key, "comment_id": None, "words": [], "note": ""} | values


def _posted(session: Session, channel_id: str, own: frozenset[str], since: datetime, now: datetime) -> list[datetime]:
    """When others wrote, whatever became of it: counted so, a rush only grows with what is fetched later."""
    query = select(Comment.posted_at, Comment.fetched_at).where(
        Comment.channel_id == channel_id,
        Comment.posted_at >= since,
        Comment.posted_at <= now,
        by_others(session, own),
    )
    return [posted for posted, fetched in session.execute(query) if fetched - posted <= FRESH]


def _note_scan(session: Session, db: Database, due: Due, now: datetime) -> None:
    """Unless somebody else has looked, or added a rule, meanwhile: then it is looked at again."""
    if due.scan is None:
        new = _insert(db, FlagScan).values(channel_id=due.channel.id, revision=due.revision, until=now)
        session.execute(new.on_conflict_do_nothing())
        return
    as_read = (FlagScan.revision == due.scan.revision, FlagScan.until == due.scan.until)
    mine = update(FlagScan).where(FlagScan.channel_id == due.channel.id, *as_read)
    session.execute(mine.values(revision=due.revision, until=now))


def _write(session: Session, db: Database, flags: Sequence[dict[str, Any]]) -> int:
    rows = _insert(db, Flag).values(list(flags)).on_conflict_do_nothing()
    made = session.execute(rows.returning(Flag.id, Flag.kind, Flag.channel_id, Flag.comment_id)).all()
    _tell(session, made, flags[0]["at"])
    return len(made)


def _tell(session: Session, made: Iterable[Any], now: datetime) -> None:
    """Other systems, of comments; a rush is of many."""
    tell(session, [_flagged(each) for each in made if each.comment_id is not None], now)


def _flagged(flag: Any) -> Happened:
    subject, data = ("comment", str(flag.comment_id)), {"flag": flag.id, "kind": str(flag.kind)}
    return Happened(Event.COMMENT_FLAGGED, subject, flag.channel_id, data)


def _insert(db: Database, table: type[Any]) -> Any:
    return (sqlite.insert if db.is_sqlite else postgresql.insert)(table)


def _version(text: str) -> str:
    """The same for two texts that differ in punctuation and case alone."""
    return hashlib.sha256(normalised(text).encode()).hexdigest()[:16]
