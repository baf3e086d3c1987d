"""Looking only below the posts where something changed finds what looking at everything finds, and no more is read."""

import random
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, true
from sqlalchemy.orm import Session

from connectors.base import Author, Covered, ReadComment, Reading
from monitor import NEEDS_SOMEBODY
from monitor.db import Database
from monitor.inbox.around import Around
from monitor.inbox.gathering import judged
from monitor.inbox.mark_rules import Kind, Reason, Said, looked_at
from monitor.inbox.marking import mark
from monitor.inbox.models import Action, OpenThreads
from monitor.inbox.remembering import write_down
from monitor.inbox.unanswered import Obligation, unanswered, waiting_between
from monitor.inbox.unsettled import unsettled
from monitor.register.identities import identities
from monitor.register.models import Channel
from monitor.watch.models import Comment, PollRun
from monitor.watch.recording import record
from monitor.watch.stirring import MOST_POSTS
from monitor.watch.stirring_models import Stirred
from tests.monitor.days.almanac import MONDAY, at
from tests.monitor.inbox.random_town import NOW
from tests.monitor.town import Town
from tests.queries import rows_visited

POSTS, STEPS = 12, 25
A_SECOND = timedelta(seconds=1)


class Story:
    """What residents and the organisation do below twelve posts of one page, read after each step."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town, self.chance = town, random.Random(seed)  # noqa: S311 - not for secrets
        self.shown: dict[str, ReadComment] = {}
        self.step = 0

    def go_on(self) -> None:
        self.step += 1
        touched = set[str]()
        for _each in range(self.chance.choice((0, 1, 1, 3))):
            self.chance.choice((self._write, self._write, self._write, self._edit, self._hide, self._take_away))(
                touched
            )
        self._read(touched)
        for _each in range(self.chance.choice((0, 0, 1, 2))):
            self._say()

    def _write(self, touched: set[str]) -> None:
        post = f"p{self.chance.randrange(POSTS)}"
        tops = [each for each in self.shown.values() if each.post_external_id == post and not each.parent_external_id]
        above = self.chance.choice([None, *tops, *tops])
        id_, who = f"{self.step}-{len(self.shown)}", self.chance.choice(("anna", "bo", "page-1"))
        self.shown[id_] = ReadComment(
            external_id=id_, post_external_id=post, thread_external_id=above.external_id if above else id_,
            parent_external_id=above.external_id if above else None, text=self.chance.choice(("Hej", "När?")),
            posted_at=at(MONDAY, "07.00") + timedelta(minutes=self.step), author=Author(who, None, who),
            mentions=self.chance.choice(((), (), ("anna",))),
        )  # fmt: skip
        touched.add(post)

    def _one(self) -> ReadComment | None:
        return self.chance.choice(list(self.shown.values())) if self.shown else None

    def _edit(self, touched: set[str]) -> None:
        if (one := self._one()) is not None:
            self.shown[one.external_id] = replace(one, text=f"Ändrat {self.step}")
            touched.add(one.post_external_id)

    def _hide(self, touched: set[str]) -> None:
        if (one := self._one()) is not None:
            self.shown[one.external_id] = replace(one, hidden=not one.hidden)
            touched.add(one.post_external_id)

    def _take_away(self, touched: set[str]) -> None:
        if (one := self._one()) is not None and not one.parent_external_id:
            for each in [*self.shown.values()]:
                if one.external_id in (each.external_id, each.parent_external_id):
                    del self.shown[each.external_id]
            touched.add(one.post_external_id)

    def _read(self, touched: set[str]) -> None:
        comments = tuple(each for each in self.shown.values() if each.post_external_id in touched)
        take_in(self.town.db, Reading((), comments, tuple(Covered("post", each) for each in touched)), self.step)

    def _say(self) -> None:
        with self.town.db.transaction() as session:
            ids = session.scalars(select(Comment.id).order_by(Comment.id)).all()
            if not ids:
                return
            id_, kind = self.chance.choice(ids), self.chance.choice(("close", "reopen", "acknowledge", "reply"))
            if kind == "reply":
                about = {"channel_id": "fb", "comment_id": id_, "by_id": "redaktor", "created_at": NOW, "next_at": NOW}
                session.add(Action(key=f"k{self.step}-{id_}", kind="reply", state="done", remote_id="x", **about))
                return
            said = Said(Kind(kind), reason=Reason.THANKS if kind == "close" else None)
            with suppress(Exception):  # not everything can be said of everything
                mark(session, id_, said, "redaktor", NOW)


def take_in(db: Database, reading: Reading, minute: int) -> None:
    now = at(MONDAY, "07.00") + timedelta(minutes=minute)
    with db.transaction() as session:
        run = PollRun(channel_id="fb", claim="", started_at=now, full=False)
        session.add(run)
        session.flush()
        record(session, "fb", reading, run, now)


def waiting(db: Database) -> list[Obligation]:
    with db.snapshot() as session:
        return unanswered(session, NOW)


def afresh(db: Database) -> list[Obligation]:
    """By a process that has just started, and finds nothing written down."""
    with db.transaction() as session:
        session.execute(delete(OpenThreads))
    other = Database(db.url.render_as_string(hide_password=False))
    try:
        return waiting(other)
    finally:
        other.close()


def between(session: Session) -> int:
    channel = session.get_one(Channel, "fb")
    return waiting_between(session, channel, None, NOW, identities(session, channel))


def counted(session: Session) -> int:
    """What waiting_between counts, by the rules alone."""
    everything = judged(session, "fb", true(), identities(session, session.get_one(Channel, "fb")), None)
    waits = [each for each in everything if each.verdict.state in NEEDS_SOMEBODY]
    return sum(not looked_at(each.verdict, each.marks) for each in waits)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Below which posts was looked for threads that are not over; None: everywhere."""
    asked = list[Any]()

    def look(session: Session, channel: str, own: Any, historic: Any, posts: Any = None) -> Around:
        asked.append(posts)
        return unsettled(session, channel, own, historic, posts)

    monkeypatch.setattr("monitor.inbox.unanswered.unsettled", look)
    return asked


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_what_is_found_below_the_changed_posts_is_all_there_is(
    db: Database, looks: list[Any], seed: int
) -> None:
    town = Town(db)
    town.schedule()
    story = Story(town, seed)
    assert waiting(db) == []
    for _step in range(STEPS):
        story.go_on()
        looks.clear()
        found = waiting(db)
        assert None not in looks, "everything was looked at"
        with db.snapshot() as session:
            assert between(session) == counted(session)
        if story.chance.random() < 0.3:
            write_down(db)
        assert found == afresh(db)


def test_of_a_first_sync_no_posts_are_written_down_and_everything_is_looked_at(
    sqlite: Database, looks: list[Any]
) -> None:
    town = Town(sqlite)
    town.schedule()
    assert waiting(sqlite) == []
    ids = [f"{number}" for number in range(MOST_POSTS + 1)]
    when = at(MONDAY, "07.00")
    comments = tuple(ReadComment(id_, f"p{id_}", id_, when, "Hej", Author("anna")) for id_ in ids)
    looks.clear()
    take_in(sqlite, Reading((), comments), 1)
    assert len(waiting(sqlite)) == len(ids)
    assert looks == [None]
    with sqlite.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Stirred)) == 0


def test_what_was_written_down_of_changed_posts_goes_when_the_threads_are_written_down(sqlite: Database) -> None:
    town = Town(sqlite)
    town.schedule()
    story = Story(town, 1)
    for _step in range(5):
        story.go_on()
    waiting(sqlite)
    write_down(sqlite)
    with sqlite.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Stirred)) == 0


def test_judging_one_new_comment_visits_as_many_comments_however_many_are_stored(
    postgresql: Database,
) -> None:
    town = Town(postgresql)
    town.schedule()
    found = []
    for size in (1_000, 10_000):
        fill(postgresql, size)
        waiting(postgresql)
        write_down(postgresql)
        one = ReadComment(f"new-{size}", f"p-{size}", f"new-{size}", NOW, "Hej", Author("anna"))
        take_in(postgresql, Reading((), (one,)), 60 * 24)
        with rows_visited(postgresql, "comment") as visited:
            assert f"new-{size}" in {each.external_id for each in waiting(postgresql)}
            with postgresql.snapshot() as session:
                between(session)
        found.append(sum(visited))
    assert found[1] <= found[0] + 20, found


def fill(db: Database, comments: int) -> None:
    """So many more, twenty below each post, each answered."""
    when = at(MONDAY, "07.00")
    rows = list[ReadComment]()
    for number in range(comments // 20):
        visited = f"v{comments}-{number}"
        rows.append(ReadComment(visited, visited, visited, when, "Hej", Author("anna"), is_post=True))
        rows.append(ReadComment(f"{visited}-a", visited, visited, when + A_SECOND, "Svar", Author("page-1"), visited))
    for number in range(comments // 2):
        post, asks = f"f{comments}-{number // 10}", f"{comments}-{number}"
        rows.append(ReadComment(asks, post, asks, when, "Hej", Author("anna")))
        rows.append(ReadComment(f"{asks}-a", post, asks, when + A_SECOND, "Svar", Author("page-1"), asks))
    take_in(db, Reading((), tuple(rows)), 2)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
