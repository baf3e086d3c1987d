"""The authorities' warnings, read every minute and kept: hints for our own people. Nothing of them is published."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from config.settings import Settings
from monitor.audit import audited
from monitor.db import Database
from monitor.db.once import once_in_a_snapshot
from monitor.emergency.fetching import Fetched, Unfetched, fetch
from monitor.emergency.models import Feed, Incident, OutsideWarning
from monitor.emergency.warning_reading import Answer, Unreadable, read
from monitor.emergency.warning_rules import Kept, Problem, Source, Warned, Worth, is_ours, standing
from monitor.register.organisation import organisation

EVERY = timedelta(seconds=60)
SHOWN_FOR = timedelta(days=7)
"""What was first seen longer ago is history."""
KEPT_FOR = timedelta(days=90)
Clock = Callable[[], datetime]
log = structlog.get_logger(__name__)


def addresses(settings: Settings, county: str) -> dict[Source, str]:
    """Where each feed is read. county: two figures; the news of all Sweden where empty."""
    ours = settings.emergency
    theirs, here = ours.krisinformation_url, f"&counties={county}" if county else ""
    return {
        Source.VMA: ours.vma_url,
        Source.SMHI: ours.smhi_url,
        Source.KRISINFORMATION: f"{theirs}/news?days=1&numberOfNewsArticles=20{here}",
        Source.TOP_STORIES: f"{theirs}/topstories?includeTest=false",
        Source.VMA_RETOLD: f"{theirs}/vmas?includeTest=false",
    }


def read_due(db: Database, settings: Settings, clock: Clock = lambda: datetime.now(UTC)) -> int:
    """Reads the feeds that are due, each by itself; gives how many answered. None where that is switched off. Raises
    NotSetUp without a register."""
    if not settings.emergency.feeds:
        return 0
    with db.snapshot() as session:
        county = (organisation(session).municipality_code or "")[:2]
    answered = 0
    for source, address in addresses(settings, county).items():
        known = _claim(db, source, clock())
        if known is not None:
            answered += _read_one(db, source, address, known, clock)
    return answered


def _claim(db: Database, source: Source, now: datetime) -> dict[str, str] | None:
    """What to ask with, where it is due. Rescheduled before it is read: whoever dies in between loses a minute."""
    with db.transaction() as session:
        feed = session.get(Feed, source, with_for_update=True)
        if feed is None:
            feed = Feed(source=source, next_at=now)
            session.add(feed)
        if now < feed.next_at <= now + EVERY:  # what lies further ahead was written before the clock was set back
            return None
        feed.next_at = now + EVERY
        known = {"If-None-Match": feed.etag, "If-Modified-Since": feed.modified}
        return {name: value for name, value in known.items() if value}


def _read_one(db: Database, source: Source, address: str, known: dict[str, str], clock: Clock) -> bool:
    problem, answer, fetched = None, None, Fetched(0, b"")
    try:
        fetched = fetch(address, known)
        if fetched.status == 200:
            answer = read(source, fetched.body, clock())
            problem = Problem.STALE if answer.stale else None
        elif fetched.status != 304:
            problem = Problem.REFUSED
    except Unfetched:
        problem = Problem.UNREACHABLE
    except Unreadable:
        problem = Problem.UNREADABLE
    with db.transaction() as session:
        _conclude(session.get_one(Feed, source), problem, fetched, clock())
        if answer is not None:
            keep(session, source, answer, clock())
    return problem is None


def _conclude(feed: Feed, problem: Problem | None, fetched: Fetched, now: datetime) -> None:
    """Said in the log once when it begins to fail, and once when it works again."""
    if (problem is None) != (feed.failing_since is None):
        log.warning("feed of warnings", source=feed.source, problem=problem, status=fetched.status or None)
    feed.failing_since = None if problem is None else feed.failing_since or now
    feed.problem = problem or ""
    if problem is None:
        feed.read_at = now
    if problem is None and fetched.status == 200:  # what could not be understood is to be asked for again
        feed.etag, feed.modified = fetched.headers.get("etag", ""), fetched.headers.get("last-modified", "")


def keep(session: Session, source: Source, answer: Answer, now: datetime) -> None:
    """Writes down what a feed tells. What it does not tell any more is over, if it tells everything."""
    code = organisation(session).municipality_code
    identifiers = [each.identifier for each in answer.warnings]
    for each in sorted(answer.warnings, key=lambda warned: warned.sent):
        _keep_one(session, each, code, now)
    if answer.complete and not answer.odd:
        gone = (OutsideWarning.source == source, OutsideWarning.identifier.not_in(identifiers))
        over = update(OutsideWarning).where(*gone, OutsideWarning.kind != "Cancel")
        session.execute(over.values(kind="Cancel"))
    old = (OutsideWarning.seen_at < now - KEPT_FOR, OutsideWarning.incident_id.is_(None))
    session.execute(delete(OutsideWarning).where(*old, OutsideWarning.identifier.not_in(identifiers)))


def _keep_one(session: Session, warned: Warned, code: str | None, now: datetime) -> None:
    """A cancel names no place: it is ours where what it takes back was."""
    row = _row(session, warned.source, OutsideWarning.identifier == warned.identifier)
    if row is None:
        about = _row(session, warned.source, OutsideWarning.identifier == warned.about) if warned.about else None
        thread = about.thread if about is not None else warned.thread
        row = OutsideWarning(
            source=warned.source,
            identifier=warned.identifier,
            thread=thread,
            sent=warned.sent,
            status=warned.status,
            kind=warned.kind,
            seen_at=now,
            ours=False,
        )
        session.add(row)
    before = None
    if not warned.codes:
        before = _row(session, warned.source, OutsideWarning.thread == row.thread, OutsideWarning.ours)
    row.ours = is_ours(warned.codes, code) or before is not None
    row.status, row.kind, row.level, row.expires = warned.status, warned.kind, warned.level, warned.expires
    row.headline, row.text, row.web, row.areas = warned.headline, warned.text, warned.web, list(warned.areas)
    session.flush()


def _row(session: Session, source: Source, *where: object) -> OutsideWarning | None:
    query = select(OutsideWarning).where(OutsideWarning.source == source, *where).limit(1)  # type: ignore[arg-type]
    return session.scalars(query).first()


# -- what people see


@once_in_a_snapshot
def to_look_at(session: Session, now: datetime) -> list[tuple[OutsideWarning, Worth]]:
    """Those that need a look now, the gravest first."""
    recent = session.scalars(select(OutsideWarning).where(OutsideWarning.seen_at > now - SHOWN_FOR)).all()
    rows = {each.id: each for each in recent}
    return [(rows[kept.id], worth) for kept, worth in standing(_kept(recent), now)]


def recent(session: Session, now: datetime) -> Sequence[OutsideWarning]:
    """All that were seen lately and are ours, newest first."""
    query = select(OutsideWarning).where(OutsideWarning.seen_at > now - SHOWN_FOR, OutsideWarning.ours)
    return session.scalars(query.order_by(OutsideWarning.sent.desc(), OutsideWarning.id.desc()).limit(100)).all()


def feeds(session: Session) -> Sequence[Feed]:
    return session.scalars(select(Feed).order_by(Feed.source)).all()


def let_be(session: Session, warning_id: int, by: str, now: datetime) -> None:
    """Somebody has looked, and nothing is to be done. Does nothing for one that is not there or settled already."""
    row = session.get(OutsideWarning, warning_id, with_for_update=True)
    if row is not None and row.dismissed_at is None:
        row.dismissed_at, row.dismissed_by_id = now, by
        audited(session, by, "warning.dismissed", ("warning", str(row.id)), now, after={"source": row.source})


def begun(session: Session, warning_id: str, incident: Incident) -> None:
    """An incident was begun because of it. Does nothing for what is no warning's number, and for an exercise: the real
    warning still stands."""
    if incident.mode != "actual":
        return
    number = int(warning_id) if warning_id.isdecimal() and len(warning_id) < 10 else 0
    row = session.get(OutsideWarning, number, with_for_update=True)
    if row is not None and row.incident_id is None:
        row.incident_id = incident.id


def _kept(rows: Iterable[OutsideWarning]) -> list[Kept]:
    return [
        Kept(
            *(each.id, each.source, each.thread, each.status, each.kind, each.sent, each.level, each.ours),
            expires=each.expires,
            settled=each.dismissed_at is not None or each.incident_id is not None,
        )
        for each in rows
    ]
