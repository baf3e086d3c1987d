"""One channel's history on its emulated platform, played step by step and read now and then by the product itself."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import select

from config.settings import Settings
from connectors import connect
from connectors.base import Account, Budget, Connector, Credential, Health, Reading, ReadPlan
from connectors.emulator.faults import Faults
from connectors.emulator.server import Emulator
from connectors.emulator.truth import shown, truth, waiting
from connectors.emulator.world import Comment, Person, Post, World
from monitor import State
from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.inbox.unanswered import unanswered
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel, Organisation, Unit
from monitor.register.models import Person as Colleague
from monitor.watch.models import Comment as Stored
from monitor.watch.models import Observation, PollRun
from monitor.watch.polling import claim_now, ensure_schedules, poll
from tests.connectors.stage import Stage

EDITS_ARE_DATED = {"youtube"}
HAS_VISITORS = {"facebook"}
HAS_QUEUE = {"youtube"}
HIDES = {"facebook", "instagram"}
CHANNEL = "kanalen"
DAY, WEEK = 1, 7
GONE = {State.REMOVED_BY_AUTHOR: State.UNAVAILABLE, State.REMOVED_BY_US: State.UNAVAILABLE}
"""Both mean that it is gone: how surely that is known depends on how often somebody has looked since."""


@dataclass
class Seen:
    """A connector that remembers what its platform showed it, and otherwise does nothing of its own."""

    real: Connector
    versions: set[tuple[str, str]]
    denied: set[str]

    @property
    def budgets(self) -> tuple[Budget, ...]:
        return self.real.budgets

    def check(self) -> Health:
        return self.real.check()

    def read(self, plan: ReadPlan) -> Reading:
        reading = self.real.read(plan)
        self.versions |= {(comment.external_id, comment.text) for comment in reading.comments}
        self.denied |= {id_ for id_, is_there in reading.looked_up.items() if not is_there}
        return reading


@dataclass
class History:
    """Steps are (verb, which, who): whole numbers that choose among what there is, so that any list of them plays."""

    stage: Stage
    db: Database
    people: list[Person]
    posts: list[Post] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    versions: set[tuple[str, str]] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)
    outcomes: list[str] = field(default_factory=list)
    words: "count[int]" = field(default_factory=count)
    settings: Settings = field(default_factory=Settings)

    @property
    def world(self) -> World:
        return self.stage.world

    @property
    def emulator(self) -> Emulator:
        return self.stage.emulator

    def play(self, verb: str, which: int, who: int) -> None:
        self.world.advance((0, 1, 60, 600)[who % 4])
        getattr(self, verb)(which, who)

    # -- what people do

    def publish(self, _which: int, _who: int) -> None:
        self.posts.append(self.world.publish(self.stage.account, self._words("Nyhet")))

    def visit(self, _which: int, who: int) -> None:
        if self.stage.platform in HAS_VISITORS:
            author = self._person(who)
            self.posts.append(self.world.publish(self.stage.account, self._words("Hallå kommunen"), author=author))

    def ask(self, which: int, who: int) -> None:
        if post := self._post(which):
            anonymous, held = who % 11 == 0, self.stage.platform in HAS_QUEUE and who % 5 == 0
            self._said(self.world.comment(post, self._person(who), self._text(who), anonymous=anonymous, held=held))

    def ask_a_lot(self, which: int, who: int) -> None:
        for number in range(60):
            self.world.advance(number % 2)
            self.ask(which, who + number)

    def reply(self, which: int, who: int) -> None:
        if comment := self._comment(which):
            self._said(self.world.comment(comment, self._person(who), self._text(who)))

    def reply_a_lot(self, which: int, who: int) -> None:
        for number in range(15):
            self.world.advance(number % 2)
            self.reply(which, who + number)

    def answer(self, which: int, who: int) -> None:
        on = self._comment(which) if who % 5 else self._post(which)
        if on is not None:
            text = self._words("Hej, vi tittar på det")
            self._said(self.world.answer(on, text, mention=who % 3 == 0, top_level=who % 7 == 0))

    def edit(self, which: int, _who: int) -> None:
        """Where the platform does not date edits, both texts are read at once: what nobody could know is not asked."""
        dated = self.stage.platform in EDITS_ARE_DATED
        if comment := self._comment(which):
            if not dated:
                self._read_in_peace()
            self.world.edit(comment, self._words(comment.text))
            if not dated:
                self._read_in_peace()

    def delete(self, which: int, _who: int) -> None:
        if comment := self._comment(which):
            self.world.delete(comment)

    def delete_post(self, which: int, who: int) -> None:
        if who % 3 == 0 and (post := self._post(which)):
            self.world.delete(post)

    def hide(self, which: int, who: int) -> None:
        if self.stage.platform in HIDES and (comment := self._comment(which)):
            self.world.hide(comment, who % 3 > 0)

    def hold(self, which: int, who: int) -> None:
        if self.stage.platform in HAS_QUEUE and (comment := self._comment(which)):
            if comment.held:
                (self.world.reject if who % 4 == 0 else self.world.release)(comment)
            elif comment.author in self.people:
                self.world.hold(comment)

    # -- what goes wrong, and who looks

    def trouble(self, which: int, who: int) -> None:
        self.emulator.faults = Faults.random(which, (who % 5 + 1) / 10)

    def calm(self, _which: int, _who: int) -> None:
        self.emulator.faults = Faults()

    def read(self, _which: int = 0, _who: int = 0, *, full: bool = False) -> None:
        with self.db.transaction() as session:
            [claimed] = claim_now(session, self.world.now, [CHANNEL])
        outcome = poll(
            self.db, claimed, full=full, settings=self.settings, connect=self._connect, clock=lambda: self.world.now
        )
        self.outcomes.append(outcome.outcome)

    def next_round(self, days: int) -> None:
        """Faults stop, the first working day after so many days begins, and one round has run: after DAY the daily one,
        which looks into all posts of the last months, after WEEK the one that walks everything."""
        self.calm(0, 0)
        calendar = calendar_of(Organisation(name="Tibro kommun"))
        day = calendar.next_working_day(calendar.local_date(self.world.now) + timedelta(days=days - 1))
        self.world.advance((calendar.opening(day) - self.world.now).total_seconds())
        self.read()

    # -- what there is to compare

    def stored(self) -> dict[str, str]:
        """Id and text of what the database believes to be there."""
        with self.db.snapshot() as session:
            there = select(Stored.external_id, Stored.text).where(Stored.missing_since.is_(None))
            return {row.external_id: row.text for row in session.execute(there)}

    def kept_versions(self) -> set[tuple[str, str]]:
        with self.db.snapshot() as session:
            now = {(id_, text) for id_, text in session.execute(select(Stored.external_id, Stored.text))}
            before = select(Stored.external_id, Observation.text).join(Stored, Stored.id == Observation.comment_id)
            return now | {(id_, text) for id_, text in session.execute(before.where(Observation.kind == "edited"))}

    def deleted_too_early(self) -> set[str]:
        """What is stored as deleted without two complete readings since it was last seen, or without the platform's
        word about it or what it stood below."""
        early = set()
        with self.db.snapshot() as session:
            complete = session.scalars(select(PollRun.id).where(PollRun.outcome == "complete")).all()
            for gone in session.scalars(select(Stored).where(Stored.deleted_at.is_not(None))):
                query = select(Observation.kind, Observation.poll_run_id).where(Observation.comment_id == gone.id)
                runs: dict[str, int] = dict(iter(session.execute(query.order_by(Observation.id))))
                readings = sum(runs["gone"] <= id_ < runs["deleted"] for id_ in complete)
                above = {gone.external_id, gone.parent_external_id, gone.post_external_id}
                if readings < 2 or not above & self.denied:
                    early.add(gone.external_id)
        return early

    def states(self) -> dict[str, str]:
        with self.db.snapshot() as session:
            items = unanswered(session, self.world.now, all_states=True)
            return {item.external_id: str(GONE.get(item.state, item.state)) for item in items}

    def waiting(self) -> set[str]:
        with self.db.snapshot() as session:
            return {item.external_id for item in unanswered(session, self.world.now)}

    def true_states(self) -> Mapping[str, str]:
        return {id_: str(state) for id_, state in truth(self.world, self.stage.account).items()}

    def truly_waiting(self) -> set[str]:
        return waiting(self.world, self.stage.account)

    def truly_shown(self) -> dict[str, str]:
        return shown(self.world, self.stage.account)

    # -- choosing

    def _connect(self, platform: str, account: Account, credential: Credential, settings: Settings) -> Connector:
        return Seen(connect(platform, account, credential, settings), self.versions, self.denied)

    def _read_in_peace(self) -> None:
        faults, self.emulator.faults = self.emulator.faults, Faults()
        self.world.advance(timedelta(days=1).total_seconds())
        self.read(full=True)
        self.world.advance(1)  # an answer in the very second of the reading could be to either text
        self.emulator.faults = faults

    def _post(self, which: int) -> Post | None:
        there = [post for post in self.posts if post.deleted_at is None]
        return there[which % len(there)] if there else None

    def _comment(self, which: int) -> Comment | None:
        there = [comment for comment in self.comments if comment.deleted_at is None and not comment.rejected]
        return there[which % len(there)] if there else None

    def _said(self, comment: Comment) -> None:
        self.comments.append(comment)

    def _person(self, who: int) -> Person:
        return self.people[who % len(self.people)]

    def _text(self, who: int) -> str:
        text = self._words("Vad händer med vattnet")
        return f"@{self._person(who + 1).handle} {text}" if who % 13 == 0 else text

    def _words(self, text: str) -> str:
        return f"{text} {next(self.words)}"


def begin(make_stage: Callable[[Emulator], Stage], emulator: Emulator, template: Path, folder: Path) -> History:
    """A channel in a fresh copy of the migrated database `template`, in the emulator's empty world."""
    stage = make_stage(emulator)
    path = folder / "history.sqlite3"
    shutil.copy(template, path)
    db = Database(f"sqlite:///{path}")
    with db.transaction() as session:
        session.add(Organisation(name="Tibro kommun", first_import="all"))
        session.add(Colleague(id="redaktor", name="Rut", email="rut@example.org"))
        session.flush()
        session.add(Unit(id="enheten", name="Enheten"))
        session.flush()
        session.add(_channel(stage))
        session.flush()
        ensure_schedules(session, stage.world.now)
    return History(stage, db, [stage.resident, *_more_people(stage)])


def _channel(stage: Stage) -> Channel:
    handle = stage.account.handle
    return Channel(
        id=CHANNEL,
        platform=stage.platform,
        name="Kanalen",
        address=f"https://www.example.org/{'@' if stage.platform == 'youtube' else ''}{handle}",
        external_id=stage.address,
        unit_id="enheten",
        responsible_id="redaktor",
        credential={f"{name}_env": secret_variable(name) for name in stage.credential.names},
    )


def secret_variable(name: str) -> str:
    return f"HISTORY_{name.upper()}"


def _more_people(stage: Stage) -> list[Person]:
    names = ("Ali Påhittad", "Siv Exempel", "Ove Fiktiv")
    return [stage.world.person(stage.account.platform, name) for name in names]


def migrated(path: Path) -> Path:
    """An empty database of this version, to be copied."""
    db = Database(f"sqlite:///{path}")
    upgrade(db)
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return path
