"""How fast a reading is stored, as a ratio to the fastest raw insert of the same rows into the same table."""

import gc
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from connectors.base import Author, Covered, ReadComment, Reading, ReadPost
from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.register.models import Channel, Person, Unit
from monitor.watch.models import Comment, Observation, PollRun, Post, Schedule
from monitor.watch.recording import record

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WORDS = "hej vatten läcka gatan när kommer snöröjning på torget tack för svar ni borde 😀 skola buss".split()  # noqa: SIM905
COMMENTS_PER_POST = 50
HASH = bytes(range(16))
RUNS = 3  # the best one counts: others may use the machine
LATER = {"id", "public_seen_at", "missing_since", "looked_up_at", "deleted_at"}
COLUMNS = [column.name for column in Comment.__table__.columns if column.name not in LATER]

Work = Callable[[Session], None]


def measure(url: str, n: int = 100_000, seed: int = 1) -> dict[str, Any]:
    """Rows per second of a first sync of n comments, of a re-read with 1 % edited, and of the fastest raw insert.

    `url`: an empty database. The raw insert begins, as ours, with what a connector gives; of the driver's ways the
    fastest counts. Ratios: first_to_raw, reread_to_first.
    """
    db = Database(url)
    upgrade(db)
    _set_up(db)
    reading = _reading(n, random.Random(seed))  # noqa: S311 - not for secrets
    edited = _edited(reading, random.Random(seed))  # noqa: S311 - not for secrets
    first = again = raw = 0.0
    for _run in range(RUNS):
        first = max(first, n / _seconds(db, lambda session: _record(session, reading)))
        again = max(again, n / _seconds(db, lambda session: _record(session, edited)))
        for way in _raw_ways(db):
            _empty(db)
            raw = max(raw, n / _seconds(db, lambda session, way=way: way(session, reading)))
        _empty(db)
    db.close()
    speeds = {"first": round(first), "reread": round(again), "raw": round(raw)}
    ratios = {"first_to_raw": round(first / raw, 2), "reread_to_first": round(again / first, 2)}
    return {"n": n, "seed": seed} | speeds | ratios


def _set_up(db: Database) -> None:
    with db.transaction() as session:
        session.add(Person(id="p", name="P"))
        session.flush()
        session.add(Unit(id="u", name="U"))
        session.flush()
        session.add(Channel(id="c", platform="facebook", name="C", address="", unit_id="u", responsible_id="p"))
        session.flush()
        session.add(Schedule(channel_id="c", next_poll_at=NOW))


def _reading(n: int, chance: random.Random) -> Reading:
    posts = tuple(
        ReadPost(f"1122334455_{10**9 + number}", NOW, declared_comments=COMMENTS_PER_POST)
        for number in range(-(-n // COMMENTS_PER_POST))
    )
    comments = tuple(_comment(posts[number // COMMENTS_PER_POST].external_id, number, chance) for number in range(n))
    return Reading(posts, comments, tuple(Covered("post", post.external_id) for post in posts))


def _comment(post: str, number: int, chance: random.Random) -> ReadComment:
    thread = f"{post}_{10**10 + number - number % 3}"
    return ReadComment(
        external_id=f"{post}_{10**10 + number}",
        post_external_id=post,
        thread_external_id=thread,
        parent_external_id=thread if number % 3 else None,
        posted_at=NOW - timedelta(seconds=97 * number),
        text=" ".join(chance.choices(WORDS, k=15)),
        author=Author(str(10**15 + chance.randrange(10**6)), None, chance.choice(WORDS)),
        permalink=f"https://www.facebook.com/{post}?comment_id={10**10 + number}",
    )


def _edited(reading: Reading, chance: random.Random) -> Reading:
    changed = (replace(each, text="Nytt") if chance.random() < 0.01 else each for each in reading.comments)
    return replace(reading, comments=tuple(changed))


def _record(session: Session, reading: Reading) -> None:
    run = PollRun(channel_id="c", claim="", started_at=NOW, full=True)
    session.add(run)
    session.flush()
    record(session, "c", reading, run, NOW)


def _raw_ways(db: Database) -> list[Callable[[Session, Reading], None]]:
    return [_execute_many] if db.is_sqlite else [_execute_many, _copy]


def _execute_many(session: Session, reading: Reading) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    places = ", ".join(["?" if is_sqlite else "%s"] * len(COLUMNS))
    statement = f"INSERT INTO comment ({', '.join(COLUMNS)}) VALUES ({places})"  # noqa: S608 - constants
    moment = _as_text if is_sqlite else _as_it_is
    driver = session.connection().connection.driver_connection
    driver.cursor().executemany(statement, (_row(comment, moment) for comment in reading.comments))


def _copy(session: Session, reading: Reading) -> None:
    driver = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY comment ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for comment in reading.comments:
            copy.write_row(_row(comment, _as_it_is))


def _row(comment: ReadComment, moment: Callable[[datetime], object]) -> tuple[object, ...]:
    """In the order of COLUMNS."""
    now, author = moment(NOW), comment.author or Author()
    return (
        "c",
        comment.external_id,
        comment.post_external_id,
        comment.thread_external_id,
        moment(comment.posted_at),
        now,
        now,
        comment.text,
        HASH,
        comment.parent_external_id,
        author.external_id,
        author.handle,
        author.name,
        "[]",
        comment.permalink,
        None,
        comment.hidden,
        comment.held,
        comment.is_post,
        0,
        False,
    )


def _as_it_is(moment: datetime) -> datetime:
    return moment


def _as_text(moment: datetime) -> str:
    return moment.isoformat(" ", "microseconds")[:-6]


def _empty(db: Database) -> None:
    with db.transaction() as session:
        for table in (Observation, Comment, Post, PollRun):
            session.execute(delete(table))
    if not db.is_sqlite:  # dead rows would slow down whatever is measured later
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM FULL")


def _seconds(db: Database, work: Work) -> float:
    gc.collect()  # what was made for the measurement is not to be cleaned up in it
    began = time.perf_counter()
    with db.transaction() as session:
        work(session)
    return time.perf_counter() - began
