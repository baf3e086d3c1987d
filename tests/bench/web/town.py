"""A town with as many comments as asked for: nearly all of them answered or closed, as where somebody sees to it."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from monitor.db import Database
from monitor.db.bulk import insert_many
from monitor.db.migrating import upgrade
from monitor.db.trigrams import FOLDED, SEARCHED, index_trigrams
from monitor.inbox.models import Action, Flag, Mark
from monitor.register.models import Channel, Decision, Organisation, Person, Unit
from monitor.watch.models import Comment, Observation, PollRun, Post, Schedule

EDITOR = "editor"
"""Who sees every channel."""
CHANNELS, UNITS, PEOPLE, WAITING = 20, 6, 25, 40
SPAN = timedelta(days=730)
PLATFORMS = ("facebook", "instagram", "youtube")
COMMON = "hej och det är som på en att vi ni inte kan tack för när vad hur kommunen skolan vägen torget bussen".split()  # noqa: SIM905
RARE = ("läcka", "vattenläckan", "snöröjning", "busshållplats", "ترجمة", "😀😀", "badhuset", "översvämning")
PARTS = "vatten gat skol park buss snö led bibliotek torg cykel väg hund barn äldre lek sop el brand bad is".split()  # noqa: SIM905
ENDS = "kontor plats hållplats ledning röjning väg huset planen gruppen avgift kön tiden stopp belysning".split()  # noqa: SIM905
SIZES = ((4, 30), (25, 50), (120, 16), (400, 4))
"""So many threads below a post, and how often."""


FILLED = ("comment", "post", "mark", "action", "observation", "flag")
TALLIED = """INSERT INTO tally (channel_id, count) SELECT channel_id, count(*) FROM
(SELECT channel_id FROM mark UNION ALL SELECT channel_id FROM action) AS done GROUP BY channel_id"""


@dataclass
class Pile:
    """Rows of one kind, by column."""

    columns: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, **values: Any) -> None:
        for name, value in values.items():
            self.columns.setdefault(name, []).append(value)


@dataclass
class Made:
    """One part of the town, ready to be stored. Ids of comments are given here, so that others can name them."""

    posts: Pile = field(default_factory=Pile)
    comments: Pile = field(default_factory=Pile)
    marks: Pile = field(default_factory=Pile)
    actions: Pile = field(default_factory=Pile)
    observations: Pile = field(default_factory=Pile)
    flags: Pile = field(default_factory=Pile)

    def tables(self) -> tuple[tuple[Any, Pile], ...]:
        return (
            (Post, self.posts),
            (Comment, self.comments),
            (Mark, self.marks),
            (Action, self.actions),
            (Observation, self.observations),
            (Flag, self.flags),
        )


def own(i: int) -> str:
    """The organisation's id on the platform of its channel of that number."""
    return f"10000{i:05}"


def build(
    db: Database,
    n: int,
    seed: int,
    now: datetime,
    channels: int = CHANNELS,
    platforms: Sequence[str] = PLATFORMS,
) -> None:
    """Fills an empty PostgreSQL database with a register and n comments of the two years before `now`."""
    upgrade(db)
    with db.transaction() as session:
        session.add_all(
            [Organisation(name="Tibro kommun"), *(Person(id=f"p{i}", name=f"Person {i}") for i in range(PEOPLE))]
        )
        session.add(Person(id=EDITOR, name="Rut Redaktör", roles=["communicator"]))
        session.flush()
        session.add_all([Unit(id=f"u{i}", name=f"Enhet {i}", manager_id=f"p{i}") for i in range(UNITS)])
        session.flush()
        session.add_all([_channel(i, platforms[i % len(platforms)]) for i in range(channels)])
        session.flush()
        session.add_all([_schedule(i, now) for i in range(channels)])
        session.add_all([_decision(i, now) for i in range(channels)])
        session.add(PollRun(channel_id="c0", claim="", started_at=now, full=True))
    with db.transaction() as session:
        session.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        session.execute(text("SET LOCAL session_replication_role = replica"))  # no trigger: what is made here fits
        indexes = _without_indexes(session)
        for made in _parts(n, random.Random(seed), now, channels):  # noqa: S311 - not for secrets
            for table, pile in made.tables():
                insert_many(session, table, [pile.columns] if pile.columns else [])
        for definition in indexes:
            session.execute(text(definition))
        index_trigrams(session.connection())
        session.execute(text(TALLIED))
        for table in FILLED:
            session.execute(text(f"SELECT setval('{table}_id_seq', (SELECT coalesce(max(id), 1) FROM {table}))"))  # noqa: S608
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.exec_driver_sql("CHECKPOINT")  # else the disk is busy with it while pages are measured


def _without_indexes(session: Session) -> list[str]:
    """Takes away what takes many times as long to be filled row by row, and gives the statements that make it again;
    index_trigrams makes its own."""
    query = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(:tables) AND indexdef NOT LIKE '%UNIQUE%'"
    known = dict(session.execute(text(query), {"tables": list(FILLED)}).all())
    for name in known:
        session.execute(text(f"DROP INDEX {name}"))
    for table in SEARCHED:
        session.execute(text(f"ALTER TABLE {table} DROP COLUMN {FOLDED}"))
    return [definition for definition in known.values() if FOLDED not in definition]


def _channel(i: int, platform: str) -> Channel:
    place = {"unit_id": f"u{i % UNITS}", "responsible_id": f"p{i % PEOPLE}", "deputy_id": f"p{(i + 1) % PEOPLE}"}
    names = {"platform": platform, "name": f"Kanal {i}", "address": f"https://www.example.org/c{i}"}
    return Channel(id=f"c{i}", external_id=own(i), **names, **place)


def _schedule(i: int, now: datetime) -> Schedule:
    return Schedule(channel_id=f"c{i}", next_poll_at=now, last_complete_at=now, historic_before=now - SPAN - SPAN)


def _decision(i: int, now: datetime) -> Decision:
    who = {"responsible_id": f"p{i % PEOPLE}", "decided_by_id": f"p{i % UNITS}", "decided_on": now.date()}
    said = {"purpose": "Dialog", "address": f"https://www.example.org/c{i}", "audience": "Alla"}
    until = now.date() + timedelta(days=300)
    return Decision(channel_id=f"c{i}", version=1, valid_until=until, created_at=now - SPAN, **who, **said)


class _Writer:
    """Writes posts with their threads, one after the other in time."""

    def __init__(self, chance: random.Random, channels: int) -> None:
        self.chance, self.channels, self.comments = chance, channels, 0
        words = COMMON + [a + b for a in PARTS for b in ENDS] + [a + b + "en" for a in PARTS for b in ENDS]
        self.words, self.weights = words, list(accumulate(1 / (rank + 2) for rank in range(len(words))))

    def text(self) -> str:
        said = self.chance.choices(self.words, cum_weights=self.weights, k=self.chance.randrange(4, 24))
        if self.chance.random() < 0.004:
            said.insert(1, self.chance.choice(RARE))
        return " ".join(said)

    def post(self, made: Made, number: int, at: datetime, threads: int, *, waits: bool = False) -> None:
        channel = f"c{self.chance.randrange(self.channels)}"
        id_ = f"{channel}_{number}"
        made.posts.add(channel_id=channel, external_id=id_, posted_at=at, fetched_at=at, content_hash=b"", gap=0)
        made.posts.add(text=self.text(), author_name=f"Kommunen {channel}", links=[], by_visitor=False)
        for each in range(threads):
            self._thread(made, channel, id_, at + timedelta(minutes=7 * each + 3), waits=waits)

    def _thread(self, made: Made, channel: str, post: str, at: datetime, *, waits: bool) -> None:
        person = self.chance.randrange(50_000)
        asks = self._comment(made, channel, post, at, None, f"r{person}")
        if waits:
            return
        top = f"{post}_{asks}"
        reply = self._comment(made, channel, post, at + timedelta(hours=2), top, own(int(channel[1:])))
        if self.chance.random() < 0.5:
            about = {"channel_id": channel, "comment_id": asks, "by_id": f"p{person % PEOPLE}"}
            made.actions.add(key=f"k{asks}", kind="reply", state="done", remote_id=f"{post}_{reply}", **about)
            made.actions.add(created_at=at, next_at=at, done_at=at + timedelta(hours=2), text="Svar", interim=False)
            made.actions.add(attempts=1, looks=0, baseline=[], confirmed=False)
        if self.chance.random() < 0.3:
            thanks = self._comment(made, channel, post, at + timedelta(hours=3), top, f"r{person}")
            about = {"channel_id": channel, "comment_id": thanks, "by_id": f"p{person % PEOPLE}"}
            made.marks.add(kind="close", reason="thanks", at=at + timedelta(hours=4), note="", **about)
        if self.chance.random() < 0.02:
            seen = at + timedelta(minutes=30)
            made.observations.add(comment_id=asks, poll_run_id=1, kind="edited", seen_at=seen, text=self.text())
        if self.chance.random() < 0.01:
            flag = {"channel_id": channel, "comment_id": asks, "kind": "danger"}
            made.flags.add(key=f"f{asks}", at=at, words=["läcka"], note="", **flag)

    def _comment(self, made: Made, channel: str, post: str, at: datetime, parent: str | None, author: str) -> int:
        self.comments += 1
        id_ = f"{post}_{self.comments}"
        made.comments.add(id=self.comments, channel_id=channel, external_id=id_, post_external_id=post)
        made.comments.add(thread_external_id=parent or id_, parent_external_id=parent, posted_at=at, fetched_at=at)
        made.comments.add(text_seen_at=at, text=self.text(), content_hash=b"", author_id=author, mentions=[])
        made.comments.add(author_name=f"Namn {author}", hidden=False, held=False, is_post=False, missed=0)
        made.comments.add(unlisted=False, permalink=f"https://www.example.org/{id_}")
        return self.comments


def _parts(n: int, chance: random.Random, now: datetime, channels: int) -> Iterator[Made]:
    writer, made, number = _Writer(chance, channels), Made(), 0
    sizes, weights = zip(*SIZES, strict=True)
    while writer.comments < n - WAITING:
        number += 1
        at = now - SPAN + (SPAN - timedelta(days=7)) * (writer.comments / n)
        [threads] = chance.choices(sizes, weights)
        writer.post(made, number, at, min(threads, (n - WAITING - writer.comments + 2) // 3))
        if len(made.comments.columns["id"]) > 20_000:
            yield made
            made = Made()
        if n - WAITING - writer.comments < 3:
            break
    for each in range(WAITING):
        writer.post(made, number + 1 + each, now - timedelta(hours=3 + each), 1, waits=True)
    yield made


def moment() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
