"""What was judged is remembered, and never for too long: whatever changes is seen at once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, update
from sqlalchemy.orm import Session

from monitor.db import Database
from monitor.inbox.around import Around
from monitor.inbox.mark_rules import Kind, Reason, Said
from monitor.inbox.marking import mark
from monitor.inbox.models import Action, Mark, OpenThreads
from monitor.inbox.remembering import write_down
from monitor.inbox.unanswered import Obligation, unanswered
from monitor.inbox.unsettled import unsettled
from monitor.register.models import Channel, Organisation
from monitor.watch.models import Comment, Schedule
from tests.monitor.town import Town

MONDAY = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
NOON = MONDAY + timedelta(hours=2)


def waiting(db: Database) -> list[Obligation]:
    with db.snapshot() as session:
        return unanswered(session, NOON)


def afresh(db: Database) -> list[Obligation]:
    """As a process that has just started reads it."""
    other = Database(db.url.render_as_string(hide_password=False))
    try:
        return waiting(other)
    finally:
        other.close()


@pytest.fixture
def town(db: Database) -> Town:
    """Two who wait below a post, and one reply that is for one of them."""
    town = Town(db)
    town.schedule()
    town.comment("1", MONDAY)
    town.comment("2", MONDAY, parent_external_id="1", author_id="erik")
    town.answer("3", MONDAY + timedelta(hours=1), to="1")
    return town


def _says(town: Town) -> None:
    with town.db.transaction() as session:
        mark(session, 1, Said(Kind.CLOSE, reason=Reason.THANKS), "redaktor", NOON)


def _acts(town: Town) -> None:
    values = {"kind": "reply", "by_id": "redaktor", "created_at": NOON, "next_at": NOON, "state": "done"}
    with town.db.transaction() as session:
        session.add(Action(key="k", channel_id="fb", comment_id=1, remote_id="3", done_at=NOON, **values))


def _watch_begins(town: Town) -> None:
    with town.db.transaction() as session:
        session.execute(update(Schedule).values(historic_before=NOON))


CHANGES: dict[str, Callable[[Town], object]] = {
    "a new comment": lambda town: town.comment("4", MONDAY, post_external_id="p2"),
    "an edit": lambda town: town.edit(1, "Något annat", NOON),
    "a hidden one": lambda town: town.change(Comment, 1, hidden=True),
    "one that is gone": lambda town: town.change(Comment, 1, missing_since=NOON),
    "our own reply": lambda town: town.comment(
        "5", NOON, parent_external_id="1", author_id="page-1", mentions=["anna"]
    ),
    "our own reply gone": lambda town: town.change(Comment, 3, missing_since=NOON),
    "a word": _says,
    "an action": _acts,
    "what the register says of terms": lambda town: town.change(
        Organisation, 1, answer_within={"comment": {"days": 3}}
    ),
    "service hours": lambda town: town.change(Organisation, 1, service_hours={"mon-fri": "07:30-15:00"}),
    "a day off": lambda town: town.change(Organisation, 1, closed_days=["2026-06-16"]),
    "who is responsible": lambda town: town.change(Channel, "fb", responsible_id="ersattare"),
    "a reading too long ago": lambda town: town.change(Schedule, "fb", last_complete_at=MONDAY - timedelta(days=5)),
    "our own names": lambda town: town.change(Channel, "fb", external_id="page-1,erik"),
    "the beginning of the watch": _watch_begins,
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_is_seen_at_once(town: Town, what: str) -> None:
    before = waiting(town.db)
    assert waiting(town.db) == before
    write_down(town.db)
    assert afresh(town.db) == before
    CHANGES[what](town)
    after = waiting(town.db)
    assert after != before
    assert after == afresh(town.db)
    with town.db.transaction() as session:
        session.execute(delete(OpenThreads))
    assert after == afresh(town.db)


def test_who_has_just_started_looks_only_at_what_was_written_down(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = Town(sqlite)
    town.schedule()
    for number in range(3):
        town.comment(f"{number}", MONDAY, post_external_id=f"p{number}", author_id=f"r{number}")
    with sqlite.transaction() as session:
        mark(session, 1, Said(Kind.CLOSE, reason=Reason.THANKS), "redaktor", NOON)
        mark(session, 2, Said(Kind.ACKNOWLEDGE), "redaktor", NOON)
    there = waiting(sqlite)
    write_down(sqlite)
    looked = list[str]()

    def looks(session: Session, channel: str, *rest: Any) -> Around:
        looked.append(channel)
        return unsettled(session, channel, *rest)

    monkeypatch.setattr("monitor.inbox.unanswered.unsettled", looks)
    assert {each.external_id for each in there} == {"1", "2"}
    assert afresh(sqlite) == there
    assert looked == []
    monkeypatch.setattr("monitor.inbox.remembering._rules", lambda: "of another version")
    assert afresh(sqlite) == there
    assert looked == ["fb"]


def test_what_was_undone_is_not_remembered(town: Town) -> None:
    before = waiting(town.db)

    def fail() -> None:
        with town.db.transaction() as session:
            mark(session, 1, Said(Kind.CLOSE, reason=Reason.THANKS), "redaktor", NOON)
            assert len(unanswered(session, NOON)) == len(before) - 1
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert waiting(town.db) == before
    with town.db.transaction() as session:  # the next mark may get the same number
        mark(session, 2, Said(Kind.CLOSE, reason=Reason.THANKS), "redaktor", NOON)
    assert [each.external_id for each in waiting(town.db)] == ["1"]


def test_nothing_of_the_comments_is_read_again_while_nothing_changes(sqlite: Database) -> None:
    town = Town(sqlite)
    town.schedule()
    town.comment("1", MONDAY)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    waiting(sqlite)
    event.listen(sqlite.engine, "before_cursor_execute", note)
    waiting(sqlite)
    event.remove(sqlite.engine, "before_cursor_execute", note)
    assert asked
    assert not [each for each in asked if "FROM comment" in each or "FROM observation" in each]


def test_a_pause_ends_without_anything_being_written(sqlite: Database) -> None:
    town = Town(sqlite)
    town.schedule()
    town.comment("1", MONDAY)
    with sqlite.transaction() as session:
        mark(session, 1, Said(Kind.ACKNOWLEDGE), "redaktor", NOON)
    with sqlite.snapshot() as session:
        states = [unanswered(session, NOON + timedelta(days=days))[0].state for days in (0, 2, 0)]
    assert states == ["acknowledged", "open", "acknowledged"]


def test_a_word_that_got_a_lower_number_and_came_later_is_seen(town: Town) -> None:
    """PostgreSQL numbers rows when they are written, and shows them when they are committed."""
    words = {"channel_id": "fb", "by_id": "redaktor", "at": NOON, "reason": "thanks"}
    with town.db.transaction() as session:
        later = Mark(comment_id=1, kind="close", **words)
        later.id = 7
        session.add(later)
    assert [each.external_id for each in waiting(town.db)] == ["2"]
    with town.db.transaction() as session:
        earlier = Mark(comment_id=2, kind="close", **words)
        earlier.id = 6
        session.add(earlier)
    assert waiting(town.db) == afresh(town.db) == []


@pytest.mark.parametrize("undone", ["all", "the part"])
@pytest.mark.parametrize("part", ["before", "after"])
def test_what_was_undone_beside_a_part_that_was_not_is_not_remembered(town: Town, part: str, undone: str) -> None:
    before = waiting(town.db)

    def act() -> None:
        with town.db.transaction() as session:
            try:
                with session.begin_nested():
                    mark(session, 1, Said(Kind.CLOSE, reason=Reason.THANKS), "redaktor", NOON)
                    if part == "before":
                        assert len(unanswered(session, NOON)) == len(before) - 1
                    if undone == "the part":
                        raise InterruptedError  # noqa: TRY301 - it undoes the part, and nothing else
            except InterruptedError:
                return
            if part == "after":
                assert len(unanswered(session, NOON)) == len(before) - 1
                with session.begin_nested():
                    session.flush()
            raise InterruptedError

    if undone == "all":
        with pytest.raises(InterruptedError):
            act()
    else:
        act()
    with town.db.transaction() as session:  # the next mark may get the same number
        mark(session, 2, Said(Kind.CLOSE, reason=Reason.THANKS), "redaktor", NOON)
    assert waiting(town.db) == afresh(town.db)
    assert [each.external_id for each in waiting(town.db)] == ["1"]
