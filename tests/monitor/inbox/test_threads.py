"""A thread with everything that is known of it, in few queries."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from monitor import State
from monitor.db import Database
from monitor.inbox.flag_rules import Kind as FlagKind
from monitor.inbox.mark_rules import Kind, Said
from monitor.inbox.marking import mark
from monitor.inbox.models import Action, Flag
from monitor.inbox.threads import Thread, thread_of
from monitor.inbox.unanswered import obligation
from monitor.watch.models import Comment
from tests.monitor.days.almanac import MONDAY, at
from tests.monitor.town import Town
from tests.queries import queries

NOW = at(MONDAY, "10.00")


class Street:
    """Two threads below one post of fb: Anna asks and gets an answer from here, then edits; Bo waits in another."""

    def __init__(self, db: Database) -> None:
        self.db, self.town = db, Town(db)
        self.town.schedule(last_complete_at=NOW)
        self.town.post("p1", text="Badet är stängt", author_name="Tibro kommun")
        self.asks = self.town.comment("asks", at(MONDAY, "08.00"), "När öppnar badet?")
        self.bo = self.town.comment("bo", at(MONDAY, "08.30"), "Och gymmet?", author_id="bo", author_name="Bo")
        self.reply = self.town.answer("reply", at(MONDAY, "09.00"), to="asks")

    def thread(self, comment: int) -> Thread:
        with self.db.snapshot() as session:
            found = thread_of(session, comment, NOW)
        assert found is not None
        return found

    def sent(self) -> None:
        with self.db.transaction() as session:
            about = {
                "channel_id": "fb",
                "comment_id": self.asks,
                "by_id": "ersattare",
                "created_at": at(MONDAY, "08.59"),
            }
            act = Action(key="k", kind="reply", next_at=NOW, text="Badet öppnar på måndag.", state="done", **about)
            act.remote_id, act.done_at = "reply", at(MONDAY, "09.00")
            session.add(act)


@pytest.fixture
def street(sqlite: Database) -> Iterator[Street]:
    return Street(sqlite)


def test_a_thread_shows_its_own_comments_in_order_of_time_and_the_post_they_stand_below(street: Street) -> None:
    thread = street.thread(street.asks)
    assert [(entry.comment.external_id, entry.own) for entry in thread.entries] == [("asks", False), ("reply", True)]
    assert (thread.post.text, thread.post.author, thread.channel.id) == ("Badet är stängt", "Tibro kommun", "fb")
    assert thread.asked is thread.entries[0]


def test_it_says_of_each_resident_where_that_stands_and_why_as_a_single_look_does(street: Street) -> None:
    for comment, state in ((street.asks, State.ANSWERED), (street.bo, State.OPEN)):
        asked = street.thread(comment).asked.obligation
        with street.db.snapshot() as session:
            assert asked == obligation(session, comment, NOW)
        assert asked is not None
        assert asked.state is state
    assert street.thread(street.reply).asked.obligation is None


def test_former_texts_are_kept_with_when_they_were_changed(street: Street) -> None:
    street.town.edit(street.asks, "När öppnar badet igen?", at(MONDAY, "09.30"), at(MONDAY, "09.20"))
    asked = street.thread(street.asks).asked
    assert [(each.text, each.until) for each in asked.earlier] == [("När öppnar badet?", at(MONDAY, "09.20"))]
    assert asked.comment.text == "När öppnar badet igen?"
    assert asked.obligation is not None
    assert asked.obligation.state is State.OPEN


def test_a_reply_that_was_sent_from_here_says_who_wrote_it(street: Street) -> None:
    street.sent()
    asked, reply = street.thread(street.asks).entries
    assert [(act.kind, act.person, act.state) for act in asked.actions] == [("reply", "Erik Ersättare", "done")]
    assert (reply.own, reply.sent_by) == (True, "Erik Ersättare")


def test_marks_and_flags_name_who_made_them(street: Street) -> None:
    with street.db.transaction() as session:
        mark(session, street.bo, Said(Kind.ACKNOWLEDGE, note="Frågar Lisa"), "redaktor", NOW - timedelta(minutes=1))
        flag = {"channel_id": "fb", "comment_id": street.bo, "at": NOW}
        session.add(Flag(key="1", kind=FlagKind.REPORT, by_id="ersattare", note="Hotfull ton", **flag))
        session.add(Flag(key="2", kind=FlagKind.DANGER, words=["gymmet"], **flag))
    bo = street.thread(street.bo).asked
    assert [(each.person, each.mark.said.kind) for each in bo.marks] == [("Rut Redaktör", Kind.ACKNOWLEDGE)]
    assert [(each.kind, each.person, each.words) for each in bo.flags] == [
        (FlagKind.REPORT, "Erik Ersättare", ()),
        (FlagKind.DANGER, None, ("gymmet",)),
    ]
    assert bo.obligation is not None
    assert bo.obligation.marked_by == "Rut Redaktör"


def test_a_comment_that_disappeared_stays_with_what_was_noticed(street: Street) -> None:
    with street.db.transaction() as session:
        session.get_one(Comment, street.bo).missing_since = NOW
    assert street.thread(street.bo).asked.obligation.state is State.UNAVAILABLE  # type: ignore[union-attr]


def test_a_post_that_was_never_read_is_only_known_by_its_id(street: Street) -> None:
    lonely = street.town.comment("lonely", at(MONDAY, "09.00"), post_external_id="elsewhere")
    assert street.thread(lonely).post.external_id == "elsewhere"
    assert street.thread(lonely).post.posted_at is None


def test_there_is_no_thread_of_a_comment_that_is_not_there(street: Street) -> None:
    with street.db.snapshot() as session:
        assert thread_of(session, 4711, NOW) is None


def test_a_long_thread_takes_no_more_queries_than_a_short_one(db: Database) -> None:
    street = Street(db)
    street.sent()
    people = [f"p{number}" for number in range(4)]
    for person in people:
        street.town.person(person, roles=["communicator"])
    for number in range(20):
        row = street.town.comment(f"r{number}", at(MONDAY, "09.10"), author_id=f"a{number}", parent_external_id="asks")
        with db.transaction() as session:
            mark(session, row, Said(Kind.ACKNOWLEDGE), people[number % 4], NOW)
    with queries(db) as seen:
        thread = street.thread(street.asks)
    assert len(thread.entries) == 22
    assert len(seen) <= 10


def test_what_residents_and_people_wrote_is_in_no_representation(street: Street) -> None:
    street.sent()
    shown = repr(street.thread(street.asks))
    assert "badet" not in shown.lower()
    assert "Anna" not in shown
