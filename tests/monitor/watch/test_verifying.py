"""Deleted is only what two complete readings did not show and the platform itself says is not there."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from connectors.errors import Unavailable
from monitor import State
from monitor.db import Database
from monitor.inbox.models import Action
from monitor.inbox.unanswered import unanswered
from monitor.watch.models import Comment, Schedule
from monitor.watch.stirring_models import Stirred
from monitor.watch.verifying import MOST
from tests.monitor.copies import keep_copy
from tests.monitor.town import Town
from tests.monitor.watch.conftest import Watch
from tests.monitor.watch.platform import MONDAY

DAY = timedelta(days=1)


def look(watch: Watch, later: timedelta = timedelta(minutes=15)) -> tuple[str, ...]:
    """One reading; gives what it was asked to look up."""
    watch.platform.now += later
    watch.poll()
    return watch.platform.plans[-1].verify


def state(watch: Watch, id_: str) -> tuple[State, str] | None:
    with watch.db.snapshot() as session:
        rows = unanswered(session, watch.platform.now, all_states=True)
        return next(((row.state, row.verdict.why.value) for row in rows if row.external_id == id_), None)


def test_deleted_after_two_complete_readings_and_the_platforms_word(watch: Watch) -> None:
    watch.platform.comment("c1")
    look(watch)
    watch.platform.delete("c1")
    assert (look(watch), watch.comment("c1").missed, state(watch, "c1")) == ((), 1, (State.UNAVAILABLE, "gone"))
    since = watch.platform.now
    assert (look(watch), watch.comment("c1").missed, state(watch, "c1")) == ((), 2, (State.UNAVAILABLE, "gone"))
    assert watch.comment("c1").deleted_at is None
    assert look(watch) == ("c1",)
    gone = watch.comment("c1")
    assert (gone.missing_since, gone.deleted_at, gone.text) == (since, watch.platform.now, "När öppnar badet?")
    assert state(watch, "c1") == (State.REMOVED_BY_AUTHOR, "deleted")
    assert watch.kinds("c1") == ["gone", "deleted"]
    assert look(watch, 2 * DAY) == (), "what is settled is not asked again"


def test_what_no_listing_shows_but_is_there_counts_as_open(watch: Watch) -> None:
    watch.platform.comment("c1")
    look(watch)
    watch.platform.unlisted = {"c1"}
    look(watch), look(watch)
    assert state(watch, "c1") == (State.UNAVAILABLE, "gone")
    assert look(watch) == ("c1",)
    assert (watch.comment("c1").unlisted, watch.missing()) == (True, set())
    assert state(watch, "c1") == (State.OPEN, "nobody_answered")
    assert (look(watch), watch.missing()) == ((), set()), "claims do not make it missing again"
    assert (look(watch, DAY), watch.missing()) == (("c1",), set()), "it is looked up once a day"
    assert watch.kinds("c1") == ["gone", "unlisted"]
    watch.platform.delete("c1")
    assert look(watch, DAY) == ("c1",)
    assert state(watch, "c1") == (State.REMOVED_BY_AUTHOR, "deleted")
    assert watch.kinds("c1") == ["gone", "unlisted", "deleted"]


@pytest.mark.parametrize("found", ["unlisted", "deleted", "missing"])
def test_what_listings_show_again_is_back_and_starts_anew(watch: Watch, found: str) -> None:
    watch.platform.comment("c1")
    kept = watch.platform.comments["c1"]
    look(watch)
    if found == "unlisted":
        watch.platform.unlisted = {"c1"}
    else:
        watch.platform.delete("c1")
    look(watch), look(watch)
    if found != "missing":
        look(watch)
    watch.platform.comments["c1"], watch.platform.unlisted = kept, set()
    look(watch)
    back = watch.comment("c1")
    assert (back.missing_since, back.missed, back.looked_up_at, back.deleted_at) == (None, 0, None, None)
    assert (back.unlisted, watch.kinds("c1")[-1]) == (False, "back")
    assert state(watch, "c1") == (State.OPEN, "nobody_answered")
    watch.platform.delete("c1")
    look(watch)
    assert (watch.comment("c1").missed, watch.comment("c1").deleted_at) == (1, None)


def test_readings_that_broke_off_never_count(watch: Watch) -> None:
    watch.platform.comment("c1")
    look(watch)
    watch.platform.delete("c1")
    watch.platform.error = Unavailable("HTTP 502")
    for _time in range(3):
        assert look(watch) == ()
    assert (watch.missing(), watch.comment("c1").missed) == ({"c1"}, 0)


def test_readings_that_do_not_cover_it_never_count(quick: Watch) -> None:
    quick.platform.comment("c1")
    look(quick)
    quick.platform.delete("c1")
    look(quick)
    quick.platform.covered = ()
    for _time in range(3):
        assert look(quick) == ()
    assert quick.comment("c1").missed == 1


def test_without_a_clear_answer_it_stays_unavailable_and_is_asked_about_the_next_day(watch: Watch) -> None:
    watch.platform.comment("c1")
    look(watch)
    watch.platform.delete("c1")
    watch.platform.unclear = {"c1"}
    look(watch), look(watch)
    assert [look(watch), look(watch), look(watch, DAY)] == [("c1",), (), ("c1",)]
    assert state(watch, "c1") == (State.UNAVAILABLE, "gone")
    watch.platform.unclear = set()
    look(watch, DAY)
    assert state(watch, "c1") == (State.REMOVED_BY_AUTHOR, "deleted")


def test_a_reading_that_broke_off_before_the_question_asks_again_at_once(quick: Watch) -> None:
    quick.platform.comment("c1")
    look(quick)
    quick.platform.delete("c1")
    look(quick), look(quick)
    quick.platform.error, quick.platform.unclear = Unavailable("HTTP 502"), {"c1"}
    assert [look(quick), look(quick)] == [("c1",), ("c1",)]
    quick.platform.unclear = set()
    look(quick)
    assert quick.comment("c1").deleted_at == quick.platform.now, "a clear answer counts, however the reading ended"


def test_an_answer_about_what_the_same_reading_shows_changes_nothing(quick: Watch) -> None:
    quick.platform.comment("c1")
    kept = quick.platform.comments["c1"]
    look(quick)
    quick.platform.delete("c1")
    look(quick), look(quick)
    quick.platform.comments["c1"] = kept
    denying = replace(quick.platform.reading(), looked_up={"c1": False})
    quick.platform.connect = lambda *_: _Denying(quick, denying)  # type: ignore[assignment,method-assign]
    look(quick)
    assert (quick.missing(), quick.comment("c1").deleted_at) == (set(), None)


class _Denying:
    def __init__(self, watch: Watch, reading: object) -> None:
        self.watch, self.reading, self.budgets = watch, reading, ()

    def read(self, plan: object) -> object:
        self.watch.platform.plans.append(plan)  # type: ignore[arg-type]
        return self.reading


def test_what_stood_below_is_deleted_with_it(watch: Watch) -> None:
    watch.platform.visitor_post("v1")
    watch.platform.comment("vc1", post="v1", thread_external_id="v1")
    watch.platform.comment("c1")
    watch.platform.reply("r1", to="c1")
    look(watch)
    watch.platform.delete("v1", "vc1", "c1", "r1")
    watch.platform.unclear = {"vc1", "r1"}
    look(watch), look(watch), look(watch)
    assert all(watch.comment(id_).deleted_at == watch.platform.now for id_ in ("v1", "vc1", "c1", "r1"))
    assert all(watch.kinds(id_) == ["gone", "deleted"] for id_ in ("v1", "vc1", "c1", "r1"))


def test_at_most_fifty_are_looked_up_the_longest_missing_first(quick: Watch) -> None:
    early, late = [f"a{number:02}" for number in range(40)], [f"b{number:02}" for number in range(40)]
    for id_ in (*late, *early):
        quick.platform.comment(id_)
    look(quick)
    quick.platform.unclear = {*early, *late}
    quick.platform.delete(*early)
    look(quick)
    quick.platform.delete(*late)
    assert [len(look(quick)) for _time in range(4)] == [0, 40, 40, 0]
    asked = look(quick, DAY)
    assert (set(asked[:40]), set(asked[40:]) <= set(late), len(asked)) == (set(early), True, MOST)
    assert set(look(quick)) == set(late) - set(asked)


def test_what_we_rejected_ourselves_nobody_else_deleted(watch: Watch) -> None:
    watch.platform.comment("c1")
    look(watch)
    values = {"comment_id": watch.comment("c1").id, "by_id": "redaktor", "created_at": MONDAY, "next_at": MONDAY}
    with watch.db.transaction() as session:
        keep_copy(session, watch.comment("c1").id)
        session.add(Action(key="k", channel_id="fb", kind="reject", state="done", **values))
    watch.platform.delete("c1")
    look(watch), look(watch), look(watch)
    assert watch.comment("c1").deleted_at is not None
    assert state(watch, "c1") == (State.REMOVED_BY_US, "removed")


steps = st.lists(
    st.tuples(
        st.sampled_from(["listed", "unlisted", "deleted"]),
        st.sampled_from(["complete", "broken", "uncovered"]),
        st.booleans(),
        st.sampled_from([1, 30]),
    ),
    max_size=14,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_in_any_history_deleted_means_two_complete_readings_and_the_platforms_word(
    quick_db: Database, steps: list[tuple[str, str, bool, int]]
) -> None:
    """Counted beside the product, from what the platform was really asked and really answered."""
    watch = Watch(quick_db, _town(quick_db))
    platform = watch.platform
    platform.post()
    platform.comment("c1")
    kept = platform.comments["c1"]
    look(watch)
    covered, unseen = platform.covered, 0
    for where, how, unclear, hours in steps:
        platform.comments = {} if where == "deleted" else {"c1": kept}
        platform.unlisted = {"c1"} if where == "unlisted" else set()
        platform.covered = () if how == "uncovered" else covered
        platform.error = Unavailable("HTTP 502") if how == "broken" else None
        platform.unclear = {"c1"} if unclear else set()
        before = watch.comment("c1")
        asked = look(watch, timedelta(hours=hours))
        after = watch.comment("c1")
        assert not asked or unseen >= 2, "asked for one by one too early"
        denied = bool(asked) and where == "deleted" and not unclear
        if where == "listed":
            unseen = 0
            assert (after.missing_since, after.deleted_at, after.unlisted) == (None, None, False)
        else:
            unseen += how == "complete"
            assert (after.deleted_at is not None) == (before.deleted_at is not None or denied)
            assert after.missing_since is not None or after.unlisted or before.missing_since is None


@pytest.fixture
def quick_db(sqlite: Database) -> Database:
    return sqlite


def _town(db: Database) -> Town:
    """The town of the first example, with an empty channel."""
    with db.transaction() as session:
        there = session.get(Schedule, "fb") is not None
        for comment in session.query(Comment):
            session.delete(comment)
        session.execute(delete(Stirred))  # numbered by the schedule's revision, which begins anew
        if there:
            session.delete(session.get_one(Schedule, "fb"))
    town = Town.__new__(Town) if there else Town(db)
    town.db = db
    return town
